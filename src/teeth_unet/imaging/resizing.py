"""Resizing of X-rays, masks and probabilities, each in the way that its values need.

All of them map the picture's edges onto the target's edges: nothing is shifted, not by a
fraction of a pixel. One pixel of shift at 512x512 costs almost 5 points of Dice.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Value = TypeVar("Value", bound=np.generic)


def resize_xray(xray: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Resize an X-ray to a square with Lanczos' filter (windowed over 3 lobes, antialiased).

    Args:
        xray: Grey levels in 0..255, shape (height, width).
        size: Side of the square in pixels, at least 1.

    Returns:
        Grey levels in 0..255, shape (size, size).
    """
    return np.array(Image.fromarray(xray).resize((size, size), Image.Resampling.LANCZOS))


def resize_mask(mask: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Resize a mask to a square: tooth where teeth cover at least half of the new pixel.

    Computed in whole numbers, hence without rounding: a flipped mask gives the flipped result.

    Args:
        mask: Tooth (1) and background (0), shape (height, width).
        size: Side of the square in pixels, at least 1.

    Returns:
        Tooth (1) and background (0), shape (size, size).
    """
    return (2 * _covered_areas(mask, size) >= mask.size).astype(np.uint8)


def resize_labels(labels: NDArray[np.integer], size: int) -> NDArray[np.integer]:
    """Resize a label map to a square: every new pixel gets the label that lies at its centre.

    Args:
        labels: One number a tooth, 0 for background, shape (height, width).
        size: Side of the square in pixels, at least 1.

    Returns:
        Labels, shape (size, size); a tooth narrower than a new pixel may be gone.
    """
    return sample_at_centres(labels, (size, size))


def sample_at_centres(picture: NDArray[Value], shape: tuple[int, ...]) -> NDArray[Value]:
    """Resize to any shape: every new pixel gets the value that lies at its centre."""
    rows, columns = (
        (2 * np.arange(new) + 1) * old // (2 * new)
        for new, old in zip(shape, picture.shape, strict=True)
    )
    sampled: NDArray[Value] = picture.take(columns, axis=1).take(rows, axis=0)  # faster than np.ix_
    return sampled


def area_average(mask: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """Return the share of every new pixel that teeth cover, old pixels at its rim in part.

    Pillow's box filter is no substitute: it takes whole pixels by the place of their centres
    wherever the ratio of the sizes is not a whole number. The mean of the mask is kept.

    Args:
        mask: Tooth (1) and background (0), or any grey levels, shape (height, width).
        size: Side of the square in pixels, at least 1.

    Returns:
        Averages in the range of the mask's values, shape (size, size).
    """
    return _covered_areas(mask, size) / mask.size


def resize_probabilities(
    probabilities: NDArray[np.float32], height: int, width: int
) -> NDArray[np.float32]:
    """Resize a map of probabilities, bilinearly between the centres of its pixels.

    Upsample probabilities first and apply the threshold then: the way to 512x512 and back costs
    .003 of Dice so, and .014 if the thresholded mask is enlarged.

    Args:
        probabilities: Values in [0, 1], shape (rows, columns).
        height: Height of the result in pixels, at least 1.
        width: Width of the result in pixels, at least 1.

    Returns:
        Values in [0, 1], shape (height, width).
    """
    levels = Image.fromarray(np.asarray(probabilities, dtype=np.float32))
    return np.array(levels.resize((width, height), Image.Resampling.BILINEAR))


def _covered_areas(mask: NDArray[np.uint8], size: int) -> NDArray[np.int64]:
    """Integrate a mask over the pixels of a square target.

    The unit is 1/size² of an old pixel, in which a fully covered new pixel measures
    height·width: all values are whole numbers.
    """
    rows = _integrate_along_rows(mask.astype(np.int64), size)
    return np.ascontiguousarray(_integrate_along_rows(rows.T, size).T)


def _integrate_along_rows(values: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Sum (length, n) rows into (size, n) equal stretches, in units of 1/size of a row.

    The running sum at a border that lies inside a row is the sum before that row plus the
    row's value times the part of it that lies before the border.
    """
    length = len(values)
    running = np.zeros((length + 1, values.shape[1]), dtype=np.int64)
    np.cumsum(values, axis=0, out=running[1:])
    whole, part = np.divmod(np.arange(size + 1) * length, size)
    cut_row = values[np.minimum(whole, length - 1)]  # at the last border, part is 0
    return np.diff(running[whole] * size + cut_row * part[:, np.newaxis], axis=0)
