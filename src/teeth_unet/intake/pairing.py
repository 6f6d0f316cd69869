"""Which mask belongs to which X-ray, by the names of their files and folders."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from teeth_unet.case_names import file_stem, paired_name, shown_name
from teeth_unet.errors import InputError
from teeth_unet.intake import layouts
from teeth_unet.intake.cases import SUFFIXES

Contexts = Mapping[str, tuple[str, ...]]
"""By file: its folders that tell one case from another."""


@dataclass(frozen=True)
class Pairs:
    """X-rays and masks of a set.

    Attributes:
        xrays: File of each X-ray by its case.
        masks: File of each mask by its case: that of its X-ray, or its own where it has none.
    """

    xrays: dict[str, str]
    masks: dict[str, str]


def pair(
    origin: Path,
    xrays: Sequence[str],
    masks: Sequence[str],
    mask_name: str | None = None,
    of_one_place: bool = True,
) -> Pairs:
    """Give X-rays and masks the names of their cases.

    A mask has the name of its X-ray, or that name with `_mask`, `-label`, `_gt` and the like after
    or before it; an X-ray may have `_image`, `_xray` or nnU-Net's `_0000` itself. Where several
    X-rays have one name, their folders tell which is meant, and are part of the case's name.

    Args:
        origin: The folder or archive, for errors.
        xrays: Names of files, with "/" between the parts.
        masks: The same of the masks.
        mask_name: How masks are named, with `{case}` in the place of the X-ray's name; None for
            the usual ways.
        of_one_place: Whether the names of both begin at the same folder.

    Raises:
        InputError: Two X-rays could have one case name, a mask could belong to several X-rays, or
            an X-ray has several masks; each with the names of both files.
    """
    both = [*xrays, *masks] if of_one_place else None
    of_xrays, of_masks = (_contexts(files, both or files) for files in (xrays, masks))
    names = name_cases(origin, xrays, of_xrays)
    partners = _partners(origin, xrays, masks, mask_name, of_xrays, of_masks)
    by_xray: dict[str, str] = {}
    for mask, xray in _nearest(partners, of_xrays, of_masks).items():
        if by_xray.setdefault(xray, mask) != mask:
            raise _ambiguous(origin, f"one mask of X-ray {shown_name(xray)}", by_xray[xray], mask)
    cases = {names[xray]: mask for xray, mask in by_xray.items()}
    taken = {case.casefold() for case in names.values()}
    paired = set(by_xray.values())
    alone = [mask for mask in masks if mask not in paired]
    for mask, case in name_cases(origin, alone, of_masks).items():
        free = case if case.casefold() not in taken else file_stem(mask.replace("/", "_"))
        cases[free] = mask
    return Pairs({case: xray for xray, case in names.items()}, cases)


def name_cases(
    origin: Path, files: Sequence[str], contexts: Contexts | None = None
) -> dict[str, str]:
    """Name each file's case: by its own name, with its folders where others have the same.

    Raises:
        InputError: Two have one name all the same. Names that differ in the case of letters count
            as one: on some systems their results would be one file.
    """
    contexts = contexts or _contexts(files, files)
    names: dict[str, str] = {}
    taken: dict[str, str] = {}
    for some in _grouped(files, lambda file: paired_name(file, SUFFIXES).casefold()).values():
        for file in some:
            folders = contexts[file] if len(some) > 1 else ()
            case = file_stem("_".join((*folders, paired_name(file, SUFFIXES))))
            first = taken.setdefault(case.casefold(), file)
            if first != file:
                raise _ambiguous(origin, f"one picture of case {case}", first, file)
            names[file] = case
    return names


def _partners(
    origin: Path,
    xrays: Sequence[str],
    masks: Sequence[str],
    mask_name: str | None,
    of_xrays: Contexts,
    of_masks: Contexts,
) -> dict[str, str]:
    """Return the X-ray of each mask that has one."""
    whole = _grouped(xrays, layouts.stem)
    bare = _grouped(xrays, lambda file: layouts.stem_of_xray(file) or layouts.stem(file))
    partners: dict[str, str] = {}
    for mask in masks:
        stripped = layouts.stem_of_mask(mask, mask_name)
        forms = [stripped] if mask_name else [layouts.stem(mask), stripped]
        found = [each[form] for each in (whole, bare) for form in forms if form in each]
        candidates = found[0] if found else []
        near = [xray for xray in candidates if _alike(of_xrays[xray], of_masks[mask])]
        candidates = near or candidates
        if len(candidates) > 1:
            raise _ambiguous(origin, f"one X-ray of mask {shown_name(mask)}", *candidates[:2])
        if candidates:
            partners[mask] = candidates[0]
    return partners


def _nearest(partners: Mapping[str, str], of_xrays: Contexts, of_masks: Contexts) -> dict[str, str]:
    """Leave an X-ray the masks of its own folders alone, where others are named so too."""
    kept: dict[str, str] = {}
    for xray, claiming in _grouped(partners, lambda mask: partners[mask]).items():
        near = [mask for mask in claiming if _alike(of_xrays[xray], of_masks[mask])]
        kept |= dict.fromkeys(near or claiming, xray)
    return kept


def _contexts(files: Sequence[str], beside: Sequence[str]) -> Contexts:
    shared = layouts.shared_folders(beside)
    return {file: layouts.context(file, shared) for file in files}


def _alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return [each.casefold() for each in one] == [each.casefold() for each in other]


def _grouped(files: Iterable[str], key: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for file in files:
        groups.setdefault(key(file), []).append(file)
    return groups


def _ambiguous(origin: Path, expected: str, first: str, second: str) -> InputError:
    return InputError(
        str(origin),
        expected,
        f"two: {shown_name(first)} and {shown_name(second)}",
        "Rename one of them, or move those that do not belong here to another folder.",
    )
