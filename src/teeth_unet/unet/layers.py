"""Layers that Keras does not have, or has slower, on any Keras backend."""

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


@keras.saving.register_keras_serializable(package="teeth_unet")
class BatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation over the last axis, in one operation where TensorFlow computes.

    Keras composes it from a dozen passes over the pictures, in float32. The fused kernel reads
    bfloat16 as it is, sums in float32, and takes a quarter of the time on a CPU. The mathematics,
    weights and moving averages are those of `keras.layers.BatchNormalization` (Ioffe and Szegedy
    2015, arXiv:1502.03167). Other backends compile Keras' own composition.
    """

    def call(self, inputs: KerasTensor, training: bool | None = None) -> KerasTensor:
        """Normalise (batch, h, w, channels); with `training` by the batch's own statistics."""
        if keras.backend.backend() != "tensorflow":
            return super().call(inputs, training=training)
        import tensorflow as tf

        by_batch = bool(training) and self.trainable
        nothing = tf.zeros((0,), tf.float32)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=inputs,
            scale=self.gamma,
            offset=self.beta,
            mean=nothing if by_batch else self.moving_mean,
            variance=nothing if by_batch else self.moving_variance,
            epsilon=self.epsilon,
            is_training=by_batch,
        )
        if by_batch:
            # The kernel hands out the variance of a sample, n / (n - 1) times the batch's own.
            pixels = tf.cast(tf.reduce_prod(tf.shape(inputs)[:-1]), tf.float32)
            self._follow(self.moving_mean, mean)
            self._follow(self.moving_variance, variance * (pixels - 1.0) / pixels)
        return outputs

    def _follow(self, average: keras.Variable, value: KerasTensor) -> None:
        average.assign(average * self.momentum + value * (1.0 - self.momentum))


@keras.saving.register_keras_serializable(package="teeth_unet")
class Dropout(keras.layers.Dropout):
    """Dropout with a quarter of the random bits where TensorFlow computes.

    TensorFlow draws a number of 32 bits for each activation, and in bfloat16 rounds it to 8:
    10.2 % are then dropped in place of 10 %. Here 16 bits decide in either precision, which takes
    half the time. Other backends draw as Keras does (Srivastava et al. 2014, JMLR 15).
    """

    def call(self, inputs: KerasTensor, training: bool = False) -> KerasTensor:
        """Zero a share `rate` of the activations and scale up the rest, while training."""
        if keras.backend.backend() != "tensorflow" or not training or not self.rate:
            return super().call(inputs, training=training)
        import tensorflow as tf

        activations = tf.size(inputs, out_type=tf.int64)
        bits = tf.random.stateless_uniform(
            [(activations + 3) // 4],  # four numbers in each
            self.seed_generator.next(),
            minval=None,
            maxval=None,
            dtype=tf.uint64,
        )
        numbers = tf.reshape(tf.bitcast(bits, tf.uint16), [-1])[:activations]
        kept = tf.reshape(numbers, tf.shape(inputs)) >= tf.constant(
            min(round(self.rate * 2**16), 2**16 - 1), tf.uint16
        )
        return inputs * (tf.cast(kept, inputs.dtype) * tf.cast(1 / (1 - self.rate), inputs.dtype))
