"""New X-rays, to be segmented: one path to whatever the user has."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from teeth_unet.archives import ArchiveRules, is_archive
from teeth_unet.case_names import distinct_names, shown_name
from teeth_unet.errors import InputError
from teeth_unet.intake.cases import SUFFIXES, Cases, told_of_others
from teeth_unet.intake.listing import (
    LazyXray,
    ListedFile,
    in_words,
    list_archive,
    list_file,
    list_folder,
    may_be_xray,
    others_in_words,
)
from teeth_unet.pictures import PICTURE_SUFFIXES
from teeth_unet.storage import is_litter

_KINDS = f"X-rays ({' '.join(PICTURE_SUFFIXES)}, DICOM)"
_REMEDY = (
    "Give a folder, a picture, a DICOM file or a zip archive: "
    "kedro run --pipeline inference --params xrays=PATH"
)


def xrays_at(
    path: Path, rules: ArchiveRules, is_result_folder: Callable[[Path], bool]
) -> Cases[LazyXray]:
    """List the X-rays of a folder, of a zip archive, or one alone, without decoding them.

    A file's first bytes tell whether it is one, whatever its name.

    Args:
        path: The folder (with its subfolders), archive or file.
        rules: What an archive may contain.
        is_result_folder: Tells of a folder with results of earlier runs, which hold no X-rays.

    Returns:
        A reader for every X-ray by case name, in natural order, with what was passed over. The
        case name is the file's name without the suffix of a picture; of files that would have
        the same, all folders and, if need be, the suffix belong to it. It never begins as a
        formula of a spreadsheet does.

    Raises:
        InputError: There is nothing, or nothing that could be an X-ray, or the folder holds
            results of an earlier run.
    """
    found = _look_into(path, rules, is_result_folder)
    told = told_of_others(found.origin, found.others)
    return _cases(found.origin, found.xrays, found.others, told)


def xrays_at_several(
    paths: Sequence[Path], rules: ArchiveRules, is_result_folder: Callable[[Path], bool]
) -> Cases[LazyXray]:
    """List the X-rays of any number of folders, archives and files, each as `xrays_at` does.

    Files are named within the folder that is around all of the paths, an archive counting as a
    folder. One that two of the paths lead to counts once. A path without X-rays is passed over, as
    long as another one has some: a shell makes `*` all that there is.

    Args:
        paths: Folders, archives and files, at least one.
        rules: What an archive may contain.
        is_result_folder: Tells of a folder with results of earlier runs.

    Raises:
        InputError: None of the paths has X-rays; one is not there, or is an archive that cannot be
            read.
    """
    places = dict.fromkeys(path.resolve() for path in paths)
    found, told = _look_into_all(places, rules, is_result_folder)
    around = _around([each.origin for each in found])
    xrays: dict[str, ListedFile] = {}
    others: dict[str, None] = {}
    for each in found:
        way = PurePosixPath(*each.origin.parts[len(around.parts) :])
        for file in each.xrays:
            name = str(way / file.name)
            xrays.setdefault(name, replace(file, name=name))
        # An archive in a folder may be given beside it, and is opened then.
        names = [name for name in each.others if (each.origin / name).resolve() not in places]
        others |= dict.fromkeys(str(way / name) for name in names)
        told += told_of_others(each.origin, names)
    return _cases(around, xrays.values(), list(others), list(dict.fromkeys(told)))


def _look_into_all(
    paths: Iterable[Path], rules: ArchiveRules, is_result_folder: Callable[[Path], bool]
) -> tuple[list["_Found"], list[str]]:
    """List the files of all paths that have X-rays, and say which have none."""
    found, failures = [], []
    for path in paths:
        try:
            found.append(_look_into(path, rules, is_result_folder))
        except _NoXrays as failure:
            failures.append(failure)
    if not found:
        raise failures[0]
    without: dict[str, list[str]] = {}
    for each in failures:
        place, _, why, _ = each.args
        without.setdefault(why, []).append(place)
    return found, [f"Passed over, {why}: {in_words(names)}" for why, names in without.items()]


def _around(origins: Sequence[Path]) -> Path:
    """Return the folder, or the one archive, that all of some folders and archives lie in."""
    try:
        return Path(os.path.commonpath(origins))
    except ValueError:  # on different drives of Windows
        return Path()


@dataclass(frozen=True)
class _Found:
    """What is at a path: X-rays, and names of other files."""

    origin: Path
    xrays: list[ListedFile]
    others: list[str]


class _NoXrays(InputError):
    """What is at a path can be read, and is no X-ray."""


def _look_into(path: Path, rules: ArchiveRules, is_result_folder: Callable[[Path], bool]) -> _Found:
    """List the files of a folder or an archive, or one alone."""
    path = path.resolve()
    if path.is_dir():
        if is_result_folder(path):
            raise _NoXrays(
                str(path),
                _KINDS,
                "results of an earlier run, whose masks and drawings are none",
                "Give the folder of the X-rays. Where results go is set by --params results=FOLDER",
            )
        return _sorted_out(path, list_folder(path, is_result_folder))
    if not path.exists():
        raise InputError(str(path), _KINDS, "nothing there", _REMEDY)
    alone = list_file(path, path.parent)
    if alone.is_xray:
        return _sorted_out(path.parent, [alone])
    if is_archive(path):
        return _sorted_out(path, list_archive(path, rules, may_be_xray))
    if path.suffix.lower() == ".zip":  # nobody is to lose the X-rays in it without an error
        raise InputError(str(path), _KINDS, "a file of another kind, or a damaged archive", _REMEDY)
    raise _NoXrays(str(path), _KINDS, "a file of another kind", _REMEDY)


def _sorted_out(origin: Path, files: Iterable[ListedFile]) -> _Found:
    xrays, others = [], []
    for file in files:
        if file.is_xray:
            xrays.append(file)
        elif not is_litter(file.name):
            others.append(file.name)
    if not xrays:
        raise _NoXrays(str(origin), _KINDS, others_in_words(others), _REMEDY)
    return _Found(origin, xrays, others)


def _cases(
    origin: Path, files: Iterable[ListedFile], others: Sequence[str], told: Sequence[str]
) -> Cases[LazyXray]:
    """Give every X-ray the name of its case."""
    readers = {file.name: file.open_lazily(origin) for file in files}
    names = distinct_names(list(readers), SUFFIXES)
    _refuse_same_names(origin, names)
    return Cases({case: readers[name] for name, case in names.items()}, others, told)


def _refuse_same_names(origin: Path, names: dict[str, str]) -> None:
    first: dict[str, str] = {}
    for file, case in names.items():
        other = first.setdefault(case.casefold(), file)
        if other != file:
            raise InputError(
                str(origin),
                "X-rays whose names differ in more than the case of letters",
                f"{shown_name(other)} and {shown_name(file)}",
                "Rename one of them.",
            )
