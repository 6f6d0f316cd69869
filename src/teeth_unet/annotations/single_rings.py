"""Outlines for formats that know neither holes nor, some of them, several parts."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, label

from teeth_unet.annotations.outlining import outlines

Ring = NDArray[np.float64]


def part_rings(labels: NDArray[np.uint16]) -> Iterator[tuple[int, list[Ring]]]:
    """Yield number and outlines of each tooth of a label map: one ring a part, holes cut open.

    A hole is joined to the outline by a cut without width, there and back: filled by the even-odd
    rule or by winding numbers, the hole stays one.

    Args:
        labels: (h, w), one number a tooth, 0 where there is none.

    Yields:
        In ascending order; the parts of a tooth by their first row.
    """
    for number, window in enumerate(find_objects(labels) if labels.size else (), start=1):
        if window is not None:
            # Connected by their sides, as the outlines are.
            parts = label(labels[window] == number)[0]
            start = window[1].start, window[0].start
            yield number, [joined(each.rings) + start for each in outlines(parts).values()]


def joined(rings: Sequence[NDArray[np.floating]]) -> Ring:
    """Return one ring of several, joined by cuts without width where they are close.

    Args:
        rings: Corners (n, 2) of each.
    """
    first, *rest = sorted((np.asarray(ring, np.float64) for ring in rings), key=len, reverse=True)
    for ring in rest:
        apart = np.square(first[:, None] - ring).sum(axis=2)
        here, there = np.unravel_index(apart.argmin(), apart.shape)
        around = np.roll(ring, -there, axis=0)
        first = np.concatenate([first[: here + 1], around, around[:1], first[here:]])
    return first
