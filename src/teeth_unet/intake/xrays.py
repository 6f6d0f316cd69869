"""New X-rays, to be segmented: one path to whatever the user has."""

from collections.abc import Callable, Iterable
from pathlib import Path

from teeth_unet.archives import ArchiveRules, is_archive
from teeth_unet.case_names import distinct_names, shown_name
from teeth_unet.errors import InputError
from teeth_unet.intake.cases import SUFFIXES, Cases, told_of_others
from teeth_unet.intake.listing import (
    LazyXray,
    ListedFile,
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
    path = path.resolve()
    if path.is_dir():
        if is_result_folder(path):
            raise InputError(
                str(path),
                _KINDS,
                "results of an earlier run, whose masks and drawings are none",
                "Give the folder of the X-rays. Where results go is set by --params results=FOLDER",
            )
        return _cases(path, list_folder(path, is_result_folder))
    if not path.exists():
        raise InputError(str(path), _KINDS, "nothing there", _REMEDY)
    alone = list_file(path, path.parent)
    if alone.is_xray:
        return _cases(path.parent, [alone])
    if is_archive(path):
        return _cases(path, list_archive(path, rules, may_be_xray))
    raise InputError(str(path), _KINDS, "a file of another kind", _REMEDY)


def _cases(origin: Path, files: Iterable[ListedFile]) -> Cases[LazyXray]:
    """Give every X-ray the name of its case."""
    readers: dict[str, LazyXray] = {}
    others = []
    for file in files:
        if file.is_xray:
            readers[file.name] = file.open_lazily(origin)
        elif not is_litter(file.name):
            others.append(file.name)
    if not readers:
        raise InputError(str(origin), _KINDS, others_in_words(others), _REMEDY)
    names = distinct_names(list(readers), SUFFIXES)
    _refuse_same_names(origin, names)
    cases = {case: readers[name] for name, case in names.items()}
    return Cases(cases, others, told_of_others(origin, others))


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
