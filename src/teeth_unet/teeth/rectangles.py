"""The outline of one tooth between the pixels, and the smallest rectangle around it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import ConvexHull
from skimage.measure import find_contours

Points = NDArray[np.float64]  # (n, 2): x to the right and y down, where pixel i is [i, i + 1)

# Standard deviation, in pixels, of the blur that turns the stairs of a mask into a smooth outline.
BLUR = 1.0
REACH = 4  # of the blur, in pixels
# Narrower teeth are measured around their pixels' corners: the blur would eat them up.
NARROWEST_BLURRED = 9.0


@dataclass(frozen=True)
class Rectangle:
    """A rectangle of any direction, in pixels.

    Attributes:
        centre: (2,) its centre (x, y).
        axis: (2,) unit vector along its longer side.
        length: Of its longer side.
        width: Of its shorter side.
    """

    centre: Points
    axis: Points
    length: float
    width: float

    def turned(self) -> "Rectangle":
        """Return the same rectangle, with the other side as its length."""
        return Rectangle(self.centre, right_angle(self.axis), self.width, self.length)

    def moved(self, offset: Points) -> "Rectangle":
        """Return the same rectangle, moved by (2,) an offset (x, y)."""
        return Rectangle(self.centre + offset, self.axis, self.length, self.width)

    def corners(self) -> Points:
        """Return its (4, 2) corners, each next to the one before."""
        along, across = self.axis * self.length / 2, right_angle(self.axis) * self.width / 2
        half = np.array([-along - across, along - across, along + across, across - along])
        corners: Points = self.centre + half
        return corners


def right_angle(direction: Points) -> Points:
    """Return (..., 2) directions turned by a right angle."""
    return np.stack([-direction[..., 1], direction[..., 0]], axis=-1)


def enclose(mask: NDArray[np.bool_]) -> Rectangle:
    """Return the smallest rectangle around a tooth.

    The corners of the outermost pixels stick out of a slanting or a round outline: around them,
    phantoms' teeth of 158 x 50 px measure 1.0 % too wide. So the outline is drawn between the
    pixels, where the slightly blurred mask passes one half; less than .5 % are left. A straight
    outline along rows or columns stays exactly where it is. Where the blur leaves less than half of
    a piece, as of an arc of one pixel, the rectangle is that of its pixels' corners.

    Args:
        mask: (h, w) picture of one tooth, with at least one pixel.

    Returns:
        The rectangle of least area, in pixels of the picture.
    """
    coarse = smallest_rectangle(pixel_corners(mask))
    if coarse.width < NARROWEST_BLURRED:
        return coarse
    cover = blurred(mask)
    if 2 * np.count_nonzero(cover >= 0.5) < np.count_nonzero(mask):
        return coarse
    return smallest_rectangle(outline(cover))


def smallest_rectangle(points: Points) -> Rectangle:
    """Return the rectangle of least area around points.

    One of its sides lies on a side of the points' convex hull (Freeman and Shapira 1975), so
    that each of these is tried; here all at once.

    Args:
        points: (n, 2) points, not all on one line.

    Example:
        >>> rectangle = smallest_rectangle(np.array([(0, 0), (3, 0), (3, 1), (0, 1)], float))
        >>> rectangle.length, rectangle.width
        (3.0, 1.0)
    """
    hull = points[ConvexHull(points).vertices]
    sides = np.roll(hull, -1, axis=0) - hull
    directions = sides / np.linalg.norm(sides, axis=1, keepdims=True)
    frames = np.stack([directions, right_angle(directions)], axis=1)  # (sides, 2, 2)
    places = frames @ hull.T  # (sides, along or across, points)
    low, high = places.min(axis=2), places.max(axis=2)
    extents = high - low
    best = int(np.argmin(extents.prod(axis=1)))
    centre = (low[best] + high[best]) / 2 @ frames[best]
    longer = int(np.argmax(extents[best]))
    return Rectangle(
        centre=centre,
        axis=frames[best, longer],
        length=float(extents[best, longer]),
        width=float(extents[best, 1 - longer]),
    )


def pixel_corners(mask: NDArray[np.bool_]) -> Points:
    """Return the (4 n, 2) corners of the first and last pixel in each row of a mask."""
    rows = np.flatnonzero(mask.any(axis=1))
    first = mask[rows].argmax(axis=1)
    last = mask.shape[1] - mask[rows, ::-1].argmax(axis=1)
    edges = np.concatenate([np.column_stack([first, rows]), np.column_stack([last, rows])])
    return np.concatenate([edges, edges + np.array([0, 1])]).astype(float)


def blurred(mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return a mask slightly blurred, 0 to 1, with `REACH` + 1 more pixels on each side."""
    return gaussian_filter(np.pad(mask, REACH + 1).astype(float), BLUR, radius=REACH)


def outline(cover: NDArray[np.float64]) -> Points:
    """Return the (n, 2) points where an outline crosses the lines between the pixels' centres.

    Args:
        cover: A blurred mask that passes one half; the points are those of the mask.
    """
    points = np.concatenate(find_contours(cover, 0.5))  # (row, column) from the first centre on
    return points[:, ::-1] - (REACH + 0.5)
