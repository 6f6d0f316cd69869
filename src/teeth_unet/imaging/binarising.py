"""From a mask as it is stored to tooth and background."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from teeth_unet.imaging.mask_pixels import MaskPixels, in_areas

AROUND = 5
"""Height and width in px of the surroundings that tell how bright the tooth at a rim is.

Label maps enlarged to twice their size, and colours that JPEG has stored at half of theirs, have
rims of 2 px.
"""


def binarise(mask: MaskPixels, threshold: int, *, rims: bool = False) -> NDArray[np.uint8]:
    """Say of every pixel whether it is tooth.

    Args:
        mask: The mask as it is stored.
        threshold: The highest strength of background, which the whole set decides.
        rims: Whether the levels of tooth differ and have rims, from resampling or JPEG. There a
            pixel is tooth if it has more than half of the highest strength around it, or is in
            an area of its own level.

    Returns:
        Tooth (1) and background (0), shape (height, width).
    """
    tooth = mask.strength > threshold
    if rims:
        near = maximum_filter(mask.strength, AROUND)
        tooth &= (mask.strength > near // 2) | in_areas(mask.numbers)
    return tooth.astype(np.uint8)


def half(level: int) -> int:
    """Return the threshold between black and a level: what resampling leaves at rims is halved.

    Example:
        >>> half(255), half(1)
        (127, 0)
    """
    return level // 2


def grey_share(mask: MaskPixels, level: int) -> float:
    """Measure how far a mask is from black and one level.

    Args:
        mask: The mask as it is stored.
        level: The strength of tooth.

    Returns:
        The share in [0, 1] of pixels that are neither black nor of that level.
    """
    return float(np.mean((mask.strength != 0) & (mask.strength != level)))
