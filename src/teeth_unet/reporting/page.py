"""The report: one page of HTML that needs nothing beside itself."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from teeth_unet.numbering import Chart, draw_missing_teeth
from teeth_unet.reporting import figures, report_figures, tables
from teeth_unet.reporting.embedding import Picture, embed_drawing, embed_figure, embed_xray
from teeth_unet.reporting.figures import FALSE_ALARMS, HITS, MISSES, Pixels
from teeth_unet.reporting.templating import fill
from teeth_unet.scoring import (
    Calibration,
    CrossValidationScores,
    ScoreSummary,
    describe_interval,
)
from teeth_unet.splits import PARTS, Split, number_of_folds
from teeth_unet.text import duration
from teeth_unet.unet import TrainingHistory, TrainingRecord, why_last_epoch

PEOPLE = (0.914, 0.935)
"""Dice of two people who marked the teeth of the same panoramic X-rays, as published."""

NETWORKS = (0.894, 0.933)
"""Mean Dice that plain U-Nets reached on the public sets UFBA-425, Tufts and UFBA-UESC."""

COLOURS = {"found": HITS, "missed": MISSES, "false alarm": FALSE_ALARMS}

PURPOSES = {
    "train": "the network learns from them",
    "validation": "choose the best epoch and the threshold",
    "test": "scored once, in the end",
}
OF_A_FOLD = "scored by a network that learned from the other folds"


def render(template: str, context: Mapping[str, Any]) -> str:
    """Fill a template; whatever is text comes out escaped.

    Args:
        template: `report` or `cross_validation`.
        context: The sections of the page, by the names that the template uses.
    """
    told = {"colours": COLOURS, "people": PEOPLE, "networks": NETWORKS}
    return fill(f"{template}.html.j2", {**context, **told})


def describe_scores(scores: ScoreSummary, kind: str = "test ") -> str:
    """Return the result in one sentence, for who sees no more than that."""
    dice = scores["dice"]
    kind = "" if "networks" in scores else kind
    interval = describe_interval(dice["interval"], scores["cases"])
    return (
        f"Mean Dice {dice['mean']:.3f} ({interval}) "
        f"on {scores['cases']} {kind}case{'s' * (scores['cases'] != 1)}."
    )


def describe_split(cases: pd.DataFrame, split: Split | None) -> dict[str, Any]:
    """Return what the page tells about the parts.

    Args:
        cases: Table with the column `split`.
        split: The settings that made it; None if they are not known.
    """
    folds = [f"fold {fold}" for fold in range(1, number_of_folds(cases) + 1)]
    counts = cases["split"].value_counts()
    toothless = cases.loc[cases["tooth_share"] == 0, "split"].value_counts()
    return {
        "parts": [
            {
                "name": part,
                "purpose": PURPOSES.get(part, OF_A_FOLD),
                "cases": int(counts.get(part, 0)),
                "share": counts.get(part, 0) / len(cases),
                "toothless": int(toothless.get(part, 0)),
            }
            for part in folds or PARTS
        ],
        "settings": split,
    }


def describe_recipe(
    record: TrainingRecord, history: TrainingHistory, model_summary: str
) -> dict[str, Any]:
    """Return what the page tells about the network and its training.

    Args:
        record: As `training_record` holds it.
        history: As `training_history` holds it.
        model_summary: The table of layers.
    """
    return {
        "parameters": tables.parameter_count(model_summary),
        "epochs": record["epochs"],
        "best_epoch": record["best_epoch"],
        "why_last_epoch": why_last_epoch(history),
        "time": duration(sum(history["seconds"])),
        "settings": tables.recipe(record),
        "model_summary": model_summary,
    }


def draw_curves(history: TrainingHistory, best_epoch: int) -> list[Picture]:
    """Draw each measure of the training."""
    return [
        embed_figure(
            report_figures.training_curve(history, name, best_epoch),
            f"{figures.TITLES[name]} over {len(history['epoch'])} epochs"
            f"; at the end {history[name][-1]:.3g} in training"
            + (
                f" and {history[f'val_{name}'][-1]:.3g} in validation."
                if f"val_{name}" in history
                else "."
            ),
        )
        for name in figures.measures(history)
    ]


def draw_distribution(case_scores: pd.DataFrame, scores: ScoreSummary, synthetic: bool) -> Picture:
    """Draw the Dice of all cases; beside people's where these are people's X-rays."""
    dice, summary = case_scores["dice"].to_list(), scores["dice"]
    return embed_figure(
        report_figures.score_distribution(
            dice, summary["mean"], summary["interval"], None if synthetic else PEOPLE
        ),
        f"Dice of {len(dice)} cases from {min(dice):.3f} to {max(dice):.3f}, half of them above "
        f"{summary['median']:.3f}; their mean is {summary['mean']:.3f}.",
    )


def describe_calibration(calibration: Calibration) -> dict[str, Any]:
    """Return calibration and its diagram."""
    return {
        **calibration,
        "diagram": embed_figure(
            report_figures.reliability(calibration["bins"]),
            "Share of pixels that are tooth against the probability that the network gave; the "
            f"expected calibration error is {calibration['expected_calibration_error']:.3f}.",
        ),
    }


def describe_charts(charts: Sequence[Chart]) -> dict[str, Any]:
    """Return what the page tells about the charts of all test cases.

    Args:
        charts: One a case, at least one.
    """
    missing = draw_missing_teeth(charts)
    alt = "Of each of the 32 places of a mouth: in which share of the X-rays its tooth is missing."
    return {
        "cases": len(charts),
        "review": sum(bool(chart.review) for chart in charts),
        "missing": embed_drawing(missing, alt),
    }


def choose_cases(dice: Sequence[float], toothless: Sequence[bool]) -> list[tuple[str, int]]:
    """Choose the best, the median and the worst case; each case once.

    Args:
        dice: One a case, at least one.
        toothless: Whether a case has no teeth: as the best case it would show nothing.

    Returns:
        What is said of a case, and its row. Of two in the middle the lower one is the median.

    Example:
        >>> choose_cases([0.8, 1.0, 0.9, 0.7, 0.6], [False, True, False, False, False])
        [('Best case with teeth', 2), ('Median case', 0), ('Worst case', 4)]
    """
    order = sorted(range(len(dice)), key=lambda row: -dice[row])
    best = next((row for row in order if not toothless[row]), order[0])
    chosen = {
        "Best case" if best == order[0] else "Best case with teeth": best,
        "Median case": order[len(order) // 2],
        "Worst case": order[-1],
    }
    rows = dict.fromkeys(chosen.values())
    return [(_joined(title for title in chosen if chosen[title] == row), row) for row in rows]


def _joined(titles: Iterable[str]) -> str:
    first, *others = titles
    return " and ".join([first, *(title[0].lower() + title[1:] for title in others)])


def show_case(
    title: str, case: Mapping[str, Any], xray: Pixels, truth: Pixels, mask: Pixels
) -> dict[str, Any]:
    """Return a case with its X-ray and the overlay of what was found and what was not.

    Args:
        title: What is said of the case.
        case: Its row in the table of cases and in the table of scores, together.
        xray: (h, w) grey levels in [0, 1].
        truth: (h, w) in {0, 1}.
        mask: (h, w) in {0, 1}, the prediction.
    """
    size = (int(case["width"]), int(case["height"]))
    told = tables.describe_agreement(case)
    overlay = figures.overlay(xray, truth, mask)
    return {
        "title": title,
        "case": case["case"],
        "dice": case["dice"],
        "told": told,
        "xray": embed_xray(xray, size, f"X-ray of case {case['case']}."),
        "overlay": embed_xray(
            overlay, size, f"The same X-ray with what was found, missed and a false alarm. {told}"
        ),
    }


def describe_folds(scores: CrossValidationScores, case_scores: pd.DataFrame) -> dict[str, Any]:
    """Return a row for each fold, and a drawing of all.

    Args:
        scores: Summary of a cross-validation, with `folds`.
        case_scores: One row a case with the columns `case`, `fold` and `dice`.
    """
    dice = {str(fold): group.to_list() for fold, group in case_scores.groupby("fold")["dice"]}
    return {
        "rows": [
            {
                "fold": fold["fold"],
                "cases": fold["cases"],
                "mean": fold["dice"],
                "low": min(dice[str(fold["fold"])]),
                "threshold": fold["decision_threshold"],
                "chosen": fold["chosen_on"] == "validation",
            }
            for fold in scores["folds"]
        ],
        "diagram": embed_figure(
            report_figures.fold_scores(dice),
            f"Dice of {len(case_scores)} cases in {len(dice)} folds.",
        ),
    }
