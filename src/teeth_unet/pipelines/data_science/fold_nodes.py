"""Where cases are too few for parts, each is tested by a network that was fitted without it."""

import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet import splits, storage, unet
from teeth_unet.storage import Rows
from teeth_unet.unet import (
    CheckpointStores,
    Masks,
    Model,
    Network,
    Pictures,
    Prediction,
    Training,
)

log = logging.getLogger(__name__)


def fit_folds(
    compiled_unet: Model,
    x_train: Pictures,
    y_train: Masks,
    cases: pd.DataFrame,
    network: Network,
    training: Training,
    prediction: Prediction,
    fold_checkpoints: CheckpointStores,
) -> NDArray[np.float32]:
    """Fit a network for each fold, on the cases outside of it, and have it predict those inside.

    All begin with the same weights and are fitted by the same recipe.

    Args:
        compiled_unet: The network with the weights to begin with.
        x_train: (n, size, size, 1) X-rays of all cases.
        y_train: Their masks.
        cases: Table with the column `split`.
        network: The architecture.
        training: How each is fitted.
        prediction: How to predict.
        fold_checkpoints: Where each epoch is kept; a fold that is done is not fitted again.

    Returns:
        The probability of tooth, (n, size, size, 1) float32 in [0, 1], each by the network of the
        case's own fold; no rows where the cases are in parts.
    """
    folds = splits.fold_numbers(cases)
    many = int(folds.max(initial=0))
    if not many:
        return np.zeros((0, *x_train.shape[1:]), np.float32)
    log.info("%d networks more are fitted first, one a fold, to be tested on it", many)
    probabilities: NDArray[np.float32] = storage.allocate(x_train.shape, np.float32)
    for fold in range(1, many + 1):
        learned, tested = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        log.info("Fold %d of %d: learned from %d cases", fold, many, len(learned))
        compiled = unet.compile_model(
            network,
            training,
            size=x_train.shape[1],
            train_cases=len(learned),
            start=compiled_unet,
        )
        x, y = Rows(x_train, learned), Rows(y_train, learned)
        store = fold_checkpoints.of(f"fold_{fold}")
        fitted, _ = unet.fit_model(compiled, x, y, x[:0], y[:0], training, store)
        probabilities[tested] = unet.predict(fitted, x_train[tested], prediction)
    return probabilities
