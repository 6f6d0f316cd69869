"""Two sets of scores are compared case by case."""

import logging

import pandas as pd
from pandas.api.types import is_numeric_dtype

from teeth_unet import scoring
from teeth_unet.errors import InputError
from teeth_unet.scoring import NATIVE, ComparisonOfBothSizes, Scoring

log = logging.getLogger(__name__)


def compare_cases(
    baseline_case_scores: pd.DataFrame, candidate_case_scores: pd.DataFrame, settings: Scoring
) -> ComparisonOfBothSizes:
    """Compare two tables of case scores, see `scoring.compare_scores`.

    Returns:
        The comparison at the network's size, and under `native` the one at the X-rays' size.

    Raises:
        InputError: One is no table of case scores, or they have fewer than two cases in common.
    """
    baseline = _by_case("baseline_case_scores", baseline_case_scores)
    candidate = _by_case("candidate_case_scores", candidate_case_scores)
    comparison = scoring.compare_scores(baseline, candidate, settings.seed)
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
    native = scoring.compare_scores(baseline, candidate, settings.seed, NATIVE)
    return {**comparison, "native": native}


def _by_case(entry: str, table: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the scores by case.

    Raises:
        InputError: It is no table of case scores.
    """
    found = ""
    if not {"case", "dice"} <= set(table.columns):
        found = f"the columns {', '.join(map(str, table.columns))}"
    elif table["case"].duplicated().any():
        found = f"case {table.loc[table['case'].duplicated(), 'case'].iloc[0]} twice"
    elif not all(map(is_numeric_dtype, table.drop(columns="case").dtypes)):
        found = "cells that are no numbers"
    if found:
        raise InputError(
            entry,
            "a table as case_scores.csv: one row a case, `case` and its scores",
            found,
            "Give the path of such a table.",
        )
    return {
        str(case): {str(name): score for name, score in scores.items()}
        for case, scores in table.set_index("case").to_dict("index").items()
    }
