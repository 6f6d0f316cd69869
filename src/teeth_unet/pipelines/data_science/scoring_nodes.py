"""A fitted network's probabilities are cut at a threshold, and scored."""

import logging
from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, preparation, scoring, splits, unet
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
    validation_probabilities: NDArray[np.float32],
    y_validation: Masks,
    fold_probabilities: NDArray[np.float32],
    y_train: Masks,
    cases: pd.DataFrame,
) -> DecisionThreshold:
    """Choose the decision threshold on the validation cases, see `scoring.choose_threshold`.

    Where there are too few cases for parts, all of them choose it, see
    `scoring.choose_threshold_of_folds`.

    Args:
        validation_probabilities: (n, size, size, 1) in [0, 1].
        y_validation: Their masks.
        fold_probabilities: Of all cases, each by the network of its fold; no rows if they are in
            parts.
        y_train: Masks of the training cases, which are all cases if there are folds.
        cases: Table with the column `split`.

    Returns:
        `threshold`; `chosen_on`, the part it was chosen on; and `dice`, the mean there of the
        cases with teeth. Where none could be chosen the threshold is .5, chosen on `nothing`, and
        `note` says why.
    """
    if len(fold_probabilities):
        folds = splits.fold_numbers(cases).tolist()
        decision = scoring.choose_threshold_of_folds(
            fold_probabilities, y_train, folds, splits.FEWEST_VALIDATED
        )
    else:
        decision = scoring.choose_threshold(validation_probabilities, y_validation)
    if "note" in decision:
        # Without any validation cases that is what was asked for, or was told with the split.
        level = logging.WARNING if len(y_validation) else logging.INFO
        log.log(level, "Threshold %.2f: %s", decision["threshold"], decision["note"])
    else:
        log.info(
            "Threshold %.2f: the best mean Dice, %.4f, on the %s with teeth",
            decision["threshold"],
            decision["dice"],
            "validation cases" if decision["chosen_on"] == "validation" else "cases",
        )
    return decision


def predict_masks(
    predicted_probabilities: NDArray[np.float32],
    decision_threshold: DecisionThreshold,
    cases: pd.DataFrame,
) -> NDArray[np.uint8]:
    """Return masks (n, size, size, 1) in {0, 1}: tooth from the threshold of each case on."""
    tested = cases[splits.in_part(cases, "test")]
    _refuse_others(len(predicted_probabilities), len(tested))
    masks = np.empty(predicted_probabilities.shape, np.uint8)
    thresholds = scoring.thresholds_of_cases(decision_threshold, splits.fold_numbers(tested))
    for mask, probabilities, threshold in zip(
        masks, predicted_probabilities, thresholds, strict=True
    ):
        mask[:] = probabilities >= threshold
    return masks


def _refuse_others(found: int, tested: int) -> None:
    if found != tested:
        raise InputError(
            "predicted_probabilities",
            f"{tested} test cases",
            f"{found}",
            splits.SPLIT_ANEW,
        )


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
    tested = cases[splits.in_part(cases, "test")]
    for rows_there in (len(predicted_probabilities), len(y_test)):
        _refuse_others(rows_there, len(tested))
    thresholds = scoring.thresholds_of_cases(decision_threshold, splits.fold_numbers(tested))
    rows = []
    names = ("case", "content_hash", "mask_hash", "height", "width")
    columns = (tested[name] for name in names)
    for case, content_hash, mask_hash, height, width, truth, probabilities, threshold in zip(
        *columns, y_test, predicted_probabilities, thresholds, strict=True
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
        with its `nsd_tolerance` in pixels; `calibration`; `decision_threshold`; under `made_with`
        what it takes to get the same numbers again besides the parameters: `seed`, `versions` and
        `start`; and `networks`, how many were scored in place of the one that is kept, if the cases
        were too few for parts.
    """
    summary = scoring.summarise_both_sizes(case_scores, settings)
    dice = summary["dice"]
    folds = training_record.get("folds", [])
    log.info(
        "Dice on %d %s: mean %.3f (%s), lowest %.3f; at the size of the X-rays %.3f",
        summary["cases"],
        "cases, each by a network that never saw it" if folds else "test cases",
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
    told = {"networks": len(folds)} if folds else {}
    return cast(
        "Scores",
        {
            **summary,
            "calibration": calibration,
            "decision_threshold": decision_threshold,
            "made_with": made_with,
            **told,
        },
    )
