"""A network is compiled, fitted, applied to the test cases and scored."""

import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet import imaging, segmentation, splits, unet
from teeth_unet.numbering import NumberingNetwork
from teeth_unet.preparation import Preparation
from teeth_unet.reporting import Report
from teeth_unet.scoring import (
    DecisionThreshold,
    Scores,
)
from teeth_unet.segmentation import Segmenter, SegmenterSettings
from teeth_unet.unet import (
    CheckpointStore,
    CheckpointStores,
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
    train_cases = int(splits.in_part(cases, "train").sum())
    weights = start.model if start else None
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
        compiled_unet,
        x_train,
        y_train,
        x_validation,
        y_validation,
        training,
        checkpoints,
        distribution=training.distribution,
    )
    return fitted, history, unet.software_versions()


def help_to_fit_unet(
    compiled_unet: Model,
    x_train: Pictures,
    y_train: Masks,
    x_validation: Pictures,
    y_validation: Masks,
    training: Training,
) -> None:
    """Take a share of the batches of another process, which does what `fit_unet` does."""
    arrays = x_train, y_train, x_validation, y_validation
    unet.fit_model(compiled_unet, *arrays, training, distribution=training.distribution)


def discard_checkpoint(
    scores: Scores, checkpoints: CheckpointStore, fold_checkpoints: CheckpointStores
) -> None:
    """Forget the checkpoints of trainings whose results are all in the catalog.

    Args:
        scores: The last of the results: until it is there, the same command may have to start
            again, and must not train again.
        checkpoints: The store.
        fold_checkpoints: Those of folds.
    """
    checkpoints.clear()
    fold_checkpoints.clear()


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
    content = {
        part: cases.loc[splits.in_part(cases, part), "content_hash"] for part in splits.PARTS
    }
    return unet.record_training(
        training_history,
        training_versions,
        preparation_settings,
        network,
        training,
        content["train"].to_list(),
        content["validation"].to_list(),
        segmentation.record_start(start),
        splits.taught_without(cases),
    )


def predict_probabilities(
    fitted_unet: Model, x: Pictures, prediction: Prediction
) -> NDArray[np.float32]:
    """Return the probability of tooth, (n, size, size, 1) float32 in [0, 1], for (n, ...) X."""
    return unet.predict(fitted_unet, x, prediction)


def predict_test_cases(
    fitted_unet: Model,
    x_test: Pictures,
    prediction: Prediction,
    fold_probabilities: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Return the probability of tooth in the test cases, by networks that have not seen them.

    Args:
        fitted_unet: The network that is kept.
        x_test: (n, size, size, 1) grey levels.
        prediction: How to predict.
        fold_probabilities: What `fit_folds` returns: if it has rows, these cases are all test
            cases, and the network that is kept has seen them.

    Returns:
        (n, size, size, 1) float32 in [0, 1].
    """
    if len(fold_probabilities):
        return fold_probabilities
    return predict_probabilities(fitted_unet, x_test, prediction)


def make_segmenter(
    fitted_unet: Model,
    x_train: Pictures,
    decision_threshold: DecisionThreshold,
    training_record: TrainingRecord,
    scores: Scores,
    prediction: Prediction,
    report: Report,
    fitted_numbering: NumberingNetwork | None = None,
    numbering_record: TrainingRecord | None = None,
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
        fitted_numbering: The network that tells the numbers of teeth.
        numbering_record: What it was fitted with. If that is empty nothing was learned: the
            network is that of the package, which serves every segmenter.
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
    return Segmenter(
        fitted_unet, settings, numbering=fitted_numbering if numbering_record else None
    )
