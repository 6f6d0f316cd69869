"""From X-rays to probabilities and masks."""

import keras
import numpy as np
from numpy.typing import NDArray

from teeth_unet.unet.configuration import Prediction
from teeth_unet.unet.folding import fold_normalisation

BATCH_SIZE = 2
"""Small, since a CPU gains nothing from more and memory grows with it."""


def predict_probabilities(
    model: keras.Model,
    x: NDArray[np.float32],
    prediction: Prediction = Prediction(),  # noqa: B008 (immutable)
) -> NDArray[np.float32]:
    """Predict the probability of tooth for every pixel.

    Args:
        model: A fitted U-Net.
        x: (n, size, size, 1) grey levels in [0, 1]; n may be 0.
        prediction: Whether to average with the mirror image.

    Returns:
        (n, size, size, 1) float32 in [0, 1].
    """
    probabilities = np.empty(x.shape, np.float32)
    folded = fold_normalisation(model)
    for start in range(0, len(x), BATCH_SIZE):
        rows = slice(start, start + BATCH_SIZE)
        batch = np.asarray(x[rows])
        probabilities[rows] = folded.predict_on_batch(batch)
        if prediction.mirror:
            mirrored = folded.predict_on_batch(batch[:, :, ::-1])[:, :, ::-1]
            probabilities[rows] = (probabilities[rows] + mirrored) / 2
    return probabilities
