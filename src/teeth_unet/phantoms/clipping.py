"""Outlines cut along a line, and lines made into outlines."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.curves import Points

Limit = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A line across a tooth: where it lies along, for places across."""

CUT_POINTS = 9  # on each stretch of the line that becomes a part of the outline


def clip_outline(outline: Points, limit: Limit, *, keep_below: bool) -> Points:
    """Return the part of a closed outline on one side of a line across it.

    Sutherland and Hodgman's way, for one line. Parts that the line divides stay joined along it,
    by a bridge without area.

    Args:
        outline: (n, 2) points (across, along).
        limit: The line.
        keep_below: Whether the side stays where along is less than the line's.

    Returns:
        (m, 2) closed outline; as given if the line does not meet it, and without points if all of
        it lies on the other side.
    """
    sign = 1 if keep_below else -1
    beyond = sign * (outline[:, 1] - limit(outline[:, 0]))
    kept: list[Points] = []
    left_at: Points | None = None
    for start in np.roll(np.arange(len(outline)), -int(np.argmin(beyond))):
        end = (start + 1) % len(outline)
        if beyond[start] <= 0:
            kept.append(outline[start : start + 1])
        if (beyond[start] <= 0) == (beyond[end] <= 0):
            continue
        share = beyond[start] / (beyond[start] - beyond[end])
        crossing = outline[start] + share * (outline[end] - outline[start])
        if left_at is None:
            left_at = crossing
        else:
            across = np.linspace(left_at[0], crossing[0], CUT_POINTS)
            kept.append(np.column_stack([across, limit(across)]))
            left_at = None
    return np.vstack(kept) if kept else outline[:0]


def outline_of_line(line: Points, thickness: float) -> Points:
    """Return the closed outline of an open line of some thickness.

    Args:
        line: (n, 2) distinct consecutive points, at least 2.
        thickness: In the unit of the points.
    """
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    sideways = along[:, ::-1] * (-thickness / 2, thickness / 2)
    return np.vstack([line + sideways, (line - sideways)[::-1]])
