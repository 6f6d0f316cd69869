"""What the pages tell of numbered teeth: how well they are found, and which number they get."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from teeth_unet.numbering import Chart, draw_odontogram
from teeth_unet.reporting import figures, tables
from teeth_unet.reporting.embedding import embed_drawing, embed_figure
from teeth_unet.scoring import NO_TOOTH, NOT_FOUND, NumberSummary, ScoresOfNumbers
from teeth_unet.tooth_numbers import TEETH

LABELS = {
    "found": "Teeth found",
    "right_number": "Right number",
    "dice": "Dice a tooth",
    "f1": "Presence, F1",
}
"""Columns of `tooth_number_scores` that the table of cases shows, and their heads."""

Row = tuple[str, str, Mapping[str, Any]]


def describe_numbers(numbers: ScoresOfNumbers | None) -> dict[str, Any] | None:
    """Return what a page tells of the numbers of teeth.

    Args:
        numbers: The scores of the cases whose truth has FDI numbers; None without any.

    Returns:
        `cases`, `true_teeth`, `wrong` (teeth found with a wrong number), `rows` of scores with
        `label`, `meaning`, `mean` and `interval`, `by_number` as it is, and the picture
        `confusion`; None without scores.
    """
    if not numbers:
        return None
    wrong = sum(numbers["confusions"].values())
    return {
        "cases": numbers["cases"],
        "true_teeth": numbers["true_teeth"],
        "wrong": wrong,
        "rows": [
            {"label": label, "meaning": meaning, **score}
            for label, meaning, score in _score_rows(numbers)
        ],
        "by_number": numbers["by_number"],
        "confusion": embed_figure(
            figures.number_confusion(_confusion_table(numbers["taken_for"]), numbers["confusions"]),
            f"What the teeth of each number were taken for; {wrong} were found with a wrong one.",
        ),
    }


def choose_charts(charts: Mapping[str, Chart], number_scores: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the charts of the X-rays whose numbers are the best and the worst.

    Args:
        charts: Case name to what was found at the 32 places.
        number_scores: One row a case, see `scoring.NumberScores.by_case`.

    Returns:
        Of those with teeth, the X-ray with the highest mean Dice a tooth and the one with the
        lowest, if there are two: `title`, `case`, `told`, and the picture `chart`.
    """
    with_teeth = number_scores[number_scores["true_teeth"] > 0]
    ranked = tables.rows_of(with_teeth.sort_values("dice", ascending=False, kind="stable"))
    if not ranked:
        return []
    titles = ("Best numbers", "Worst numbers") if len(ranked) > 1 else ("The only chart",)
    return [
        {
            "title": title,
            "case": row["case"],
            "told": _told(row),
            "chart": embed_drawing(
                draw_odontogram(charts[row["case"]]), f"The chart that was found: {row['case']}."
            ),
        }
        for title, row in zip(titles, (ranked[0], ranked[-1]), strict=False)
    ]


def with_numbers(
    columns: list[dict[str, Any]], rows: list[dict[str, Any]], number_scores: pd.DataFrame
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return columns and rows of the table of cases, with the scores of numbers.

    Args:
        columns: As of `tables.case_columns`.
        rows: One a case, with `case`.
        number_scores: One row a case that has a truth; without any row, nothing is added.
    """
    if number_scores.empty:
        return columns, rows
    of_case = number_scores.set_index("case")[list(LABELS)].to_dict("index")
    nothing = dict.fromkeys(LABELS)
    more = [
        {"key": f"number_{name}", "label": label, "places": 3} for name, label in LABELS.items()
    ]
    told = [
        row | {f"number_{name}": each for name, each in of_case.get(row["case"], nothing).items()}
        for row in rows
    ]
    return columns + more, told


def _told(row: Mapping[str, Any]) -> str:
    return (
        f"{row['true_teeth']} true teeth: {tables.percent(row['found'])} of them found, "
        f"{_percent(row['right_number'])} of these with the right number; mean Dice a tooth "
        f"{tables.digits(row['dice'])}."
    )


def _percent(share: float) -> str:
    return "-" if pd.isna(share) else tables.percent(share)


def _score_rows(numbers: NumberSummary) -> Iterator[Row]:
    presence, missing = numbers["presence"], numbers["missing"]
    yield "Found", "share of the true teeth, whatever their number", numbers["found"]
    yield "Right number", "share of the found teeth", numbers["right_number"]
    yield (
        "Right kind",
        "share of all found objects: tooth, implant and so on",
        numbers["right_kind"],
    )
    yield "Dice a tooth", "with what has its number; 0 where nothing has", numbers["dice"]
    for name, score in numbers["dice_by_group"].items():
        yield f"Dice of {name}", "the same of these alone", score
    yield "Presence, F1", "whether the right numbers are there, wherever they lie", presence["f1"]
    yield "Presence, precision", "share of the numbers told that are there", presence["precision"]
    yield "Presence, recall", "share of the numbers there that are told", presence["recall"]
    yield "Gaps told", "share of the places without a tooth", missing["sensitivity"]
    yield "Teeth told", "share of the places with a tooth", missing["specificity"]
    yield "Exact charts", "share of the X-rays with all numbers right", numbers["exact_chart"]
    yield "AP50", "average precision at an IoU of .5", numbers["average_precision_50"]
    yield "AP", "its mean over IoU of .5 to .95", numbers["average_precision"]
    yield "PQ", "panoptic quality", numbers["panoptic_quality"]


def _confusion_table(taken_for: Mapping[str, Mapping[str, int]]) -> pd.DataFrame:
    """Return the counts as `figures.number_confusion` takes them."""
    seen = {*taken_for, *(other for counts in taken_for.values() for other in counts)}
    occurring = [str(number) for number in TEETH if str(number) in seen]
    columns = [*occurring, NO_TOOTH, NOT_FOUND]
    rows = [[taken_for.get(true, {}).get(taken, 0) for taken in columns] for true in occurring]
    return pd.DataFrame(rows, index=pd.Index(occurring, name="number"), columns=columns)
