"""From the grey levels of a mask to tooth and background."""

import numpy as np
from numpy.typing import NDArray

MIDDLE_LEVEL = 127
"""The highest grey level of background.

The published masks were drawn in black and white; what lies between comes from resampling.
"""


def binarise(levels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Say of every pixel whether it is tooth.

    Args:
        levels: Grey levels of a mask in 0..255, of any shape; `decode_mask` makes them of
            colours, palettes and masks of 0 and 1.

    Returns:
        An array of the same shape: 1 (tooth) where the level is above `MIDDLE_LEVEL`, else 0.
    """
    return (levels > MIDDLE_LEVEL).astype(np.uint8)


def grey_share(levels: NDArray[np.uint8]) -> float:
    """Measure how far a mask is from black and white.

    Args:
        levels: Grey levels of a mask in 0..255, of any shape but an empty one.

    Returns:
        The share in [0, 1] of pixels that are neither 0 nor 255.
    """
    return float(np.mean((levels != 0) & (levels != 255)))
