"""How much two pictures are alike, and a picture the X-rays that a network was trained on."""

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from teeth_unet.imaging.resizing import area_average

SIDE = 16
"""Height and width of the coarse pictures that are compared: bright jaws, dark air, no patient."""


class Stack(Protocol):
    """Pictures, one after the other: an array, or what reads its rows when they are used."""

    shape: tuple[int, ...]

    @property
    def dtype(self) -> "np.dtype[Any]": ...  # noqa: D102

    def __iter__(self) -> Iterator[Any]: ...


def usual_levels(x: Stack) -> NDArray[np.uint8]:
    """Return the median picture of a set of X-rays, coarsely.

    Args:
        x: (n, size, size, 1) grey levels in [0, 1], or uint8 in 0..255; n at least 1; may be
            memory-mapped.

    Returns:
        (16, 16) grey levels in 0..255; fewer rows where the X-rays are smaller.
    """
    side = min(SIDE, x.shape[1])
    highest = 1 if x.dtype == np.uint8 else 255
    coarse = [
        area_average(np.rint(picture[..., 0] * highest).astype(np.uint8), side) for picture in x
    ]
    return np.rint(np.median(coarse, axis=0)).astype(np.uint8)


def level_correlation(xray: NDArray[np.uint8], usual: NDArray[np.uint8]) -> float:
    """Correlate a picture with the median picture of a set, both coarsely.

    Args:
        xray: (h, w) grey levels in 0..255.
        usual: What `usual_levels` gave for the set.

    Returns:
        Pearson's correlation in [-1, 1]: near 1 for another X-ray of the kind, below 0 for a
        negative; 0 where one of the two is of one level.
    """
    return correlate(area_average(xray, len(usual)), usual)


def correlate(one: NDArray[np.number], other: NDArray[np.number]) -> float:
    """Return Pearson's correlation of two pictures of one shape, in [-1, 1].

    It is 0 where one of the two is of one level. (How a mask fits its X-ray is computed for all
    shifts at once, see `quality.alignment`, where this is the middle one of them.)
    """
    one, other = one - one.mean(), other - other.mean()
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float((one * other).sum()) / length if length else 0.0
