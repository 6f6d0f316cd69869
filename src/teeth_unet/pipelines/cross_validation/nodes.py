"""Every case is scored once, by a network that was fitted without it."""

import logging

import numpy as np
import pandas as pd

from teeth_unet import quality, scoring, splits
from teeth_unet.errors import InputError
from teeth_unet.quality import DataQuality
from teeth_unet.reporting import Report, numbers, page, tables
from teeth_unet.scoring import (
    CrossValidationScores,
    CrossValidationTeeth,
    FoldScores,
    Scores,
    Scoring,
)
from teeth_unet.splits import CrossValidation, Split
from teeth_unet.unet import CheckpointStore

log = logging.getLogger(__name__)


def assign_folds(
    inspected_cases: pd.DataFrame,
    data_quality: DataQuality,
    settings: CrossValidation,
) -> pd.DataFrame:
    """Return the cases with a second column `fold`, from 1 on, see `splits.deal_folds`.

    Raises:
        InputError: The cases have errors that stop a run, or there are fewer than folds.
    """
    quality.refuse_errors(data_quality)
    folds = splits.deal_folds(
        list(inspected_cases["group"]), list(inspected_cases["tooth_share"]), settings
    )
    sizes = np.bincount(folds)[1:]
    log.info("%d folds of %d to %d cases", len(sizes), sizes.min(), sizes.max())
    table = inspected_cases.copy()
    table.insert(1, "fold", folds)
    return table


def split_folds(folds: pd.DataFrame, settings: CrossValidation, split: Split) -> list[pd.DataFrame]:
    """Return, for each fold, the table of cases with a second column `split`.

    Args:
        folds: Table with the column `fold`.
        settings: The number of folds, and the seed.
        split: How many of the cases outside of a fold are for validation.

    Returns:
        One table a fold; its own cases are the test part.

    Raises:
        InputError: Not enough cases are left to train on, or one X-ray is in two parts.
    """
    tables = []
    tooth_shares = list(folds["tooth_share"])
    told: dict[str, list[str]] = {}
    for fold in range(1, settings.folds + 1):
        parts = splits.split_fold(
            list(folds["fold"]),
            fold,
            list(folds["group"]),
            tooth_shares,
            settings=settings,
            split=split,
        )
        # Of its test cases nothing: over all folds every case is tested.
        for warning in splits.split_warnings(parts, tooth_shares, split, ("train", "validation")):
            told.setdefault(warning, []).append(str(fold))
        cases = folds.drop(columns="fold")
        cases.insert(1, "split", parts)
        splits.refuse_leaks(cases)
        tables.append(cases)
    for warning, concerned in told.items():
        log.warning("Fold %s: %s", ", ".join(concerned), warning)
    return tables


def gather_case_scores(folds: pd.DataFrame, *case_scores: pd.DataFrame) -> pd.DataFrame:
    """Put the scores of all folds into one table, in the order of the cases.

    Args:
        folds: Table with the columns `case` and `fold`.
        *case_scores: The scores of each fold's test cases.

    Returns:
        One row a case: case, fold, and the scores.

    Raises:
        InputError: A case has no scores or several, or there are scores of another: they are of
            an earlier division into folds.
    """
    scores = pd.concat(case_scores, ignore_index=True)
    times = scores["case"].value_counts().reindex(folds["case"], fill_value=0)
    odd = {
        "without scores": times.index[times == 0],
        "scored several times": times.index[times > 1],
        "of no fold": pd.Index(scores["case"]).difference(folds["case"]),
    }
    found = [f"{len(cases)} {words} ({cases[0]})" for words, cases in odd.items() if len(cases)]
    if found:
        raise InputError(
            "the scores of the folds",
            f"one of each of the {len(folds)} cases, by a network that was fitted without it",
            " and ".join(found),
            "Run the whole cross-validation again: kedro run --pipeline cross_validation",
        )
    return folds[["case", "fold"]].merge(scores, on="case", validate="one_to_one")


def summarise_folds(
    cross_validation_case_scores: pd.DataFrame, settings: Scoring, *scores: Scores
) -> CrossValidationScores:
    """Sum up the out-of-fold scores of all cases at both sizes.

    Args:
        cross_validation_case_scores: One row a case.
        settings: Tolerances.
        *scores: The `scores` of each fold.

    Returns:
        The summary over all cases, with `folds`: for each its number of cases, mean Dice and
        decision threshold; and `made_with`, the seed and versions of the trainings.
    """
    summary = scoring.summarise_both_sizes(cross_validation_case_scores, settings)
    log.info(
        "Dice on %d cases, each by a network that never saw it: mean %.3f "
        "(%s); of single folds %.3f to %.3f",
        summary["cases"],
        summary["dice"]["mean"],
        scoring.describe_interval(summary["dice"]["interval"], summary["cases"]),
        min(fold["dice"]["mean"] for fold in scores),
        max(fold["dice"]["mean"] for fold in scores),
    )
    folds: list[FoldScores] = [
        {
            "fold": number,
            "cases": fold["cases"],
            "dice": fold["dice"]["mean"],
            "decision_threshold": fold["decision_threshold"]["threshold"],
            "chosen_on": fold["decision_threshold"]["chosen_on"],
        }
        for number, fold in enumerate(scores, 1)
    ]
    return {**summary, "folds": folds, "made_with": scores[0]["made_with"]}


def discard_checkpoints(
    cross_validation_scores: CrossValidationScores, *checkpoints: CheckpointStore
) -> None:
    """Forget the checkpoints of all folds, whose results are in the catalog.

    Args:
        cross_validation_scores: The last of the results: until it is there, the same command may
            have to start again, and must not train again.
        *checkpoints: The stores.
    """
    for store in checkpoints:
        store.clear()


def write_cross_validation_report(
    cross_validation_case_scores: pd.DataFrame,
    cross_validation_scores: CrossValidationScores,
    cross_validation_tooth_scores: CrossValidationTeeth,
    cross_validation_tooth_number_scores: pd.DataFrame,
    data_quality: DataQuality,
    report: Report,
) -> str:
    """Write the page that tells a person how well networks do on cases they have never seen.

    Args:
        cross_validation_case_scores: One row a case, with its fold.
        cross_validation_scores: Their summary.
        cross_validation_tooth_scores: Scores of the numbers of teeth; null without a truth.
        cross_validation_tooth_number_scores: One row for each case with such a truth.
        data_quality: What was found in the cases.
        report: Title, and whose X-rays these are.

    Returns:
        HTML with everything inside: styles, script and pictures.
    """
    fold = {"key": "fold", "label": "Fold", "places": 0}
    columns, rows = numbers.with_numbers(
        [fold, *tables.case_columns(cross_validation_case_scores)],
        tables.rows_of(cross_validation_case_scores),
        cross_validation_tooth_number_scores,
    )
    return page.render(
        "cross_validation",
        {
            "report": report.model_copy(update={"title": f"{report.title}: cross-validation"}),
            "description": page.describe_scores(cross_validation_scores, ""),
            "scores": cross_validation_scores,
            "data": data_quality,
            "folds": page.describe_folds(cross_validation_scores, cross_validation_case_scores),
            "summary": tables.summary_rows(cross_validation_scores),
            "numbers": numbers.describe_numbers(cross_validation_tooth_scores["numbers"]),
            "columns": columns,
            "rows": rows,
        },
    )
