"""How often intervals of scores of numbered teeth hold the score that sets of their size have.

    python tests/benchmarks/number_intervals.py [--samples 400] [--cases 5 11 19 50 100]

X-rays are drawn as tallies: each has a quality of its own, which all of its teeth share, so that
teeth of one are alike. For each score a line: for each number of X-rays the mean score of all
samples, the share of samples whose interval holds it, and the interval's mean width. Samples whose
X-rays all have the same score have no interval, and are left out.
"""

import argparse

import numpy as np

from teeth_unet.scoring import NumberScores
from teeth_unet.scoring.number_tallies import Tallies
from teeth_unet.tooth_numbers import PERMANENT, TEETH

SCORES = ("found", "right_number", "dice", "average_precision_50", "average_precision")
SCORES += ("panoptic_quality",)


def draw(rng: np.random.Generator, cases: int) -> Tallies:
    """Return the tallies of so many X-rays with permanent teeth."""
    shape = (cases, len(TEETH))
    quality = rng.beta(12, 1.5, (cases, 1))
    true = (rng.random(shape) < 0.88) & (np.arange(len(TEETH)) < len(PERMANENT))
    found = true & (rng.random(shape) < quality)
    right = found & (rng.random(shape) < 0.9 + 0.1 * quality)
    ious = np.where(right, np.clip(rng.beta(8, 2.5, shape) * quality**0.3, 0.5, 1), 0)
    invented = ~true & (rng.random(shape) < 0.1 * (1 - quality)) & (true.sum(axis=0) > 0)
    probabilities = np.clip(quality * np.where(right, 0.95, 0.7) + rng.normal(0, 0.1, shape), 0, 1)
    taken_for = np.where(right, TEETH, np.where(found, np.roll(TEETH, 1), 0))
    nothing = np.zeros(cases, np.int64)
    return Tallies(
        [str(case) for case in range(cases)], true, right | invented, taken_for, found, ious,
        2 * ious / (1 + ious), probabilities, nothing, nothing,
    )  # fmt: skip


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--cases", type=int, nargs="+", default=[5, 11, 19, 50, 100])
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    lines = {name: [f"{name:20}"] for name in SCORES}
    for cases in given.cases:
        summaries = [NumberScores(draw(rng, cases)).summary() for _ in range(given.samples)]
        for name in SCORES:
            expected = np.mean([one[name]["mean"] for one in summaries])
            ends = np.array([one[name]["interval"] for one in summaries if one[name]["interval"]])
            held = np.mean((ends[:, 0] <= expected) & (expected <= ends[:, 1]))
            width = np.mean(ends[:, 1] - ends[:, 0])
            lines[name].append(f"{cases:4}: {expected:.3f} {held:.3f} ({width:.3f})")
    print(*(" ".join(line) for line in lines.values()), sep="\n")


if __name__ == "__main__":
    main()
