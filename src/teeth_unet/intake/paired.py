"""X-rays, or masks, for a training: one picture a case, and nothing else beside it."""

from collections.abc import Iterable
from pathlib import Path

from teeth_unet.archives import ArchiveRules, innermost
from teeth_unet.case_names import paired_name
from teeth_unet.errors import InputError
from teeth_unet.intake.cases import SUFFIXES, Cases, told_of_others
from teeth_unet.intake.listing import (
    LazyXray,
    ListedFile,
    list_archive,
    list_folder,
    may_be_xray,
    named_as_xray,
    others_in_words,
)
from teeth_unet.pictures import PICTURE_SUFFIXES, PIXEL_LIMIT
from teeth_unet.storage import is_litter

_REMEDY = "Put the two paths right: kedro run --params xrays=…,masks=…"


def pictures_of_folder(folder: Path, pixel_limit: int = PIXEL_LIMIT) -> Cases[LazyXray]:
    """Return a reader for every picture of a folder and its subfolders, see `collect_cases`.

    Raises:
        InputError: The folder is missing or holds no pictures, or two of them have one case name.
    """
    if not folder.is_dir():
        raise InputError(
            str(folder),
            "a folder with one picture per case",
            "a file" if folder.exists() else "nothing there",
            "Give the two folders: kedro run --env folder --params xrays=…,masks=…",
        )
    return collect_cases(folder, list_folder(folder), pixel_limit)


def pictures_of_archive(archive: Path, cache: Path, rules: ArchiveRules) -> Cases[LazyXray]:
    """Return a reader for every picture of a zip archive, see `collect_cases`.

    An archive that holds no pictures but exactly one other archive stands for that one.

    Args:
        archive: The archive.
        cache: Folder for a copy of an archive inside.
        rules: What archives may contain.

    Raises:
        InputError: The archive is damaged, breaks the rules or holds no pictures, or two of them
            have one case name.
    """
    archive = innermost(archive, cache, rules, named_as_xray)
    return collect_cases(archive, list_archive(archive, rules, may_be_xray), rules.pixels)


def collect_cases(
    origin: Path, files: Iterable[ListedFile], pixel_limit: int = PIXEL_LIMIT
) -> Cases[LazyXray]:
    """Give every picture of a folder or an archive the name of its case.

    Args:
        origin: The folder or the archive.
        files: All files. Litter, and files that are neither pictures nor DICOM, are left out.
        pixel_limit: Most pixels of a picture.

    Returns:
        Readers by case name (see `case_names.paired_name`), in natural order, with what was
        passed over.

    Raises:
        InputError: There is no picture, or two pictures have one case name. Names that differ in
            the case of letters count as one: on some systems their results would be one file.
    """
    cases: dict[str, LazyXray] = {}
    names: dict[str, str] = {}
    others = []
    for file in files:
        if not file.is_xray:
            others += [] if is_litter(file.name) else [file.name]
            continue
        case = paired_name(file.name, SUFFIXES)
        first = names.setdefault(case.casefold(), case)
        if first in cases:
            raise InputError(
                str(origin),
                f"one picture of case {case}",
                f"two: {cases[first].name} and {file.shown}",
                "Rename one of them, or move those that do not belong here to another folder.",
            )
        cases[case] = file.open_lazily(origin, pixel_limit)
    if not cases:
        kinds = f"pictures ({' '.join(PICTURE_SUFFIXES)}, DICOM)"
        raise InputError(str(origin), kinds, others_in_words(others), _REMEDY)
    return Cases(cases, others, told_of_others(origin, others))
