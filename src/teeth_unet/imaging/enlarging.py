"""From a network's maps to pictures of an X-ray's own size, however large that is.

A picture of 20,000 x 10,000 px as floats takes 800 MB. So the maps are enlarged to the full width
first, and then to the full height a few columns at a time, which gives the very same numbers:
Pillow, too, resizes along the rows first, and every column by itself.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BLOCK = 1 << 22
"""Pixels that are enlarged at a time."""


def enlarge_and_threshold(
    probabilities: NDArray[np.float32], height: int, width: int, threshold: float
) -> NDArray[np.uint8]:
    """Enlarge a map of probabilities, as `resize_probabilities` does, and decide for every pixel.

    Args:
        probabilities: Values in [0, 1], shape (rows, columns).
        height: Height of the result in pixels, at least 1.
        width: Width of the result in pixels, at least 1.
        threshold: Probability from which on a pixel is tooth.

    Returns:
        Tooth (1) and background (0), shape (height, width).
    """
    mask = np.empty((height, width), np.uint8)
    for columns, values in _enlarged(probabilities, height, width):
        np.greater_equal(values, threshold, out=mask[:, columns], casting="unsafe")
    return mask


def enlarge_to_levels(
    values: NDArray[np.float32], height: int, width: int, white: float = 1.0
) -> NDArray[np.uint8]:
    """Enlarge a map and make grey levels of it.

    Args:
        values: From 0 up, shape (rows, columns).
        height: Height of the result in pixels, at least 1.
        width: Width of the result in pixels, at least 1.
        white: Value from which on the level is 255.

    Returns:
        Grey levels in 0..255, shape (height, width).
    """
    levels = np.empty((height, width), np.uint8)
    for columns, part in _enlarged(values, height, width):
        levels[:, columns] = np.rint(np.clip(part / np.float32(white), 0, 1) * 255)
    return levels


def _enlarged(
    values: NDArray[np.float32], height: int, width: int
) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Yield stripes of columns of a map at its new size."""
    narrow = Image.fromarray(np.asarray(values, np.float32))
    wide = narrow.resize((width, narrow.height), Image.Resampling.BILINEAR)
    step = max(1, BLOCK // height)
    for left in range(0, width, step):
        right = min(left + step, width)
        stripe = wide.crop((left, 0, right, wide.height))
        enlarged = stripe.resize((right - left, height), Image.Resampling.BILINEAR)
        yield slice(left, right), np.asarray(enlarged)
