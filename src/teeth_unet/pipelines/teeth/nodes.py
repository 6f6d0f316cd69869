"""The teeth of the test cases are told apart, numbered, measured and drawn."""

import io
import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, numbering, scoring, splits, teeth
from teeth_unet.numbering import CHART_COLUMNS, Numbered, NumberingNetwork
from teeth_unet.reporting import Plots
from teeth_unet.scoring import DecisionThreshold
from teeth_unet.segmentation import load_separation_network

log = logging.getLogger(__name__)

Openers = Mapping[str, Callable[[], Image.Image]]

NUMBER_COLUMNS = ["number", "kind", "number_probability", "kind_probability"]

ALL_CASES = "all test cases"
"""Name of the picture of how often each tooth is missing."""


class NumberedCases(NamedTuple):
    """What is found in the test cases; pictures by case name, at the size of their X-rays.

    Attributes:
        labels: Label maps with a number from 1 on for each object. A palette shows each in a
            colour of its own.
        numbers: Label maps with the FDI number of each tooth, see `numbering.OTHERS` for what is no
            tooth.
        objects: Table of the objects: `case`, `object` (its label), and `NUMBER_COLUMNS`.
        charts: Table with `CHART_COLUMNS`, one row a case: what is at the 32 places.
    """

    labels: Openers
    numbers: Openers
    objects: pd.DataFrame
    charts: pd.DataFrame


def number_teeth(
    predicted_probabilities: NDArray[np.float32],
    decision_threshold: DecisionThreshold,
    raw_xrays: Openers,
    fitted_numbering: NumberingNetwork,
    cases: pd.DataFrame,
    case_scores: pd.DataFrame,
) -> NumberedCases:
    """Tell the teeth of each test case apart, and give them their numbers.

    Args:
        predicted_probabilities: (n, size, size, 1) in [0, 1], of the test cases.
        decision_threshold: From which probability on a pixel is tooth, for each fold if there are.
        raw_xrays: Case name to a function that opens the X-ray.
        fitted_numbering: The network that tells the numbers.
        cases: Table with `case` and `split`.
        case_scores: Table with `case`: whom the probabilities are of, row by row.

    Raises:
        InputError: The probabilities are of other cases than the test part holds now.
    """
    separation, tested = load_separation_network(), splits.tested_cases(cases, case_scores)
    thresholds = scoring.thresholds_of_cases(decision_threshold, splits.fold_numbers(tested))
    labels, numbers, objects, charts = {}, {}, [], []
    for case, probabilities, threshold in zip(
        tested["case"], predicted_probabilities, thresholds, strict=True
    ):
        xray = imaging.decode_xray(raw_xrays[case]())
        found = numbering.number_teeth(
            probabilities[..., 0],
            threshold,
            fitted_numbering.maps(xray),
            xray.shape,
            fitted_numbering.maps(xray[::-1]),
            separation.distances(probabilities[..., 0]),
        )
        labels[case] = _kept(teeth.label_picture(found.objects))
        numbers[case] = _kept(teeth.label_picture(found.label_map))
        objects += _object_rows(case, found)
        charts.append(numbering.chart_row(case, found.chart))
    review = [row["case"] for row in charts if row["review"]]
    log.info("Numbers to be looked at by a person: %d of %d cases", len(review), len(charts))
    return NumberedCases(
        labels,
        numbers,
        pd.DataFrame(objects, columns=["case", "object", *NUMBER_COLUMNS]),
        pd.DataFrame(charts, columns=CHART_COLUMNS),
    )


def _kept(picture: Image.Image) -> Callable[[], Image.Image]:
    """Keep a picture in memory until its turn comes, packed to a few kilobytes."""
    packed = io.BytesIO()
    picture.save(packed, "png")
    return partial(_opened, packed.getvalue())


def _opened(packed: bytes) -> Image.Image:
    return Image.open(io.BytesIO(packed))


def _object_rows(case: str, found: Numbered) -> list[dict[str, object]]:
    return [
        {
            "case": case,
            "object": each.object,
            "number": each.number,
            "kind": each.kind,
            "number_probability": round(each.number_probability, 4),
            "kind_probability": round(each.kind_probability, 4),
        }
        for each in found.teeth
    ]


def measure_teeth(predicted_tooth_labels: Openers, numbered_teeth: pd.DataFrame) -> pd.DataFrame:
    """Measure every object, see `teeth.measure_label_map`.

    Args:
        predicted_tooth_labels: Case name to a function that opens the label map.
        numbered_teeth: Table with `case`, `object` and `NUMBER_COLUMNS`.

    Returns:
        One row an object: `case`, what `teeth.tooth_row` gives, and `NUMBER_COLUMNS`.
    """
    rows = [
        {"case": case, "object": tooth.number, **teeth.tooth_row(place, tooth)}
        for case, open_labels in predicted_tooth_labels.items()
        for place, tooth in enumerate(teeth.measure_label_map(_labels(open_labels)), start=1)
    ]
    table = pd.DataFrame(rows, columns=["case", "object", *teeth.TOOTH_COLUMNS])
    told = table.merge(numbered_teeth, on=["case", "object"], how="left", validate="one_to_one")
    log.info("%d teeth in %d cases", len(told), len(predicted_tooth_labels))
    return told.drop(columns="object")


def plot_teeth(
    raw_xrays: Openers,
    predicted_tooth_labels: Openers,
    numbered_teeth: pd.DataFrame,
    case_scores: pd.DataFrame,
    plots: Plots,
) -> dict[str, Callable[[], Image.Image]]:
    """Return, for the cases whose prediction the report draws, a function that draws its teeth.

    See `teeth.draw_teeth`; at the X-ray's own size, each tooth with its FDI number.
    """
    drawn = case_scores["case"].iloc[scoring.spread_by_dice(case_scores, plots.cases)]
    return {
        case: partial(
            _draw, raw_xrays[case], predicted_tooth_labels[case], _names(numbered_teeth, case)
        )
        for case in drawn
    }


def _names(numbered_teeth: pd.DataFrame, case: str) -> dict[int, str]:
    own = numbered_teeth[(numbered_teeth["case"] == case) & (numbered_teeth["number"] > 0)]
    return {
        int(label): str(number) for label, number in zip(own["object"], own["number"], strict=True)
    }


def _draw(
    open_xray: Callable[[], Image.Image],
    open_labels: Callable[[], Image.Image],
    names: Mapping[int, str],
) -> Image.Image:
    return teeth.draw_teeth(imaging.decode_xray(open_xray()), _labels(open_labels), names)


def plot_charts(
    tooth_charts: pd.DataFrame, case_scores: pd.DataFrame, plots: Plots
) -> dict[str, Callable[[], Image.Image]]:
    """Return what draws how often each tooth is missing, and the charts of the drawn cases.

    See `numbering.draw_missing_teeth` and `numbering.draw_odontogram`.
    """
    charts = numbering.charts_of(tooth_charts)
    drawn = case_scores["case"].iloc[scoring.spread_by_dice(case_scores, plots.cases)]
    return {
        ALL_CASES: partial(numbering.draw_missing_teeth, list(charts.values())),
        **{case: partial(numbering.draw_odontogram, charts[case]) for case in drawn},
    }


def _labels(open_labels: Callable[[], Image.Image]) -> NDArray[np.integer]:
    return imaging.decode_labels(open_labels())
