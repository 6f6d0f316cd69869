"""Doubt is what a network itself expects its mask to lack to a Dice of 1."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image
from small_xrays import segment

from teeth_unet.imaging import count_overlap
from teeth_unet.inference import Inference, doubt_of


@pytest.mark.parametrize(
    ("probabilities", "threshold", "doubt"),
    [
        ([[1, 1], [0, 0]], 0.5, 0),
        ([[0.5, 0.5], [0.5, 0.5]], 0.5, 1 - 2 * 2 / (4 + 2)),  # all is mask, half is expected
        ([[0.75, 0], [0, 0]], 0.5, 1 - 2 * 0.75 / (1 + 0.75)),
        ([[1, 0.25], [0, 0]], 0.5, 1 - 2 * 1 / (1 + 1.25)),  # a quarter of a pixel is left out
        ([[1, 0.25], [0, 0]], 0.25, 1 - 2 * 1.25 / (2 + 1.25)),
        ([[0.25, 0.25], [0, 0]], 0.5, 1),  # nothing is found, and something is expected
        ([[0, 0], [0, 0]], 0.5, 1),
    ],
)
def test_doubt_is_one_minus_the_expected_dice(probabilities, threshold, doubt):
    assert doubt_of(np.float32(probabilities), threshold) == pytest.approx(doubt, abs=1e-7)


@given(arrays(np.float32, (4, 5), elements=st.floats(0, 1, width=32)), st.floats(0.01, 1))
def test_doubt_is_a_share(probabilities, threshold):
    assert 0 <= doubt_of(probabilities, threshold) <= 1


@given(arrays(np.float32, (4, 5), elements=st.floats(0, 1, width=32)))
def test_doubt_is_no_greater_in_a_larger_xray(probabilities):
    larger = probabilities.repeat(3, axis=0).repeat(2, axis=1)
    assert doubt_of(larger, 0.5) == pytest.approx(doubt_of(probabilities, 0.5), abs=1e-6)


def test_truths_as_probable_as_a_network_says_lack_as_much():
    chance = np.random.default_rng(3)
    probabilities = chance.beta(0.3, 0.6, (200, 300)).astype(np.float32)
    mask = probabilities >= 0.4
    truths = (chance.random(mask.shape) < probabilities for _ in range(20))
    scores = [count_overlap(truth, mask).dice for truth in truths]
    assert 1 - np.mean(scores) == pytest.approx(doubt_of(probabilities, 0.4), abs=0.002)


def test_the_row_of_an_xray_has_its_doubt_at_the_threshold_that_was_used(store):
    levels = np.full((32, 32), 51, np.uint8)  # the network says .2, and .8 of a quarter
    levels[:16, :16] = 204
    expected = {0.5: 1 - 2 * 0.8 / (1 + 0.8 + 3 * 0.2), 0.1: 1 - 2 * 1.4 / (4 + 1.4)}
    for threshold, doubt in expected.items():
        asked_for = Inference(overlay=False, teeth=False, threshold=threshold)
        segment(store, {"1": lambda: Image.fromarray(levels)}, asked_for)
        assert store.rows("1")[0]["doubt"] == pytest.approx(doubt, abs=1e-5)
