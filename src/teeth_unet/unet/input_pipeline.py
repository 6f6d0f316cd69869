"""The input pipeline: cases are read, shuffled and augmented while the network computes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from teeth_unet.machine import available_processors
from teeth_unet.unet.augmentation import augment
from teeth_unet.unet.levels import Masks, Pictures, unit_levels
from teeth_unet.unet.precision import has_gpu
from teeth_unet.unet.settings import Fitting
from teeth_unet.unet.targets import MASK, Channel

AT_ONCE = 16
"""Batches, at most, that are prepared at the same time: each takes memory of its own."""


def training_batches(
    x: Pictures,
    y: Masks,
    training: Fitting,
    first_epoch: int = 0,
    channels: Sequence[Channel] = MASK,
) -> tf.data.Dataset:
    """Yield the batches of all epochs, one after the other.

    Order and augmentation depend on the seed, the epoch and the step alone. The arrays may be
    memory-mapped: a batch is read when its turn comes.

    Args:
        x: (n, h, w, 1) grey levels: float32 in [0, 1], or uint8 in 0..255.
        y: (n, h, w, 1) masks in {0, 1}, or other targets, whose channels are those of `channels`.
        training: Batch size, epochs, seed and augmentation.
        first_epoch: Epochs to leave out, because a killed training had finished them.
        channels: Of the targets.

    Returns:
        A data set of `training.steps(n)` batches an epoch; the last of an epoch may be smaller.
    """
    passes = training.passes(len(x))

    # None of these functions branches on a tensor: AutoGraph has nothing to rewrite in them, and
    # would only warn that it cannot read the configuration's methods.
    @tf.autograph.experimental.do_not_convert
    def epoch_of_indices(epoch: tf.Tensor) -> tf.data.Dataset:
        seed = tf.constant(training.seed, tf.int64) * 100_003 + epoch
        # Not `Dataset.shuffle`: its order depends on TensorFlow's global seed as well.
        orders = [
            tf.random.experimental.stateless_shuffle(
                tf.range(len(x), dtype=tf.int64), seed=tf.stack([seed, seed + number])
            )
            for number in range(passes)
        ]
        indices = tf.concat(orders, axis=0)
        steps = tf.data.Dataset.from_tensor_slices(indices).batch(training.batch_size).enumerate()
        return steps.map(
            tf.autograph.experimental.do_not_convert(
                lambda step, batch: (tf.stack([seed, step]), batch)
            )
        )

    @tf.autograph.experimental.do_not_convert
    def read_and_augment(seed: tf.Tensor, batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return augment(*_read(x, y, batch), training.augmentation, seed, channels)

    epochs = tf.data.Dataset.range(first_epoch, training.epochs).flat_map(epoch_of_indices)
    return _in_advance(_map(epochs, read_and_augment))


def validation_batches(
    x: Pictures,
    y: Masks,
    batch_size: int,
    rows: NDArray[np.int64] | None = None,
) -> tf.data.Dataset:
    """Yield all cases, or those rows, once, in order and unchanged, in batches.

    The arrays are as in `training_batches`.
    """

    @tf.autograph.experimental.do_not_convert
    def read(batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        return _read(x, y, batch)

    chosen = np.arange(len(x)) if rows is None else rows
    return _in_advance(_map(tf.data.Dataset.from_tensor_slices(chosen).batch(batch_size), read))


def _read(x: Pictures, y: Masks, batch: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    xrays, masks = tf.numpy_function(
        lambda rows: (unit_levels(x[rows]), y[rows].astype(np.float32, copy=False)),
        [batch],
        (tf.float32, tf.float32),
    )
    return (
        tf.ensure_shape(xrays, (None, *x.shape[1:])),
        tf.ensure_shape(masks, (None, *y.shape[1:])),
    )


def _map(batches: tf.data.Dataset, prepare: Callable[..., Any]) -> tf.data.Dataset:
    """Prepare batches, in their order.

    A batch that a GPU has learned from in 5 ms takes a processor 20 to prepare: some are prepared
    at the same time there. Where processors compute the network, they have nothing to spare.
    """
    at_once = min(available_processors(), AT_ONCE) if has_gpu() else None
    return batches.map(prepare, num_parallel_calls=at_once)


def _in_advance(batches: tf.data.Dataset) -> tf.data.Dataset:
    """Prepare two batches ahead of the network."""
    options = tf.data.Options()
    # There is nothing to tune, and the tuner's thread may sleep for minutes before it notices
    # that a long training is over: whoever ends the input would wait for it.
    options.autotune.enabled = False
    return batches.prefetch(2).with_options(options)
