"""Enlarging in stripes gives the very numbers that enlarging as a whole does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from teeth_unet.imaging import enlarge_and_threshold, enlarge_to_levels, resize_probabilities
from teeth_unet.imaging import enlarging as room

SIZES = st.integers(1, 90)


@given(
    probabilities=arrays(np.float32, st.tuples(SIZES, SIZES), elements=st.floats(0, 1, width=32)),
    height=SIZES,
    width=SIZES,
    threshold=st.floats(0, 1),
    block=st.integers(1, 3000),
)
def test_stripes_are_exactly_the_whole(probabilities, height, width, threshold, block):
    whole = resize_probabilities(probabilities, height, width)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(room, "BLOCK", block)
        mask = enlarge_and_threshold(probabilities, height, width, threshold)
        levels = enlarge_to_levels(probabilities, height, width)
    assert mask.dtype == levels.dtype == np.uint8
    np.testing.assert_array_equal(mask, whole >= threshold)
    np.testing.assert_array_equal(levels, np.rint(np.clip(whole, 0, 1) * 255))


def test_the_threshold_belongs_to_the_teeth():
    assert enlarge_and_threshold(np.array([[0.25, 0.5]], np.float32), 1, 2, 0.5).tolist() == [
        [0, 1]
    ]


def test_levels_are_relative_to_white_and_cut_there():
    values = np.array([[0, 0.25, 0.5, 0.75]], np.float32)
    assert enlarge_to_levels(values, 1, 4, white=0.5).tolist() == [[0, 128, 255, 255]]


def test_only_stripes_are_enlarged_at_a_time(monkeypatch):
    seen = []
    enlarged = room._enlarged

    def watch(*arguments):
        for columns, values in enlarged(*arguments):
            seen.append(values.size)
            yield columns, values

    monkeypatch.setattr(room, "_enlarged", watch)
    enlarge_and_threshold(np.ones((8, 8), np.float32), 3000, 6000, 0.5)
    assert sum(seen) == 3000 * 6000
    assert max(seen) <= room.BLOCK
