"""The outlines of label maps, exact to the pixel."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects
from skimage.measure import find_contours

from teeth_unet.annotations.model import Polygons

Point = tuple[float, float]

_MARGIN = 1 / 16
"""How near to the middle of a pixel an outline may pass, in px."""


def outlines(labels: NDArray[np.integer]) -> dict[int, Polygons]:
    """Return the outline of each tooth of a label map.

    Filled again, they give the same pixels. Marching squares give a line that passes halfway
    between pixels inside and outside; of its corners, as many are dropped as can be while it still
    passes between all of these pixels, as straight pieces of a digital curve are found.

    Args:
        labels: (h, w), one number a tooth, 0 where there is none.

    Returns:
        Rings by number, in ascending order; several rings where a tooth has holes or parts.

    Example:
        >>> labels = np.pad(np.full((2, 3), 11, dtype=np.uint16), 1)
        >>> outlines(labels)[11].rings[0].shape
        (8, 2)
    """
    found = {}
    for number, window in enumerate(find_objects(labels) if labels.size else (), start=1):
        if window is not None:
            # A rim of one pixel closes the lines at the picture's edge.
            inside = np.pad(labels[window] == number, 1)
            start = np.array((window[1].start, window[0].start)) - 1
            found[number] = Polygons(
                tuple(
                    (_straightened(line[:-1, ::-1]) + start + 0.5).astype(np.float32)
                    for line in find_contours(inside.astype(np.float32), 0.5)
                )
            )
    return found


def _straightened(line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Drop corners of a closed line through the middles of edges between neighbouring pixels.

    From each corner that is kept, the next is the last one that a straight line reaches through
    all edges between; such a line stays in the same cells, and so parts the same pixels.

    Args:
        line: (n, 2), x and y in pixel middles; one of both is halfway between whole numbers.
    """
    corners: list[Point] = [(x, y) for x, y in line.tolist()]
    kept = [0]
    while kept[-1] < len(corners):
        kept.append(_reached(corners, kept[-1]))
    return line[kept[:-1]] if len(kept) > 3 else line


def _reached(corners: list[Point], first: int) -> int:
    """Return the last corner in sight of one, through the edges between; past the end, `len`."""
    x, y = corners[first]
    reach = first + 1
    ahead = _step((x, y), corners[reach % len(corners)])
    rightmost: Point | None = None
    leftmost: Point | None = None
    for place in range(first + 1, len(corners) + 1):
        corner = corners[place % len(corners)]
        step = _step((x, y), corner)
        if rightmost and leftmost and _turn(rightmost, step) >= 0 >= _turn(leftmost, step):
            reach = place
        right, left = _gate(step, corner[0] % 1 != 0)
        # All directions within 90 degrees of the first one can be compared by their turns.
        if min(_along(right, ahead), _along(left, ahead)) <= 0 or _turn(right, left) <= 0:
            break
        rightmost = right if rightmost is None or _turn(rightmost, right) > 0 else rightmost
        leftmost = left if leftmost is None or _turn(leftmost, left) < 0 else leftmost
        if _turn(rightmost, leftmost) <= 0:
            break
    return reach


def _step(start: Point, end: Point) -> Point:
    return end[0] - start[0], end[1] - start[1]


def _gate(step: Point, is_level: bool) -> tuple[Point, Point]:
    """Return the right and the left end of what a line may pass through, around a corner."""
    across, down = (0.5 - _MARGIN, 0.0) if is_level else (0.0, 0.5 - _MARGIN)
    one = step[0] - across, step[1] - down
    other = step[0] + across, step[1] + down
    return (one, other) if _turn(one, other) > 0 else (other, one)


def _along(one: Point, other: Point) -> float:
    return one[0] * other[0] + one[1] * other[1]


def _turn(one: Point, other: Point) -> float:
    """Return a number above 0 if the other direction is to the left of the one."""
    return one[0] * other[1] - one[1] * other[0]
