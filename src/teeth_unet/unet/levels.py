"""Pictures as a network takes them, whichever way they are kept."""

import numpy as np
from numpy.typing import NDArray

from teeth_unet.storage import Rows

Pictures = NDArray[np.float32] | NDArray[np.uint8] | Rows
"""X-rays, (n, h, w, 1): float32 in [0, 1], or a quarter of the bytes, uint8 in 0..255."""

Masks = NDArray[np.float32] | NDArray[np.uint8] | Rows
"""Masks, (n, h, w, 1) in {0, 1}."""

_HIGHEST = np.float32(255)


def unit_levels(x: NDArray[np.float32] | NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return grey levels in [0, 1], float32, of X-rays that are kept in either way."""
    return x.astype(np.float32) / _HIGHEST if x.dtype == np.uint8 else np.asarray(x, np.float32)
