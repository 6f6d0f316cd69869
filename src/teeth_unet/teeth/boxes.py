"""Where in a picture something lies."""

import numpy as np
from numpy.typing import NDArray


def bounding_box(mask: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Return the rows and columns that a mask, which is not empty, reaches over.

    Args:
        mask: (h, w).

    Example:
        >>> bounding_box(np.array([[0, 0, 0], [0, 1, 1]], bool))
        (slice(1, 2, None), slice(1, 3, None))
    """
    rows, columns = (np.flatnonzero(mask.any(axis=axis)).tolist() for axis in (1, 0))
    return np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
