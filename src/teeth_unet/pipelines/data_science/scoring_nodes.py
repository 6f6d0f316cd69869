"""A fitted network's probabilities are cut at a threshold, and scored."""

import logging
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, preparation, scoring, splits, storage, unet
from teeth_unet.errors import InputError
from teeth_unet.preparation import MaskEncoding
from teeth_unet.scoring import (
    NATIVE,
    Calibration,
    DecisionThreshold,
    MadeWith,
    Scores,
    Scoring,
    score_case,
)
from teeth_unet.unet import Masks, TrainingRecord

log = logging.getLogger(__name__)


def choose_threshold(
    validation_probabilities: NDArray[np.float32], y_validation: Masks
) -> DecisionThreshold:
    """Choose the decision threshold on the validation cases, see `scoring.choose_threshold`.

    Returns:
        `threshold`; `chosen_on`, the part it was chosen on; and `dice`, the mean there of the
        cases with teeth. Where none could be chosen the threshold is .5, chosen on `nothing`, and
        `note` says why.
    """
    decision = scoring.choose_threshold(validation_probabilities, y_validation)
    if "note" in decision:
        # Without any validation cases that is what was asked for, or was told with the split.
        level = logging.WARNING if len(y_validation) else logging.INFO
        log.log(level, "Threshold %.2f: %s", decision["threshold"], decision["note"])
    else:
        log.info(
            "Threshold %.2f: the best mean Dice, %.4f, on the validation cases with teeth",
            decision["threshold"],
            decision["dice"],
        )
    return decision


def predict_masks(
    predicted_probabilities: NDArray[np.float32], decision_threshold: DecisionThreshold
) -> NDArray[np.uint8]:
    """Return masks (n, size, size, 1) in {0, 1}: tooth from the threshold on."""
    masks: NDArray[np.uint8] = storage.allocate(predicted_probabilities.shape, np.uint8)
    for mask, probabilities in zip(masks, predicted_probabilities, strict=True):
        mask[:] = probabilities >= decision_threshold["threshold"]
    return masks


def measure_calibration(
    predicted_probabilities: NDArray[np.float32],
    y_test: Masks,
    settings: Scoring,
) -> Calibration:
    """Compare probabilities with how often there is tooth, see `scoring.score_calibration`."""
    return scoring.score_calibration(predicted_probabilities, y_test, settings.calibration_bins)


def score_cases(
    y_test: Masks,
    predicted_probabilities: NDArray[np.float32],
    decision_threshold: DecisionThreshold,
    raw_masks: Mapping[str, Callable[[], Image.Image]],
    mask_encoding: MaskEncoding,
    cases: pd.DataFrame,
    training_record: TrainingRecord,
    settings: Scoring,
) -> pd.DataFrame:
    """Score every test case, at the network's size and at the size of its X-ray.

    For the latter the probabilities are enlarged first, and the threshold is applied then.

    Args:
        y_test: (n, size, size, 1) masks in {0, 1}.
        predicted_probabilities: (n, size, size, 1) in [0, 1].
        decision_threshold: `threshold`, from which on a pixel is tooth.
        raw_masks: Case name to a function that opens the mask at its own size.
        mask_encoding: How masks are read.
        cases: Table with `case`, `split`, `width`, `height`, `content_hash` and `mask_hash`.
        training_record: `trained_on` and `validated_on`, the content hashes of the cases that
            the network was made with.
        settings: Tolerances.

    Returns:
        One row a case: `case`; `content_hash` and `mask_hash`, by which tables of two runs are
        compared; what `scoring.score_case` returns, and the same for the size of the X-ray under
        names that begin with `native_`.

    Raises:
        InputError: The cases were split again since the network was fitted or applied to them, or
            the masks are not those that were prepared.
    """
    splits.refuse_seen_cases(cases, training_record)
    tested = cases[cases["split"] == "test"]
    if not len(y_test) == len(predicted_probabilities) == len(tested):
        raise InputError(
            "predicted_probabilities",
            f"{len(tested)} test cases",
            f"{len(predicted_probabilities)}",
            splits.SPLIT_ANEW,
        )
    threshold = decision_threshold["threshold"]
    rows = []
    names = ("case", "content_hash", "mask_hash", "height", "width")
    columns = (tested[name] for name in names)
    for case, content_hash, mask_hash, height, width, truth, probabilities in zip(
        *columns, y_test, predicted_probabilities, strict=True
    ):
        native_truth = preparation.open_native_mask(case, mask_hash, raw_masks, mask_encoding)
        native = imaging.resize_probabilities(probabilities[..., 0], height, width)
        rows.append(
            {"case": case, "content_hash": content_hash, "mask_hash": mask_hash}
            | score_case(truth, probabilities >= threshold, settings.tolerance)
            | score_case(native_truth, native >= threshold, settings.native_tolerance, NATIVE)
        )
    return pd.DataFrame(rows)


def summarise_scores(
    case_scores: pd.DataFrame,
    calibration: Calibration,
    decision_threshold: DecisionThreshold,
    training_record: TrainingRecord,
    settings: Scoring,
) -> Scores:
    """Sum up the scores of the test cases, see `scoring.summarise_both_sizes`.

    Returns:
        The summary at the network's size; under `native` the one at the size of the X-rays; each
        with its `nsd_tolerance` in pixels; `calibration`; `decision_threshold`; and under
        `made_with` what it takes to get the same numbers again besides the parameters: `seed`,
        `versions` and `start`.
    """
    summary = scoring.summarise_both_sizes(case_scores, settings)
    dice = summary["dice"]
    log.info(
        "Dice on %d test cases: mean %.3f (%s), lowest %.3f; at the size of the X-rays %.3f",
        summary["cases"],
        dice["mean"],
        scoring.describe_interval(dice["interval"], summary["cases"]),
        dice["lowest"],
        summary["native"]["dice"]["mean"],
    )
    made_with: MadeWith = {
        "seed": training_record["training"]["seed"],
        "versions": training_record.get("versions"),  # older records have none
        "start": unet.start_in_words(training_record),
    }
    return {
        **summary,
        "calibration": calibration,
        "decision_threshold": decision_threshold,
        "made_with": made_with,
    }
