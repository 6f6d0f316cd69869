"""The files of a folder or an archive: named, and read only when they are called for."""

import os
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn

from teeth_unet.archives import ArchiveRules, list_members, read_member
from teeth_unet.case_names import natural_key, shown_name
from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom import BEGINNING
from teeth_unet.storage import DAMAGE, OF_ONE_FILE, is_damage

FILE_LIMIT = 1_000_000_000
"""Most bytes of a file that is read, as in archives; the largest X-rays have some 100 million."""

NAMED = 3
"""Files of another kind that an error names."""

Reader = Callable[[], bytes]


@dataclass(frozen=True)
class ListedFile:
    """A file that nobody has read yet.

    Attributes:
        name: Its name inside its folder or archive, with "/" between the parts.
        read: Returns its bytes.
        beginning: Returns as many of its first bytes as tell a DICOM file; none of a file that
            is damaged, or not for this user.
    """

    name: str
    read: Reader
    beginning: Reader

    @property
    def shown(self) -> str:
        """The name as it can be shown."""
        return shown_name(self.name)


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
        for name in sorted(files):
            path = Path(place, name)
            if path.is_file():  # neither a pipe nor a link to nowhere
                yield list_file(path, folder)


def list_file(path: Path, folder: Path) -> ListedFile:
    """Return one file of a folder."""
    name = path.relative_to(folder).as_posix()
    return ListedFile(name, partial(_whole, path), partial(_beginning, path))


def list_archive(
    archive: Path, rules: ArchiveRules, is_read: Callable[[str], bool]
) -> Iterator[ListedFile]:
    """Yield the files of a zip archive.

    Args:
        archive: The archive.
        rules: What it may contain.
        is_read: Tells by its name whether a member may be read as a picture.

    Raises:
        InputError: The archive is damaged, or it or a member breaks the rules.
    """
    members = list_members(archive, rules, is_read)
    with zipfile.ZipFile(archive) as opened:  # once, for all beginnings
        for member in members:
            beginning = partial(_beginning_of_member, opened, member.key)
            yield ListedFile(member.name, partial(read_member, archive, member), beginning)


def others_in_words(names: Sequence[str]) -> str:
    """Say how many files there are that cannot be used, and name the first."""
    if not names:
        return "no files"
    shown = ", ".join(map(shown_name, sorted(names, key=natural_key)[:NAMED]))
    return f"{len(names)} other file(s): {shown}{', …' if len(names) > NAMED else ''}"


def _whole(path: Path) -> bytes:
    """Read a file, unless it is larger than any X-ray."""
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


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(BEGINNING)
    except OSError as failure:
        if failure.errno not in OF_ONE_FILE:
            raise
        return b""  # what nobody may read is no X-ray


def _beginning_of_member(archive: zipfile.ZipFile, key: str) -> bytes:
    try:
        with archive.open(key) as member:
            return member.read(BEGINNING)
    except DAMAGE as failure:
        if not is_damage(failure):
            raise
        return b""  # what cannot be unpacked is no X-ray


def _raise(failure: OSError) -> NoReturn:
    if failure.errno not in OF_ONE_FILE:
        raise failure
    raise InputError(
        str(failure.filename), "a folder that can be read", str(failure.strerror), "Give access."
    ) from failure
