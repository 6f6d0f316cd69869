"""The losses as Keras minimises and saves them."""

from collections.abc import Mapping
from typing import Any

import keras
from keras import KerasTensor

from teeth_unet.unet.losses import LOSSES, loss_options


@keras.saving.register_keras_serializable(package="teeth_unet")
class MaskLoss(keras.losses.Loss):
    """One of `LOSSES` with its options.

    Args:
        loss: Its name there.
        options: Its options; those that are left out have their defaults. All are saved, so
            that a file stays what it is if a default is changed.
        **kwargs: As for `keras.losses.Loss`.
    """

    def __init__(
        self,
        loss: str,
        options: Mapping[str, object] | None = None,
        **kwargs: Any,  # noqa: ANN401 (Keras's own)
    ) -> None:
        super().__init__(**{"name": loss, **kwargs})
        self.loss = loss
        self.options = loss_options(loss, options or {})

    def call(self, y_true: KerasTensor, y_pred: KerasTensor) -> KerasTensor:
        """Return one loss an image, (batch,), or one a pixel, (batch, h, w)."""
        return LOSSES[self.loss](y_true, y_pred, **self.options)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "loss": self.loss, "options": self.options}


# Two losses were classes of their own; networks that were saved with them stay readable.
@keras.saving.register_keras_serializable(package="teeth_unet", name="TverskyLoss")
class _SavedTversky(keras.losses.Loss):
    """The Tversky loss, and the Dice loss by its name, as files hold them."""

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MaskLoss:
        weights = {name: config.pop(name) for name in ("alpha", "beta")}
        is_dice = config["name"] == "dice" and set(weights.values()) == {0.5}
        return MaskLoss("dice", **config) if is_dice else MaskLoss("tversky", weights, **config)


@keras.saving.register_keras_serializable(package="teeth_unet", name="CrossentropyDiceLoss")
class _SavedCrossentropyDice(keras.losses.Loss):
    @classmethod
    def from_config(cls, config: dict[str, Any]) -> MaskLoss:
        return MaskLoss("binary_crossentropy_dice", **config)
