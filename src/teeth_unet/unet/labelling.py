"""A U-Net that tells of every pixel to which label of several maps it belongs."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from teeth_unet.unet.compiling import compile_for_fitting
from teeth_unet.unet.network import HEAD, build_unet
from teeth_unet.unet.precision import choose_precision
from teeth_unet.unet.settings import Fitting, Network

DISTANCE_WEIGHT = 2.0
"""Of the cross-entropy of the distances; that of each label map has the weight 1."""

HIGHEST = 255.0
"""A distance of 1, as targets are kept."""

HEAD_SEED = 7
"""The seed of the last convolution over that of the rest."""


def build_label_unet(
    network: Network,
    size: int,
    classes: Sequence[int],
    *,
    precision: str = "float32",
    seed: int = 0,
) -> keras.Model:
    """Build an untrained U-Net with one classification for each label map, and a distance map.

    It is the network of `build_unet` up to its last convolution. What it says stays at the size
    of the folded pixels.

    Args:
        network: The architecture.
        size: Height and width of the input in px.
        classes: How many labels each map has, the background among them.
        precision: Keras dtype policy of all layers; weights and output are float32 always.
        seed: Seed of initial weights and dropout; the same seed gives the same network.

    Returns:
        A model from (n, size, size, 1) grey levels in [0, 1] to (n, size / patch, size / patch,
        sum(classes) + 1) logits: of the labels of each map, then of the distance.

    Raises:
        InputError: `size` is not a multiple of `network.size_factor`.
    """
    body = build_unet(network, size, precision=precision, seed=seed)
    head = keras.layers.Conv2D(
        sum(classes) + 1,
        1,
        dtype="float32",
        name=f"{HEAD}_numbers",
        kernel_initializer=keras.initializers.HeNormal(seed=seed + HEAD_SEED),
    )
    return keras.Model(body.input, head(body.get_layer(HEAD).input), name="numbering")


def compile_label_unet(
    network: Network, training: Fitting, classes: Sequence[int], *, size: int, train_cases: int
) -> keras.Model:
    """Build and compile a U-Net for label maps, to be fitted by `fit_model`.

    Its targets are (n, size / patch, size / patch, maps + 1): a label map in each channel, and in
    the last one the distance in 0..255.

    Args:
        network: The architecture.
        training: Optimizer, schedule, precision and seed.
        classes: How many labels each map has, the background among them.
        size: Height and width of the input in px.
        train_cases: Number of training cases: schedules are given in epochs, Keras counts steps.

    Returns:
        A compiled model, see `build_label_unet`. Its metric `dice` is that of the first map.
    """
    precision = choose_precision(training.precision)
    model = build_label_unet(network, size, classes, precision=precision, seed=training.seed)
    loss, dice = LabelLoss(classes), LabelDice(classes[0])
    return compile_for_fitting(model, training, train_cases, loss=loss, metrics=[dice])


@keras.saving.register_keras_serializable(package="teeth_unet")
class LabelLoss(keras.losses.Loss):
    """The cross-entropy of each label map, and twice that of the distance map; one loss a pixel.

    Args:
        classes: How many labels each map has.
        **kwargs: As for `keras.losses.Loss`.
    """

    def __init__(self, classes: Sequence[int], **kwargs: Any) -> None:  # noqa: ANN401 (Keras's own)
        super().__init__(**{"name": "labels", **kwargs})
        self.classes = tuple(classes)

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return (batch, h, w): targets (batch, h, w, maps + 1), see `compile_label_unet`."""
        # One split: each slice by itself would have a gradient of the size of the whole.
        *maps, distances = ops.split(y_pred, np.cumsum(self.classes).tolist(), axis=-1)
        loss = DISTANCE_WEIGHT * ops.binary_crossentropy(
            y_true[..., -1] / HIGHEST, distances[..., 0], from_logits=True
        )
        for channel, logits in enumerate(maps):
            labels = ops.cast(y_true[..., channel], "int32")
            loss += ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        return loss

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "classes": list(self.classes)}


@keras.saving.register_keras_serializable(package="teeth_unet")
class LabelDice(keras.metrics.Mean):
    """Mean Dice of all labels that an image has in its first map, and the mean over images.

    An image without any label has 1 if none is found in it, else 0.

    Args:
        labels: How many there are, the background among them.
        name: Name of the metric.
        **kwargs: As for `keras.metrics.Mean`.
    """

    def __init__(self, labels: int, name: str = "dice", **kwargs: object) -> None:
        super().__init__(name=name, **kwargs)
        self.labels = labels

    def update_state(
        self,
        y_true: KerasTensor,
        y_pred: KerasTensor,
        sample_weight: KerasTensor | None = None,
    ) -> None:
        """Add a batch: targets and logits, see `compile_label_unet`."""
        truth = ops.cast(y_true[..., 0], "int32")
        found = ops.cast(ops.argmax(y_pred[..., : self.labels], axis=-1), "int32")
        both = self._count(ops.where(ops.equal(truth, found), truth, 0))
        of_truth, of_found = self._count(truth), self._count(found)
        dice = 2 * both / ops.maximum(of_truth + of_found, 1)
        shown = ops.cast(of_truth > 0, "float32")
        labels = ops.sum(shown, axis=-1)
        mean = ops.sum(shown * dice, axis=-1) / ops.maximum(labels, 1)
        nothing = ops.cast(ops.equal(ops.sum(of_found, axis=-1), 0), "float32")
        super().update_state(ops.where(labels > 0, mean, nothing), sample_weight)

    def _count(self, labels: KerasTensor) -> KerasTensor:
        """Return (batch, labels - 1) how many pixels each label has, the background left out."""
        pixels = ops.reshape(labels, (-1, labels.shape[1] * labels.shape[2]))
        return ops.cast(ops.bincount(pixels, minlength=self.labels), "float32")[:, 1:]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "labels": self.labels}
