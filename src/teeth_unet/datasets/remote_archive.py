"""Published X-rays or masks: a zip archive that is fetched once, or lies on this machine."""

import logging
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro_datasets._typing import ImagePreview
from pydantic import ValidationError

from teeth_unet.configuration import Settings
from teeth_unet.datasets.addresses import Address
from teeth_unet.datasets.answers import Unavailable
from teeth_unet.datasets.archive_rules import ArchiveRules
from teeth_unet.datasets.credentials import login_for, parse_logins
from teeth_unet.datasets.downloading import DownloadRules
from teeth_unet.datasets.fetching import defect, fetch, size_of
from teeth_unet.datasets.image_cases import (
    LazyImage,
    collect_cases,
    expand_home,
    preview_cases,
    refuse_to_save,
)
from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.zip_members import innermost, read_member
from teeth_unet.errors import InputError

_logger = logging.getLogger(__name__)


class RemoteArchiveDataset(AbstractDataset[NoReturn, dict[str, LazyImage]]):
    """Pictures of a zip archive, by case name; read-only.

    The archive is fetched at the first load and kept. A zip archive that holds no pictures but
    exactly one other zip archive stands for that one. What lies in the cache, fetched or put
    there by hand, is checked against its checksum at every load.

    Args:
        filepath: The folder for what is fetched.
        addresses: Where the archive can be had: one address, or several that hold the same, to
            be tried in turn. Each is a text (`http(s)://…`, `file://…`, or a path) or a mapping
            `{address: …, sha256: …}`. What is on this machine already comes before the network.
        timeout: Seconds without a byte from the server after which an attempt fails.
        retries: How often a failed connection or an overloaded server is tried again.
        time_limit: Seconds for an address, all attempts together.
        lowest_rate: Bytes a second; what is slower for a whole `timeout` counts as stalled.
        size_limit: Bytes of a download; a larger one is refused.
        archive: What an archive may contain, by the names of `ArchiveRules`.
        progressbar: Whether to show a bar while fetching; only ever on a terminal.
        credentials: Logins by host, `{username, password}` or `{token}`; Kedro takes them from
            `conf/<env>/credentials.yml`. Without one for a host, the environment variables
            TEETH_UNET_HOST, TEETH_UNET_USERNAME, … count (see `login_for`).
        metadata: Anything for other tools; kedro-viz reads its own part.

    Raises:
        InputError: An option has another form, or is out of range. (Kedro wraps it into a
            DatasetError.)
    """

    def __init__(
        self,
        *,
        filepath: str,
        addresses: str | dict[str, str] | list[str | dict[str, str]],
        timeout: float = 30,
        retries: int = 3,
        time_limit: float = 3600,
        lowest_rate: float = 1000,
        size_limit: int = 4_000_000_000,
        archive: dict[str, Any] | None = None,
        progressbar: bool = True,
        credentials: dict[str, dict[str, str]] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._cache = expand_home(filepath)
        items = addresses if isinstance(addresses, list) and addresses else [addresses]
        self._addresses = [Address.parse(item) for item in items]
        self._download_rules = _checked(
            DownloadRules,
            {
                "timeout": timeout,
                "retries": retries,
                "time_limit": time_limit,
                "lowest_rate": lowest_rate,
                "size_limit": size_limit,
            },
        )
        self._archive_rules = _checked(ArchiveRules, archive or {}, "archive.")
        self._progressbar = progressbar
        self._logins = parse_logins(credentials)
        self.metadata = metadata

    def load(self) -> dict[str, LazyImage]:
        """Fetch the archive if need be, and list its pictures without reading them.

        Returns:
            A reader for every picture, by case name (the file's name without folder and
            suffix), in natural order.

        Raises:
            InputError: No address gave the archive (each with what it gave instead), the
                archive is damaged, breaks the rules or holds no pictures, or two of them have
                the same case name. (Kedro wraps it into a DatasetError.)
        """
        try:
            return _archive_cases(self._obtain(), self._cache, self._archive_rules)
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
        """Return the archive from this machine, or else from the first address that gives it."""
        defects = {}
        for address in self._addresses:
            place = address.place(self._cache)
            defects[address] = defect(place, address.sha256)
            if defects[address] is None:
                earlier = "" if address.local else f", fetched earlier from {address}"
                _logger.info("Reading %s (%s)%s.", place, size_of(place), earlier)
                return place
        answers = []
        for address, found in defects.items():
            answer = found if address.local else self._answer(address)
            if isinstance(answer, Path):
                return answer
            answers.append(f"{address}: {answer}")
            if not address.local and address.place(self._cache).exists():
                answers.append(f"{address.place(self._cache)}: {found}")
        raise InputError(
            f"archive for {self._cache}",
            "a zip archive at one of its addresses",
            "\n  ".join(["instead:", *answers]),
            self._remedy(),
        )

    def _answer(self, address: Address) -> Path | str:
        """Return what an address gave: the archive, or in a few words what it is instead."""
        login = login_for(address.location, self._logins)
        rules = (self._download_rules, self._archive_rules)
        try:
            return fetch(address, self._cache, *rules, login=login, progressbar=self._progressbar)
        except Unavailable as answer:
            _logger.info("No archive from %s: %s.", address, answer)
            return str(answer)

    def _remedy(self) -> str:
        """Name the two ways out: another address, or the file put in its place by hand."""
        remedy = (
            "\nGive other addresses, or archives on this machine: --params xrays=…,masks=…"
            " (for folders of pictures, with --env folder)."
        )
        for address in self._addresses:
            if not address.local:
                check = f", sha256 {address.sha256}" if address.sha256 else ""
                place = address.place(self._cache)
                return f"{remedy}\nOr fetch {address}{check} by other means and save it as {place}."
        return remedy

    def _exists(self) -> bool:
        return any(
            defect(address.place(self._cache), address.sha256) is None
            for address in self._addresses
        )

    def _describe(self) -> dict[str, Any]:
        addresses = [str(address) for address in self._addresses]
        rules = self._download_rules.model_dump()
        return {"filepath": str(self._cache), "addresses": addresses, **rules}


def _archive_cases(archive: Path, cache: Path, rules: ArchiveRules) -> dict[str, LazyImage]:
    """Collect the pictures of an archive, or of the one archive inside it."""
    archive, members = innermost(archive, cache, rules)
    read = ((member.name, partial(read_member, archive, member)) for member in members)
    return collect_cases(archive, read, rules.pixels)


def _checked(settings: type[Settings], options: Mapping[str, Any], prefix: str = "") -> Any:  # noqa: ANN401
    """Make settings of options, with errors that name the option."""
    try:
        return settings.model_validate(options)
    except ValidationError as failure:
        wrong = failure.errors()[0]
    name = prefix + ".".join(map(str, wrong["loc"]))
    found = f"{wrong['input']!r} ({wrong['msg'].removeprefix('Value error, ')})"
    raise InputError(f"option {name}", "a usable value", found, "Put it right in the catalog.")
