"""Numbers and settings of the report as texts, and its tables."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

DISTANCES = ("hd95", "assd")

LABELS = {
    "dice": "Dice",
    "iou": "IoU",
    "precision": "Precision",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "hd95": "HD95, px",
    "assd": "ASSD, px",
    "nsd": "NSD",
}

MEANINGS = {
    "dice": "twice the common area over the sum of both areas",
    "iou": "common area over the area of either",
    "precision": "share of what was marked that is tooth",
    "sensitivity": "share of the teeth that was marked",
    "specificity": "share of the background that was left alone",
    "hd95": "95 % of the outlines lie no further apart",
    "assd": "mean distance between the outlines",
    "nsd": "share of the outlines that lie within the tolerance of each other",
}

COUNTS = {"false_negatives": "Missed, px", "false_positives": "False alarm, px"}


def digits(value: float | None, places: int = 3) -> str:
    """Return a number with so many places, and a dash for one that is not there.

    Example:
        >>> digits(0.92349), digits(12.5, 1), digits(1943585, 0), digits(None)
        ('0.923', '12.5', '1,943,585', '-')
    """
    if value is None or math.isnan(value):
        return "-"
    return f"{value:,.{places}f}"


def percent(share: float, places: int = 0) -> str:
    """Return a share in per cent.

    Example:
        >>> percent(0.2), percent(0.2134, 1)
        ('20 %', '21.3 %')
    """
    return f"{100 * share:.{places}f} %"


def as_texts(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return settings as the parameter files write them.

    Example:
        >>> as_texts({"filters": [16, 32], "patience": None, "flip": 0.5, "resume": True})
        {'filters': '16, 32', 'patience': 'null', 'flip': '0.5', 'resume': 'true'}
        >>> as_texts({"loss_options": {"alpha": 0.2, "beta": 0.8}, "metrics": []})
        {'loss_options': 'alpha: 0.2, beta: 0.8', 'metrics': 'none'}
    """
    return {name: _as_text(value) for name, value in settings.items()}


def recipe(record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the settings of a training as texts, by block of parameters.

    Args:
        record: As `training_record` holds it.
    """
    training = dict(record["training"])
    augmentation = training.pop("augmentation", {})
    blocks = {
        "preparation": record["preparation"],
        "network": record["network"],
        "training": training,
        "training.augmentation": augmentation,
        **dict(_blocks("drawings", record.get("drawings", {}))),
    }
    return {name: as_texts(values) for name, values in blocks.items() if values}


def _blocks(name: str, values: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a block of settings, then those within it, each by its whole name."""
    yield name, {key: each for key, each in values.items() if not isinstance(each, Mapping)}
    for key, each in values.items():
        if isinstance(each, Mapping):
            yield from _blocks(f"{name}.{key}", each)


def parameter_count(model_summary: str) -> int | None:
    """Read the number of a network's parameters from its summary; None if it does not say.

    Example:
        >>> parameter_count(" Total params: 13,423,361 (51.21 MB)")
        13423361
    """
    found = re.search(r"Total params: ([\d,]+)", model_summary)
    return int(found[1].replace(",", "")) if found else None


def describe_agreement(case: Mapping[str, Any]) -> str:
    """Say in words how a prediction agrees with the truth.

    Args:
        case: With pixel counts, `sensitivity` and `precision`.
    """
    truth = case["true_positives"] + case["false_negatives"]
    predicted = case["true_positives"] + case["false_positives"]
    if not truth and not predicted:
        return "There are no teeth, and none were marked."
    if not truth:
        return f"There are no teeth; {digits(predicted, 0)} px were marked all the same."
    if not predicted:
        return "There are teeth, and nothing was marked."
    return (
        f"{percent(case['sensitivity'], 1)} of the tooth pixels were found; "
        f"{percent(1 - case['precision'], 1)} of the marked pixels are false alarms."
    )


def summary_rows(scores: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row for each score that there is: at the network's size, and at native size."""
    return [
        {
            "label": LABELS[name],
            "meaning": _meaning(name, scores),
            "places": places(name),
            "here": scores[name],
            "worst": scores[name]["worst"],
            "native": scores["native"][name],
        }
        for name in LABELS
    ]


def case_columns(case_scores: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the columns of the table of cases: `key` in `case_scores`, `label` and `places`."""
    native = {f"native_{name}": f"{LABELS[name]}, native" for name in ("dice", *DISTANCES, "nsd")}
    labels = {**LABELS, **native, **COUNTS}
    return [
        {"key": key, "label": label, "places": places(key)}
        for key, label in labels.items()
        if key in case_scores
    ]


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table, each by the names of its columns."""
    return [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]


def places(name: str) -> int:
    """Return how many places after the point a score or a count is shown with."""
    name = name.removeprefix("native_")
    return 0 if name in COUNTS else 1 if name in DISTANCES else 3


def _meaning(name: str, scores: Mapping[str, Any]) -> str:
    if name != "nsd":
        return MEANINGS[name]
    here, native = scores["nsd_tolerance"], scores["native"]["nsd_tolerance"]
    return MEANINGS[name].replace("the tolerance", f"{here:g} px ({native:g} px at native size)")


def _as_text(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_as_text(each)}" for name, each in value.items()) or "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(_as_text, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value)
