"""A few of many, evenly."""

import numpy as np


def spread_evenly(count: int, wanted: int | None = None) -> list[int]:
    """Return rows of a table of so many, at most as many as wanted, from the first to the last.

    Example:
        >>> spread_evenly(9, 3), spread_evenly(2, 5), spread_evenly(2), spread_evenly(0, 3)
        ([0, 4, 8], [0, 1], [0, 1], [])
    """
    most = count if wanted is None else min(wanted, count)
    return [round(row) for row in np.linspace(0, count - 1, most)]
