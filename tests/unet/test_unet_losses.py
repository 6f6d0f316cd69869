"""Values by hand are for pictures of 10x10: 100 px, as many as smooth the overlap (s = 100)."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from teeth_unet.unet.losses import CrossentropyDiceLoss, TverskyLoss, make_loss
from teeth_unet.unet.settings import LOSSES

EMPTY = np.zeros((10, 10, 1))
FULL = np.ones((10, 10, 1))
LEFT = np.concatenate([np.ones((10, 5, 1)), np.zeros((10, 5, 1))], axis=1)
RIGHT = 1 - LEFT
HALF = FULL / 2


def value(loss, truth, probabilities):
    return float(loss(truth[None].astype(np.float32), probabilities[None].astype(np.float32)))


@pytest.mark.parametrize(
    ("truth", "probabilities", "dice", "tversky"),
    [
        # 1 - (tp + s) / (tp + fp/2 + fn/2 + s), and with .3 fp + .7 fn in the denominator
        (LEFT, LEFT, 0, 0),
        (LEFT, RIGHT, 1 - 100 / 150, 1 - 100 / 150),
        (LEFT, HALF, 1 - 125 / 150, 1 - 125 / 150),
        (LEFT, EMPTY, 1 - 100 / 125, 1 - 100 / 135),
        (LEFT, FULL, 1 - 150 / 175, 1 - 150 / 165),
        (EMPTY, EMPTY, 0, 0),
        (EMPTY, HALF, 1 - 100 / 125, 1 - 100 / 115),
        (EMPTY, FULL, 1 - 100 / 150, 1 - 100 / 130),
        (FULL, FULL, 0, 0),
        (FULL, HALF, 1 - 150 / 175, 1 - 150 / 185),
        (FULL, EMPTY, 1 - 100 / 150, 1 - 100 / 170),
    ],
)
def test_overlap_losses_by_hand(truth, probabilities, dice, tversky):
    assert value(make_loss("dice"), truth, probabilities) == pytest.approx(dice, abs=1e-6)
    assert value(make_loss("tversky"), truth, probabilities) == pytest.approx(tversky, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "at_half"),
    [
        ("binary_crossentropy", math.log(2)),
        ("binary_crossentropy_dice", math.log(2) + 1 / 6),
        ("focal", 0.5**2 * math.log(2)),  # Lin et al. 2017: (1 - p)^2 times the cross-entropy
    ],
)
def test_crossentropy_losses_by_hand(name, at_half):
    assert value(make_loss(name), LEFT, HALF) == pytest.approx(at_half, rel=1e-6)
    assert value(make_loss(name), LEFT, LEFT) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("truth", [EMPTY, FULL, LEFT])
def test_the_loss_is_finite_and_least_for_the_truth(name, truth):
    losses = [value(make_loss(name), truth, p) for p in (truth, HALF, 1 - truth)]
    assert np.isfinite(losses).all()
    assert losses == sorted(losses)
    assert losses[0] < losses[1] < losses[2]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("level", [0.01, 0.5, 0.99])
def test_an_empty_mask_pushes_every_probability_down(name, level):
    probabilities = tf.fill([1, 10, 10, 1], level)
    with tf.GradientTape() as tape:
        tape.watch(probabilities)
        loss = make_loss(name)(EMPTY[None].astype(np.float32), probabilities)
    assert (tape.gradient(loss, probabilities).numpy() > 1e-7).all()


@pytest.mark.parametrize("kind", [TverskyLoss, CrossentropyDiceLoss])
@pytest.mark.parametrize(
    ("precision", "step", "error"), [("float64", 1e-5, 1e-6), ("float32", 1e-2, 2e-3)]
)
@pytest.mark.parametrize("truth", [EMPTY, FULL, LEFT])
def test_the_gradient_is_that_of_finite_differences(kind, precision, step, error, truth):
    loss, truth = kind(dtype=precision), truth[None].astype(precision)
    numbers = np.random.default_rng(0)
    probabilities = numbers.uniform(0.1, 0.9, truth.shape).astype(precision)
    # Away from the truth everywhere, so that nothing cancels.
    direction = numbers.uniform(0.5, 1, truth.shape).astype(precision) * (1 - 2 * truth)
    with tf.GradientTape() as tape:
        variable = tf.constant(probabilities)
        tape.watch(variable)
        output = loss(truth, variable)
    slope = (tape.gradient(output, variable).numpy() * direction).sum()
    ahead, behind = (float(loss(truth, probabilities + way * direction)) for way in (step, -step))
    assert slope == pytest.approx((ahead - behind) / (2 * step), rel=error)


@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_of_a_batch_is_the_mean_over_its_images(name):
    loss = make_loss(name)
    pairs = [(LEFT, HALF), (EMPTY, FULL * 0.2), (FULL, RIGHT * 0.9)]
    truths, probabilities = (np.array(part, np.float32) for part in zip(*pairs, strict=True))
    mean = np.mean([value(loss, *pair) for pair in pairs])
    assert float(loss(truths, probabilities)) == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize("name", ["dice", "tversky", "binary_crossentropy_dice"])
def test_overlap_is_taken_image_by_image(name):
    truths, probabilities = np.zeros((2, 3, 10, 10, 1), np.float32)
    assert make_loss(name).call(truths, probabilities).shape == (3,)


def test_tversky_with_equal_weights_is_soft_dice():
    numbers = np.random.default_rng(0)
    truth = (numbers.random((10, 10, 1)) < 0.4).astype(float)
    probabilities = numbers.random((10, 10, 1))
    soft_dice = (2 * (truth * probabilities).sum() + 200) / (truth + probabilities + 2).sum()
    loss = TverskyLoss(alpha=0.5, beta=0.5)
    assert value(loss, truth, probabilities) == pytest.approx(1 - soft_dice, rel=1e-5)
    assert value(make_loss("dice"), truth, probabilities) == value(loss, truth, probabilities)


def test_crossentropy_dice_is_the_sum_of_both():
    probabilities = np.random.default_rng(0).random((10, 10, 1))
    parts = [
        value(make_loss(name), LEFT, probabilities) for name in ("binary_crossentropy", "dice")
    ]
    both = value(make_loss("binary_crossentropy_dice"), LEFT, probabilities)
    assert both == pytest.approx(sum(parts), rel=1e-6)


@pytest.mark.parametrize(
    "loss", [*map(make_loss, LOSSES), TverskyLoss(alpha=0.2, beta=0.9, name="misses")]
)
def test_a_loss_survives_saving(loss):
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert type(restored) is type(loss)
    assert restored.get_config() == loss.get_config()
    assert value(restored, LEFT, HALF * 0.7) == value(loss, LEFT, HALF * 0.7)
