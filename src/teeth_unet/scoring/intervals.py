"""How sure a mean is: bootstrap intervals."""

from collections.abc import Sequence

import numpy as np

RESAMPLES = 10_000

# How many values are drawn at a time, so that memory does not grow with the cases.
DRAWN_AT_ONCE = 1_000_000


def bootstrap_interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean (Efron and Tibshirani 1993).

    Args:
        values: At least one.
        seed: The same seed gives the same interval.
    """
    rng = np.random.default_rng(seed)
    sample = np.asarray(values, float)
    at_once = max(1, DRAWN_AT_ONCE // sample.size)
    means = [
        rng.choice(sample, (min(at_once, RESAMPLES - drawn), sample.size)).mean(axis=1)
        for drawn in range(0, RESAMPLES, at_once)
    ]
    low, high = np.percentile(np.concatenate(means), (2.5, 97.5))
    return float(low), float(high)
