"""Teeth told apart by erosion alone, the way this was first done: a baseline to compare with."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import ndimage
from skimage.filters import threshold_otsu

from teeth_unet.teeth.settings import Erosion

_SHARPENING = np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]], dtype=np.float32)
_EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)


def separate_by_erosion(teeth: ArrayLike, erosion: Erosion | None = None) -> NDArray[np.int32]:
    """Return eroded teeth as labels: opening, sharpening, erosion, Otsu, components.

    An opening clears away thin bridges and specks, a Laplacian sharpens what is left, an erosion
    by a square pulls the teeth apart, Otsu's threshold makes a mask of it, and every component
    of it that is large enough is a tooth. The teeth are not grown back: each is measured too
    short and too narrow by twice the reach, and one that still touches its neighbour counts as
    one with it.

    Args:
        teeth: (h, w) probabilities in [0, 1], or a mask of 0 and 1; of the X-ray's own size, or
            at least of its proportions.
        erosion: How far.

    Returns:
        (h, w) labels, 0 for background and 1 to n for the eroded teeth from the top down.

    Raises:
        ValueError: `teeth` is not one picture.
    """
    grey = np.asarray(teeth, dtype=np.float32)
    if grey.ndim != 2:
        raise ValueError(f"expected one picture (h, w), received {grey.shape}")
    if not grey.size:
        return np.zeros(grey.shape, dtype=np.int32)
    erosion = erosion or Erosion()
    side = np.sqrt(grey.size)
    opened = ndimage.grey_opening(grey, _square(erosion.opening * side))
    sharp = np.clip(ndimage.convolve(opened, _SHARPENING, mode="nearest"), 0, 1)
    eroded = ndimage.grey_erosion(sharp, _square(erosion.reach * side))
    if eroded.min() == eroded.max():
        return np.zeros(grey.shape, dtype=np.int32)  # nothing for a threshold to tell apart
    pieces, _ = ndimage.label(eroded > threshold_otsu(eroded), _EIGHT_NEIGHBOURS)
    return _only_large(pieces, erosion.least_area * grey.size)


def _square(reach: float) -> tuple[int, int]:
    """Return the size of the square that reaches so many pixels from its centre."""
    side = 2 * round(reach) + 1
    return side, side


def _only_large(pieces: NDArray[np.integer], least: float) -> NDArray[np.int32]:
    """Return the labels of at least so many pixels, renumbered from 1 without gaps."""
    kept = np.bincount(pieces.ravel()) >= least
    kept[0] = False
    labels: NDArray[np.int32] = (np.cumsum(kept) * kept).astype(np.int32)[pieces]
    return labels
