"""New X-rays, to be segmented: one path to whatever the user has."""

from collections.abc import Callable, Iterable
from pathlib import Path

from teeth_unet.archives import ArchiveRules, is_archive
from teeth_unet.case_names import distinct_names, natural_key, shown_name
from teeth_unet.errors import InputError
from teeth_unet.intake.listing import (
    ListedFile,
    list_archive,
    list_file,
    list_folder,
    others_in_words,
)
from teeth_unet.pictures import PICTURE_SUFFIXES, LazyImage, is_picture
from teeth_unet.pictures.dicom import DICOM_SUFFIXES, LazyDicom, is_dicom, named_as_dicom
from teeth_unet.storage import is_litter

_KINDS = f"X-rays ({' '.join(PICTURE_SUFFIXES)}, DICOM)"
_REMEDY = (
    "Give a folder, a picture, a DICOM file or a zip archive: "
    "kedro run --pipeline inference --params xrays=PATH"
)

LazyXray = LazyImage | LazyDicom


def xrays_at(
    path: Path, rules: ArchiveRules, is_result_folder: Callable[[Path], bool]
) -> dict[str, LazyXray]:
    """List the X-rays of a folder, of a zip archive, or one alone, without reading them.

    Args:
        path: The folder (with its subfolders), archive or file.
        rules: What an archive may contain.
        is_result_folder: Tells of a folder with results of earlier runs, which hold no X-rays.

    Returns:
        A reader for every X-ray by case name, in natural order. The case name is the file's
        name without suffix; of files that would have the same, all folders and, if need be,
        the suffix belong to it. It never begins as a formula of a spreadsheet does.

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
    if _is_xray(alone):
        return _cases(path.parent, [alone])
    if is_archive(path):
        return _cases(path, list_archive(path, rules, _may_be_xray))
    raise InputError(str(path), _KINDS, "a file of another kind", _REMEDY)


def _cases(origin: Path, files: Iterable[ListedFile]) -> dict[str, LazyXray]:
    """Give every X-ray the name of its case."""
    readers: dict[str, LazyXray] = {}
    others = []
    for file in files:
        if not _is_xray(file):
            others.append(file.name)
        elif is_picture(file.name):
            readers[file.name] = LazyImage(file.shown, origin, file.read)
        else:
            readers[file.name] = LazyDicom(file.shown, origin, file.read)
    if not readers:
        found = others_in_words([name for name in others if not is_litter(name)])
        raise InputError(str(origin), _KINDS, found, _REMEDY)
    names = distinct_names(list(readers), (*PICTURE_SUFFIXES, *DICOM_SUFFIXES))
    _refuse_same_names(origin, names)
    cases = {case: readers[name] for name, case in names.items()}
    return {case: cases[case] for case in sorted(cases, key=natural_key)}


def _may_be_xray(name: str) -> bool:
    return is_picture(name) or (named_as_dicom(name) is not False and not is_litter(name))


def _is_xray(file: ListedFile) -> bool:
    if is_litter(file.name):
        return False
    if is_picture(file.name):
        return True
    by_name = named_as_dicom(file.name)
    return is_dicom(file.beginning()) if by_name is None else by_name


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
