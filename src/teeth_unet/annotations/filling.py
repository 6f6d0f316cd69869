"""Which pixels lie inside closed rings."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Window = tuple[slice, slice]
"""Rows and columns of a picture."""

MOST_CROSSINGS = 5_000_000
"""Crossings of edges with rows of pixels that a shape may have; a tooth has some hundreds."""

_NOWHERE = (slice(0, 0), slice(0, 0)), np.zeros((0, 0), dtype=bool)


class TooIntricate(ValueError):
    """A shape has more edges in more rows than `MOST_CROSSINGS`."""


def filled(
    rings: Sequence[NDArray[np.floating]], width: int, height: int
) -> tuple[Window, NDArray[np.bool_]]:
    """Return the pixels whose middle lies inside closed rings, by the even-odd rule.

    A scan-line fill. Regions that share an edge never share a pixel, and leave none between them:
    of a middle right on an edge, the region to its right and below has the pixel. The fills of
    Pillow and scikit-image add what an edge touches, and know one ring at a time.

    Args:
        rings: Corners (n, 2), x and y in pixel edges, finite. The last is joined to the first.
        width: Width of the picture in px.
        height: Its height.

    Returns:
        The rows and columns around the part that lies in the picture, and (h, w) bool of them;
        nothing of either if no part does.

    Raises:
        TooIntricate: The rings cross too many rows.

    Example:
        >>> square = np.array([(1, 1), (3, 1), (3, 3), (1, 3)])
        >>> filled([square], 4, 4)[0]
        (slice(1, 3, None), slice(1, 3, None))
    """
    start, end = _edges(rings)
    if not len(start):
        return _NOWHERE
    limits = np.array((width, height))
    left, top = _whole(np.ceil(np.minimum(start, end).min(axis=0) - 0.5), limits).tolist()
    right, bottom = _whole(np.ceil(np.maximum(start, end).max(axis=0) - 0.5), limits).tolist()
    if left >= right or top >= bottom:
        return _NOWHERE
    row, column = _crossings(start, end, top, bottom, right)
    stride = right - left + 1
    place = (row - top) * stride + np.maximum(column - left, 0)
    crossed = np.bincount(place, minlength=(bottom - top) * stride) % 2 == 1
    inside = np.logical_xor.accumulate(crossed.reshape(-1, stride), axis=1)[:, :-1]
    return (slice(top, bottom), slice(left, right)), inside


def _edges(rings: Sequence[NDArray[np.floating]]) -> tuple[NDArray[np.float64], ...]:
    """Return the upper and the lower ends of all edges, so that both directions fill alike."""
    some = [np.asarray(ring, dtype=np.float64).reshape(-1, 2) for ring in rings]
    start = np.concatenate([np.zeros((0, 2)), *some])
    end = np.concatenate([np.zeros((0, 2)), *(np.roll(ring, -1, axis=0) for ring in some)])
    upwards = (start[:, 1] > end[:, 1])[:, None]
    return np.where(upwards, end, start), np.where(upwards, start, end)


def _whole(values: NDArray[np.float64], limit: NDArray[np.int64] | int) -> NDArray[np.int64]:
    return np.clip(values, 0, limit).astype(np.int64)


def _crossings(
    start: NDArray[np.float64], end: NDArray[np.float64], top: int, bottom: int, right: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the row of each crossing, and the first column whose middle is right of it."""
    first = np.maximum(_whole(np.ceil(start[:, 1] - 0.5), bottom), top)
    count = np.maximum(_whole(np.ceil(end[:, 1] - 0.5), bottom) - first, 0)
    total = int(count.sum())
    if total > MOST_CROSSINGS:
        raise TooIntricate(f"{len(start)} edges that cross {total} rows")
    edge = np.repeat(np.arange(len(start)), count)
    row = first[edge] + np.arange(total) - (np.cumsum(count) - count)[edge]
    across, down = (end[edge] - start[edge]).T
    # Multiplied first: where the line meets the middle of a pixel, the quotient is then exact.
    x = start[edge, 0] + across * (row + 0.5 - start[edge, 1]) / down
    return row, _whole(np.ceil(x - 0.5), right)
