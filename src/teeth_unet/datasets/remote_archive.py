"""Published X-rays or masks: a zip archive that is fetched once, or lies on this machine."""

import logging
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro_datasets._typing import ImagePreview

from teeth_unet.datasets.fetching import Address, Unavailable, obtain, plain_name
from teeth_unet.datasets.image_cases import (
    LazyImage,
    collect_cases,
    expand_home,
    is_litter,
    is_picture,
    preview_cases,
    read_member,
    refuse_to_save,
)
from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.whole_files import written_whole
from teeth_unet.errors import InputError

_logger = logging.getLogger(__name__)


class RemoteArchiveDataset(AbstractDataset[NoReturn, dict[str, LazyImage]]):
    """Pictures of a zip archive, by case name; read-only.

    The archive is fetched at the first load and kept. A zip archive that holds no pictures but
    exactly one other zip archive stands for that one.

    Args:
        filepath: The folder for what is fetched.
        addresses: Where the archive can be had: one address, or several that hold the same, to
            be tried in turn. Each is a text (`http(s)://…`, `file://…`, or a path) or a mapping
            `{address: …, sha256: …}`. What is on this machine already comes before the network.
        timeout: Seconds without a byte from the server after which an attempt fails.
        retries: How often a failed connection or an overloaded server is tried again.
        progressbar: Whether to show a bar while fetching; only ever on a terminal.
        metadata: Anything for other tools; kedro-viz reads its own part.

    Raises:
        InputError: An address has none of these forms. (Kedro wraps it into a DatasetError.)
    """

    def __init__(
        self,
        *,
        filepath: str,
        addresses: str | dict[str, str] | list[str | dict[str, str]],
        timeout: float = 30,
        retries: int = 3,
        progressbar: bool = True,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._cache = expand_home(filepath)
        items = addresses if isinstance(addresses, list) and addresses else [addresses]
        self._addresses = [Address.parse(item) for item in items]
        self._options = {"timeout": timeout, "retries": retries, "progressbar": progressbar}
        self.metadata = metadata

    def load(self) -> dict[str, LazyImage]:
        """Fetch the archive if need be, and list its pictures without reading them.

        Returns:
            A reader for every picture, by case name (the file's name without folder and
            suffix), in natural order.

        Raises:
            InputError: No address gave the archive (each with what it gave instead), the
                archive is damaged or holds no pictures, or two of them have the same case name.
                (Kedro wraps it into a DatasetError.)
        """
        try:
            return _archive_cases(self._obtain(), self._cache)
        except OSError as failure:
            raise InputError(
                str(failure.filename or self._cache),
                "a place that can be read and written",
                failure.strerror or str(failure),
                "Make room or give access, or set another folder in conf/<env>/globals.yml.",
            ) from failure

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: what others have published stays as it is."""
        refuse_to_save(str(self._cache))

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show up to six pictures in kedro-viz; nothing as long as nothing is fetched."""
        return preview_cases(self.load())

    def _obtain(self) -> Path:
        """Return the archive from the first address that gives it."""
        answers = []
        # The sort is stable: what is here comes first, the rest keeps the catalog's order.
        for address in sorted(self._addresses, key=lambda each: not each.is_here(self._cache)):
            try:
                return obtain(address, self._cache, **self._options)
            except Unavailable as answer:
                _logger.info("No archive from %s: %s.", address, answer)
                answers.append(f"{address}: {answer}")
        raise InputError(
            f"archive for {self._cache}",
            "a zip archive at one of its addresses",
            "\n  ".join(["instead:", *answers]),
            self._remedy(),
        )

    def _remedy(self) -> str:
        """Name the two ways out: another address, or the file put in its place by hand."""
        remedy = (
            "\nGive other addresses, or archives on this machine: --params xrays=…,masks=…"
            " (for folders of pictures, with --env folder)."
        )
        remote = next((address for address in self._addresses if not address.local), None)
        if remote is None:
            return remedy
        place = remote.place(self._cache)
        return f"{remedy}\nOr fetch {remote} by other means and save it as {place}."

    def _exists(self) -> bool:
        return any(address.is_here(self._cache) for address in self._addresses)

    def _describe(self) -> dict[str, Any]:
        addresses = [str(address) for address in self._addresses]
        return {"filepath": str(self._cache), "addresses": addresses, **self._options}


def _archive_cases(archive: Path, cache: Path) -> dict[str, LazyImage]:
    """Collect the pictures of an archive, or of the one archive inside it."""
    members = _list_members(archive)
    inner = [member for member in members if _is_archive(member.filename)]
    if len(inner) == 1 and not any(is_picture(_portable(member)) for member in members):
        archive = _extract(archive, inner[0], cache)
        members = _list_members(archive)
    return collect_cases(
        archive,
        ((_portable(member), partial(read_member, archive, member.filename)) for member in members),
    )


def _list_members(archive: Path) -> list[zipfile.ZipInfo]:
    with _intact(archive), zipfile.ZipFile(archive) as opened:
        return [member for member in opened.infolist() if not member.is_dir()]


def _is_archive(name: str) -> bool:
    return name.lower().endswith(".zip") and not is_litter(name)


def _portable(member: zipfile.ZipInfo) -> str:
    """Return a member's name with "/" between its parts; some programs write backslashes."""
    return member.filename.replace("\\", "/")


def _extract(archive: Path, member: zipfile.ZipInfo, cache: Path) -> Path:
    """Copy the archive inside an archive to the cache, unless it is there already.

    Its name holds the checksum and the size that the outer archive states, which zipfile
    compares with the bytes: another archive in its place gets another name.
    """
    name = plain_name(_portable(member))
    place = cache / f"{member.CRC:08x}-{member.file_size}-{name}"
    if not zipfile.is_zipfile(place):
        with (
            _intact(f"{member.filename} in {archive}"),
            written_whole(place) as part,
            zipfile.ZipFile(archive) as opened,
            opened.open(member) as source,
            part.open("wb") as copy,
        ):
            shutil.copyfileobj(source, copy, length=1 << 20)
    return place


@contextmanager
def _intact(subject: object) -> Iterator[None]:
    """Turn what zipfile says of a damaged or encrypted archive into an error for the user."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as failure:
        raise InputError(
            str(subject),
            "an intact zip archive without a password",
            str(failure) or type(failure).__name__,
            "Delete or replace the file; one that was downloaded is then fetched again.",
        ) from failure
