"""Scores of single cases, and of all cases together."""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from teeth_unet.imaging import Overlap, count_overlap
from teeth_unet.sampling import spread_evenly
from teeth_unet.scoring.intervals import interval_of_mean
from teeth_unet.scoring.records import (
    AnyScoreName,
    ScoreName,
    ScoreStatistics,
    ScoreSummary,
    SummaryOfBothSizes,
)
from teeth_unet.scoring.settings import Scoring
from teeth_unet.scoring.surfaces import TOLERANCE, score_surfaces

OVERLAP_SCORES = ("dice", "iou", "precision", "sensitivity", "specificity")
SCORES: tuple[ScoreName, ...] = get_args(ScoreName)
LOWER_IS_BETTER = frozenset[str]({"hd95", "assd"})

COUNTS = ("true_positives", "false_positives", "false_negatives", "true_negatives")

# Begins the names of scores at the size of the X-ray itself, beside those at the network's size.
NATIVE = "native_"


def score_range(name: AnyScoreName) -> tuple[float, float]:
    """Return the least and the most that a score of a case can be; distances are in pixels."""
    return 0, np.inf if name in LOWER_IS_BETTER else 1


def score_case(
    truth: ArrayLike,
    prediction: ArrayLike,
    tolerance: float = TOLERANCE,
    prefix: str = "",
) -> dict[str, float]:
    """Score one case.

    Args:
        truth: (h, w) or (h, w, 1) mask.
        prediction: Mask of the same shape.
        tolerance: Of `nsd`, in pixels of these masks.
        prefix: Put before every name, as `NATIVE`.

    Returns:
        By the names of `SCORES` the overlap scores and `nsd` in [0, 1], `hd95` and `assd` in
        pixels; then the pixels counted, and `truth_area` and `predicted_area` in pixels.

    Raises:
        ValueError: The shapes differ, or are not those of one picture.
    """
    overlap = count_overlap(truth, prediction)
    scores = {
        **{name: getattr(overlap, name) for name in OVERLAP_SCORES},
        **score_surfaces(truth, prediction, tolerance)._asdict(),
        **{name: getattr(overlap, name) for name in COUNTS},
        "truth_area": overlap.truth,
        "predicted_area": overlap.predicted,
    }
    return {prefix + name: value for name, value in scores.items()}


def summarise_cases(case_scores: Sequence[Mapping[str, float]], prefix: str = "") -> ScoreSummary:
    """Sum up the scores of all cases.

    Args:
        case_scores: One mapping a case as `score_case` returns it, at least one. Cases without
            teeth count like all others. Other columns are left alone.
        prefix: Which scores to sum up: those whose names begin with it, as `NATIVE`.

    Returns:
        A JSON-able mapping, names without the prefix: `cases`; `empty_truths`, cases without
        teeth; `empty_predictions`, cases where none was found; `one_empty`, cases where just one
        of the two masks is empty, whose distances are the diagonal of the picture; for every
        score its `mean`, `standard_deviation` (n - 1; null for a single case), `median`,
        `lowest`, `highest`, `worst` (the highest of a distance, the lowest of all others) and
        `interval`, the 95 % interval of the mean (null for fewer than five cases, and where all
        are equal: see `interval_of_mean`); and `pooled_dice`, the Dice of all
        pixels of all cases together, which is another thing than the mean.
    """
    overlaps = [Overlap(*(int(case[prefix + name]) for name in COUNTS)) for case in case_scores]

    def statistics(name: ScoreName) -> ScoreStatistics:
        return _statistics(name, [float(case[prefix + name]) for case in case_scores])

    return {
        "cases": len(overlaps),
        "empty_truths": sum(not overlap.truth for overlap in overlaps),
        "empty_predictions": sum(not overlap.predicted for overlap in overlaps),
        "one_empty": sum(bool(overlap.truth) != bool(overlap.predicted) for overlap in overlaps),
        "dice": statistics("dice"),
        "iou": statistics("iou"),
        "precision": statistics("precision"),
        "sensitivity": statistics("sensitivity"),
        "specificity": statistics("specificity"),
        "hd95": statistics("hd95"),
        "assd": statistics("assd"),
        "nsd": statistics("nsd"),
        "pooled_dice": reduce(add, overlaps).dice,
    }


def _statistics(name: ScoreName, values: list[float]) -> ScoreStatistics:
    lowest, highest = min(values), max(values)
    return {
        "mean": float(np.mean(values)),
        "standard_deviation": float(np.std(values, ddof=1)) if len(values) > 1 else None,
        "median": float(np.median(values)),
        "lowest": lowest,
        "highest": highest,
        "worst": highest if name in LOWER_IS_BETTER else lowest,
        "interval": interval_of_mean(values, *score_range(name)),
    }


def summarise_both_sizes(case_scores: pd.DataFrame, settings: Scoring) -> SummaryOfBothSizes:
    """Return the summary at the network's size, and under `native` that at the X-rays' size.

    Args:
        case_scores: One row a case, with what `score_case` returns for both sizes.
        settings: Tolerances.

    Returns:
        See `summarise_cases`; each with its `nsd_tolerance` in pixels.
    """
    rows = [
        {str(name): value for name, value in row.items()} for row in case_scores.to_dict("records")
    ]
    native = summarise_cases(rows, NATIVE)
    return {
        **summarise_cases(rows),
        "nsd_tolerance": settings.tolerance,
        "native": {**native, "nsd_tolerance": settings.native_tolerance},
    }


def spread_by_dice(case_scores: pd.DataFrame, wanted: int) -> list[int]:
    """Return rows of so many cases at most, evenly from the lowest Dice to the highest.

    Example:
        >>> spread_by_dice(pd.DataFrame({"dice": [0.9, 0.7, 0.8]}), 2)
        [1, 0]
    """
    by_dice = np.argsort(case_scores["dice"].to_numpy(), kind="stable")
    return [int(by_dice[place]) for place in spread_evenly(len(by_dice), wanted)]
