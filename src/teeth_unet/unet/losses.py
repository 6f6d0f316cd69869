"""Losses for masks: targets (batch, h, w, 1) in {0, 1}, probabilities of the same shape.

With a second output, the depth in the tooth, both have two channels.
"""

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


@keras.saving.register_keras_serializable(package="teeth_unet")
class SeparationLoss(keras.losses.Loss):
    """The loss of the mask, plus the mean cross-entropy of the depths, for each image.

    A depth in [0, 1] is learned like a probability: the cross-entropy is least where the two are
    equal, and the same sigmoid serves.

    Args:
        mask_loss: Name of the loss of the mask, as for `make_loss`.
        weight: Of the depths.
        name: Name of the loss.
        **kwargs: As for `keras.losses.Loss`.
    """

    def __init__(
        self,
        mask_loss: str = "binary_crossentropy_dice",
        weight: float = 1.0,
        name: str = "separation",
        **kwargs: object,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.mask_loss = mask_loss
        self.weight = weight
        self._of_masks = make_loss(mask_loss)

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return one loss an image, shape (batch,); channels are mask and depth."""
        of_mask = self._of_masks.call(y_true[..., :1], y_pred[..., :1])
        if len(of_mask.shape) > 1:  # Keras' own losses give one number a pixel
            of_mask = ops.mean(of_mask, axis=(1, 2))
        of_depth = ops.binary_crossentropy(y_true[..., 1:], y_pred[..., 1:])
        return of_mask + self.weight * ops.mean(of_depth, axis=(1, 2, 3))

    def get_config(self) -> dict[str, object]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "mask_loss": self.mask_loss, "weight": self.weight}


def make_loss(name: str, *, separation: bool = False) -> keras.losses.Loss:
    """Return the loss of that name; `LOSSES` in the configuration lists them.

    Args:
        name: Of the loss of the mask.
        separation: Whether the network has a second output, the depth in the tooth.
    """
    if separation:
        return SeparationLoss(name)
    losses = {
        "binary_crossentropy": keras.losses.BinaryCrossentropy,
        "dice": lambda: TverskyLoss(0.5, 0.5, name="dice"),
        "binary_crossentropy_dice": CrossentropyDiceLoss,
        "focal": keras.losses.BinaryFocalCrossentropy,
        "tversky": TverskyLoss,
    }
    return losses[name]()
