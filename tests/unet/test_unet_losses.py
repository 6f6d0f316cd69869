"""Values by hand are for pictures of 10x10: 100 px, as many as smooth the overlap (s = 100)."""

import json
import math
import zipfile
from typing import Annotated

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from pydantic import Field, ValidationError
from small_unets import discs, small_network, small_training

from teeth_unet import unet
from teeth_unet.unet.losses import LOSSES, tversky
from teeth_unet.unet.mask_loss import MaskLoss

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
    assert value(MaskLoss("dice"), truth, probabilities) == pytest.approx(dice, abs=1e-6)
    assert value(MaskLoss("tversky"), truth, probabilities) == pytest.approx(tversky, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "at_half"),
    [
        ("binary_crossentropy", math.log(2)),
        ("binary_crossentropy_dice", math.log(2) + 1 / 6),
        ("focal", 0.5**2 * math.log(2)),  # Lin et al. 2017: (1 - p)^2 times the cross-entropy
    ],
)
def test_crossentropy_losses_by_hand(name, at_half):
    assert value(MaskLoss(name), LEFT, HALF) == pytest.approx(at_half, rel=1e-6)
    assert value(MaskLoss(name), LEFT, LEFT) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("truth", [EMPTY, FULL, LEFT])
def test_the_loss_is_finite_and_least_for_the_truth(name, truth):
    losses = [value(MaskLoss(name), truth, p) for p in (truth, HALF, 1 - truth)]
    assert np.isfinite(losses).all()
    assert losses == sorted(losses)
    assert losses[0] < losses[1] < losses[2]


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("level", [0.01, 0.5, 0.99])
def test_an_empty_mask_pushes_every_probability_down(name, level):
    probabilities = tf.fill([1, 10, 10, 1], level)
    with tf.GradientTape() as tape:
        tape.watch(probabilities)
        loss = MaskLoss(name)(EMPTY[None].astype(np.float32), probabilities)
    assert (tape.gradient(loss, probabilities).numpy() > 1e-7).all()


@pytest.mark.parametrize("name", ["tversky", "binary_crossentropy_dice"])
@pytest.mark.parametrize(
    ("precision", "step", "error"), [("float64", 1e-5, 1e-6), ("float32", 1e-2, 2e-3)]
)
@pytest.mark.parametrize("truth", [EMPTY, FULL, LEFT])
def test_the_gradient_is_that_of_finite_differences(name, precision, step, error, truth):
    loss, truth = MaskLoss(name, dtype=precision), truth[None].astype(precision)
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
    loss = MaskLoss(name)
    pairs = [(LEFT, HALF), (EMPTY, FULL * 0.2), (FULL, RIGHT * 0.9)]
    truths, probabilities = (np.array(part, np.float32) for part in zip(*pairs, strict=True))
    mean = np.mean([value(loss, *pair) for pair in pairs])
    assert float(loss(truths, probabilities)) == pytest.approx(mean, rel=1e-6)


@pytest.mark.parametrize("name", ["dice", "tversky", "binary_crossentropy_dice"])
def test_overlap_is_taken_image_by_image(name):
    truths, probabilities = np.zeros((2, 3, 10, 10, 1), np.float32)
    assert MaskLoss(name).call(truths, probabilities).shape == (3,)


def test_tversky_with_equal_weights_is_soft_dice():
    numbers = np.random.default_rng(0)
    truth = (numbers.random((10, 10, 1)) < 0.4).astype(float)
    probabilities = numbers.random((10, 10, 1))
    soft_dice = (2 * (truth * probabilities).sum() + 200) / (truth + probabilities + 2).sum()
    loss = MaskLoss("tversky", {"alpha": 0.5, "beta": 0.5})
    assert value(loss, truth, probabilities) == pytest.approx(1 - soft_dice, rel=1e-5)
    assert value(MaskLoss("dice"), truth, probabilities) == value(loss, truth, probabilities)


def test_crossentropy_dice_is_the_sum_of_both():
    probabilities = np.random.default_rng(0).random((10, 10, 1))
    parts = [value(MaskLoss(name), LEFT, probabilities) for name in ("binary_crossentropy", "dice")]
    both = value(MaskLoss("binary_crossentropy_dice"), LEFT, probabilities)
    assert both == pytest.approx(sum(parts), rel=1e-6)


@pytest.mark.parametrize(
    "loss", [*map(MaskLoss, LOSSES), MaskLoss("tversky", {"alpha": 0.2}, name="misses")]
)
def test_a_loss_survives_saving(loss):
    restored = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(loss))
    assert type(restored) is type(loss)
    assert restored.get_config() == loss.get_config()
    assert value(restored, LEFT, HALF * 0.7) == value(loss, LEFT, HALF * 0.7)


@pytest.mark.parametrize(
    ("name", "options", "truth", "probabilities", "expected"),
    [
        # 1 - (tp + s) / (tp + alpha fp + beta fn + s)
        ("tversky", {"alpha": 0.2}, LEFT, FULL, 1 - 150 / 160),
        ("tversky", {"beta": 2}, LEFT, EMPTY, 1 - 100 / 200),
        ("tversky", {"alpha": 1, "beta": 1}, LEFT, HALF, 1 - 125 / 175),
        # (1 - p)^gamma times the cross-entropy
        ("focal", {"gamma": 0}, LEFT, HALF, math.log(2)),
        ("focal", {"gamma": 5}, LEFT, HALF, 0.5**5 * math.log(2)),
        # the truth is .05 and .95
        ("binary_crossentropy", {"label_smoothing": 0.1}, FULL, FULL * 0.8,
         -0.95 * math.log(0.8) - 0.05 * math.log(0.2)),
    ],
)  # fmt: skip
def test_the_options_of_a_loss_by_hand(name, options, truth, probabilities, expected):
    loss = MaskLoss(name, options)
    assert value(loss, truth, probabilities) == pytest.approx(expected, rel=1e-5)


def test_a_saved_loss_keeps_the_numbers_it_was_made_with_when_a_default_changes(monkeypatch):
    saved = keras.saving.serialize_keras_object(MaskLoss("tversky", {"alpha": 0.2}))

    def other_defaults(truth, probabilities, *, alpha: float = 9.0, beta: float = 9.0):
        return tversky(truth, probabilities, alpha=alpha, beta=beta)

    monkeypatch.setitem(LOSSES, "tversky", other_defaults)
    restored = keras.saving.deserialize_keras_object(saved)
    assert restored.options == {"alpha": 0.2, "beta": 0.7}


def squared(truth, probabilities, *, power: Annotated[float, Field(ge=1)] = 2.0):
    return ops.mean(ops.abs(truth - probabilities) ** power, axis=(1, 2, 3))


def test_a_loss_is_added_in_the_table_alone(monkeypatch, tmp_path):
    monkeypatch.setitem(LOSSES, "squared", squared)
    training = small_training(loss="squared", loss_options={"power": 4}, epochs=2)
    x, y = discs(4)
    compiled = unet.compile_model(small_network(), training, size=16, train_cases=4)
    compiled.save(tmp_path / "unet.keras")
    loaded = unet.load_model(tmp_path / "unet.keras")
    assert float(loaded.loss(y[:1], y[:1] * 0.5)) == pytest.approx(0.5**4 * y[:1].mean(), rel=1e-5)
    _, history = unet.fit_model(loaded, x, y, x[:0], y[:0], training)
    assert history["loss"][1] < history["loss"][0]
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        small_training(loss="squared", loss_options={"power": 0.5})


# As networks were saved with until losses had options; the names are what the files hold.
@keras.saving.register_keras_serializable(package="earlier")
class TverskyLoss(keras.losses.Loss):
    def __init__(self, alpha=0.3, beta=0.7, name="tversky", **kwargs):
        super().__init__(name=name, **kwargs)
        self.alpha, self.beta = alpha, beta

    def call(self, y_true, y_pred):
        return tversky(y_true, y_pred, alpha=self.alpha, beta=self.beta)

    def get_config(self):
        return {**super().get_config(), "alpha": self.alpha, "beta": self.beta}


@keras.saving.register_keras_serializable(package="earlier")
class CrossentropyDiceLoss(keras.losses.Loss):
    def __init__(self, name="binary_crossentropy_dice", **kwargs):
        super().__init__(name=name, **kwargs)

    def call(self, y_true, y_pred):
        return LOSSES["binary_crossentropy_dice"](y_true, y_pred)


def as_saved_earlier(path):
    """Give the classes of this file the names in a network's file that they had there."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    loss = config["compile_config"]["loss"]
    assert loss["registered_name"].startswith("earlier>")
    loss["registered_name"] = loss["registered_name"].replace("earlier", "teeth_unet")
    loss["module"] = "teeth_unet.unet.losses"
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("earlier", "name", "options"),
    [
        (TverskyLoss(), "tversky", {"alpha": 0.3, "beta": 0.7}),
        (TverskyLoss(0.2, 0.9), "tversky", {"alpha": 0.2, "beta": 0.9}),
        (TverskyLoss(0.5, 0.5, name="dice"), "dice", {}),
        (CrossentropyDiceLoss(), "binary_crossentropy_dice", {}),
        (keras.losses.BinaryCrossentropy(), "binary_crossentropy", {}),
        (keras.losses.BinaryFocalCrossentropy(), "focal", {}),
    ],
)
def test_a_network_that_was_saved_with_the_earlier_classes_trains_on_the_same(
    tmp_path, earlier, name, options
):
    x, y = discs(2)
    network = small_network(dropout=(0, 0))
    network = unet.compile_model(network, small_training(), size=16, train_cases=2)
    network.compile(optimizer=network.optimizer, loss=earlier)
    network.save(tmp_path / "unet.keras")
    if not type(earlier).__module__.startswith("keras"):
        as_saved_earlier(tmp_path / "unet.keras")
    loaded = unet.load_model(tmp_path / "unet.keras")
    if isinstance(loaded.loss, MaskLoss):
        assert loaded.loss.get_config() == MaskLoss(name, options).get_config()
    assert float(loaded.loss(y, y * 0.7)) == float(MaskLoss(name, options)(y, y * 0.7))
    for model in (network, loaded):
        model.train_on_batch(x, y)
    for ours, theirs in zip(loaded.get_weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
