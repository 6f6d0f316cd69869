"""The files of a folder or an archive: named, their kind told, and read only when called for."""

import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from teeth_unet.archives import ArchiveRules, list_members, open_archive, read_member
from teeth_unet.case_names import natural_key, shown_name
from teeth_unet.errors import InputError
from teeth_unet.pictures import BEGINNING, PIXEL_LIMIT, Kind, is_picture, open_lazily, recognise
from teeth_unet.pictures.dicom import LazyDicom, named_as_dicom
from teeth_unet.pictures.lazy import LazyImage
from teeth_unet.storage import DAMAGE, OF_ONE_FILE, is_damage, is_litter

FILE_LIMIT = 1_000_000_000
"""Most bytes of a file that is read, as in archives; the largest X-rays have some 100 million."""

NAMED = 3
"""Files of another kind that an error or the log names."""

_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".tgz", ".tar.gz")

LazyXray = LazyImage | LazyDicom

_INDEX = "dicomdir"
"""Of a disc, by its name: DICOM as well, and no picture."""


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file that nobody has read yet.

    Attributes:
        name: Its name inside its folder or archive, with "/" between the parts.
        read: Returns its bytes.
        kind: What its first bytes say that it is: a picture, DICOM, or neither. Neither is also
            said of a file that is damaged right there, or not for this user.
    """

    name: str
    read: Callable[[], bytes]
    kind: Kind | None

    @property
    def shown(self) -> str:
        """The name as it can be shown."""
        return shown_name(self.name)

    @property
    def is_xray(self) -> bool:
        """Whether it is to be opened as a picture.

        Its content decides. One that is neither a picture nor DICOM, but is called so, is opened
        all the same: what is wrong with it is told then.
        """
        last = self.name.rpartition("/")[2].lower()
        if is_litter(self.name) or last == _INDEX:
            return False
        return self.kind is not None or named_as_xray(self.name)

    def open_lazily(self, origin: Path, pixel_limit: int = PIXEL_LIMIT) -> LazyXray:
        """Return what opens it as a picture when it is called for.

        Args:
            origin: Its folder or archive.
            pixel_limit: Most pixels.
        """
        return open_lazily(self.shown, origin, self.read, self.kind, pixel_limit)


def named_as_xray(name: str) -> bool:
    """Tell by its suffix whether a file is meant to be a picture or DICOM."""
    return is_picture(name) or bool(named_as_dicom(name))


def may_be_xray(name: str) -> bool:
    """Tell by its name whether a file is likely to be an X-ray: DICOM files may have no suffix."""
    return is_picture(name) or (named_as_dicom(name) is not False and not is_litter(name))


def list_folder(
    folder: Path, is_passed_over: Callable[[Path], bool] = lambda folder: False
) -> Iterator[ListedFile]:
    """Yield the files of a folder and its subfolders.

    Args:
        folder: The folder.
        is_passed_over: Tells of a subfolder that nobody is to look into.

    Raises:
        InputError: A folder is not for this user.
        OSError: The disk or drive failed.
    """
    for place, folders, files in os.walk(folder, onerror=_raise):
        # In place, so that `os.walk` does not go there.
        folders[:] = [name for name in sorted(folders) if not is_passed_over(Path(place, name))]
        within = Path(place).relative_to(folder).parts
        for name in sorted(files):
            # Neither a pipe nor a link to nowhere. `os.path.isfile` would not tell of a lost drive.
            if Path(place, name).is_file():
                yield _listed(folder, "/".join((*within, name)))


def list_file(path: Path, folder: Path) -> ListedFile:
    """Return one file of a folder."""
    return _listed(folder, path.relative_to(folder).as_posix())


def _listed(folder: Path, name: str) -> ListedFile:
    # No path of its own is kept for each of what may be a million files.
    kind = None if is_litter(name) else recognise(_beginning(os.path.join(folder, name)))
    return ListedFile(name, partial(_whole, folder, name), kind)


def list_archive(
    archive: Path, rules: ArchiveRules, is_read: Callable[[str], bool]
) -> Iterator[ListedFile]:
    """Yield the files of a zip archive.

    Args:
        archive: The archive.
        rules: What it may contain.
        is_read: Tells by its name whether a member is sure to be read: one that is, and may not
            be, is refused. Others that may not be read are of no kind.

    Raises:
        InputError: The archive is damaged, or it or a member breaks the rules.
    """
    members = list_members(archive, rules, is_read)
    with open_archive(archive, first_part=rules.first_part) as opened:  # once, for all beginnings
        for member in members:
            kind = None
            if member.is_within_rules and not is_litter(member.name):
                kind = recognise(_beginning_of_member(opened, member.key))
            yield ListedFile(member.name, partial(read_member, archive, member), kind)


def in_words(names: Sequence[str]) -> str:
    """Name the first of some files."""
    shown = ", ".join(map(shown_name, sorted(names, key=natural_key)[:NAMED]))
    return f"{shown}{', …' if len(names) > NAMED else ''}"


def others_in_words(names: Sequence[str]) -> str:
    """Say how many files there are that cannot be used, and name the first."""
    rest, archives = without_archives(names)
    told = [f"{len(rest)} other file(s): {in_words(rest)}"] if rest else []
    told += (
        [f"{len(archives)} archive(s) inside, not opened: {in_words(archives)}"] if archives else []
    )
    return "; ".join(told) or "no files"


def without_archives(names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the names of files that are no archives by their name, and those of archives."""
    archives = [name for name in names if name.lower().endswith(_ARCHIVES)]
    return [name for name in names if name not in archives], archives


def _whole(folder: Path, name: str) -> bytes:
    """Read a file, unless it is larger than any X-ray."""
    path = folder / name
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > FILE_LIMIT:
            raise InputError(
                str(path),
                f"at most {FILE_LIMIT} bytes",
                f"{size}",
                "Export the X-ray again, as PNG for example, or remove the file.",
            )
        return file.read()


def _beginning(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(BEGINNING)
    except OSError as failure:
        if failure.errno not in OF_ONE_FILE:
            raise
        return b""  # what nobody may read is no X-ray


def _beginning_of_member(archive: zipfile.ZipFile, key: str) -> bytes:
    try:
        with archive.open(key) as member:
            return member.read(BEGINNING)
    except (*DAMAGE, OSError) as failure:
        if not is_damage(failure):
            raise
        return b""  # what cannot be unpacked is no X-ray


def _raise(failure: OSError) -> NoReturn:
    if failure.errno not in OF_ONE_FILE:
        raise failure
    raise InputError(
        str(failure.filename), "a folder that can be read", str(failure.strerror), "Give access."
    ) from failure
