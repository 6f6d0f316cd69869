"""Two sets of scores are compared case by case."""

import logging

import pandas as pd
from pandas.api.types import is_numeric_dtype

from teeth_unet import scoring
from teeth_unet.errors import InputError
from teeth_unet.scoring import IDENTITY, NATIVE, Comparison, ComparisonOfBothSizes, PairedCases
from teeth_unet.text import listed

log = logging.getLogger(__name__)


def compare_cases(
    baseline_case_scores: pd.DataFrame, candidate_case_scores: pd.DataFrame
) -> Comparison | ComparisonOfBothSizes:
    """Compare two tables of case scores, or of scores of numbers, see `scoring.compare_scores`.

    Returns:
        The comparison at the network's size, and under `native` the one at the X-rays' size; scores
        of numbers are at the X-rays' size, and have no other.

    Raises:
        InputError: One is no table of case scores, they have fewer than two cases in common, or are
            of different scores.
    """
    pairs = scoring.pair_cases(
        _rows("baseline_case_scores", baseline_case_scores),
        _rows("candidate_case_scores", candidate_case_scores),
    )
    comparison = scoring.compare_scores(pairs)
    _warn(pairs)
    _tell(comparison)
    if scoring.are_of_numbers(pairs):
        return comparison
    return {**comparison, "native": scoring.compare_scores(pairs, NATIVE)}


def _rows(entry: str, table: pd.DataFrame) -> list[dict[str, float | str]]:
    """Return the scores of each case.

    Raises:
        InputError: It is no table of case scores.
    """
    found = ""
    if not {"case", "dice"} <= set(table.columns):
        found = f"the columns {', '.join(map(str, table.columns))}"
    elif table.empty:
        found = "no cases"
    elif table["case"].duplicated().any():
        found = f"case {table.loc[table['case'].duplicated(), 'case'].iloc[0]} twice"
    elif not all(map(is_numeric_dtype, _scores(table).dtypes)):
        found = "cells that are no numbers"
    if found:
        raise InputError(
            entry,
            "a table as case_scores.csv or tooth_number_scores.csv: one row a case, `case` and its "
            "scores",
            found,
            "Give the path of such a table.",
        )
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def _scores(table: pd.DataFrame) -> pd.DataFrame:
    return table.drop(columns=["case", *IDENTITY], errors="ignore")


def _warn(pairs: PairedCases) -> None:
    if pairs.by == "name":
        log.warning(
            "Cases are paired by their names: a table is of an earlier version and does not tell "
            "of which X-rays it is. Make sure that the same names are the same X-rays."
        )
    if pairs.same_name:
        log.warning(
            "%d cases have the same name in both tables, but are different X-rays: they are not "
            "compared (%s).",
            len(pairs.same_name),
            listed(pairs.same_name),
        )
    if pairs.other_truth:
        log.warning(
            "%d X-rays have another mask in each table: they are not compared (%s).",
            len(pairs.other_truth),
            listed(pairs.other_truth),
        )


def _tell(comparison: Comparison) -> None:
    dice = comparison["dice"]
    log.info(
        "Dice of %d cases: %.4f against %.4f before; difference %+.4f (%s), p = %.2g; better in %d "
        "cases, worse in %d. Only in the baseline: %d cases; only in the candidate: %d",
        comparison["cases"],
        dice["candidate_mean"],
        dice["baseline_mean"],
        dice["mean_difference"],
        scoring.describe_interval(dice["interval"], comparison["cases"], "+.4f"),
        dice["p_value"],
        dice["better"],
        dice["worse"],
        len(comparison["only_in_baseline"]),
        len(comparison["only_in_candidate"]),
    )
