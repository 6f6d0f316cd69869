"""How far the values of a picture reach, a few pixels of a bad sensor aside."""

import numpy as np
from numpy.typing import NDArray

FEW = 0.001
"""Share of pixels that may lie outside: hot and dead ones, and letters burnt in."""


def bits_needed(values: NDArray[np.number]) -> int:
    """Return how many bits hold the values of a picture, all but a few: 8 to 16.

    Args:
        values: 0 to 65535, of any shape.
    """
    allowed = FEW * values.size
    return next((b for b in range(8, 16) if np.count_nonzero(values >= 2**b) <= allowed), 16)


def usual_range(values: NDArray[np.number]) -> tuple[float, float]:
    """Return the lowest and the highest value of a picture, which a viewer shows black and white.

    A few values that make the range more than twice as wide, on either side, are left out.

    Args:
        values: Finite ones, of any shape; at least one.
    """
    lowest, highest = float(values.min()), float(values.max())
    low, high = (float(v) for v in np.quantile(values, (FEW, 1 - FEW), method="nearest"))
    if highest - lowest <= 2 * (high - low) or low == high:
        return lowest, highest
    span = high - low
    return (
        low if low - lowest > span / 2 else lowest,
        high if highest - high > span / 2 else highest,
    )
