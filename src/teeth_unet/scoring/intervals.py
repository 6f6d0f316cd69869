"""How sure a mean or a median is: bootstrap intervals."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

RESAMPLES = 10_000

Values = Sequence[float] | NDArray[np.number | np.bool_]

# How many values are drawn at a time, so that memory does not grow with the cases.
DRAWN_AT_ONCE = 1_000_000


def bootstrap_interval(values: Values, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean (Efron and Tibshirani 1993).

    Args:
        values: At least one.
        seed: The same seed gives the same interval.
    """
    sample = np.asarray(values, float)
    if sample.size == 1:  # which SciPy refuses
        return float(sample[0]), float(sample[0])
    drawn = stats.bootstrap(
        (sample,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=max(1, DRAWN_AT_ONCE // sample.size),
        method="percentile",
        rng=np.random.default_rng(seed),
    )
    # The interval that comes with them is of the 2.5000000000000022nd percentile.
    low, high = np.percentile(drawn.bootstrap_distribution, (2.5, 97.5))
    return float(low), float(high)


def bootstrap_grouped_mean(groups: Sequence[Values], seed: int = 0) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of the mean of all values of all groups.

    Whole groups are drawn, for values that come in groups of similar ones, as the teeth of one
    case: drawn one by one, they would seem to say more than they do.

    Args:
        groups: At least one, each of at least one value.
        seed: The same seed gives the same interval.
    """
    sums, sizes = np.array([(np.sum(group), len(group)) for group in groups], float).T

    def means(drawn: NDArray[np.int64]) -> NDArray[np.float64]:
        of_draws: NDArray[np.float64] = drawn @ sums / (drawn @ sizes)
        return of_draws

    return _interval_of_draws(means, len(groups), len(groups), seed)


def bootstrap_grouped_median(groups: Sequence[Values], seed: int = 0) -> tuple[float, float]:
    """Return the same interval of the median of all values, whole groups drawn.

    Args:
        groups: At least one, each of at least one value.
        seed: The same seed gives the same interval.
    """
    values = np.concatenate([np.asarray(group, float) for group in groups])
    group_of = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    order = np.argsort(values)
    values, group_of = values[order], group_of[order]

    def medians(drawn: NDArray[np.int64]) -> NDArray[np.float64]:
        ranks = np.cumsum(drawn[:, group_of], axis=1)  # of the last copy of each value
        half = ranks[:, -1:] / 2
        lower, upper = (ranks >= half).argmax(axis=1), (ranks > half).argmax(axis=1)
        of_draws: NDArray[np.float64] = (values[lower] + values[upper]) / 2
        return of_draws

    return _interval_of_draws(medians, len(groups), values.size, seed)


def _interval_of_draws(
    statistic: Callable[[NDArray[np.int64]], NDArray[np.float64]],
    groups: int,
    size: int,
    seed: int,
) -> tuple[float, float]:
    """Return the interval of a statistic of (draws, groups), how often each group was drawn.

    Args:
        statistic: Returns one value a draw.
        groups: Their number.
        size: Numbers that the statistic works on, a draw.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    chances = np.full(groups, 1 / groups)
    at_once = max(1, DRAWN_AT_ONCE // size)
    values = [
        statistic(rng.multinomial(groups, chances, min(at_once, RESAMPLES - drawn)))
        for drawn in range(0, RESAMPLES, at_once)
    ]
    low, high = np.percentile(np.concatenate(values), (2.5, 97.5))
    return float(low), float(high)
