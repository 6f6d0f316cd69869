"""A folder, an archive or a file that the user gives, with the files in it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from teeth_unet.archives import ArchiveRules, innermost, is_archive
from teeth_unet.errors import InputError
from teeth_unet.intake.listing import (
    ListedFile,
    in_words,
    list_archive,
    list_file,
    list_folder,
    may_be_xray,
    named_as_xray,
)
from teeth_unet.storage import is_litter

_TEXTS = (".json", ".xml", ".txt", ".yaml", ".yml")


@dataclass(frozen=True)
class Place:
    """What lies somewhere, without what operating systems leave behind.

    Attributes:
        given: What the user calls it.
        origin: The folder or the archive that names of files begin in.
        files: All of them.
    """

    given: Path
    origin: Path
    files: tuple[ListedFile, ...]

    @property
    def pictures(self) -> dict[str, ListedFile]:
        """What is to be opened as a picture, by name."""
        return {file.name: file for file in self.files if file.is_xray}

    @property
    def others(self) -> list[ListedFile]:
        """All other files."""
        return [file for file in self.files if not file.is_xray]

    def is_same(self, other: "Place") -> bool:
        """Tell whether it is the same place: the same files of the same folder or archive."""
        return (self.origin, self.given) == (other.origin, other.given)


def open_place(
    path: Path,
    cache: Path,
    rules: ArchiveRules,
    within: str = "",
    remedy: str = "Correct the path.",
) -> Place:
    """List the files of a folder, of a zip archive or of a folder in one, or a file alone.

    An archive that holds no pictures and no texts, but exactly one other archive, stands for that
    one.

    Args:
        path: The folder, archive or file; or an archive, and a folder in it: `set.zip/images`.
        cache: Folder for a copy of an archive inside an archive.
        rules: What archives may contain.
        within: A folder somewhere inside, outside of which nothing is looked at.
        remedy: What to do if there is nothing, or not that folder inside.

    Raises:
        InputError: There is nothing, an archive is damaged or breaks the rules, or a folder is not
            for this user.
    """
    path = path.resolve()
    given = path / within if within else path
    if path.is_dir():
        kept = _within(_chosen(list(list_folder(path)), path, ""), path, within, remedy)
        return Place(given, path, kept)
    for archive in (path, *path.parents):
        if archive.is_file():
            folder = path.relative_to(archive).as_posix().removeprefix(".")
            place = _open_file(archive, folder, path, cache, rules)
            kept = _within(place.files, path, within, remedy)
            return Place(given, place.origin, kept)
    raise InputError(str(given), "a folder, a zip archive or a file", "nothing there", remedy)


def _open_file(file: Path, folder: str, given: Path, cache: Path, rules: ArchiveRules) -> Place:
    if not is_archive(file, rules):
        if folder:
            raise InputError(str(given), "a folder", f"{file}, a file", "Correct the path.")
        return Place(given, file.parent, (list_file(file, file.parent),))
    archive = innermost(file, cache, rules, _is_content)
    files = list_archive(archive, rules, lambda name: may_be_xray(name) or _is_text(name))
    return Place(given, archive, _chosen(list(files), given, folder))


def _chosen(files: Sequence[ListedFile], given: Path, folder: str) -> tuple[ListedFile, ...]:
    """Return the files of a folder, or the one of that name; without litter."""
    kept = [file for file in files if not is_litter(file.name)]
    inside = [file for file in kept if not folder or f"{file.name}/".startswith(f"{folder}/")]
    if folder and not inside:
        found = _folders(kept)
        raise InputError(str(given), "a folder", found, "Correct the name; capitals count.")
    return tuple(inside)


def _within(
    files: tuple[ListedFile, ...], given: Path, within: str, remedy: str
) -> tuple[ListedFile, ...]:
    """Return the files of a folder that lies anywhere among them."""
    if not within:
        return files
    inside = [file for file in files if f"/{within.strip('/')}/" in f"/{file.name}"]
    if not inside:
        raise InputError(
            str(given),
            f"the folder {within!r} in it, which set.within names",
            _folders(files),
            f"Correct set.within; capitals count. {remedy}",
        )
    return tuple(inside)


def _folders(files: Sequence[ListedFile]) -> str:
    """Say which folders there are in place of one."""
    folders = sorted({PurePosixPath(file.name).parts[0] for file in files if "/" in file.name})
    return f"other ones: {in_words(folders)}" if folders else "no folder of that name"


def _is_text(name: str) -> bool:
    return name.lower().endswith(_TEXTS) and not is_litter(name)


def _is_content(name: str) -> bool:
    return named_as_xray(name) or name.lower().endswith((".json", ".xml"))


def state_of(path: Path) -> tuple[object, ...]:
    """Return what changes when a file or anything in a folder does, as far as a disk tells."""
    files = [path, *sorted(path.rglob("*"))] if path.is_dir() else [path]
    states: list[tuple[object, ...]] = []
    for file in files:
        try:
            found = os.stat(file)
        except OSError as failure:  # a link to nowhere, or an archive and a folder in it
            states.append((str(file), failure.errno))
            continue
        states.append((str(file), found.st_size, found.st_mtime_ns, found.st_ctime_ns))
    return tuple(states)
