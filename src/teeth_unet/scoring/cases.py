"""Scores of single cases, and of all cases together."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from teeth_unet.scoring.overlap import Overlap, count_overlap

SCORES = ("dice", "iou", "precision", "sensitivity", "specificity")
COUNTS = ("true_positives", "false_positives", "false_negatives", "true_negatives")

RESAMPLES = 10_000


def score_case(truth: NDArray[np.uint8], prediction: NDArray[np.uint8]) -> dict[str, float]:
    """Score one case.

    Args:
        truth: (h, w) or (h, w, 1) mask.
        prediction: Mask of the same shape.

    Returns:
        The overlap scores in [0, 1] by the names of `SCORES`, and the pixels counted.
    """
    overlap = count_overlap(truth, prediction)
    return {name: getattr(overlap, name) for name in SCORES + COUNTS}


def summarise_scores(case_scores: Sequence[dict[str, float]], seed: int = 0) -> dict[str, object]:
    """Sum up the scores of all cases.

    Args:
        case_scores: One mapping a case as `score_case` returns it, at least one. Cases without
            teeth count like all others.
        seed: Seed of the bootstrap.

    Returns:
        A JSON-able mapping: `cases`; `empty_truths`, cases without teeth; for every score its
        `mean`, `standard_deviation` (n - 1; null for a single case), `median`, `lowest`,
        `highest` and `interval`, the 95 % bootstrap interval of the mean; and `pooled_dice`, the
        Dice of all pixels of all cases together, which is another thing than the mean.
    """
    pooled = reduce(add, (_overlap(case) for case in case_scores))
    return {
        "cases": len(case_scores),
        "empty_truths": sum(not _overlap(case).truth for case in case_scores),
        **{name: _statistics([case[name] for case in case_scores], seed) for name in SCORES},
        "pooled_dice": pooled.dice,
    }


def bootstrap_interval(values: Sequence[float], seed: int = 0) -> tuple[float, float]:
    """Return the 95 % percentile bootstrap interval of a mean (Efron and Tibshirani 1993).

    Args:
        values: At least one.
        seed: The same seed gives the same interval.
    """
    rng = np.random.default_rng(seed)
    sample = np.asarray(values, float)
    means = rng.choice(sample, (RESAMPLES, sample.size)).mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def choose_threshold(
    probabilities: Iterable[NDArray[np.float32]], truths: Iterable[NDArray[np.uint8]]
) -> tuple[float, float]:
    """Choose the probability from which on a pixel is tooth, by the mean Dice over cases.

    Args:
        probabilities: One array in [0, 1] a case.
        truths: One mask a case, at least one.

    Returns:
        The threshold among .05, .10, ... .95 with the highest mean Dice (of equal ones the
        nearest to .5), and that Dice.
    """
    candidates = np.round(np.arange(1, 20) * 0.05, 2)
    dice = np.array(
        [
            # Python floats, as a threshold from a JSON file is: NumPy then compares in float32.
            [count_overlap(truth, probability >= value).dice for value in candidates.tolist()]
            for probability, truth in zip(probabilities, truths, strict=True)
        ]
    ).mean(axis=0)
    order = np.lexsort((np.abs(candidates - 0.5), -dice))
    return float(candidates[order[0]]), float(dice[order[0]])


def _overlap(case: dict[str, float]) -> Overlap:
    return Overlap(*(int(case[name]) for name in COUNTS))


def _statistics(values: list[float], seed: int) -> dict[str, object]:
    return {
        "mean": float(np.mean(values)),
        "standard_deviation": float(np.std(values, ddof=1)) if len(values) > 1 else None,
        "median": float(np.median(values)),
        "lowest": min(values),
        "highest": max(values),
        "interval": list(bootstrap_interval(values, seed)),
    }
