"""A network is compiled, fitted, applied to the test cases and scored."""

import logging
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, preparation, scoring, segmentation, splits, unet
from teeth_unet.errors import InputError
from teeth_unet.preparation import MaskEncoding, Preparation
from teeth_unet.reporting import Report
from teeth_unet.scoring import (
    NATIVE,
    Calibration,
    DecisionThreshold,
    MadeWith,
    Scores,
    Scoring,
    score_case,
)
from teeth_unet.segmentation import Segmenter, SegmenterSettings
from teeth_unet.unet import (
    CheckpointStore,
    Masks,
    Model,
    Network,
    Pictures,
    Prediction,
    Training,
    TrainingHistory,
    TrainingRecord,
)

log = logging.getLogger(__name__)


def compile_unet(
    cases: pd.DataFrame,
    preparation_settings: Preparation,
    network: Network,
    training: Training,
    start: Segmenter | None,
) -> Model:
    """Build and compile the network, see `unet.compile_model`.

    Args:
        cases: Table with `case`, `split` and `content_hash`; learning-rate schedules need the
            number of training cases.
        preparation_settings: The size of the pictures.
        network: The architecture.
        training: Loss, optimizer, schedule and metrics.
        start: The network to begin with; None for random weights.

    Raises:
        InputError: The size does not suit the network, the table has one X-ray in two parts, or
            the network to begin with is another one, or has seen cases that are held out.
    """
    splits.refuse_leaks(cases)
    size = preparation_settings.size
    if start:
        segmentation.refuse_other_network(start.settings, network, size)
        splits.refuse_cases_seen_by_start(cases, start.settings.training)
    train_cases, weights = int((cases["split"] == "train").sum()), start.model if start else None
    model: Model = unet.compile_model(
        network, training, size=size, train_cases=train_cases, start=weights
    )
    return model


def fit_unet(
    compiled_unet: Model,
    x_train: Pictures,
    y_train: Masks,
    x_validation: Pictures,
    y_validation: Masks,
    training: Training,
    checkpoints: CheckpointStore,
) -> tuple[Model, TrainingHistory, dict[str, str]]:
    """Fit a copy of the compiled network, see `unet.fit_model`.

    Returns:
        The fitted network; its history, lists with one number an epoch; and the versions of the
        software that has fitted it.
    """
    fitted, history = unet.fit_model(
        compiled_unet, x_train, y_train, x_validation, y_validation, training, checkpoints
    )
    return fitted, history, unet.software_versions()


def discard_checkpoint(scores: Scores, checkpoints: CheckpointStore) -> None:
    """Forget the checkpoint of a training whose results are all in the catalog.

    Args:
        scores: The last of the results: until it is there, the same command may have to start
            again, and must not train again.
        checkpoints: The store.
    """
    checkpoints.clear()


def record_training(
    training_history: TrainingHistory,
    training_versions: dict[str, str],
    cases: pd.DataFrame,
    preparation_settings: Preparation,
    network: Network,
    training: Training,
    start: Segmenter | None,
) -> TrainingRecord:
    """Record what a network was fitted with: all settings, and its training cases by content.

    Returns:
        A JSON-able mapping, see `unet.TrainingRecord`.
    """
    content = {part: cases.loc[cases["split"] == part, "content_hash"] for part in splits.PARTS}
    return unet.record_training(
        training_history,
        training_versions,
        preparation_settings,
        network,
        training,
        content["train"].to_list(),
        content["validation"].to_list(),
        segmentation.record_start(start),
    )


def predict_probabilities(
    fitted_unet: Model, x: Pictures, prediction: Prediction
) -> NDArray[np.float32]:
    """Return the probability of tooth, (n, size, size, 1) float32 in [0, 1], for (n, ...) X."""
    return unet.predict(fitted_unet, x, prediction)


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
    is_tooth = predicted_probabilities >= decision_threshold["threshold"]
    return is_tooth.astype(np.uint8)


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


def make_segmenter(
    fitted_unet: Model,
    x_train: Pictures,
    decision_threshold: DecisionThreshold,
    training_record: TrainingRecord,
    scores: Scores,
    prediction: Prediction,
    report: Report,
) -> Segmenter:
    """Put the fitted network together with all that using it takes.

    Args:
        fitted_unet: The network.
        x_train: (n, size, size, 1) grey levels of the training cases, in [0, 1] or uint8.
        decision_threshold: `threshold`, from which on a pixel is tooth.
        training_record: What the network was fitted with.
        scores: How well it did on the test cases.
        prediction: How its probabilities were predicted for them.
        report: Whose X-rays these are.
    """
    settings = SegmenterSettings(
        size=x_train.shape[1],
        threshold=decision_threshold["threshold"],
        mirror=prediction.mirror,
        usual_levels=imaging.usual_levels(x_train).tolist(),
        training=dict(training_record),
        scores=dict(scores),
        **report.model_dump(),
    )
    return Segmenter(fitted_unet, settings)
