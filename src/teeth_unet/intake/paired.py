"""X-rays, or masks, for a training: one picture a case, and nothing else beside it."""

from collections.abc import Iterable
from pathlib import Path

from teeth_unet.archives import ArchiveRules, innermost
from teeth_unet.case_names import natural_key, paired_name
from teeth_unet.errors import InputError
from teeth_unet.intake.listing import ListedFile, list_archive, list_folder, others_in_words
from teeth_unet.pictures import PICTURE_SUFFIXES, PIXEL_LIMIT, LazyImage, is_picture
from teeth_unet.storage import is_litter

_REMEDY = "Put the two paths right: kedro run --params xrays=…,masks=…"


def pictures_of_folder(folder: Path, pixel_limit: int = PIXEL_LIMIT) -> dict[str, LazyImage]:
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


def pictures_of_archive(archive: Path, cache: Path, rules: ArchiveRules) -> dict[str, LazyImage]:
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
    archive = innermost(archive, cache, rules, is_picture)
    return collect_cases(archive, list_archive(archive, rules, is_picture), rules.pixels)


def collect_cases(
    origin: Path, files: Iterable[ListedFile], pixel_limit: int = PIXEL_LIMIT
) -> dict[str, LazyImage]:
    """Give every picture of a folder or an archive the name of its case.

    Args:
        origin: The folder or the archive.
        files: All files. Litter, and files that are not pictures by their name, are left out.
        pixel_limit: Most pixels of a picture.

    Returns:
        Readers by case name (see `case_names.paired_name`), in natural order.

    Raises:
        InputError: There is no picture, or two pictures have one case name. Names that differ in
            the case of letters count as one: on some systems their results would be one file.
    """
    files = list(files)
    cases: dict[str, LazyImage] = {}
    names: dict[str, str] = {}
    for file in files:
        if not is_picture(file.name):
            continue
        case = paired_name(file.name)
        first = names.setdefault(case.casefold(), case)
        if first in cases:
            raise InputError(
                str(origin),
                f"one picture of case {case}",
                f"two: {cases[first].name} and {file.shown}",
                "Rename one of them, or move those that do not belong here to another folder.",
            )
        cases[case] = LazyImage(file.shown, origin, file.read, pixel_limit)
    if not cases:
        found = others_in_words([file.name for file in files if not is_litter(file.name)])
        raise InputError(str(origin), f"pictures ({' '.join(PICTURE_SUFFIXES)})", found, _REMEDY)
    return {case: cases[case] for case in sorted(cases, key=natural_key)}
