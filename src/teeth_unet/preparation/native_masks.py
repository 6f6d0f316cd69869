"""Masks at their own size, opened again once the cases are prepared."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging
from teeth_unet.errors import InputError


def open_native_mask(
    case: str, mask_hash: str, raw_masks: Mapping[str, Callable[[], Image.Image]]
) -> NDArray[np.uint8]:
    """Open the mask of a case at its own size.

    Args:
        case: Case name.
        mask_hash: Content hash of the mask that the case was prepared with.
        raw_masks: Case name to a function that opens the mask.

    Raises:
        InputError: There is no mask of the case, or it is another one.
    """
    found = case in raw_masks
    mask = imaging.binarise(imaging.decode_mask(raw_masks[case]())) if found else None
    if mask is None or imaging.content_hash(mask) != mask_hash:
        raise InputError(
            f"mask of case {case}",
            "the mask that the case was prepared with",
            "another one" if found else "none",
            "Give the same --params masks=... as to data_processing, or run data_processing "
            "again if the masks have changed.",
        )
    return mask
