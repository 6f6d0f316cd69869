"""The running average of the weights over the steps of a training: validated, kept, resumed."""

import copy

import numpy as np
import pytest
from small_unets import discs, small_network, small_training

from teeth_unet import unet
from teeth_unet.unet.protocol import Checkpoint

EPOCHS, CASES = 3, 4


class MemoryStore:
    def __init__(self, checkpoint=None):
        self.written = [checkpoint] if checkpoint else []

    def latest(self):
        return self.written[-1] if self.written else None

    def write(self, checkpoint):
        self.written.append(checkpoint)

    def clear(self):
        self.written.clear()


def fit(average, store=None, validation=2, **changes):
    settings = {"epochs": EPOCHS, "batch_size": CASES, "learning_rate": 0.05, **changes}
    training = small_training(average=average, **settings)
    x, y = discs(CASES)
    compiled = unet.compile_model(small_network(), training, size=16, train_cases=CASES)
    return unet.fit_model(compiled, x, y, *discs(validation), training, store)


@pytest.fixture(scope="module")
def alone():
    store = MemoryStore()
    fitted, history = fit(0.0, store, validation=0)
    return fitted, history, store


@pytest.fixture(scope="module")
def averaged():
    store = MemoryStore()
    fitted, history = fit(0.75, store, validation=0)
    return fitted, history, store


def test_each_step_moves_the_average_by_what_is_left_of_one(averaged):
    fitted, _, store = averaged
    found = [each.arrays for each in store.written]
    names = sorted(name for name in found[0] if name.startswith("average_"))
    first, *others = [[arrays[name] for name in names] for arrays in found]
    expected = first
    for now, raw in zip(others, _raw(store)[1:], strict=True):
        expected = [0.75 * mean + 0.25 * new for mean, new in zip(expected, raw, strict=True)]
        for one, other in zip(now, expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)
    for one, other in zip(fitted.get_weights(), expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


def _raw(store):
    """The trained weights of each checkpoint, in the order of those of its average."""
    found = []
    for each in store.written:
        average = [each.arrays[n] for n in sorted(each.arrays) if n.startswith("average_")]
        model = [each.arrays[n] for n in sorted(each.arrays) if n.startswith("model_")]
        shapes = [array.shape for array in average]
        found.append([array for array in model if array.dtype == np.float32][: len(shapes)])
    return found


def test_the_training_itself_goes_as_without_it(alone, averaged):
    for name in ("loss", "dice"):
        assert alone[1][name] == averaged[1][name]
    assert not np.allclose(alone[0].get_weights()[0], averaged[0].get_weights()[0])


def test_what_is_validated_is_what_is_kept():
    store = MemoryStore()
    fitted, history = fit(0.75, store)
    x, y = discs(2)
    best = max(history["val_dice"])
    found = unet.predict(fitted, x)
    dice = [2 * (p * t).sum() / (p.sum() + t.sum()) for p, t in zip(found >= 0.5, y, strict=True)]
    assert best == pytest.approx(np.mean(dice), abs=1e-4)
    raw = fit(0.0)[1]
    assert raw["dice"] == history["dice"]
    assert raw["val_loss"] != history["val_loss"]


@pytest.mark.parametrize("validation", [0, 2])
def test_a_killed_training_goes_on_with_its_own_weights_and_its_average(validation):
    # With validation the average is in the network for a while: checkpoints must not be of that.
    store = MemoryStore()
    fitted, history = fit(0.75, store, validation)
    second = store.written[1]
    again = MemoryStore(Checkpoint(dict(second.arrays), copy.deepcopy(second.state)))
    resumed, resumed_history = fit(0.75, again, validation)
    for name in history.keys() - {"seconds"}:
        assert resumed_history[name] == history[name]
    for one, other in zip(resumed.get_weights(), fitted.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
