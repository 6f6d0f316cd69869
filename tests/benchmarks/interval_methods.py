"""Intervals of a mean by other methods, each for many samples at once; see `intervals.py`.

Each takes samples (r, n) and the range of their values, and returns lower and upper ends (r,).
Resamples are the same for all samples: what is asked is how often the true mean is held, over many
samples.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from teeth_unet.scoring.intervals import LEVEL

Numbers = NDArray[np.float64]
Ends = tuple[Numbers, Numbers]

RESAMPLES = 2000
TAILS = np.array([1 - LEVEL, 1 + LEVEL]) / 2


@cache
def shares(cases: int) -> Numbers:
    """Return how much of each case a bootstrap sample has, (RESAMPLES, n)."""
    drawn = np.random.default_rng(1).multinomial(cases, np.full(cases, 1 / cases), RESAMPLES)
    return drawn / cases


def reach(samples: Numbers) -> Ends:
    """Return means, and how far Student's interval reaches on either side."""
    quantile = stats.t.ppf(TAILS[1], samples.shape[1] - 1)
    return samples.mean(axis=1), quantile * stats.sem(samples, axis=1)


def percentile(samples: Numbers, low: float, high: float) -> Ends:
    """The percentile bootstrap (Efron and Tibshirani 1993)."""
    return tuple(np.quantile(samples @ shares(samples.shape[1]).T, TAILS, axis=1))


def bca(samples: Numbers, low: float, high: float) -> Ends:
    """The bias-corrected and accelerated bootstrap (Efron 1987)."""
    means = np.sort(samples @ shares(samples.shape[1]).T, axis=1)
    centred = samples - samples.mean(axis=1, keepdims=True)
    mean = samples.mean(axis=1, keepdims=True)
    beneath = ((means < mean).mean(axis=1) + (means <= mean).mean(axis=1)) / 2
    bias = special.ndtri(np.clip(beneath, 1 / RESAMPLES, 1 - 1 / RESAMPLES))
    speed = (centred**3).sum(axis=1) / (6 * (centred**2).sum(axis=1) ** 1.5)
    ends = []
    for z in special.ndtri(TAILS):
        tail = special.ndtr(bias + (bias + z) / (1 - speed * (bias + z)))
        places = np.clip((tail * RESAMPLES).astype(int), 0, RESAMPLES - 1)
        ends.append(means[np.arange(len(means)), places])
    return tuple(ends)


def bootstrap_t(samples: Numbers, low: float, high: float) -> Ends:
    """The bootstrap of Student's statistic (Efron 1982); resamples of one value are infinite."""
    weights = shares(samples.shape[1]).T
    centred = samples - samples.mean(axis=1, keepdims=True)
    means = centred @ weights
    variances = (centred**2) @ weights - means**2
    with np.errstate(divide="ignore", invalid="ignore"):
        known = variances > 1e-12 * centred.var(axis=1, keepdims=True)
        statistics = np.where(known, means / np.sqrt(variances), np.sign(means) * 1e6)
    lower, upper = np.quantile(statistics, TAILS, axis=1)
    spread = centred.std(axis=1)
    return samples.mean(axis=1) - upper * spread, samples.mean(axis=1) - lower * spread


def empirical_likelihood(samples: Numbers, low: float, high: float) -> Ends:
    """Empirical likelihood, chi-squared (Owen 1988); each end by bisection."""
    limit, mean = stats.chi2.ppf(LEVEL, 1) / 2, samples.mean(axis=1)

    def ratio(middle: Numbers) -> Numbers:
        moved = samples - middle[:, None]
        least, most = -1 / moved.max(axis=1), -1 / moved.min(axis=1)
        for _ in range(50):
            weight = (least + most) / 2
            falls = (moved / (1 + weight[:, None] * moved)).sum(axis=1) > 0
            least, most = np.where(falls, weight, least), np.where(falls, most, weight)
        return np.log1p(weight[:, None] * moved).sum(axis=1)

    ends = []
    for end in (samples.min(axis=1), samples.max(axis=1)):
        inner, outer = mean, end
        for _ in range(30):
            middle = (inner + outer) / 2
            inside = ratio(middle) < limit
            inner, outer = np.where(inside, middle, inner), np.where(inside, outer, middle)
        ends.append(inner)
    return tuple(ends)


def student(samples: Numbers, low: float, high: float) -> Ends:
    """Student's t."""
    mean, half = reach(samples)
    return mean - half, mean + half


def johnson(samples: Numbers, low: float, high: float) -> Ends:
    """Student's t, moved by the skewness (Johnson 1978)."""
    mean, half = reach(samples)
    quantile = stats.t.ppf(TAILS[1], samples.shape[1] - 1)
    skewness = stats.skew(samples, axis=1, bias=False) / (6 * samples.shape[1] ** 0.5)
    shift = skewness * (1 + 2 * quantile**2) * half / quantile
    return mean - half + shift, mean + half + shift


def hall(samples: Numbers, low: float, high: float) -> Ends:
    """Student's t after Hall's cubic transformation, which takes the skewness away (Hall 1992)."""
    cases, mean, spread = samples.shape[1], samples.mean(axis=1), samples.std(axis=1)
    skewness = stats.skew(samples, axis=1)
    skewness = np.where(np.abs(skewness) < 1e-9, 1e-9, skewness)
    quantiles = stats.t.ppf(TAILS[::-1], cases - 1) / (cases - 1) ** 0.5
    found = [
        np.cbrt(1 + skewness * (quantile - skewness / (6 * cases))) - 1 for quantile in quantiles
    ]
    return tuple(mean - spread * 3 * each / skewness for each in found)


def log_scale(samples: Numbers, low: float, high: float) -> Ends:
    """Student's t on the scale of log(mean - low), or log((mean - low) / (high - mean))."""
    mean, half = reach(samples)
    if np.isinf(low):
        return mean - half, mean + half
    if np.isinf(high):
        factor = np.exp(half / (mean - low))
        return low + (mean - low) / factor, low + (mean - low) * factor
    share = (mean - low) / (high - low)
    width = half / (high - low) / (share * (1 - share))
    ends = special.expit(special.logit(share) - width), special.expit(special.logit(share) + width)
    return low + (high - low) * ends[0], low + (high - low) * ends[1]


def gaffke(samples: Numbers, low: float, high: float) -> Ends:
    """What holds whatever the distribution within the range (Gaffke 2005; arXiv:1905.06208)."""
    weights = np.random.default_rng(1).dirichlet(np.ones(samples.shape[1] + 1), RESAMPLES).T
    ends = []
    for end, tail in zip((low, high), TAILS, strict=True):
        extended = np.hstack([np.full((len(samples), 1), end), np.sort(samples, axis=1)])
        ends.append(np.quantile(extended @ weights, tail, axis=1))
    return tuple(ends)


def betting(samples: Numbers, low: float, high: float) -> Ends:
    """The hedged bet on every mean, for values in [0, 1] (arXiv:2010.09686, section 4)."""
    rounds, cases = samples.shape
    grid = np.linspace(0, 1, 401)[1:-1]
    count = np.arange(1, cases + 1)
    mean = (0.5 + samples.cumsum(axis=1)) / (count + 1)
    variance = (0.25 + ((samples - mean) ** 2).cumsum(axis=1)) / (count + 1)
    before = np.hstack([np.full((rounds, 1), 0.25), variance[:, :-1]])
    bets = np.sqrt(2 * np.log(2 / (1 - LEVEL)) / (cases * before))
    rising, falling = np.zeros((2, rounds, len(grid)))
    for case in range(cases):
        moved, bet = samples[:, case, None] - grid, bets[:, case, None]
        rising += np.log1p(np.minimum(bet, 0.5 / grid) * moved)
        falling += np.log1p(-np.minimum(bet, 0.5 / (1 - grid)) * moved)
    held = np.maximum(rising, falling) - np.log(2) < np.log(1 / (1 - LEVEL))
    lowest, highest = held.argmax(axis=1), len(grid) - 1 - held[:, ::-1].argmax(axis=1)
    return grid[lowest], grid[highest]


METHODS = {
    "percentile bootstrap": percentile,
    "BCa bootstrap": bca,
    "bootstrap-t": bootstrap_t,
    "empirical likelihood": empirical_likelihood,
    "Student": student,
    "Johnson": johnson,
    "Hall": hall,
    "log scale": log_scale,
}

BOUNDED = {"betting": betting, "Gaffke": gaffke}
"""For values in [0, 1] only."""
