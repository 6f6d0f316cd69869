"""From X-rays and masks of any size to two stacks of one size, and what was found on the way."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image
from pydantic import Field

from teeth_unet.configuration import Settings
from teeth_unet.errors import InputError
from teeth_unet.imaging.binarising import binarise
from teeth_unet.imaging.decoding import decode_mask, decode_xray
from teeth_unet.imaging.findings import UnusableCase
from teeth_unet.imaging.fingerprints import group_near_identical
from teeth_unet.imaging.inspection import CaseRecord, inspect_case
from teeth_unet.imaging.naming import natural_key
from teeth_unet.imaging.resizing import resize_mask, resize_xray

Loader = Callable[[], Image.Image]

PreparedCase = tuple[NDArray[np.uint8], NDArray[np.uint8], CaseRecord]

JPEG_NOISE = 15
"""Levels that JPEG leaves in the black around white."""


class Preparation(Settings):
    """How X-rays and masks are brought to one size.

    Attributes:
        size: Height and width of the prepared pictures in px; a multiple of what the network
            needs (16 or 32 for the networks of this project).
    """

    size: int = Field(default=512, ge=8, le=8192)


def pair_cases(
    xrays: Mapping[str, object], masks: Mapping[str, object]
) -> tuple[list[str], list[UnusableCase]]:
    """Return the case names that X-rays and masks share, and the cases that lack one of them.

    Both are in natural order.
    """
    remedy = "Add or rename the missing files, or take away their partners."
    lacking = [
        UnusableCase(case, "missing_partner", f"no {what}", remedy)
        for what, these, others in (("mask", xrays, masks), ("X-ray", masks, xrays))
        for case in sorted(these.keys() - others.keys(), key=natural_key)
    ]
    return sorted(xrays.keys() & masks.keys(), key=natural_key), lacking


def prepare_cases(
    xrays: Mapping[str, Loader], masks: Mapping[str, Loader], preparation: Preparation
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], list[CaseRecord], list[UnusableCase]]:
    """Decode all cases in parallel and bring them to one size.

    Only the two stacks and one native picture a thread are in memory at a time.

    Args:
        xrays: Case name to a function that opens the X-ray.
        masks: Case name to a function that opens its mask.
        preparation: The common size.

    Returns:
        X-rays (n, size, size, 1) uint8 grey levels; masks (n, size, size, 1) uint8 in {0, 1}; one
        record a case; all in natural order of the case names. Then the cases that are left out,
        because they cannot be used.
    """
    names, unusable = pair_cases(xrays, masks)
    shape = (len(names), preparation.size, preparation.size, 1)
    prepared_xrays, prepared_masks = np.empty(shape, np.uint8), np.empty(shape, np.uint8)

    def prepare(row: int) -> CaseRecord | UnusableCase:
        name = names[row]
        prepared = prepare_case(name, xrays[name], masks[name], preparation.size)
        if isinstance(prepared, UnusableCase):
            return prepared
        prepared_xrays[row, ..., 0], prepared_masks[row, ..., 0], record = prepared
        return record

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        results = list(threads.map(prepare, range(len(names))))
    rows = [row for row, result in enumerate(results) if isinstance(result, CaseRecord)]
    unusable += [result for result in results if isinstance(result, UnusableCase)]
    if len(rows) < len(names):
        prepared_xrays, prepared_masks = prepared_xrays[rows], prepared_masks[rows]
    return prepared_xrays, prepared_masks, _grouped([results[row] for row in rows]), unusable


def prepare_case(case: str, xray: Loader, mask: Loader, size: int) -> PreparedCase | UnusableCase:
    """Decode one case and bring it to (size, size).

    Returns:
        X-ray, mask and record; or why the case cannot be used: a file cannot be decoded, X-ray
        and mask differ in size or are one picture, or the mask would lose most of what it marks.
    """
    try:
        xray_picture, mask_picture = xray(), mask()
        grey, levels = decode_xray(xray_picture), decode_mask(mask_picture)
        mask_as_xray = decode_xray(mask_picture)
    except InputError as error:
        subject, expected, found, remedy = error.args
        told = f"{subject}: expected {expected}, found {found}"
        return UnusableCase(case, "undecodable", told, remedy)
    if grey.shape != levels.shape:
        return UnusableCase(
            case,
            "size_mismatch",
            f"the X-ray has {_size(grey)} px, its mask {_size(levels)} px",
            "Export the mask at the size of its X-ray.",
        )
    if grey.min() < grey.max() and np.array_equal(grey, mask_as_xray):
        return UnusableCase(
            case,
            "same_picture",
            "the same picture for X-ray and mask",
            "Point `xrays` and `masks` at two different places.",
        )
    lost = _lost_marks(levels)
    if lost:
        return UnusableCase(
            case,
            "dark_mask",
            lost,
            "Make every tooth white; a label map (one number a tooth) has to be turned into white "
            "on black first.",
        )
    orientations = _orientation(xray_picture), _orientation(mask_picture)
    record = inspect_case(case, grey, levels, orientations)
    return resize_xray(grey, size), resize_mask(binarise(levels), size), record


def _lost_marks(levels: NDArray[np.uint8]) -> str:
    """Tell of a mask that would lose most of what it marks, a label map or grey teeth; else "".

    Resizing turns the rims of teeth grey, which is less than what lies inside them.
    """
    tooth = np.count_nonzero(binarise(levels))
    marked = np.count_nonzero(levels > (JPEG_NOISE if tooth else 0))
    if 2 * tooth >= marked:
        return ""
    return (
        f"a mask with levels up to {levels.max()}, and {1 - tooth / marked:.0%} of what is not "
        "black at 127 or below, where only levels above 127 count as tooth"
    )


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; 1, upright, also where there is none to read."""
    try:
        orientation = picture.getexif().get(ExifTags.Base.Orientation, 1)
    except (SyntaxError, ValueError):
        return 1
    return orientation if orientation in range(1, 9) else 1


def _grouped(records: list[CaseRecord]) -> list[CaseRecord]:
    groups = group_near_identical(
        [record.content_hash for record in records], [record.perceptual_hash for record in records]
    )
    return [replace(record, group=group) for record, group in zip(records, groups, strict=True)]


def _size(picture: NDArray) -> str:
    return f"{picture.shape[1]}x{picture.shape[0]}"
