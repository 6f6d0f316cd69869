"""Label maps as runs: how often a value stands in a row, row after row.

The page and the server send maps to each other so, and corrections are kept so: it is text, small,
and exact, and a page can read it without a library.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HIGHEST = 65535
"""Largest value of a map."""


def pack(labels: NDArray[np.integer]) -> list[int]:
    """Return a map as `[value, length, value, length, …]`, from the top left to the bottom right.

    Example:
        >>> pack(np.array([[0, 0, 7], [7, 7, 0]]))
        [0, 2, 7, 3, 0, 1]
    """
    flat = labels.ravel()
    if not flat.size:
        return []
    begins = np.concatenate(([0], np.flatnonzero(flat[1:] != flat[:-1]) + 1))
    lengths = np.diff(begins, append=flat.size)
    packed: list[int] = np.stack((flat[begins].astype(np.int64), lengths), 1).ravel().tolist()
    return packed


def unpack(runs: Sequence[int], width: int, height: int) -> NDArray[np.uint16]:
    """Return the (height, width) map of runs.

    Raises:
        ValueError: They do not add up to the size, or a value is no label.
    """
    values, lengths = _checked(runs)
    # Checked one by one first: a sum of huge numbers could overflow.
    if (lengths > width * height).any() or lengths.sum() != width * height:
        raise ValueError(f"runs that do not add up to {width} x {height} px")
    return np.repeat(values.astype(np.uint16), lengths).reshape(height, width)


def _checked(runs: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    try:
        pairs = np.array(runs, np.int64).reshape(-1, 2)
    except (TypeError, ValueError, OverflowError) as failure:
        raise ValueError("runs that are no pairs of whole numbers") from failure
    values, lengths = pairs[:, 0], pairs[:, 1]
    if (values < 0).any() or (values > HIGHEST).any():
        raise ValueError(f"labels that are not from 0 to {HIGHEST}")
    if (lengths < 1).any():
        raise ValueError("runs shorter than a pixel")
    return values, lengths
