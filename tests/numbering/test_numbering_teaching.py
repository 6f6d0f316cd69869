"""A small network learns numbers from small pictures; a training that broke off goes on."""

import numpy as np
import pytest

from teeth_unet.numbering import NUMBERS, fit_numbering_network
from teeth_unet.numbering.classes import MIRRORED
from teeth_unet.numbering.files import in_half_precision
from teeth_unet.numbering.teaching import CHANNELS
from teeth_unet.unet import Augmentation, Fitting, Network

SIDE = 16
NETWORK = Network(filters=(8, 16, 16), dropout=(0, 0, 0.1), patch=2)
TRAINING = Fitting(
    optimizer="muon",
    learning_rate=0.02,
    batch_size=4,
    epochs=16,
    precision="float32",
    seed=1,
    augmentation=Augmentation(flip=0.5, shift=0.05, noise=0.02),
)
FIRST, SECOND = NUMBERS.index(11), NUMBERS.index(21)


class Killed(Exception):
    """What ends a training at a certain epoch."""


class Store:
    """Keeps a checkpoint in memory, and may end the training once some are written."""

    def __init__(self):
        self.checkpoint, self.written, self.kill_at = None, 0, 0

    def latest(self):
        return self.checkpoint

    def write(self, checkpoint):
        self.checkpoint, self.written = checkpoint, self.written + 1
        if self.written == self.kill_at:
            raise Killed

    def clear(self):
        self.checkpoint = None


def pictures(count):
    """X-rays with a bright block in either half or in both: 11 is in the left one, 21 beside it."""
    numbers = np.random.default_rng(count)
    maps = np.zeros((count, SIDE, SIDE, 3), np.uint8)
    for row, number in enumerate(numbers.integers(1, 4, count)):
        for bit, label, left in ((1, FIRST, 2), (2, SECOND, 10)):
            if number & bit:
                maps[row, 4:12, left : left + 4] = (label, 1, 200)
    bright = np.repeat(np.repeat(maps[..., 1:2] > 0, 2, axis=1), 2, axis=2)
    return (60 + 120 * bright + numbers.integers(0, 20, bright.shape)).astype(np.uint8), maps


def fit(store=None, **changes):
    arrays = *pictures(24), *pictures(8)
    training = TRAINING.model_copy(update=changes)
    return fit_numbering_network(*arrays, NETWORK, training, store)


@pytest.fixture(scope="module")
def fitted():
    return fit(Store())


def test_it_learns_which_tooth_is_which(fitted):
    network, history = fitted
    assert history["loss"][-1] < history["loss"][0] / 4
    assert max(history["val_dice"]) > 0.8
    x, maps = pictures(5)
    for xray, truth in zip(x, maps, strict=True):
        numbers = network.maps(xray[..., 0]).numbers.argmax(axis=-1)
        assert (numbers == truth[..., 0]).mean() > 0.9


def test_its_weights_are_those_that_a_file_gives_back(fitted):
    network, _ = fitted
    for ours, theirs in zip(network.weights, in_half_precision(network.weights), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_training_that_broke_off_ends_with_the_same_weights(fitted):
    store = Store()
    store.kill_at = 5
    with pytest.raises(Killed):
        fit(store)
    assert store.checkpoint.state["history"]["epoch"] == [1, 2, 3, 4, 5]
    resumed, history = fit(store)
    assert store.written == TRAINING.epochs
    for ours, theirs in zip(resumed.weights, fitted[0].weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for name in history.keys() - {"seconds"}:
        assert history[name] == fitted[1][name]


def test_a_flip_exchanges_all_numbers_and_a_second_one_brings_them_back():
    numbers, kinds, distances = CHANNELS
    assert [NUMBERS[number] for number in numbers.mirrored[:9]] == [0, *range(21, 29)]
    for number, other in zip(NUMBERS, numbers.mirrored, strict=True):
        sides = {number // 10, NUMBERS[other] // 10}
        assert sides in ({0}, {1, 2}, {3, 4}, {5, 6}, {7, 8})
        assert number % 10 == NUMBERS[other] % 10
    np.testing.assert_array_equal(MIRRORED[MIRRORED], np.arange(len(NUMBERS)))
    assert (kinds.mirrored, kinds.smooth, numbers.smooth) == ((), False, False)
    assert distances.smooth
