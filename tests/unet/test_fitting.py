import json
import logging.handlers
import re
import warnings

import numpy as np
import pytest
from small_unets import RowsReadOnDemand, discs, small_network, small_training

from teeth_unet import unet
from teeth_unet.unet import callback, fitting

TRAIN = discs(5)
VALIDATION = discs(3)
NOTHING = VALIDATION[0][:0], VALIDATION[1][:0]
AUGMENTATION = {"flip": 0.5, "rotation": 5, "gamma": 0.2, "noise": 0.02}


OF_VALIDATED = {
    "epochs": 3,
    "metrics": ("accuracy",),
    "optimizer": "sgd",
    "schedule": "exponential",
    "learning_rate": 0.1,
}


class Fit:
    """A network before and after fitting, and everything that was said about it."""

    def __init__(self, train, validation, network=None, **changes):
        training = small_training(**{"batch_size": 2, "epochs": 2, **changes})
        self.compiled = unet.compile_model(
            network or small_network(), training, size=16, train_cases=len(train[0])
        )
        self.initial = self.compiled.get_weights()
        said = logging.handlers.BufferingHandler(capacity=1000)
        callback.log.addHandler(said)
        level = callback.log.level
        callback.log.setLevel(logging.INFO)
        try:
            with warnings.catch_warnings(record=True) as self.warnings:
                warnings.simplefilter("always")
                self.fitted, self.history = unet.fit_model(
                    self.compiled, *train, *validation, training
                )
        finally:
            callback.log.removeHandler(said)
            callback.log.setLevel(level)
        self.lines = [record.getMessage() for record in said.buffer]


@pytest.fixture(scope="module")
def validated(tmp_path_factory):
    """Three epochs from read-only memory-mapped arrays, watched on validation cases."""
    folder = tmp_path_factory.mktemp("arrays")
    mapped = []
    for number, array in enumerate([*TRAIN, *VALIDATION]):
        np.save(folder / f"{number}.npy", array)
        mapped.append(np.load(folder / f"{number}.npy", mmap_mode="r"))
    return Fit(
        mapped[:2],
        mapped[2:],
        **OF_VALIDATED,
    )


@pytest.fixture(scope="module")
def mixed():
    """Two epochs in mixed precision with dropout and augmentation, nothing validated."""
    return fit_mixed()


def fit_mixed(**changes):
    options = {"precision": "mixed_bfloat16", "augmentation": AUGMENTATION, "seed": 7, **changes}
    return Fit(TRAIN, NOTHING, small_network(dropout=(0.2, 0.3)), **options)


def test_the_compiled_network_is_left_as_it_is(validated):
    for before, after in zip(validated.initial, validated.compiled.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert int(validated.compiled.optimizer.iterations) == 0


def test_every_weight_of_the_fitted_network_has_moved(validated):
    kernels = [
        (before, after)
        for before, after in zip(validated.initial, validated.fitted.get_weights(), strict=True)
        if before.ndim == 4
    ]
    assert kernels
    assert not any(np.array_equal(*pair) for pair in kernels)


def test_the_history_has_one_number_an_epoch_for_everything_watched(validated):
    history = validated.history
    watched = {"loss", "dice", "accuracy"}
    assert history.keys() == {
        "epoch",
        "learning_rate",
        "seconds",
        *watched,
        *(f"val_{name}" for name in watched),
    }
    assert history["epoch"] == [1, 2, 3]
    assert {len(numbers) for numbers in history.values()} == {3}
    assert json.loads(json.dumps(history)) == history


def test_the_history_tells_the_learning_rate_at_the_end_of_every_epoch(validated):
    # From .1 to a hundredth of it in three epochs: by 100 ** (1 / 3) in each.
    expected = [0.1 / 100 ** (epoch / 3) for epoch in (1, 2, 3)]
    assert validated.history["learning_rate"] == pytest.approx(expected, rel=1e-5)


def test_validation_scores_are_those_of_the_fitted_network(validated):
    x, y = VALIDATION
    masks = unet.predict(validated.fitted, x) >= 0.5
    axes = (1, 2, 3)
    dice = 2 * (masks * y).sum(axis=axes) / (masks.sum(axis=axes) + y.sum(axis=axes))
    assert validated.history["val_dice"][-1] == pytest.approx(dice.mean(), abs=1e-5)
    assert validated.history["val_accuracy"][-1] == pytest.approx((masks == y).mean(), abs=1e-5)


def test_validation_is_on_the_cases_with_teeth(validated, caplog):
    x, y = VALIDATION
    toothless = np.zeros_like(y[:1])
    x, y = np.concatenate([x[:1], x, x[:1]]), np.concatenate([toothless, y, toothless])
    with caplog.at_level(logging.INFO, fitting.log.name):
        other = Fit(TRAIN, (x, y), **OF_VALIDATED)
    for name in ("val_loss", "val_dice", "val_accuracy"):
        assert other.history[name] == validated.history[name]
    assert "2 of 5 validation cases have no teeth: validation is on the others" in caplog.messages


FINDS_NOTHING = {"loss": "binary_crossentropy", "optimizer": "sgd", "learning_rate": 0.5}


@pytest.mark.parametrize(
    ("with_teeth", "dice", "why"),
    [
        (False, None, "there are no validation cases with teeth"),  # not: Dice 1 in epoch 1
        (True, [0, 0, 0], "in no epoch was a tooth of a validation case found"),
    ],
)
def test_a_network_that_finds_nothing_has_no_best_epoch(with_teeth, dice, why, caplog):
    train, (x, y) = (TRAIN[0], 0 * TRAIN[1]), VALIDATION
    with caplog.at_level(logging.INFO, fitting.log.name):
        fit = Fit(train, (x, y if with_teeth else 0 * y), epochs=3, **FINDS_NOTHING)
    assert fit.history.get("val_dice") == dice
    assert unet.best_epoch(fit.history) == 3
    assert unet.why_last_epoch(fit.history) == why
    (warning,) = [record for record in caplog.records if record.levelname == "WARNING"]
    assert warning.getMessage() == (
        f"The fitted network has the weights of epoch 3, the last: {why}"
    )
    last = Fit(train, NOTHING, epochs=3, **FINDS_NOTHING)
    for one, other in zip(fit.fitted.get_weights(), last.fitted.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_nothing_is_validated_without_validation_cases(mixed):
    assert mixed.history.keys() == {"epoch", "learning_rate", "seconds", "loss", "dice"}
    assert {len(numbers) for numbers in mixed.history.values()} == {2}


def test_the_fitted_network_is_float32_and_uncompiled_whatever_it_was_fitted_in(mixed):
    assert {layer.dtype_policy.name for layer in mixed.compiled.layers[1:-2]} == {"mixed_bfloat16"}
    assert {layer.dtype_policy.name for layer in mixed.fitted.layers} == {"float32"}
    assert not mixed.fitted.compiled
    assert mixed.fitted.count_params() == mixed.compiled.count_params()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_fit_and_another_gives_another(mixed):
    again, other = fit_mixed(), fit_mixed(seed=8)
    for name in ("loss", "dice", "learning_rate"):
        assert again.history[name] == pytest.approx(mixed.history[name], rel=1e-6)
    for one, two in zip(mixed.fitted.get_weights(), again.fitted.get_weights(), strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)
    assert other.history["loss"] != pytest.approx(mixed.history["loss"], rel=1e-3)


def test_the_log_has_one_line_an_epoch(validated, mixed):
    left = r"\d+ min \d\d s left"
    for epoch, line in enumerate(validated.lines, start=1):
        scores = r"loss \d\.\d{4}, Dice \d\.\d{4}, validation Dice \d\.\d{4}"
        assert re.fullmatch(rf"Epoch {epoch}/3: {scores}, {left}", line)
    for epoch, line in enumerate(mixed.lines, start=1):
        assert re.fullmatch(rf"Epoch {epoch}/2: loss \d\.\d{{4}}, Dice \d\.\d{{4}}, {left}", line)
    assert (len(validated.lines), len(mixed.lines)) == (3, 2)
    assert validated.lines[-1].endswith(" 0 min 00 s left")


def test_nothing_warns(validated, mixed):
    assert [str(warning.message) for warning in validated.warnings + mixed.warnings] == []


def test_one_batch_is_learned_by_heart():
    fit = Fit(
        discs(4),
        NOTHING,
        small_network(filters=(8, 16), dropout=(0, 0)),
        epochs=40,
        batch_size=4,
        optimizer="adam",
        learning_rate=0.01,
    )
    x, y = discs(4)
    masks = unet.predict(fit.fitted, x) >= 0.5
    assert 2 * (masks * y).sum() / (masks.sum() + y.sum()) > 0.99
    assert fit.history["dice"][-1] > 0.99


def test_validation_rows_are_read_a_batch_at_a_time():
    x, y = (RowsReadOnDemand(part) for part in VALIDATION)
    Fit(TRAIN, (x, y), epochs=1)
    assert x.reads == [2, 1]
    assert y.reads == [1, 1, 1, *x.reads]  # first, one by one, which of them have teeth
