"""Two layers that Keras does not have, on any Keras backend."""

import keras
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable(package="teeth_unet")
class SpaceToDepth(keras.layers.Layer):
    """Fold squares of `patch` x `patch` pixels into channels.

    (batch, h, w, c) becomes (batch, h/patch, w/patch, patch*patch*c), without loss.
    """

    def __init__(self, patch: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.patch = patch

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Fold; height and width must be multiples of the patch."""
        _, height, width, channels = inputs.shape
        rows, columns = height // self.patch, width // self.patch
        x = ops.reshape(inputs, (-1, rows, self.patch, columns, self.patch, channels))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, rows, columns, self.patch * self.patch * channels))

    def get_config(self) -> dict[str, object]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "patch": self.patch}


@keras.saving.register_keras_serializable(package="teeth_unet")
class DepthToSpace(keras.layers.Layer):
    """Undo `SpaceToDepth`: channels become squares of `patch` x `patch` pixels."""

    def __init__(self, patch: int, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.patch = patch

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Unfold; the channels must be a multiple of patch * patch."""
        _, rows, columns, depth = inputs.shape
        channels = depth // (self.patch * self.patch)
        x = ops.reshape(inputs, (-1, rows, columns, self.patch, self.patch, channels))
        x = ops.transpose(x, (0, 1, 3, 2, 4, 5))
        return ops.reshape(x, (-1, rows * self.patch, columns * self.patch, channels))

    def get_config(self) -> dict[str, object]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "patch": self.patch}
