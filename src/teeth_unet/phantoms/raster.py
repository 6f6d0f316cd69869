"""Which pixels lie inside an outline."""

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.curves import Points

Window = tuple[slice, slice]  # rows and columns of the picture


def inside(outline: Points, window: Window) -> NDArray[np.bool_]:
    """Return which pixels have their centre inside a closed outline.

    A scan-line fill by the non-zero winding rule. Unlike Pillow's polygon, which adds every pixel
    that the outline touches, it keeps the area.

    Args:
        outline: (n, 2) points (x, y) in pixels of the picture, where pixel i reaches from i to
            i + 1. The last point is joined to the first.
        window: Rows and columns to look at.

    Returns:
        Boolean array of the window's shape.

    Example:
        >>> square = np.array([(1, 1), (3, 1), (3, 3), (1, 3)])
        >>> inside(square, (slice(0, 4), slice(0, 4))).astype(int)
        array([[0, 0, 0, 0],
               [0, 1, 1, 0],
               [0, 1, 1, 0],
               [0, 0, 0, 0]])
    """
    rows, columns = window
    width = columns.stop - columns.start
    centres = np.arange(rows.start, rows.stop) + 0.5
    (x0, y0), (x1, y1) = outline.T, np.roll(outline, -1, axis=0).T
    edge, row = np.nonzero((y0[:, None] <= centres) != (y1[:, None] <= centres))

    slope = (x1[edge] - x0[edge]) / (y1[edge] - y0[edge])
    crossing = x0[edge] + (centres[row] - y0[edge]) * slope
    first_right = np.clip(np.ceil(crossing - 0.5).astype(int) - columns.start, 0, width)
    winding = np.zeros((centres.size, width + 1), dtype=np.int16)
    np.add.at(winding, (row, first_right), np.where(y1[edge] > y0[edge], 1, -1))
    is_inside: NDArray[np.bool_] = np.cumsum(winding, axis=1)[:, :-1] != 0
    return is_inside


def window_around(outline: Points, margin: float, shape: tuple[int, int]) -> Window:
    """Return the rows and columns around an outline, within a picture and at least one of each.

    Args:
        outline: (n, 2) points (x, y) in pixels.
        margin: Distance in pixels to add on each side.
        shape: (height, width) of the picture.
    """
    low = np.floor(outline.min(axis=0) - margin).astype(int)
    high = np.ceil(outline.max(axis=0) + margin).astype(int)
    left, top = np.clip(low, 0, np.array(shape[::-1]) - 1).tolist()
    right, bottom = np.clip(high, (left + 1, top + 1), shape[::-1]).tolist()
    return slice(top, bottom), slice(left, right)
