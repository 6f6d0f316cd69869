"""From a mask as it is stored to tooth and background."""

import numpy as np
from numpy.typing import NDArray


def binarise(strength: NDArray[np.uint16], threshold: int) -> NDArray[np.uint8]:
    """Say of every pixel whether it is tooth.

    Args:
        strength: How bright the pixels of a mask are, see `MaskPixels`, of any shape.
        threshold: The highest strength of background, which the whole set decides.

    Returns:
        An array of the same shape: 1 (tooth) where the strength is above the threshold, else 0.
    """
    return (strength > threshold).astype(np.uint8)


def half(level: int) -> int:
    """Return the threshold between black and a level: what resampling leaves at rims is halved.

    Example:
        >>> half(255), half(1)
        (127, 0)
    """
    return level // 2


def grey_share(strength: NDArray[np.uint16], level: int) -> float:
    """Measure how far a mask is from black and one level.

    Args:
        strength: How bright the pixels of a mask are, of any shape but an empty one.
        level: The strength of tooth.

    Returns:
        The share in [0, 1] of pixels that are neither 0 nor of that level.
    """
    return float(np.mean((strength != 0) & (strength != level)))
