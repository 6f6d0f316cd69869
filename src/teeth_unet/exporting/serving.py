"""The network as one function of TensorFlow, from which every conversion starts."""

from functools import partial

import tensorflow as tf

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.exporting.settings import INPUT, OUTPUT


class ServedNetwork(tf.Module):
    """A fitted network with a signature of one X-ray.

    Attributes:
        serve: From `xray`, (1, size, size, 1) grey levels in [0, 1], to a mapping with
            `probabilities`, (1, size, size, 1) in [0, 1].

    Args:
        model: A fitted U-Net.
        mirror: Whether to average with the mirror image, within the function.

    Raises:
        InputError: Keras runs on another backend than TensorFlow.
    """

    def __init__(self, model: unet.Model, *, mirror: bool) -> None:
        super().__init__()
        _refuse_other_backends()
        network = unet.fold_normalisation(model)
        # TensorFlow saves the weights that it finds in attributes. It would find them in a Keras
        # model as well, but each of them twice.
        self._weights = [variable.value for variable in network.variables]
        self._predict = partial(network, training=False)
        _, *shape = model.input_shape
        self.serve = tf.function(
            self._averaged if mirror else self._plain,
            input_signature=[tf.TensorSpec((1, *shape), tf.float32, name=INPUT)],
            autograph=False,
        )

    def _plain(self, xray: tf.Tensor) -> dict[str, tf.Tensor]:
        return {OUTPUT: self._predict(xray)}

    def _averaged(self, xray: tf.Tensor) -> dict[str, tf.Tensor]:
        # Together, so that what is converted holds the weights only once.
        both = self._predict(tf.concat([xray, xray[:, :, ::-1]], 0))
        return {OUTPUT: (both[:1] + both[1:, :, ::-1]) / 2}


def _refuse_other_backends() -> None:
    backend = unet.backend_name()
    if backend != "tensorflow":
        raise InputError(
            "KERAS_BACKEND",
            "tensorflow, from whose graphs the formats are converted",
            backend,
            "Leave it out: a network that was fitted on another backend is exported all the same.",
        )
