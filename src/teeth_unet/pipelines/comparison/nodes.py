"""Two sets of scores are compared case by case."""

import logging

import pandas as pd

from teeth_unet import scoring as scores
from teeth_unet.scoring import NATIVE, Scoring

log = logging.getLogger(__name__)


def compare_cases(
    baseline_case_scores: pd.DataFrame, candidate_case_scores: pd.DataFrame, scoring: Scoring
) -> dict[str, object]:
    """Compare two tables of case scores, see `scoring.compare_cases`.

    Returns:
        The comparison at the network's size, and under `native` the one at the X-rays' size.

    Raises:
        InputError: The tables have fewer than two cases, or no score, in common.
    """
    tables = [_by_case(table) for table in (baseline_case_scores, candidate_case_scores)]
    comparison = scores.compare_cases(*tables, seed=scoring.seed)
    dice = comparison["dice"]
    log.info(
        "Dice of %d cases: %.4f against %.4f before; difference %+.4f (95 %% interval %+.4f to "
        "%+.4f), p = %.2g; better in %d cases, worse in %d",
        comparison["cases"],
        dice["candidate_mean"],
        dice["baseline_mean"],
        dice["mean_difference"],
        *dice["interval"],
        dice["p_value"],
        dice["better"],
        dice["worse"],
    )
    native = scores.compare_cases(*tables, seed=scoring.seed, prefix=NATIVE)
    return {**comparison, "native": native}


def _by_case(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    return table.set_index("case").to_dict("index")
