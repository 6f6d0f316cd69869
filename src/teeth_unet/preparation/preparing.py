"""From X-rays and masks of any size to two stacks of one size, and what was found on the way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.case_names import natural_key
from teeth_unet.errors import InputError
from teeth_unet.imaging.binarising import MIDDLE_LEVEL, binarise
from teeth_unet.imaging.decoding import decode_mask, decode_xray, orientation
from teeth_unet.imaging.fingerprints import group_near_identical
from teeth_unet.imaging.resizing import resize_mask, resize_xray
from teeth_unet.machine import map_in_threads
from teeth_unet.preparation.settings import Preparation
from teeth_unet.quality import CaseRecord, UnusableCase, inspect_case

Loader = Callable[[], Image.Image]

JPEG_NOISE = 15
"""Levels that JPEG leaves in the black around white."""

MOST_LOST = 0.5
"""A mask that loses more than this share of what it marks is no mask of white teeth."""


BYTES_A_PIXEL = 16
"""What each pixel of an X-ray or a mask takes at its peak, in any mode: 12 to 16 were measured."""

USUAL_PIXELS = 4_000_000


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
    xrays: Mapping[str, Loader], masks: Mapping[str, Loader], preparation: Preparation
) -> PreparedCases:
    """Decode all cases once, in parallel, and bring them to one size.

    Only the two stacks are in memory, and as many cases at their native size as there are
    processors and memory for, one at least. A case that cannot be used is left out and reported,
    whatever is wrong with it.

    Args:
        xrays: Case name to a function that opens the X-ray.
        masks: Case name to a function that opens its mask.
        preparation: The common size.

    Raises:
        OSError: The drive with the pictures is lost.
        MemoryError: There is not enough for a case alone.
    """
    names, lacking = pair_cases(xrays, masks)
    shape = (len(names), preparation.size, preparation.size, 1)
    prepared_xrays, prepared_masks = np.empty(shape, np.uint8), np.empty(shape, np.uint8)

    def prepare(row: int) -> CaseRecord | UnusableCase:
        name = names[row]
        case = prepare_case(name, xrays[name], masks[name], preparation.size)
        if isinstance(case, UnusableCase):
            return case
        prepared_xrays[row, ..., 0], prepared_masks[row, ..., 0] = case.xray, case.mask
        return case.record

    results = map_in_threads(
        prepare,
        range(len(names)),
        lambda row: needed_bytes(xrays[names[row]]) + needed_bytes(masks[names[row]]),
        reserved=2 * prepared_xrays.nbytes,
    )
    usable = [row for row, result in enumerate(results) if isinstance(result, CaseRecord)]
    unusable = lacking + [result for result in results if isinstance(result, UnusableCase)]
    if len(usable) < len(names):
        prepared_xrays, prepared_masks = prepared_xrays[usable], prepared_masks[usable]
    return PreparedCases(
        prepared_xrays,
        prepared_masks,
        with_groups([result for result in results if isinstance(result, CaseRecord)]),
        sorted(unusable, key=lambda one: natural_key(one.case)),
    )


def needed_bytes(load: Loader) -> float:
    """Return about how many bytes it takes to prepare a picture, from what its file says of it.

    Args:
        load: Opens the picture. A file has the methods `read` and `count_pixels`; of anything else
            the usual size is assumed.
    """
    read = getattr(load, "read", None)
    if read is None:
        return BYTES_A_PIXEL * USUAL_PIXELS
    try:
        content = read()
    except Exception:  # it will break again, and be told of, when the case is prepared
        return 0
    pixels: int = getattr(load, "count_pixels", len)(content)
    return len(content) + BYTES_A_PIXEL * pixels


def prepare_case(case: str, xray: Loader, mask: Loader, size: int) -> PreparedCase | UnusableCase:
    """Decode one case and bring it to (size, size).

    Returns:
        The case; or what makes it unusable: a file that cannot be decoded, X-ray and mask of
        different sizes or one picture, a mask that would lose most of what it marks.
    """
    try:
        xray_picture, mask_picture = xray(), mask()
        grey, levels = decode_xray(xray_picture), decode_mask(mask_picture)
        same = grey.shape == levels.shape and np.array_equal(grey, decode_xray(mask_picture))
    except InputError as error:
        subject, expected, found, remedy = error.args
        told = f"{subject}: expected {expected}, found {found}"
        return UnusableCase(case, "undecodable", told, remedy)
    if grey.shape != levels.shape:
        return UnusableCase(
            case,
            "size_mismatch",
            f"a mask of {_size(levels)} px to an X-ray of {_size(grey)} px",
            "Export the mask at the size of its X-ray.",
        )
    if same and grey.min() < grey.max():
        return UnusableCase(
            case,
            "same_picture",
            "the same picture for both X-ray and mask",
            "Point `xrays` and `masks` at two different places.",
        )
    binary = binarise(levels)
    if (lost := _lost_share(levels, binary)) > MOST_LOST:
        return UnusableCase(
            case,
            "dark_mask",
            f"the mask has levels up to {levels.max()}, and {lost:.0%} of what is not black is at "
            f"{MIDDLE_LEVEL} or below",
            "Make every tooth white; a label map (one number a tooth) has to be turned into white "
            "on black first. If it looks like an X-ray, `xrays` and `masks` may be swapped.",
        )
    orientations = orientation(xray_picture), orientation(mask_picture)
    record = inspect_case(case, grey, levels, orientations)
    return PreparedCase(resize_xray(grey, size), resize_mask(binary, size), record)


def _lost_share(levels: NDArray[np.uint8], binary: NDArray[np.uint8]) -> float:
    """Return the share of what a mask marks that does not count as tooth.

    Resizing turns the rims of teeth grey, which is less than what lies inside them.
    """
    tooth = np.count_nonzero(binary)
    marked = np.count_nonzero(levels > (JPEG_NOISE if tooth else 0))
    return 1 - tooth / marked if marked else 0.0


def with_groups(records: Sequence[CaseRecord]) -> list[CaseRecord]:
    """Number the groups of identical and near-identical X-rays, see `group_near_identical`."""
    groups = group_near_identical(
        [record.content_hash for record in records], [record.perceptual_hash for record in records]
    )
    return [replace(record, group=group) for record, group in zip(records, groups, strict=True)]


def _size(picture: NDArray[np.uint8]) -> str:
    return f"{picture.shape[1]}x{picture.shape[0]}"
