"""How sure a mean or a median of cases is: 95 % intervals, computed and not drawn.

Of each interval of a mean two are computed, Student's and a second one that knows of skewness; the
farther end of the two counts on either side. How often that holds the true mean, and what other
methods do: README.md of this folder.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from teeth_unet.scoring.records import Interval

LEVEL = 0.95

LEAST_CASES = 5
"""Fewer cases do not tell how much others would differ: no interval holds what it promises."""

SAME = 1e-12
"""Values that differ by no more than this differ by rounding alone."""

Values = Sequence[float] | NDArray[np.number | np.bool_]
Numbers = NDArray[np.float64]
Ends = tuple[Numbers, Numbers]


def interval_of_mean(values: Values, low: float, high: float = np.inf) -> Interval | None:
    """Return the 95 % interval of the mean of values that have a range, such as scores.

    Args:
        values: Within the range.
        low: The least that a value can be.
        high: The most that a value can be.

    Returns:
        Lower and upper end within the range, see `ends_of_mean`; None for fewer than `LEAST_CASES`
        values, and where all are equal: that does not tell how much others would differ.
    """
    sample = np.asarray(values, float)
    return None if _tells_nothing(sample) else _as_interval(ends_of_mean(sample, low, high))


def interval_of_signed_mean(
    values: Values, low: float = -np.inf, high: float = np.inf
) -> Interval | None:
    """Return the 95 % interval of the mean of differences, and of what else has both signs.

    Args:
        values: Of any size.
        low: The least that their mean can be.
        high: The most that it can be.

    Returns:
        Lower and upper end, see `ends_of_signed_mean`; None as in `interval_of_mean`.
    """
    sample = np.asarray(values, float)
    return None if _tells_nothing(sample) else _as_interval(ends_of_signed_mean(sample, low, high))


def ends_of_mean(samples: Numbers, low: float, high: float) -> Ends:
    """Return both ends of the intervals of means of values that have a range.

    Student's interval, and the same on the scale of log((mean - low) / (high - mean)), or of
    log(mean - low) where nothing is too high, the standard error carried over by the delta method
    (survey statistics use it for proportions: `xlogit` in R's `survey`). On that scale an interval
    reaches farther to where such values have their tail, and stays within the range. On either side
    the farther end of the two counts.

    Args:
        samples: (..., n) values, not all equal.
        low: The least that a value can be.
        high: The most that a value can be; may be infinite.

    Returns:
        Lower and upper ends, (...).
    """
    mean, half = _student(samples)
    below = mean - low
    if np.isinf(high):
        factor = np.exp(half / below)
        second = low + below / factor, low + below * factor
    else:
        above = high - mean
        middle, reach = np.log(below / above), half * (1 / below + 1 / above)
        lower, upper = special.expit(middle - reach), special.expit(middle + reach)
        second = low + (high - low) * lower, low + (high - low) * upper
    return _farther((mean - half, mean + half), second, low, high)


def ends_of_signed_mean(samples: Numbers, low: float, high: float) -> Ends:
    """Return both ends of the intervals of means of differences.

    Student's interval, and the same corrected for skewness: with t the quantile and k the
    skewness / (6 sqrt(n)), the mean + (k (1 + 2 t^2) +- t) standard errors (Johnson 1978, "Modified
    t tests and confidence intervals for asymmetrical populations", JASA 73; in this form Hesterberg
    2015, "What teachers should know about the bootstrap", The American Statistician 69). On either
    side the farther end of the two counts.

    Args:
        samples: (..., n) values, not all equal.
        low: The least that the mean can be.
        high: The most that it can be.

    Returns:
        Lower and upper ends, (...).
    """
    mean, half = _student(samples)
    cases, quantile = samples.shape[-1], _quantile(samples.shape[-1])
    centred = samples - mean[..., np.newaxis]  # of values far from 0 SciPy fears for its digits
    skewness = stats.skew(centred, axis=-1, bias=False) / (6 * cases**0.5)
    shift = skewness * (1 + 2 * quantile**2) * half / quantile
    student = mean - half, mean + half
    return _farther(student, (student[0] + shift, student[1] + shift), low, high)


def interval_of_share(values: Values) -> Interval | None:
    """Return the exact 95 % interval of a share of cases (Clopper and Pearson 1934, by SciPy).

    Args:
        values: True or false, one a case.

    Returns:
        Lower and upper end in [0, 1]; None for fewer than `LEAST_CASES` values.
    """
    sample = np.asarray(values, bool)
    if sample.size < LEAST_CASES:
        return None
    ends = stats.binomtest(int(sample.sum()), sample.size).proportion_ci(LEVEL)
    return [float(ends.low), float(ends.high)]


def interval_of_grouped_mean(groups: Sequence[Values]) -> Interval | None:
    """Return the 95 % interval of the mean of all values of all groups.

    For values that come in groups of similar ones, as the teeth of one case: one by one, they
    would seem to say more than they do. The mean is a ratio of two sums over groups, and each
    group counts with what it moves that ratio by (Cochran 1977, "Sampling techniques", 6.4).

    Args:
        groups: Each of at least one value.

    Returns:
        See `interval_of_signed_mean`; None for fewer than `LEAST_CASES` groups.
    """
    return interval_of_signed_mean(_moves(groups))


def interval_of_grouped_median(groups: Sequence[Values]) -> Interval | None:
    """Return the 95 % interval of the median of all values of all groups.

    The share of the values that lie below the median is a grouped mean; where its interval ends,
    the quantiles of the values are the ends of this one (Woodruff 1952, "Confidence intervals for
    medians and other position measures", JASA 47).

    Args:
        groups: Each of at least one value.

    Returns:
        Lower and upper end, among the values; None for fewer than `LEAST_CASES` groups, and where
        the same share lies below in each.
    """
    together = np.concatenate([np.asarray(group, float) for group in groups])
    median = np.median(together)
    below = [(np.asarray(group) < median) + (np.asarray(group) == median) / 2 for group in groups]
    shares = interval_of_mean(_moves(below), 0, 1)
    if shares is None:
        return None
    return [float(end) for end in np.quantile(together, shares, method="inverted_cdf")]


def interval_of_ratio(parts: Values, wholes: Values) -> Interval | None:
    """Return the 95 % interval of a ratio in [0, 1] of two sums over cases, as a share of teeth.

    As in `interval_of_grouped_mean`, each case counts with what it moves the ratio by.

    Args:
        parts: One a case, from 0 to its whole.
        wholes: One a case; those of 0 tell nothing and are left out.

    Returns:
        See `interval_of_mean`; None for fewer than `LEAST_CASES` wholes above 0.
    """
    told = np.asarray(wholes) > 0
    sizes = np.asarray(wholes, float)[told]
    return interval_of_mean(_moves_of_sums(np.asarray(parts, float)[told], sizes), 0, 1)


def interval_without_each(whole: float, without: Values) -> Interval | None:
    """Return the 95 % interval of a score in [0, 1] that only a whole set has.

    Each case counts with what the score changes by when it is left out (the jackknife: Efron and
    Tibshirani 1993, "An introduction to the bootstrap", chapter 11).

    Args:
        whole: The score of all cases.
        without: For each case, the score of all others.

    Returns:
        See `interval_of_mean`; None for fewer than `LEAST_CASES` cases.
    """
    scores = np.asarray(without, float)
    if not scores.size:
        return None
    return interval_of_mean(whole + (scores.size - 1) * (scores.mean() - scores), 0, 1)


def why_no_interval(cases: int) -> str:
    """Say why there is none, for a text that goes on with it: `no interval: ...`."""
    few = f"{cases} case{'s' * (cases != 1)}, and fewer than {LEAST_CASES} tell too little"
    return few if cases < LEAST_CASES else "all cases have the same value"


def describe_interval(interval: Interval | None, cases: int, digits: str = ".3f") -> str:
    """Put an interval, or why there is none, into words.

    Args:
        interval: Of `cases` cases.
        cases: Their number.
        digits: How its ends are written, as `format` takes it.

    Example:
        >>> describe_interval([0.97152, 0.97833], 19)
        '95 % interval 0.972 to 0.978'
        >>> describe_interval(None, 2)
        'no interval: 2 cases, and fewer than 5 tell too little'
    """
    if interval is None:
        return f"no interval: {why_no_interval(cases)}"
    low, high = interval
    return f"{100 * LEVEL:g} % interval {low:{digits}} to {high:{digits}}"


def _tells_nothing(sample: Numbers) -> bool:
    return sample.size < LEAST_CASES or bool(np.ptp(sample) <= SAME)


def _quantile(cases: int) -> float:
    return float(stats.t.ppf((1 + LEVEL) / 2, cases - 1))


def _student(samples: Numbers) -> Ends:
    """Return means, and how far Student's intervals reach on either side."""
    errors = np.std(samples, axis=-1, ddof=1) / samples.shape[-1] ** 0.5
    return np.mean(samples, axis=-1), _quantile(samples.shape[-1]) * errors


def _farther(one: Ends, other: Ends, low: float, high: float) -> Ends:
    lower, upper = np.minimum(one[0], other[0]), np.maximum(one[1], other[1])
    return np.maximum(lower, low), np.minimum(upper, high)


def _as_interval(ends: Ends) -> Interval:
    return [float(end) for end in ends]


def _moves(groups: Sequence[Values]) -> Numbers:
    """Return one value a group: its mean is that of all values, its spread that of the groups."""
    sums, sizes = np.array([(np.sum(group), len(group)) for group in groups], float).T
    return _moves_of_sums(sums, sizes)


def _moves_of_sums(sums: Numbers, sizes: Numbers) -> Numbers:
    if not sizes.size:
        return sizes
    mean = sums.sum() / sizes.sum()
    moves: Numbers = mean + (sums - mean * sizes) / sizes.mean()
    return moves
