"""Two models, or two settings, compared case by case."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from teeth_unet.errors import InputError
from teeth_unet.scoring.cases import LOWER_IS_BETTER, SCORES
from teeth_unet.scoring.intervals import bootstrap_interval
from teeth_unet.scoring.records import Comparison, ScoreDifference, ScoreName

TEST = (
    "two-sided Wilcoxon signed-rank test of the differences, those of 0 left out; exact for up to "
    "13 differences, and for up to 50 without ties, else by the normal approximation"
)

# Differences that are equal on paper, such as .9 - .8 and .8 - .7, then are equal here as well.
DECIMALS = 12

CaseScores = Mapping[str, Mapping[str, float]]


def compare_scores(
    baseline: CaseScores, candidate: CaseScores, seed: int = 0, prefix: str = ""
) -> Comparison:
    """Compare the scores of the cases that two tables have in common.

    The p values are not corrected for the number of scores: settle on one score beforehand.

    Args:
        baseline: Case name to scores, as `score_case` returns them.
        candidate: The same for what is compared with it.
        seed: Seed of the bootstrap.
        prefix: Which scores to compare: those whose names begin with it, as `NATIVE`.

    Returns:
        A JSON-able mapping: `cases`, how many both have; `only_in_baseline` and
        `only_in_candidate`, names of the others; `test`, what the p values are of; and for every
        score that both tables have: `baseline_mean`, `candidate_mean`, `mean_difference`
        (candidate - baseline), its 95 % bootstrap `interval`, `median_difference`, `p_value` (1
        where no case differs), and for how many cases the candidate is `better`, `worse` and
        `equal`. Of `hd95` and `assd` the lower one is better, of all others the higher one.

    Raises:
        InputError: The tables have fewer than two cases, or no score, in common.
    """
    common = [case for case in baseline if case in candidate]
    _refuse_few(common, baseline, candidate)
    pairs = [(baseline[case], candidate[case]) for case in common]
    names = _common_scores(pairs, prefix)
    comparison: Comparison = {
        "cases": len(common),
        "only_in_baseline": [case for case in baseline if case not in candidate],
        "only_in_candidate": [case for case in candidate if case not in baseline],
        "test": TEST,
    }
    for name in names:
        comparison[name] = _compare(name, _values(pairs, prefix + name), seed)
    return comparison


def _refuse_few(common: Sequence[str], baseline: CaseScores, candidate: CaseScores) -> None:
    if len(common) < 2:
        raise InputError(
            "comparison",
            "at least 2 cases that both tables of scores have",
            f"{len(common)} (the baseline has {len(baseline)}, the candidate {len(candidate)})",
            "Score both on the same X-rays: same data, same split.",
        )


def _common_scores(
    pairs: Sequence[tuple[Mapping[str, float], Mapping[str, float]]], prefix: str
) -> list[ScoreName]:
    columns = set.intersection(*(set(scores) for pair in pairs for scores in pair))
    names = [name for name in SCORES if prefix + name in columns]
    if not names:
        raise InputError(
            "comparison",
            f"one of the columns {', '.join(prefix + name for name in SCORES)} in both tables",
            "none",
            "Score both again with this version.",
        )
    return names


def _values(
    pairs: Sequence[tuple[Mapping[str, float], Mapping[str, float]]], column: str
) -> NDArray[np.float64]:
    """Return a score of both, shape (cases, 2)."""
    return np.array([[scores[column] for scores in pair] for pair in pairs], float)


def _compare(name: ScoreName, values: NDArray[np.float64], seed: int) -> ScoreDifference:
    differences = np.round(values[:, 1] - values[:, 0], DECIMALS)
    gains = -differences if name in LOWER_IS_BETTER else differences
    baseline_mean, candidate_mean = values.mean(axis=0).tolist()
    return {
        "baseline_mean": baseline_mean,
        "candidate_mean": candidate_mean,
        "mean_difference": float(differences.mean()),
        "interval": list(bootstrap_interval(differences, seed)),
        "median_difference": float(np.median(differences)),
        "p_value": _p_value(differences[differences != 0]),
        "better": int(np.count_nonzero(gains > 0)),
        "worse": int(np.count_nonzero(gains < 0)),
        "equal": int(np.count_nonzero(gains == 0)),
    }


def _p_value(differences: NDArray[np.float64]) -> float:
    """Return the p value of differences none of which is 0; 1 for none at all."""
    return float(stats.wilcoxon(differences).pvalue) if differences.size else 1.0
