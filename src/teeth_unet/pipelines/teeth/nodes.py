"""The teeth of the test cases are told apart, counted, measured, scored and drawn."""

import logging
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, preparation, scoring, splits, teeth
from teeth_unet.errors import InputError
from teeth_unet.preparation import MaskEncoding
from teeth_unet.reporting import Plots
from teeth_unet.scoring import DecisionThreshold, TeethOfCase, TeethScores
from teeth_unet.segmentation import SeparationNetwork, load_separation_network

log = logging.getLogger(__name__)

Openers = Mapping[str, Callable[[], Image.Image]]


def separate_teeth(
    predicted_probabilities: NDArray[np.float32],
    decision_threshold: DecisionThreshold,
    cases: pd.DataFrame,
    case_scores: pd.DataFrame,
) -> dict[str, Callable[[], Image.Image]]:
    """Return, for each test case, a function that makes the label map of its teeth.

    Args:
        predicted_probabilities: (n, size, size, 1) in [0, 1], of the test cases.
        decision_threshold: `threshold`, from which on a pixel is tooth.
        cases: Table with `case`, `split`, `width` and `height`.
        case_scores: Table with `case`: whom the probabilities are of, row by row.

    Returns:
        Case name to a picture of the X-ray's own size whose pixels are numbers: 0 background, 1
        to n the teeth. A palette shows each in a colour of its own.

    Raises:
        InputError: The probabilities are of other cases than the test part holds now.
    """
    separation, threshold = load_separation_network(), decision_threshold["threshold"]
    tested = splits.tested_cases(cases, case_scores)
    columns = (tested[name] for name in ("case", "height", "width"))
    return {
        case: partial(_label_map, probabilities[..., 0], threshold, (height, width), separation)
        for case, height, width, probabilities in zip(
            *columns, predicted_probabilities, strict=True
        )
    }


def _label_map(
    probabilities: NDArray[np.float32],
    threshold: float,
    shape: tuple[int, int],
    separation: SeparationNetwork,
) -> Image.Image:
    height, width = shape
    mask = imaging.resize_probabilities(probabilities, height, width) >= threshold
    labels = teeth.separate_instances(mask.astype(np.uint8), separation.distances(probabilities))
    return teeth.label_picture(labels)


def measure_teeth(predicted_tooth_labels: Openers) -> pd.DataFrame:
    """Measure every tooth, see `teeth.measure_label_map`.

    Returns:
        One row a tooth: `case`, and what `teeth.tooth_row` gives.
    """
    rows = [
        {"case": case, **teeth.tooth_row(number, tooth)}
        for case, open_labels in predicted_tooth_labels.items()
        for number, tooth in enumerate(teeth.measure_label_map(_labels(open_labels)), start=1)
    ]
    table = pd.DataFrame(rows, columns=["case", *teeth.TOOTH_COLUMNS])
    log.info("%d teeth in %d cases", len(table), len(predicted_tooth_labels))
    return table


def score_teeth(
    predicted_tooth_labels: Openers,
    predicted_probabilities: NDArray[np.float32],
    raw_tooth_labels: Openers,
    raw_masks: Openers,
    mask_encoding: MaskEncoding,
    cases: pd.DataFrame,
    case_scores: pd.DataFrame,
) -> TeethScores:
    """Compare the teeth with the truth, for the cases that have a true label map.

    Args:
        predicted_tooth_labels: Case name to a function that opens the predicted label map.
        predicted_probabilities: (n, size, size, 1) in [0, 1], of the test cases.
        raw_tooth_labels: Case name to a function that opens the true label map.
        raw_masks: Case name to a function that opens the mask, which is a label map as well where
            it has one number or colour a tooth.
        mask_encoding: How masks are read.
        cases: Table with `case`, `split`, `width`, `height` and `mask_hash`.
        case_scores: Table with `case`: whom the probabilities are of, row by row.

    Returns:
        `teeth_a_case`, the mean count, and the number of `cases`; `against_truth`, the summary of
        `scoring.summarise_teeth` over the cases with a truth; and `erosion`, the same for the
        simple method that telling teeth apart began with. The last two are null without a truth.

    Raises:
        InputError: The probabilities are of other cases than the test part holds now, or a true
            label map is of another size than its X-ray.
    """
    tested = splits.tested_cases(cases, case_scores)
    columns = (tested[name] for name in ("case", "mask_hash", "height", "width"))
    ours, simple, counts = [], [], []
    for case, mask_hash, height, width, probabilities in zip(
        *columns, predicted_probabilities, strict=True
    ):
        labels = _labels(predicted_tooth_labels[case])
        counts.append(len(np.unique(labels[labels > 0])))
        truth: NDArray[np.integer] | None
        if case in raw_tooth_labels:
            truth = _true_labels(case, raw_tooth_labels[case], (height, width))
        else:
            truth = preparation.open_native_labels(case, mask_hash, raw_masks, mask_encoding)
        if truth is None:
            continue
        native = imaging.resize_probabilities(probabilities[..., 0], *labels.shape)
        ours.append(_compared(truth, labels))
        simple.append(_compared(truth, teeth.separate_by_erosion(native)))
    summary: TeethScores = {
        "cases": len(tested),
        "teeth_a_case": float(np.mean(counts)),
        "against_truth": scoring.summarise_teeth(ours) if ours else None,
        "erosion": scoring.summarise_teeth(simple) if simple else None,
    }
    _tell(summary)
    return summary


def _true_labels(
    case: str, open_labels: Callable[[], Image.Image], shape: tuple[int, int]
) -> NDArray[np.integer]:
    truth = _labels(open_labels)
    if truth.shape != shape:
        raise InputError(
            f"tooth labels of case {case}",
            f"{shape[1]}x{shape[0]} px, the size of the X-ray",
            f"{truth.shape[1]}x{truth.shape[0]} px",
            "Export the label map at the size of its X-ray.",
        )
    return truth


def _compared(truth: NDArray[np.integer], labels: NDArray[np.integer]) -> TeethOfCase:
    matches = scoring.match_teeth(truth, labels)
    return scoring.score_matched_teeth(_sizes(truth), _sizes(labels), matches)


def _sizes(labels: NDArray[np.integer]) -> dict[int, tuple[float, float]]:
    return {tooth.number: (tooth.length, tooth.width) for tooth in teeth.measure_label_map(labels)}


def _tell(summary: TeethScores) -> None:
    found = summary["against_truth"]
    if found is None:
        log.info("%.1f teeth a case; no true label maps to compare with", summary["teeth_a_case"])
        return
    log.info(
        "Teeth counted exactly in %.0f %% of %d cases, off by %.2f on average; "
        "length off by %s, width by %s (median)",
        100 * found["exact_count"]["mean"],
        found["cases"],
        found["absolute_count_error"]["mean"],
        _percent(found["length_error"]["median"]),
        _percent(found["width_error"]["median"]),
    )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def plot_teeth(
    raw_xrays: Openers,
    predicted_tooth_labels: Openers,
    case_scores: pd.DataFrame,
    plots: Plots,
) -> dict[str, Callable[[], Image.Image]]:
    """Return, for the cases whose prediction the report draws, a function that draws its teeth.

    See `teeth.draw_measures`; at the X-ray's own size.
    """
    drawn = case_scores["case"].iloc[scoring.spread_by_dice(case_scores, plots.cases)]
    return {case: partial(_draw, raw_xrays[case], predicted_tooth_labels[case]) for case in drawn}


def _draw(
    open_xray: Callable[[], Image.Image], open_labels: Callable[[], Image.Image]
) -> Image.Image:
    labels = _labels(open_labels)
    return teeth.draw_measures(
        imaging.decode_xray(open_xray()), labels, teeth.measure_label_map(labels)
    )


def _labels(open_labels: Callable[[], Image.Image]) -> NDArray[np.integer]:
    return imaging.decode_labels(open_labels())
