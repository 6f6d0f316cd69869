"""From X-rays to probabilities."""

from collections.abc import Callable

import keras
import numpy as np
from numpy.typing import NDArray

from teeth_unet.storage import allocate
from teeth_unet.unet.folding import fold_normalisation
from teeth_unet.unet.levels import Pictures, unit_levels
from teeth_unet.unet.settings import Prediction

BATCH_SIZE = 2
"""Small, since a CPU gains nothing from more and memory grows with it."""


def make_predictor(
    model: keras.Model,
    prediction: Prediction = Prediction(),  # noqa: B008 (immutable)
) -> Callable[[Pictures], NDArray[np.float32]]:
    """Make a network ready to predict, which takes a moment, once for many X-rays.

    Args:
        model: A fitted U-Net.
        prediction: Whether to average with the mirror image.

    Returns:
        A function from X-rays (n, size, size, 1), grey levels in [0, 1] or uint8 in 0..255, n may
        be 0, to probabilities (n, size, size, 1) float32 in [0, 1].
    """
    folded = fold_normalisation(model)

    def predict(x: Pictures) -> NDArray[np.float32]:
        probabilities: NDArray[np.float32] = allocate(x.shape, np.float32)
        for start in range(0, len(x), BATCH_SIZE):
            rows = slice(start, start + BATCH_SIZE)
            batch = unit_levels(x[rows])
            probabilities[rows] = folded.predict_on_batch(batch)
            if prediction.mirror:
                mirrored = folded.predict_on_batch(batch[:, :, ::-1])[:, :, ::-1]
                probabilities[rows] = (probabilities[rows] + mirrored) / 2
        return probabilities

    return predict


def predict(
    model: keras.Model,
    x: Pictures,
    prediction: Prediction = Prediction(),  # noqa: B008 (immutable)
) -> NDArray[np.float32]:
    """Predict the probability of tooth for every pixel.

    Args:
        model: A fitted U-Net.
        x: (n, size, size, 1) grey levels in [0, 1], or uint8 in 0..255; n may be 0.
        prediction: Whether to average with the mirror image.

    Returns:
        (n, size, size, 1) float32 in [0, 1].
    """
    return make_predictor(model, prediction)(x)
