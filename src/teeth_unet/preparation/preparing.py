"""From X-rays and masks of any size to two stacks of one size, and what was found on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.case_names import natural_key
from teeth_unet.errors import InputError
from teeth_unet.imaging.binarising import binarise, grey_share
from teeth_unet.imaging.decoding import decode_xray, orientation
from teeth_unet.imaging.fingerprints import group_near_identical
from teeth_unet.imaging.mask_pixels import decode_mask
from teeth_unet.imaging.resizing import resize_mask, resize_xray
from teeth_unet.machine import map_in_threads
from teeth_unet.preparation.encoding import MaskEncoding, coding_of
from teeth_unet.preparation.reserving import needed_bytes
from teeth_unet.preparation.settings import Preparation
from teeth_unet.quality import EXIF_IGNORED, CaseRecord, UnusableCase, inspect_case
from teeth_unet.storage import allocate

Loader = Callable[[], Image.Image]


@dataclass(frozen=True)
class PreparedCase:
    """One case at the common size.

    Attributes:
        xray: (size, size) uint8 grey levels.
        mask: (size, size) uint8 in {0, 1}.
        record: What was found in it at its native size.
    """

    xray: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    record: CaseRecord


@dataclass(frozen=True)
class PreparedCases:
    """A set of cases at one size, in natural order of their names.

    Attributes:
        xrays: (n, size, size, 1) uint8 grey levels; n may be 0.
        masks: (n, size, size, 1) uint8 in {0, 1}.
        records: One a case of these stacks.
        unusable: The cases that are not in them, and why; in natural order as well.
    """

    xrays: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    records: list[CaseRecord]
    unusable: list[UnusableCase]


def pair_cases(
    xrays: Mapping[str, object], masks: Mapping[str, object]
) -> tuple[list[str], list[UnusableCase]]:
    """Return the case names that X-rays and masks share, and those that lack a partner.

    Returns:
        Both in natural order: names, and cases with the check `missing_partner`.
    """
    lacking = [
        UnusableCase(
            name,
            "missing_partner",
            "no X-ray" if name in masks else "no mask",
            "Add or rename the missing files, or take away their partners.",
        )
        for name in sorted(xrays.keys() ^ masks.keys(), key=natural_key)
    ]
    return sorted(xrays.keys() & masks.keys(), key=natural_key), lacking


def prepare_set(
    xrays: Mapping[str, Loader],
    masks: Mapping[str, Loader],
    encoding: MaskEncoding,
    preparation: Preparation,
) -> PreparedCases:
    """Decode all cases once, in parallel, and bring them to one size.

    Only the two stacks are in memory, unless they are large, and as many cases at their native size
    as there are processors and memory for, one at least. A case that cannot be used is left
    out and reported, whatever is wrong with it.

    Args:
        xrays: Case name to a function that opens the X-ray.
        masks: Case name to a function that opens its mask.
        encoding: How the masks are read.
        preparation: The common size.

    Raises:
        OSError: The drive with the pictures is lost.
        MemoryError: There is not enough for a case alone.
    """
    names, lacking = pair_cases(xrays, masks)
    shape = (len(names), preparation.size, preparation.size, 1)
    stacks = prepared_xrays, prepared_masks = allocate(shape, np.uint8), allocate(shape, np.uint8)

    def prepare(row: int) -> CaseRecord | UnusableCase:
        name = names[row]
        case = prepare_case(name, xrays[name], masks[name], encoding, preparation.size)
        if isinstance(case, UnusableCase):
            return case
        prepared_xrays[row, ..., 0], prepared_masks[row, ..., 0] = case.xray, case.mask
        return case.record

    results = map_in_threads(
        prepare,
        range(len(names)),
        lambda row: needed_bytes(xrays[names[row]]) + needed_bytes(masks[names[row]]),
        reserved=sum(stack.nbytes for stack in stacks if not isinstance(stack, np.memmap)),
    )
    usable = [row for row, result in enumerate(results) if isinstance(result, CaseRecord)]
    unusable = lacking + [result for result in results if isinstance(result, UnusableCase)]
    for stack in stacks:
        for place, row in enumerate(usable):
            if place != row:
                stack[place] = stack[row]
    return PreparedCases(
        prepared_xrays[: len(usable)],
        prepared_masks[: len(usable)],
        with_groups([result for result in results if isinstance(result, CaseRecord)]),
        sorted(unusable, key=lambda one: natural_key(one.case)),
    )


def prepare_case(
    case: str, xray: Loader, mask: Loader, encoding: MaskEncoding, size: int
) -> PreparedCase | UnusableCase:
    """Decode one case and bring it to (size, size).

    Returns:
        The case; or what makes it unusable: a file that cannot be decoded, X-ray and mask of
        different sizes or one picture, a mask of which nobody can tell what is tooth.
    """
    try:
        xray_picture, mask_picture = xray(), mask()
        grey, pixels = decode_xray(xray_picture), decode_mask(mask_picture)
        shape = pixels.strength.shape
        same = grey.shape == shape and np.array_equal(grey, decode_xray(mask_picture))
    except InputError as error:
        subject, expected, found, remedy = error.args
        told = f"{subject}: expected {expected}, found {found}"
        return UnusableCase(case, "undecodable", told, remedy)
    orientations = orientation(xray_picture), orientation(mask_picture)
    if grey.shape != shape:
        return _size_mismatch(case, grey.shape, shape, orientations)
    if same and grey.min() < grey.max():
        return UnusableCase(
            case,
            "same_picture",
            "the same picture for both X-ray and mask",
            "Point `xrays` and `masks` at two different places.",
        )
    coding = coding_of(encoding, case)
    if coding is None:
        return UnusableCase(case, "unclear_masks", encoding["found"], encoding["remedy"])
    if case in encoding["odd"]:
        return UnusableCase(case, "odd_mask", f"the mask has {encoding['odd'][case]}", _ODD)
    binary = binarise(pixels, coding["threshold"], rims=coding["rims"])
    grey_rims = grey_share(pixels, coding["level"]) if coding["kind"] == "binary" else 0.0
    del pixels, xray_picture, mask_picture  # resizing takes most of the memory
    record = inspect_case(case, grey, binary, grey_rims, orientations)
    return PreparedCase(resize_xray(grey, size), resize_mask(binary, size), record)


_ODD = (
    "Mark teeth in it as in the others. Where all masks are right as they are, preparation.masks "
    "in the parameters says what of them is tooth."
)


def _size_mismatch(
    case: str, xray: tuple[int, ...], mask: tuple[int, ...], orientations: tuple[int, int]
) -> UnusableCase:
    found = f"a mask of {_size(mask)} px to an X-ray of {_size(xray)} px"
    remedy = "Export the mask at the size of its X-ray."
    if xray == mask[::-1]:
        found += ": width and height are exchanged"
        remedy = "Transpose the mask, or turn it by a quarter."
        if orientations[0] != orientations[1]:
            found += f", as EXIF data turn them (orientation {orientations[0]} of the X-ray, "
            found += f"{orientations[1]} of the mask)"
            remedy = EXIF_IGNORED
    return UnusableCase(case, "size_mismatch", found, remedy)


def with_groups(records: Sequence[CaseRecord]) -> list[CaseRecord]:
    """Number the groups of identical and near-identical X-rays, see `group_near_identical`."""
    groups = group_near_identical(
        [record.content_hash for record in records], [record.perceptual_hash for record in records]
    )
    return [replace(record, group=group) for record, group in zip(records, groups, strict=True)]


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}x{shape[0]}"
