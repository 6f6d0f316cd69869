"""Two models, or two settings, compared case by case."""

from typing import get_args

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from teeth_unet.errors import InputError
from teeth_unet.scoring.cases import LOWER_IS_BETTER, SCORES, score_range
from teeth_unet.scoring.intervals import interval_of_signed_mean
from teeth_unet.scoring.pairing import PairedCases
from teeth_unet.scoring.records import (
    AnyScoreName,
    Comparison,
    NumberScoreName,
    ScoreDifference,
)
from teeth_unet.text import listed

TEST = (
    "two-sided Wilcoxon signed-rank test of the differences, those of 0 left out; exact for up to "
    "13 differences, and for up to 50 without ties, else by the normal approximation"
)

NUMBER_SCORES: tuple[NumberScoreName, ...] = get_args(NumberScoreName)

# Differences that are equal on paper, such as .9 - .8 and .8 - .7, then are equal here as well.
DECIMALS = 12


def compare_scores(pairs: PairedCases, prefix: str = "") -> Comparison:
    """Compare the scores of the cases that two tables have in common.

    The p values are not corrected for the number of scores: settle on one score beforehand.

    Args:
        pairs: The same cases of both tables, as `pair_cases` returns them, with their scores as
            `score_case` returns them, or as `NumberScores.by_case` does.
        prefix: Which scores to compare: those whose names begin with it, as `NATIVE`.

    Returns:
        A JSON-able mapping: `cases`, how many both have; `paired_by`, `content` or `name`;
        `only_in_baseline` and `only_in_candidate`, names of the others; `same_name`, those of them
        that both tables use for different X-rays; `other_truth`, names of X-rays that both have
        with different masks; `test`, what the p values are of; and for every score that both
        tables have: `baseline_mean`, `candidate_mean`, `mean_difference` (candidate - baseline),
        its 95 % `interval` (null for fewer than five cases, and where all differ by the same:
        see `interval_of_signed_mean`), `median_difference`, `p_value` (1 where no case differs),
        and for how many cases the candidate is `better`, `worse` and `equal`. Of `hd95` and `assd`
        the lower one is better, of all others the higher one. A case that lacks a score in either
        table, as `right_number` where no tooth is found, counts in the other scores alone.

    Raises:
        InputError: The tables have fewer than two cases, or no score, in common, or one is of masks
            and the other of numbered teeth.
    """
    _refuse_few(pairs)
    names = _common_scores(pairs, prefix)
    comparison: Comparison = {
        "cases": len(pairs.baseline),
        "paired_by": pairs.by,
        "only_in_baseline": pairs.only_in_baseline,
        "only_in_candidate": pairs.only_in_candidate,
        "same_name": pairs.same_name,
        "other_truth": pairs.other_truth,
        "test": TEST,
    }
    for name in names:
        baseline, candidate = _values(pairs, prefix + name)
        known = ~np.isnan(baseline) & ~np.isnan(candidate)
        if known.any():
            comparison[name] = _compare(name, baseline[known], candidate[known])
    return comparison


def are_of_numbers(pairs: PairedCases) -> bool:
    """Return whether these are scores of numbered teeth, see `NumberScores.by_case`.

    Raises:
        InputError: Those of one table are, and those of the other are of masks.
    """
    kinds = {"exact_chart" in row for row in (*pairs.baseline, *pairs.candidate)}
    if len(kinds) > 1:
        raise InputError(
            "comparison",
            "the same scores in both tables",
            "scores of masks in one, and of numbered teeth in the other",
            "Give the same table of both runs: case_scores.csv, or tooth_number_scores.csv.",
        )
    return True in kinds


def _refuse_few(pairs: PairedCases) -> None:
    if len(pairs.baseline) >= 2:
        return
    told = [
        f"{len(pairs.baseline)} ({len(pairs.only_in_baseline)} only in the baseline, "
        f"{len(pairs.only_in_candidate)} only in the candidate)"
    ]
    if pairs.same_name:
        told.append(f"different X-rays of the same name: {listed(pairs.same_name)}")
    if pairs.other_truth:
        told.append(f"the same X-ray with another mask: {listed(pairs.other_truth)}")
    raise InputError(
        "comparison",
        "at least 2 cases that both tables of scores have",
        "; ".join(told),
        "Score both on the same X-rays and masks: same data, same split.",
    )


def _common_scores(pairs: PairedCases, prefix: str) -> list[AnyScoreName]:
    columns = set.intersection(*map(set, (*pairs.baseline, *pairs.candidate)))
    all_names: tuple[AnyScoreName, ...] = SCORES
    if are_of_numbers(pairs):
        all_names = NUMBER_SCORES
    names = [name for name in all_names if prefix + name in columns]
    if not names:
        raise InputError(
            "comparison",
            f"one of the columns {', '.join(prefix + name for name in all_names)} in both tables",
            "none",
            "Score both again with this version.",
        )
    return names


def _values(pairs: PairedCases, column: str) -> list[NDArray[np.float64]]:
    """Return a score of both, each of shape (cases,)."""
    both = (pairs.baseline, pairs.candidate)
    return [np.array([float(row[column]) for row in rows]) for rows in both]


def _compare(
    name: AnyScoreName, baseline: NDArray[np.float64], candidate: NDArray[np.float64]
) -> ScoreDifference:
    differences = np.round(candidate - baseline, DECIMALS)
    gains = -differences if name in LOWER_IS_BETTER else differences
    low, high = score_range(name)
    return {
        "baseline_mean": float(baseline.mean()),
        "candidate_mean": float(candidate.mean()),
        "mean_difference": float(differences.mean()),
        "interval": interval_of_signed_mean(differences, low - high, high - low),
        "median_difference": float(np.median(differences)),
        "p_value": _p_value(differences[differences != 0]),
        "better": int(np.count_nonzero(gains > 0)),
        "worse": int(np.count_nonzero(gains < 0)),
        "equal": int(np.count_nonzero(gains == 0)),
    }


def _p_value(differences: NDArray[np.float64]) -> float:
    """Return the p value of differences none of which is 0; 1 for none at all."""
    return float(stats.wilcoxon(differences).pvalue) if differences.size else 1.0
