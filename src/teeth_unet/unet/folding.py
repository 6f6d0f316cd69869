"""A faster copy of a network for prediction."""

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from teeth_unet.unet.layers import BatchNormalization


def fold_normalisation(model: keras.Model) -> keras.Model:
    """Copy a network with every batch normalisation that follows a convolution folded into it.

    After training a normalisation is one multiplication and one addition a channel, which the
    convolution's weights can take in: w' = w * g and b' = (b - mean) * g + beta, with
    g = gamma / sqrt(variance + epsilon). Convolution, offset and ReLU are then one pass.

    Args:
        model: A network from `build_unet`, fitted.

    Returns:
        A network with the same probabilities, but for rounding; not to be trained.
    """
    folded = {
        conv.name: norm
        for norm in model.layers
        if isinstance(norm, BatchNormalization)
        and isinstance(conv := norm.input._keras_history.operation, layers.Conv2D)
    }
    gone = {norm.name for norm in folded.values()}

    def rebuild(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        if layer.name in gone:
            return layers.Activation("linear", name=layer.name, dtype=layer.dtype_policy)
        if layer.name in folded:
            config["use_bias"] = True
        return layer.__class__.from_config(config)

    copy = keras.models.clone_model(model, clone_function=rebuild)
    for layer in copy.layers:
        original = model.get_layer(layer.name)
        if layer.name in folded:
            layer.set_weights(_folded_weights(original, folded[layer.name]))
        elif layer.name not in gone:
            layer.set_weights(original.get_weights())
    return keras.Model(copy.input, copy.output, name=model.name)  # as a bare, uncompiled network


def _folded_weights(
    convolution: layers.Conv2D, normalisation: BatchNormalization
) -> list[NDArray[np.float32]]:
    kernel, *bias = convolution.get_weights()
    gamma, beta, mean, variance = normalisation.get_weights()
    factor = gamma / np.sqrt(variance + normalisation.epsilon)
    offset = bias[0] if bias else 0.0
    return [kernel * factor, (offset - mean) * factor + beta]
