"""A network is compiled, fitted, applied to the test cases and scored."""

import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet import scoring, unet
from teeth_unet.errors import InputError
from teeth_unet.imaging import Preparation
from teeth_unet.unet import CheckpointStore, Model, Network, Prediction, Training

log = logging.getLogger(__name__)

DEFAULT_THRESHOLD = 0.5

SPLIT_ANEW = "The cases were split anew since then: run data_science from its beginning."


def compile_unet(
    cases: pd.DataFrame, preparation: Preparation, network: Network, training: Training
) -> Model:
    """Build and compile the network, see `unet.compile_unet`.

    Args:
        cases: Table with the column `split`; learning-rate schedules need the number of
            training cases.
        preparation: The size of the pictures.
        network: The architecture.
        training: Loss, optimizer, schedule and metrics.
    """
    train_cases = int((cases["split"] == "train").sum())
    return unet.compile_unet(network, training, size=preparation.size, train_cases=train_cases)


def fit_unet(
    compiled_unet: Model,
    x_train: NDArray[np.float32],
    y_train: NDArray[np.float32],
    x_validation: NDArray[np.float32],
    y_validation: NDArray[np.float32],
    training: Training,
    checkpoints: CheckpointStore,
) -> tuple[Model, dict[str, list[float]]]:
    """Fit a copy of the compiled network, see `unet.fit_unet`.

    Returns:
        The fitted network, and its history: lists with one number an epoch.
    """
    return unet.fit_unet(
        compiled_unet, x_train, y_train, x_validation, y_validation, training, checkpoints
    )


def discard_checkpoint(scores: dict[str, object], checkpoints: CheckpointStore) -> None:
    """Forget the checkpoint of a training whose results are all in the catalog.

    Args:
        scores: The last of the results: until it is there, the same command may have to start
            again, and shall not train again.
        checkpoints: The store.
    """
    checkpoints.clear()


def record_training(
    training_history: dict[str, list[float]],
    cases: pd.DataFrame,
    preparation: Preparation,
    network: Network,
    training: Training,
) -> dict[str, object]:
    """Record what a network was fitted with: all settings, and its training cases by content.

    Returns:
        A JSON-able mapping: `epochs`, the number gone through; `best_epoch`, the one whose
        weights the fitted network has; the settings `preparation`, `network` and `training`;
        `versions` of the software; and `trained_on`, the content hashes of the training cases.
    """
    return {
        "epochs": len(training_history["epoch"]),
        "best_epoch": unet.best_epoch(training_history),
        "preparation": preparation.model_dump(),
        "network": network.model_dump(),
        "training": training.model_dump(),
        "versions": unet.software_versions(),
        "trained_on": cases.loc[cases["split"] == "train", "content_hash"].to_list(),
    }


def predict_probabilities(
    fitted_unet: Model, x: NDArray[np.float32], prediction: Prediction
) -> NDArray[np.float32]:
    """Return the probability of tooth, (n, size, size, 1) float32 in [0, 1], for (n, ...) X."""
    return unet.predict_probabilities(fitted_unet, x, prediction)


def choose_threshold(
    validation_probabilities: NDArray[np.float32], y_validation: NDArray[np.float32]
) -> dict[str, object]:
    """Choose the decision threshold on the validation cases, see `scoring.choose_threshold`.

    Returns:
        `threshold`; `chosen_on`, the part it was chosen on, `nothing` where there are no
        validation cases and the threshold is .5; and `dice`, the mean there.
    """
    if not len(y_validation):
        return {"threshold": DEFAULT_THRESHOLD, "chosen_on": "nothing", "dice": None}
    threshold, dice = scoring.choose_threshold(validation_probabilities, y_validation)
    return {"threshold": threshold, "chosen_on": "validation", "dice": dice}


def predict_masks(
    predicted_probabilities: NDArray[np.float32], decision_threshold: dict[str, object]
) -> NDArray[np.uint8]:
    """Return masks (n, size, size, 1) in {0, 1}: tooth from the threshold on."""
    return (predicted_probabilities >= decision_threshold["threshold"]).astype(np.uint8)


def score_cases(
    y_test: NDArray[np.float32],
    predicted_masks: NDArray[np.uint8],
    cases: pd.DataFrame,
    training_record: dict[str, object],
) -> pd.DataFrame:
    """Score every test case: one row a case, see `scoring.score_case`.

    Raises:
        InputError: The cases were split anew since the network was fitted or the masks were
            predicted.
    """
    _refuse_seen_cases(cases, training_record)
    names = cases.loc[cases["split"] == "test", "case"]
    if not len(y_test) == len(predicted_masks) == len(names):
        raise InputError(
            "predicted_masks", f"{len(names)} test cases", f"{len(predicted_masks)}", SPLIT_ANEW
        )
    scores = (scoring.score_case(*pair) for pair in zip(y_test, predicted_masks, strict=True))
    return pd.DataFrame(
        [{"case": case, **score} for case, score in zip(names, scores, strict=True)]
    )


def _refuse_seen_cases(cases: pd.DataFrame, training_record: dict[str, object]) -> None:
    trained_on = cases["content_hash"].isin(training_record["trained_on"])
    seen = cases.loc[trained_on & (cases["split"] != "train"), "case"]
    if len(seen):
        raise InputError(
            "validation and test cases",
            "X-rays that the network was not fitted to",
            f"{len(seen)} that it was: {', '.join(seen)}",
            SPLIT_ANEW,
        )


def summarise_scores(
    case_scores: pd.DataFrame,
    decision_threshold: dict[str, object],
    training_record: dict[str, object],
) -> dict[str, object]:
    """Sum up the scores of the test cases, see `scoring.summarise_scores`.

    Returns:
        The summary with `decision_threshold`, and under `made_with` what it takes to get the
        same numbers again beside the parameters: `seed` and `versions`.
    """
    summary = scoring.summarise_scores(case_scores.to_dict("records"))
    dice = summary["dice"]
    log.info(
        "Dice on %d test cases: mean %.3f (95 %% interval %.3f to %.3f), lowest %.3f",
        summary["cases"],
        dice["mean"],
        *dice["interval"],
        dice["lowest"],
    )
    made_with = {
        "seed": training_record["training"]["seed"],
        "versions": training_record.get("versions"),  # records of old have none
    }
    return {**summary, "decision_threshold": decision_threshold, "made_with": made_with}
