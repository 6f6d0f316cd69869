"""A numbering network learns from label maps, and keeps what these do not tell."""

import numpy as np
import pytest

from teeth_unet.numbering import (
    KINDS,
    NUMBERS,
    NumberingNetwork,
    NumberLearning,
    NumberMaps,
    fit_numbering_network,
    label_targets,
    learn_numbers,
)
from teeth_unet.unet import Augmentation, Fitting, Network

SIDE = 16
NETWORK = Network(filters=(8, 16, 16), dropout=(0, 0, 0.1), patch=2)
TRAINING = Fitting(
    optimizer="muon", learning_rate=0.02, batch_size=4, epochs=12, precision="float32", seed=1
)
LEARNING = NumberLearning(learn=True, drawings=0, training=TRAINING)


class Start:
    """Says of every X-ray what it is told to say."""

    size, network = 2 * SIDE, NETWORK

    def __init__(self, kinds, numbers):
        kinds, numbers = np.asarray(kinds), np.asarray(numbers)
        self.said = NumberMaps(
            np.eye(len(NUMBERS), dtype=np.float32)[numbers],
            np.eye(len(KINDS), dtype=np.float32)[kinds],
            np.where(kinds > 0, np.float32(0.5), np.float32(0)),
        )

    def maps(self, xray):
        return self.said


def targets(labels, said=(), number=11):
    """What is to be learned from a label map, where the network says these kinds at some places."""
    kinds, numbers = np.zeros((2, SIDE, SIDE), int)
    for place, kind in said:
        kinds[place], numbers[place] = KINDS.index(kind), NUMBERS.index(number)
    xrays = np.zeros((1, 2 * SIDE, 2 * SIDE, 1), np.uint8)
    large = np.kron(labels, np.ones((2, 2), np.uint8))[np.newaxis, ..., np.newaxis]
    return label_targets(xrays, large, Start(kinds, numbers))[0]


HERE, THERE = np.s_[2:6, 2:6], np.s_[8:12, 8:12]


def label_map(**numbers):
    labels = np.zeros((SIDE, SIDE), np.uint8)
    labels[HERE], labels[THERE] = numbers.get("here", 0), numbers.get("there", 0)
    return labels


def test_a_label_map_tells_numbers_and_where_no_tooth_is():
    made = targets(label_map(here=36, there=75), [(np.s_[0:2], "tooth")])
    assert {NUMBERS[place] for place in made[HERE][..., 0].flat} == {36}
    assert {KINDS[place] for place in made[HERE][..., 1].flat} == {"tooth"}
    assert {KINDS[place] for place in made[THERE][..., 1].flat} == {"milk tooth"}
    assert made[..., 2][HERE].max() == 255
    made[HERE], made[THERE] = 0, 0
    assert not made.any()


@pytest.mark.parametrize("kind", KINDS[2:])
def test_what_has_no_label_stays_what_the_network_says(kind):
    made = targets(label_map(here=36), [(THERE, kind)], number=24)
    assert {KINDS[place] for place in made[THERE][..., 1].flat} == {kind}
    assert {NUMBERS[place] for place in made[THERE][..., 0].flat} == {24}
    assert set(made[THERE][..., 2].flat) == {128}


@pytest.mark.parametrize(
    ("number", "said", "kind"),
    [
        (48, "germ", "germ"),
        (46, "root remnant", "root remnant"),
        (36, "implant", "tooth"),
        (36, "milk tooth", "tooth"),
        (85, "germ", "milk tooth"),
    ],
)
def test_a_numbered_tooth_is_a_germ_or_a_root_only_if_the_network_says_so(number, said, kind):
    made = targets(label_map(here=number), [(HERE, said)])
    assert {KINDS[place] for place in made[HERE][..., 1].flat} == {kind}
    assert {NUMBERS[place] for place in made[HERE][..., 0].flat} == {number}


def test_codes_above_100_tell_kinds_and_leave_the_number_to_the_network():
    made = targets(label_map(here=104, there=201), [(HERE, "pontic"), (THERE, "implant")], 24)
    assert {KINDS[place] for place in made[HERE][..., 1].flat} == {"implant"}
    assert {KINDS[place] for place in made[THERE][..., 1].flat} == {"tooth"}
    assert {NUMBERS[place] for place in made[..., 0].flat} == {0, 24}


def pictures(count):
    """X-rays with a bright block in the left half, which is 11, and their label maps."""
    rng = np.random.default_rng(count)
    labels = np.zeros((count, 2 * SIDE, 2 * SIDE, 1), np.uint8)
    labels[:, 8:24, 4:12] = 11
    return (60 + 120 * (labels > 0) + rng.integers(0, 20, labels.shape)).astype(np.uint8), labels


@pytest.fixture(scope="module")
def start():
    """A network that has learned nothing yet."""
    x, empty = (
        np.zeros((4, 2 * SIDE, 2 * SIDE, 1), np.uint8),
        np.zeros((4, SIDE, SIDE, 3), np.uint8),
    )
    training = TRAINING.model_copy(update={"epochs": 4})
    return fit_numbering_network(x, empty, x[:0], empty[:0], NETWORK, training)[0]


def test_it_learns_the_numbers_and_those_of_the_other_side_from_mirror_images(start):
    x, labels = pictures(24)
    often = TRAINING.model_copy(update={"augmentation": Augmentation(flip=0.5), "epochs": 30})
    learning = LEARNING.model_copy(update={"training": often})
    fitted, history = learn_numbers(x, labels, x[:4], labels[:4], start, learning)
    assert isinstance(fitted, NumberingNetwork)
    assert fitted.size == start.size
    assert history["loss"][-1] < history["loss"][0] / 2
    # In a mirror image the block of 11 is 21, in the right half.
    numbers = fitted.maps(x[0, :, ::-1, 0]).numbers[5:11, 11:13].mean(axis=(0, 1))
    assert NUMBERS[int(numbers[1:].argmax()) + 1] == 21


def test_it_begins_with_the_weights_of_the_start(start):
    x, labels = pictures(4)
    still = TRAINING.model_copy(update={"epochs": 1, "learning_rate": 1e-9, "warmup_epochs": 0})
    learning = LEARNING.model_copy(update={"training": still})
    fitted, _ = learn_numbers(x, labels, x[:0], labels[:0], start, learning)
    for ours, theirs in zip(fitted.weights, start.weights, strict=True):
        if ours.ndim > 1:  # statistics of the normalisation move
            np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_grey_levels_are_those_of_either_range(start):
    x, labels = pictures(8)
    one = TRAINING.model_copy(update={"epochs": 1})
    learning = LEARNING.model_copy(update={"training": one})
    fitted = [
        learn_numbers(each, labels, x[:0], labels[:0], start, learning)
        for each in (x, x / np.float32(255))
    ]
    for ours, theirs in zip(*(network.weights for network, _ in fitted), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_xrays_of_another_size_are_brought_to_that_of_the_network(start):
    x, labels = pictures(4)
    large = np.kron(x, np.ones((1, 2, 2, 1), np.uint8))
    one = TRAINING.model_copy(update={"epochs": 1})
    learning = LEARNING.model_copy(update={"training": one})
    fitted, _ = learn_numbers(large, labels, large[:0], labels[:0], start, learning)
    assert fitted.size == start.size


def test_drawings_are_learned_from_as_well(start):
    x, labels = pictures(4)
    one = TRAINING.model_copy(update={"epochs": 1})
    without, beside = (
        learn_numbers(
            x,
            labels,
            x[:0],
            labels[:0],
            start,
            NumberLearning(learn=True, drawings=count, training=one),
        )[1]
        for count in (0, 3)
    )
    assert without["loss"] != beside["loss"]
