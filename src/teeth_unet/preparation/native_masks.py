"""Masks at their own size, opened again once the cases are prepared."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging
from teeth_unet.errors import InputError
from teeth_unet.imaging import MaskPixels
from teeth_unet.preparation.encoding import Coding, MaskEncoding, coding_of

Masks = Mapping[str, Callable[[], Image.Image]]


def open_native_mask(
    case: str, mask_hash: str, raw_masks: Masks, encoding: MaskEncoding
) -> NDArray[np.uint8]:
    """Open the mask of a case at its own size.

    Args:
        case: Case name.
        mask_hash: Content hash of the mask that the case was prepared with.
        raw_masks: Case name to a function that opens the mask.
        encoding: How the masks are read.

    Returns:
        Tooth (1) and background (0), shape (height, width).

    Raises:
        InputError: There is no mask of the case, or it is another one.
    """
    return _open(case, mask_hash, raw_masks, encoding)[0]


def open_native_labels(
    case: str, mask_hash: str, raw_masks: Masks, encoding: MaskEncoding
) -> NDArray[np.uint16] | None:
    """Open the mask of a case as a label map, at its own size.

    Args:
        case: Case name.
        mask_hash: Content hash of the mask that the case was prepared with.
        raw_masks: Case name to a function that opens the mask.
        encoding: How the masks are read.

    Returns:
        One number a tooth, 0 for background, shape (height, width): what is stored, or the rank of
        a colour among those of the mask; None where the mask does not tell teeth apart.

    Raises:
        InputError: There is no mask of the case, or it is another one.
    """
    coding = coding_of(encoding, case)
    if coding is None or coding["kind"] != "labels":
        return None
    binary, mask = _open(case, mask_hash, raw_masks, encoding)
    if mask.numbers.max(initial=0) < 2**16:
        return (mask.numbers * binary).astype(np.uint16)
    colours = np.unique(mask.numbers[binary > 0])
    ranks = np.searchsorted(colours, mask.numbers) + 1
    labels: NDArray[np.uint16] = (ranks * binary).astype(np.uint16)
    return labels


def read_mask(case: str, raw_masks: Masks, encoding: MaskEncoding) -> NDArray[np.uint8]:
    """Open the mask of a case, whatever it was prepared with.

    Args:
        case: Case name.
        raw_masks: Case name to a function that opens the mask.
        encoding: How the masks are read.

    Returns:
        Tooth (1) and background (0), shape (height, width).

    Raises:
        InputError: It is in doubt what of it is tooth.
    """
    coding = coding_of(encoding, case)
    if coding is None:
        expected = "a mask of which it is clear what is tooth"
        raise InputError(f"mask of case {case}", expected, encoding["found"], encoding["remedy"])
    return _binary(imaging.decode_mask(raw_masks[case]()), coding)


def _binary(mask: MaskPixels, coding: Coding) -> NDArray[np.uint8]:
    return imaging.binarise(mask, coding["threshold"], rims=coding["rims"])


def _open(
    case: str, mask_hash: str, raw_masks: Masks, encoding: MaskEncoding
) -> tuple[NDArray[np.uint8], MaskPixels]:
    found, coding = case in raw_masks, coding_of(encoding, case)
    if found and coding:
        mask = imaging.decode_mask(raw_masks[case]())
        binary = _binary(mask, coding)
        if imaging.content_hash(binary) == mask_hash:
            return binary, mask
    raise InputError(
        f"mask of case {case}",
        "the mask that the case was prepared with",
        "another one" if found else "none",
        "Give the same --params masks=... as to data_processing, or run data_processing "
        "again if the masks have changed.",
    )
