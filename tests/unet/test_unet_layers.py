import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from teeth_unet.unet.layers import BatchNormalization, DepthToSpace, Dropout, SpaceToDepth

PATCHES = st.sampled_from([1, 2, 4])
FEW = st.integers(1, 3)


@st.composite
def pictures_and_patch(draw):
    patch = draw(PATCHES)
    shape = (draw(FEW), draw(FEW) * patch, draw(FEW) * patch, draw(FEW))
    return draw(hnp.arrays(np.float32, shape, elements=st.floats(-1, 1, width=32))), patch


@pytest.mark.parametrize(
    ("picture", "folded"),
    [
        # One channel: the pixels of a square follow each other row by row.
        (
            [[[0], [1], [2], [3]], [[4], [5], [6], [7]]],
            [[[0, 1, 4, 5], [2, 3, 6, 7]]],
        ),
        # Two channels: those of a pixel stay together.
        (
            [[[0, 10], [1, 11]], [[2, 12], [3, 13]]],
            [[[0, 10, 1, 11, 2, 12, 3, 13]]],
        ),
    ],
)
def test_a_square_of_pixels_becomes_the_channels_of_one(picture, folded):
    picture, folded = np.array([picture], np.float32), np.array([folded], np.float32)
    np.testing.assert_array_equal(SpaceToDepth(2)(picture), folded)
    np.testing.assert_array_equal(DepthToSpace(2)(folded), picture)


@given(pictures_and_patch())
def test_unfolding_undoes_folding_exactly(case):
    pictures, patch = case
    np.testing.assert_array_equal(DepthToSpace(patch)(SpaceToDepth(patch)(pictures)), pictures)


@pytest.mark.parametrize("patch", [2, 4])
def test_the_order_is_that_of_tensorflow(patch):
    pictures = np.random.default_rng(0).random((2, 8, 12, 16), np.float32)
    np.testing.assert_array_equal(
        SpaceToDepth(patch)(pictures), tf.nn.space_to_depth(pictures, patch)
    )
    np.testing.assert_array_equal(
        DepthToSpace(patch)(pictures), tf.nn.depth_to_space(pictures, patch)
    )


class Normalised:
    """What a normalisation gives and learns from one batch of four channels."""

    def __init__(self, kind, precision):
        numbers = np.random.default_rng(1)
        x = tf.constant(numbers.normal(3, 2, (2, 5, 6, 4)), tf.float32)
        upstream = tf.constant(numbers.normal(size=x.shape), tf.float32)
        layer = kind(momentum=0.8, dtype=precision)
        layer.build(x.shape)
        layer.gamma.assign([0.5, 1, 1.5, 2])
        layer.beta.assign([-1, 0, 1, 2])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = tf.cast(layer(x, training=True), tf.float32)
            total = tf.reduce_sum(y * upstream)
        variables = [x, layer.gamma.value, layer.beta.value]
        self.while_training = y.numpy()
        self.gradients = [gradient.numpy() for gradient in tape.gradient(total, variables)]
        self.averages = [layer.moving_mean.numpy(), layer.moving_variance.numpy()]
        self.afterwards = tf.cast(layer(x, training=False), tf.float32).numpy()
        self.layer = layer


@pytest.mark.parametrize(("precision", "step"), [("float32", 1e-5), ("mixed_bfloat16", 2**-6)])
def test_batch_normalisation_computes_what_keras_computes(precision, step):
    ours, keras_own = (
        Normalised(kind, precision)
        for kind in (BatchNormalization, keras.layers.BatchNormalization)
    )
    close = {"rtol": step, "atol": step}
    np.testing.assert_allclose(ours.while_training, keras_own.while_training, **close)
    np.testing.assert_allclose(ours.afterwards, keras_own.afterwards, **close)
    for mine, theirs in zip(ours.gradients, keras_own.gradients, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=step, atol=10 * step)
    for mine, theirs in zip(ours.averages, keras_own.averages, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-3 if "mixed" in precision else 1e-5)


def test_frozen_batch_normalisation_keeps_its_averages():
    layer = BatchNormalization()
    layer.build((None, 4, 4, 2))
    layer.trainable = False
    x = np.random.default_rng(0).normal(5, 1, (2, 4, 4, 2)).astype(np.float32)
    np.testing.assert_allclose(layer(x, training=True), x / np.sqrt(1.001), rtol=1e-5)
    assert layer.moving_mean.numpy().tolist() == [0, 0]


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5])
def test_dropout_drops_its_share_and_scales_up_the_rest(rate, precision):
    layer = Dropout(rate, seed=1, dtype=precision)
    dropped = tf.cast(layer(np.ones((4, 99, 101, 7)), training=True), tf.float32).numpy()
    deviation = np.sqrt(rate * (1 - rate) / dropped.size)
    assert np.mean(dropped == 0) == pytest.approx(rate, abs=3 * deviation)
    kept = np.unique(dropped[dropped > 0])
    assert kept == pytest.approx([1 / (1 - rate)], rel=2**-8)


def test_dropout_draws_anew_each_time_and_the_same_from_the_same_seed():
    x = np.ones((1, 8, 8, 4), np.float32)
    one, other = Dropout(0.5, seed=3), Dropout(0.5, seed=3)
    first, second = one(x, training=True).numpy(), one(x, training=True).numpy()
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(first, other(x, training=True))
    np.testing.assert_array_equal(second, other(x, training=True))


def test_dropout_drops_nothing_outside_training():
    x = np.random.default_rng(0).random((2, 3, 5, 1), np.float32)
    np.testing.assert_array_equal(Dropout(0.5)(x), x)
    np.testing.assert_array_equal(Dropout(0)(x, training=True), x)
