"""Scores and predictions become pictures and texts."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray

from teeth_unet import numbering, scoring, splits, unet
from teeth_unet.errors import InputError
from teeth_unet.quality import DataQuality
from teeth_unet.reporting import Plots, Report, figures, numbers, page, tables
from teeth_unet.scoring import DecisionThreshold, Scores, TeethScores
from teeth_unet.splits import Split
from teeth_unet.unet import Model, TrainingHistory, TrainingRecord


def summarise_model(compiled_unet: Model) -> str:
    """Return the table of the network's layers and parameters."""
    return unet.layer_table(compiled_unet)


def plot_sample(
    prepared_xrays: NDArray[np.uint8],
    prepared_masks: NDArray[np.uint8],
    cases: pd.DataFrame,
    plots: Plots,
) -> Figure:
    """Draw a random X-ray of the training part beside its mask."""
    rows = np.flatnonzero(splits.in_part(cases, "train"))
    row = int(np.random.default_rng(plots.seed).choice(rows))
    aspect = cases["width"].iloc[row] / cases["height"].iloc[row]
    return figures.sample(
        cases["case"].iloc[row], prepared_xrays[row, ..., 0], prepared_masks[row, ..., 0], aspect
    )


def plot_training_curves(training_history: TrainingHistory) -> Figure:
    """Draw loss, Dice and further metrics over the epochs."""
    return figures.training_curves(training_history)


def plot_predictions(
    x_test: NDArray[np.float32],
    y_test: NDArray[np.float32],
    predicted_masks: NDArray[np.uint8],
    cases: pd.DataFrame,
    case_scores: pd.DataFrame,
    plots: Plots,
) -> dict[str, Callable[[], Figure]]:
    """Return, for test cases from the lowest Dice to the highest, a function that draws one.

    Each drawing shows X-ray, truth, prediction, and an overlay of hits, misses and false alarms.

    Raises:
        InputError: The scores are of other cases than the test part holds now.
    """
    tested = splits.tested_cases(cases, case_scores)
    return {
        tested["case"][row]: partial(
            figures.prediction,
            tested["case"][row],
            x_test[row, ..., 0],
            y_test[row, ..., 0],
            predicted_masks[row, ..., 0],
            case_scores["dice"][row],
            tested["width"][row] / tested["height"][row],
        )
        for row in scoring.spread_by_dice(case_scores, plots.cases)
    }


def write_report(
    cases: pd.DataFrame,
    data_quality: DataQuality,
    training_record: TrainingRecord,
    training_history: TrainingHistory,
    model_summary: str,
    decision_threshold: DecisionThreshold,
    case_scores: pd.DataFrame,
    scores: Scores,
    x_test: NDArray[np.float32],
    y_test: NDArray[np.float32],
    predicted_masks: NDArray[np.uint8],
    tooth_charts: pd.DataFrame,
    tooth_scores: TeethScores,
    tooth_number_scores: pd.DataFrame,
    split: Split,
    report: Report,
) -> str:
    """Write the page that tells a person what was done and how well it works.

    Args:
        cases: Table of all cases with their part.
        data_quality: What was found in them.
        training_record: The settings and versions that the network was fitted with.
        training_history: Lists with one number an epoch.
        model_summary: The table of the network's layers.
        decision_threshold: The threshold, and where it was chosen.
        case_scores: One row a test case.
        scores: Their summary.
        x_test: (n, h, w, 1) grey levels in [0, 1].
        y_test: (n, h, w, 1) in {0, 1}.
        predicted_masks: (n, h, w, 1) in {0, 1}.
        tooth_charts: What is at the 32 places, one row a test case, see `numbering.chart_row`.
        tooth_scores: The scores of single teeth; `numbers` is null where no truth has FDI numbers.
        tooth_number_scores: One row for each test case whose truth has FDI numbers.
        split: The present settings; they are shown only if they give the split of `cases`.
        report: Title, and whose X-rays these are.

    Returns:
        HTML with everything inside: styles, script and pictures.

    Raises:
        InputError: The scores are of other cases than the test part holds now.
    """
    tested = splits.tested_cases(cases, case_scores)
    arrays = (x_test, y_test, predicted_masks)
    dice, toothless = case_scores["dice"].to_list(), [not truth.any() for truth in y_test]
    rows = [{**tested.loc[row], **case_scores.loc[row]} for row in range(len(tested))]
    charts = numbering.charts_of(tooth_charts)
    columns, all_cases = numbers.with_numbers(
        tables.case_columns(case_scores), rows, tooth_number_scores
    )
    return page.render(
        "report",
        {
            "report": report,
            "description": page.describe_scores(scores),
            "scores": scores,
            "threshold": decision_threshold,
            "data": data_quality,
            "split": page.describe_split(cases, split if _gives(split, cases) else None),
            "recipe": page.describe_recipe(training_record, training_history, model_summary),
            "curves": page.draw_curves(training_history, training_record["best_epoch"]),
            "calibration": page.describe_calibration(scores["calibration"]),
            "summary": tables.summary_rows(scores),
            "charts": page.describe_charts([*charts.values()]),
            "numbers": numbers.describe_numbers(tooth_scores["numbers"]),
            "chosen_charts": numbers.choose_charts(charts, tooth_number_scores),
            "distribution": page.draw_distribution(case_scores, scores, report.synthetic),
            "chosen": [
                page.show_case(title, rows[row], *(each[row, ..., 0] for each in arrays))
                for title, row in page.choose_cases(dice, toothless)
            ],
            "columns": columns,
            "rows": all_cases,
        },
    )


def _gives(split: Split, cases: pd.DataFrame) -> bool:
    """Return whether these settings give the split that the cases have."""
    try:
        parts = splits.divide_cases(cases["group"].to_list(), cases["tooth_share"].to_list(), split)
        return parts == cases["split"].to_list()
    except InputError:  # they cannot be what this split was made with
        return False
