"""From X-rays and masks of any size to two stacks of one size, and what was found on the way."""

import hashlib
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import Field

from teeth_unet.configuration import Settings
from teeth_unet.errors import InputError
from teeth_unet.imaging.binarising import binarise, grey_share
from teeth_unet.imaging.decoding import decode_mask, decode_xray
from teeth_unet.imaging.naming import natural_key
from teeth_unet.imaging.resizing import resize_mask, resize_xray

Loader = Callable[[], Image.Image]

JPEG_NOISE = 15
"""Levels that JPEG leaves in the black around white."""

LISTED = 5
"""How many names or errors a message lists before it only counts."""


class Preparation(Settings):
    """How X-rays and masks are brought to one size.

    Attributes:
        size: Height and width of the prepared pictures in px; a multiple of what the network
            needs (16 or 32 for the networks of this project).
    """

    size: int = Field(default=512, ge=8, le=8192)


@dataclass(frozen=True)
class CaseRecord:
    """What was found in one case.

    Attributes:
        case: Case name.
        width: Native width of X-ray and mask in px.
        height: Native height in px.
        tooth_share: Share of the mask's pixels that are tooth, at native size.
        grey_share: Share of the mask's pixels that were neither black nor white.
        content_hash: SHA-256 of the X-ray's size and grey levels: equal for equal pictures,
            whatever file format they came in.
        mask_hash: The same of the binary mask.
    """

    case: str
    width: int
    height: int
    tooth_share: float
    grey_share: float
    content_hash: str
    mask_hash: str


def pair_cases(xrays: Mapping[str, object], masks: Mapping[str, object]) -> list[str]:
    """Return the case names that X-rays and masks share, in natural order.

    Raises:
        InputError: A case lacks its X-ray or its mask; all such cases are listed.
    """
    lacking = []
    for what, these, others in (("mask", xrays, masks), ("X-ray", masks, xrays)):
        names = sorted(these.keys() - others.keys(), key=natural_key)
        if names:
            lacking.append(f"no {what} for {', '.join(names)}")
    if lacking:
        raise InputError(
            "X-rays and masks",
            "one mask for each X-ray, under the same file name",
            "; ".join(lacking),
            "Add or rename the missing files, or take away their partners.",
        )
    return sorted(xrays, key=natural_key)


def prepare_cases(
    xrays: Mapping[str, Loader], masks: Mapping[str, Loader], preparation: Preparation
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], list[CaseRecord]]:
    """Decode all cases in parallel and bring them to one size.

    Only the two stacks and one native picture a thread are in memory at a time.

    Args:
        xrays: Case name to a function that opens the X-ray.
        masks: Case name to a function that opens its mask.
        preparation: The common size.

    Returns:
        X-rays (n, size, size, 1) uint8 grey levels; masks (n, size, size, 1) uint8 in {0, 1}; one
        record a case. All in natural order of the case names.

    Raises:
        InputError: Partners are missing, cases cannot be used, or all masks are empty.
    """
    names = pair_cases(xrays, masks)
    shape = (len(names), preparation.size, preparation.size, 1)
    prepared_xrays, prepared_masks = np.empty(shape, np.uint8), np.empty(shape, np.uint8)

    def prepare(row: int) -> CaseRecord | InputError:
        try:
            xray, mask, record = prepare_case(
                names[row], xrays[names[row]], masks[names[row]], preparation.size
            )
        except InputError as error:
            return error
        prepared_xrays[row, ..., 0], prepared_masks[row, ..., 0] = xray, mask
        return record

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        results = list(threads.map(prepare, range(len(names))))
    _refuse_broken([result for result in results if isinstance(result, InputError)], len(names))
    records = [result for result in results if isinstance(result, CaseRecord)]
    if not any(record.tooth_share for record in records):
        raise InputError(
            "masks",
            "white teeth (levels above 127) on black",
            f"all {len(records)} masks empty",
            "Look at the masks; label maps have to be turned into white teeth on black first.",
        )
    return prepared_xrays, prepared_masks, records


def prepare_case(
    case: str, xray: Loader, mask: Loader, size: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], CaseRecord]:
    """Decode one case and bring it to (size, size).

    Raises:
        InputError: A file cannot be decoded, X-ray and mask differ in size, or are one picture.
    """
    grey, mask_picture = decode_xray(xray()), mask()
    levels = decode_mask(mask_picture)
    if grey.shape != levels.shape:
        raise InputError(
            f"case {case}",
            f"a mask of the X-ray's {_size(grey)} px",
            f"one of {_size(levels)} px",
            "Export the mask at the size of its X-ray.",
        )
    if grey.min() < grey.max() and np.array_equal(grey, decode_xray(mask_picture)):
        raise InputError(
            f"case {case}",
            "an X-ray and a mask",
            "the same picture for both",
            "Point `xrays` and `masks` at two different places.",
        )
    binary = binarise(levels)
    _refuse_dark(case, levels, binary)
    record = CaseRecord(
        case=case,
        width=grey.shape[1],
        height=grey.shape[0],
        tooth_share=float(binary.mean()),
        grey_share=grey_share(levels),
        content_hash=_hash(grey),
        mask_hash=_hash(binary),
    )
    return resize_xray(grey, size), resize_mask(binary, size), record


def _refuse_dark(case: str, levels: NDArray[np.uint8], binary: NDArray[np.uint8]) -> None:
    """Refuse a mask that would lose most of what it marks: a label map, or grey teeth.

    Resizing turns the rims of teeth grey, which is less than what lies inside them.
    """
    tooth = np.count_nonzero(binary)
    marked = np.count_nonzero(levels > (JPEG_NOISE if tooth else 0))
    if 2 * tooth < marked:
        raise InputError(
            f"mask of case {case}",
            "white teeth (levels above 127) on black",
            f"levels up to {levels.max()}, and {1 - tooth / marked:.0%} of what is not black "
            "at 127 or below",
            "Make every tooth white; a label map (one number a tooth) has to be turned into white "
            "on black first.",
        )


def _refuse_broken(errors: list[InputError], cases: int) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        listed = [f"\n  {error}" for error in errors[:LISTED]]
        if len(errors) > LISTED:
            listed.append(f"\n  and {len(errors) - LISTED} more")
        raise InputError(
            f"{len(errors)} of {cases} cases",
            "pictures that can be used",
            "these problems:" + "".join(listed),
            "\nMend these files or take them away.",
        )


def _hash(picture: NDArray[np.uint8]) -> str:
    header = f"{picture.shape[0]}x{picture.shape[1]}:".encode()
    return hashlib.sha256(header + np.ascontiguousarray(picture).tobytes()).hexdigest()


def _size(picture: NDArray) -> str:
    return f"{picture.shape[1]}x{picture.shape[0]}"
