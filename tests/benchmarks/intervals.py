"""How often an interval of a mean holds the true mean, and how wide it is, by method.

    python tests/benchmarks/intervals.py [--samples 20000] [--cases 5 8 11 19 30 100] [--methods …]

Samples are drawn from distributions with a known mean: scores, distances, counts, differences of
two runs, and scores among which a few cases fail. "Ours" is what `scoring.intervals` gives.
For each method a line: the share of samples whose interval holds the mean, in how many it lies
wholly below it and wholly above it, and its mean width relative to Student's, all cut to the range
of the values. Samples of equal values, which have no interval, are left out and counted.
"""

import argparse
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from interval_methods import BOUNDED, METHODS, Ends, Numbers
from scipy import stats

from teeth_unet.scoring import LEAST_CASES
from teeth_unet.scoring.intervals import SAME, ends_of_mean, ends_of_signed_mean

Draw = Callable[[np.random.Generator, tuple[int, int]], Numbers]

FEWER = {"empirical likelihood": 2000, "betting": 2000, "Gaffke": 5000}
FEWER |= {"percentile bootstrap": 5000, "BCa bootstrap": 5000, "bootstrap-t": 5000}
"""Slow methods get so many samples only."""

# The default run's 19 test cases, one of them without teeth.
DICE_OF_A_RUN = (0.9632, 0.967, 0.9694, 0.9709, 0.9715, 0.972, 0.973, 0.9734, 0.9745, 0.9745)
DICE_OF_A_RUN += (0.9747, 0.9748, 0.9751, 0.9759, 0.9765, 0.9773, 0.9778, 0.98, 1.0)
HD95_OF_A_RUN = (0, 1, *[1.41] * 6, *[2] * 8, 3, 3.61, 4.12)

SCORE, DISTANCE, ANY = (0.0, 1.0), (0.0, np.inf), (-np.inf, np.inf)


class Population(NamedTuple):
    """Where samples come from: how they are drawn, their true mean, the range of their values."""

    draw: Draw
    mean: float
    range: tuple[float, float]


def beta(mean: float, deviation: float) -> Population:
    """Scores; the nearer to 1 and the wider, the more skewed to the left."""
    total = mean * (1 - mean) / deviation**2 - 1
    draw = stats.beta(mean * total, (1 - mean) * total)
    return Population(lambda rng, shape: draw.rvs(shape, rng), mean, SCORE)


def of(distribution: stats.distributions.rv_frozen, limits: tuple[float, float]) -> Population:
    """Draw from a distribution of SciPy."""
    return Population(
        lambda rng, shape: distribution.rvs(shape, rng).astype(float), distribution.mean(), limits
    )


def table(values: tuple[float, ...], limits: tuple[float, float]) -> Population:
    """Draw from the cases of a run."""
    return Population(lambda rng, shape: rng.choice(values, shape), float(np.mean(values)), limits)


def mixed(usual: Population, share: float, low: float, high: float) -> Population:
    """Replace a share of the cases by some that lie evenly from `low` to `high`."""

    def draw(rng: np.random.Generator, shape: tuple[int, int]) -> Numbers:
        others = rng.uniform(low, high, shape)
        return np.where(rng.random(shape) < share, others, usual.draw(rng, shape))

    return Population(draw, (1 - share) * usual.mean + share * (low + high) / 2, usual.range)


def difference(one: Population, other: Population) -> Population:
    """Draw differences of two independent scores."""
    return Population(
        lambda rng, shape: one.draw(rng, shape) - other.draw(rng, shape), one.mean - other.mean, ANY
    )


def signed_counts() -> Population:
    """Teeth counted too many or too few."""
    values, chances = np.arange(-2.0, 3), np.array([0.05, 0.15, 0.55, 0.2, 0.05])
    return Population(
        lambda rng, shape: rng.choice(values, shape, p=chances), chances @ values, ANY
    )


POPULATIONS = {
    "Dice .97 ± .01": beta(0.97, 0.01),
    "Dice .92 ± .015": beta(0.92, 0.015),
    "Dice .85 ± .08": beta(0.85, 0.08),
    "NSD .95 ± .05": beta(0.95, 0.05),
    "HD95, gamma of shape 4": of(stats.gamma(4), DISTANCE),
    "HD95, log-normal .5": of(stats.lognorm(0.5), DISTANCE),
    "HD95 of a run": table(HD95_OF_A_RUN, DISTANCE),
    "distance, exponential": of(stats.expon(), DISTANCE),
    "count, Poisson 1.5": of(stats.poisson(1.5), DISTANCE),
    "count, Poisson .3": of(stats.poisson(0.3), DISTANCE),
    "signed count": signed_counts(),
    "difference, normal": of(stats.norm(0.01, 0.02), ANY),
    "difference, Student 3": of(stats.t(3), ANY),
    "difference of two Dice": difference(beta(0.85, 0.08), beta(0.83, 0.1)),
    "difference, gamma of shape 4": of(stats.gamma(4, -4), ANY),
    "difference, gamma of shape 2": of(stats.gamma(2, -2), ANY),
    "distance, log-normal .8": of(stats.lognorm(0.8), DISTANCE),
    "Dice .92 ± .015, 5 % toothless of 1": mixed(beta(0.92, 0.015), 0.05, 1, 1),
    "Dice of a run": table(DICE_OF_A_RUN, SCORE),
    "Dice .92 ± .015, 5 % of .6 to .85": mixed(beta(0.92, 0.015), 0.05, 0.6, 0.85),
    "Dice .97 ± .01, 2 % of 0 to .3": mixed(beta(0.97, 0.01), 0.02, 0, 0.3),
    "Dice .92 ± .015, 5 % of 0 to .3": mixed(beta(0.92, 0.015), 0.05, 0, 0.3),
    "HD95, gamma, 3 % of 100 to 700": mixed(of(stats.gamma(4), DISTANCE), 0.03, 100, 700),
}


def ours(samples: Numbers, low: float, high: float) -> Ends:
    """What the program gives."""
    ends = ends_of_signed_mean if np.isinf(low) else ends_of_mean
    return ends(samples, low, high)


class Coverage(NamedTuple):
    """Shares of samples whose interval holds the mean, lies below it, or above; mean width."""

    held: float
    below: float
    above: float
    width: float


def cover(
    method: Callable[[Numbers, float, float], Ends], population: Population, samples: Numbers
) -> Coverage:
    """Return how often the intervals of samples hold the mean."""
    lower, upper = (np.clip(end, *population.range) for end in method(samples, *population.range))
    below, above = upper < population.mean - SAME, lower > population.mean + SAME
    return Coverage(
        float(np.mean(~below & ~above)), below.mean(), above.mean(), float(np.mean(upper - lower))
    )


def drawn(population: Population, cases: int, samples: int) -> Numbers:
    """Draw samples, and leave out those of equal values."""
    found = population.draw(np.random.default_rng(cases), (samples, cases))
    return found[np.ptp(found, axis=1) > SAME]


def main() -> None:
    """Print a table for each population."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=20_000)
    parser.add_argument("--cases", type=int, nargs="+", default=[LEAST_CASES, 8, 11, 19, 30, 100])
    methods = {**METHODS, **BOUNDED, "ours": ours}
    parser.add_argument("--methods", nargs="+", choices=methods, default=list(methods))
    parser.add_argument("--populations", nargs="+", choices=POPULATIONS, default=list(POPULATIONS))
    options = parser.parse_args()
    for name in options.populations:
        population = POPULATIONS[name]
        samples = {cases: drawn(population, cases, options.samples) for cases in options.cases}
        left_out = [1 - len(found) / options.samples for found in samples.values()]
        print(f"\n{name}: mean {population.mean:.4f}; without an interval", end=" ")
        print(", ".join(f"{share:.3f}" for share in left_out))
        fitting = set(methods) if population.range == SCORE else {*METHODS, "ours"}
        for method in filter(fitting.__contains__, options.methods):
            print(f"| {method} ", end="")
            for found in samples.values():
                few = found[: FEWER.get(method, len(found))]
                got = cover(methods[method], population, few)
                width = got.width / cover(METHODS["Student"], population, few).width
                print(f"| {got.held:.3f} ({got.below:.3f}, {got.above:.3f}) x{width:.2f} ", end="")
            print("|", flush=True)


if __name__ == "__main__":
    main()
