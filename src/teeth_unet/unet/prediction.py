"""From X-rays to what the network says of every pixel."""

from collections.abc import Callable

import keras
import numpy as np
from numpy.typing import NDArray

from teeth_unet.unet.configuration import Prediction
from teeth_unet.unet.folding import fold_normalisation

BATCH_SIZE = 2
"""Small, since a CPU gains nothing from more and memory grows with it."""

Predictor = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def make_predictor(
    model: keras.Model,
    prediction: Prediction = Prediction(),  # noqa: B008 (immutable)
) -> Predictor:
    """Make a network ready to predict, which takes a moment, once for many X-rays.

    Args:
        model: A fitted U-Net.
        prediction: Whether to average with the mirror image.

    Returns:
        A function from X-rays (n, size, size, 1), grey levels in [0, 1], n may be 0, to maps
        (n, size, size, outputs) float32 in [0, 1]: the probability of tooth, and the depth in the
        tooth if the network has that second output.
    """
    folded = fold_normalisation(model)

    def predict(x: NDArray[np.float32]) -> NDArray[np.float32]:
        maps = np.empty((*x.shape[:-1], model.output_shape[-1]), np.float32)
        for start in range(0, len(x), BATCH_SIZE):
            rows = slice(start, start + BATCH_SIZE)
            batch = np.asarray(x[rows])
            maps[rows] = folded.predict_on_batch(batch)
            if prediction.mirror:
                mirrored = folded.predict_on_batch(batch[:, :, ::-1])[:, :, ::-1]
                maps[rows] = (maps[rows] + mirrored) / 2
        return maps

    return predict


def predict_maps(
    model: keras.Model,
    x: NDArray[np.float32],
    prediction: Prediction = Prediction(),  # noqa: B008 (immutable)
) -> NDArray[np.float32]:
    """Predict all outputs for every pixel, see `make_predictor`."""
    return make_predictor(model, prediction)(x)


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
    return predict_maps(model, x, prediction)[..., :1]
