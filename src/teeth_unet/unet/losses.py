"""Losses for masks: targets (batch, h, w, 1) in {0, 1}, probabilities of the same shape."""

import keras
from keras import KerasTensor, ops

SMOOTH_PIXELS = 100.0
"""Pixels added to both sides of an overlap ratio (0.04 % of a 512x512 picture).

They keep the loss defined, and its gradient alive, on an empty mask: without them the ratio is
0/p there, whose gradient is zero whatever is predicted.
"""


@keras.saving.register_keras_serializable(package="teeth_unet")
class TverskyLoss(keras.losses.Loss):
    """One minus the soft Tversky index of each image (Salehi et al. 2017, arXiv:1706.05721).

    1 - (tp + s) / (tp + alpha * fp + beta * fn + s), with tp, fp and fn summed over the
    probabilities of one image and s = `SMOOTH_PIXELS`. With alpha = beta = 1/2 it is the soft
    Dice loss (Milletari et al. 2016, arXiv:1606.04797). Zero for a perfect prediction, an empty
    one of an empty mask included.

    Args:
        alpha: Weight of false alarms.
        beta: Weight of misses.
        name: Name of the loss.
        **kwargs: As for `keras.losses.Loss`.
    """

    def __init__(
        self, alpha: float = 0.3, beta: float = 0.7, name: str = "tversky", **kwargs: object
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.alpha = alpha
        self.beta = beta

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return one loss an image, shape (batch,)."""
        axes = (1, 2, 3)
        both = ops.sum(y_true * y_pred, axis=axes)
        alarms = ops.sum((1.0 - y_true) * y_pred, axis=axes)
        misses = ops.sum(y_true * (1.0 - y_pred), axis=axes)
        denominator = both + self.alpha * alarms + self.beta * misses + SMOOTH_PIXELS
        return 1.0 - (both + SMOOTH_PIXELS) / denominator

    def get_config(self) -> dict[str, object]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "alpha": self.alpha, "beta": self.beta}


@keras.saving.register_keras_serializable(package="teeth_unet")
class CrossentropyDiceLoss(keras.losses.Loss):
    """Binary cross-entropy plus soft Dice loss, each averaged over an image first."""

    def __init__(self, name: str = "binary_crossentropy_dice", **kwargs: object) -> None:
        super().__init__(name=name, **kwargs)
        self._dice = TverskyLoss(0.5, 0.5)

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return one loss an image, shape (batch,)."""
        crossentropy = ops.binary_crossentropy(y_true, y_pred)
        return ops.mean(crossentropy, axis=(1, 2, 3)) + self._dice.call(y_true, y_pred)


def make_loss(name: str) -> keras.losses.Loss:
    """Return the loss of that name; `LOSSES` in the configuration lists them."""
    losses = {
        "binary_crossentropy": keras.losses.BinaryCrossentropy,
        "dice": lambda: TverskyLoss(0.5, 0.5, name="dice"),
        "binary_crossentropy_dice": CrossentropyDiceLoss,
        "focal": keras.losses.BinaryFocalCrossentropy,
        "tversky": TverskyLoss,
    }
    return losses[name]()
