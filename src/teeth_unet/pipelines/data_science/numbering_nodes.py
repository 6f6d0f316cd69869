"""A second network learns the numbers of teeth, where label maps tell them."""

import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet import numbering, segmentation, splits, unet
from teeth_unet.numbering import NumberingNetwork, NumberLearning, load_numbering_network
from teeth_unet.preparation import UNLABELLED, Preparation
from teeth_unet.segmentation import Segmenter
from teeth_unet.storage import Rows
from teeth_unet.unet import CheckpointStore, Pictures, TrainingHistory, TrainingRecord

log = logging.getLogger(__name__)

Numbers = NDArray[np.uint8]


def fit_numbering(
    x_train: Pictures,
    numbers_train: Numbers,
    x_validation: Pictures,
    numbers_validation: Numbers,
    cases: pd.DataFrame,
    preparation_settings: Preparation,
    settings: NumberLearning,
    start: Segmenter | None,
    checkpoints: CheckpointStore,
) -> tuple[NumberingNetwork, TrainingHistory, TrainingRecord | dict[str, object]]:
    """Fit the network that tells the numbers of teeth, see `numbering.learn_numbers`.

    Args:
        x_train: (n, size, size, 1) X-rays of the training cases.
        numbers_train: (n, size, size, 1) their label maps; no rows where nothing is to be learned.
        x_validation: As `x_train`.
        numbers_validation: As `numbers_train`.
        cases: Table with `case`, `split` and `content_hash`.
        preparation_settings: How the pictures were prepared.
        settings: How it is fitted.
        start: The segmenter whose numbering network is the one to begin with; None for the
            package's.
        checkpoints: Where each epoch is kept.

    Returns:
        The network, its history and its record. If nothing is learned, the one that it would have
        begun with, and two empty mappings; so it is where there are too few cases for parts: none
        would be left to tell how well it has learned.
    """
    network = start.numbering_network if start else load_numbering_network()
    taught, validated = (_labelled(each) for each in (numbers_train, numbers_validation))
    if splits.number_of_folds(cases):
        log.info("Numbers of teeth are not learned from so few cases")
        return network, {}, {}
    if not len(taught):
        return network, {}, {}
    splits.refuse_leaks(cases)
    log.info("Numbers of teeth are learned from %d label maps", len(taught))
    fitted, history = numbering.learn_numbers(
        Rows(x_train, taught),
        Rows(numbers_train, taught),
        Rows(x_validation, validated),
        Rows(numbers_validation, validated),
        network,
        settings,
        checkpoints,
    )
    content = {
        part: cases.loc[splits.in_part(cases, part), "content_hash"] for part in splits.PARTS
    }
    record = unet.record_training(
        history,
        unet.software_versions(),
        preparation_settings,
        network.network,
        settings.training,
        content["train"].iloc[taught].to_list(),
        content["validation"].iloc[validated].to_list(),
        segmentation.record_start(start),
    )
    return (
        NumberingNetwork(fitted.weights, fitted.network, fitted.size, {"training": record}),
        history,
        record,
    )


def _labelled(numbers: Numbers) -> NDArray[np.int64]:
    """Return the rows of the cases that have a label map."""
    return np.flatnonzero([row.min() < UNLABELLED for row in numbers])


def discard_numbering_checkpoint(
    numbering_record: TrainingRecord | dict[str, object], checkpoints: CheckpointStore
) -> None:
    """Forget the checkpoint of a training whose results are all in the catalog.

    Args:
        numbering_record: The last of the results.
        checkpoints: The store.
    """
    checkpoints.clear()
