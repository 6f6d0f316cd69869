"""Run lengths, against pycocotools."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as theirs

from teeth_unet.annotations.run_lengths import bitmap_of, packed, run_lengths

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=40))


def decoded(counts, width, height):
    picture = np.zeros((height, width), dtype=bool)
    bitmap = bitmap_of(run_lengths(counts, width, height), height)
    if bitmap is not None:
        pixels = bitmap.decode()
        picture[: pixels.shape[0], bitmap.left : bitmap.left + pixels.shape[1]] = pixels
    return picture


@given(MASKS)
def test_compressed_run_lengths_are_what_pycocotools_makes_of_a_mask(mask):
    height, width = mask.shape
    counts = theirs.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"]
    assert np.array_equal(decoded(counts, width, height), mask)
    assert np.array_equal(decoded(counts.decode(), width, height), mask)
    assert packed(run_lengths(counts, width, height)) == counts.decode()


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=30))
def test_long_runs_are_the_same_compressed_and_plain(counts):
    total = sum(counts) or 1
    counts = counts if sum(counts) else [1]
    assert run_lengths(packed(counts), total, 1).tolist() == counts
    assert run_lengths(counts, total, 1).tolist() == counts


@pytest.mark.parametrize(
    ("counts", "width", "height", "wrong"),
    [
        ([3, 4], 2, 4, "do not add up to 2x4 px = 8"),
        ([3, 6], 2, 4, "do not add up"),
        ([], 2, 4, "do not add up"),
        ([2**62] * 8, 2, 4, "do not add up"),
        ([10**300, 8], 2, 4, "do not add up"),
        ([10**400, 8], 2, 4, "no list of numbers"),
        ([12, -4], 2, 4, "below 0"),
        ([3.5, 4.5], 2, 4, "no whole numbers"),
        ([float("nan")], 2, 4, "no whole numbers"),
        ([[8]], 2, 4, "no whole numbers"),
        (["a"], 2, 4, "no list of numbers"),
        (None, 2, 4, "no whole numbers"),
        ({"a": 1}, 2, 4, "no list of numbers"),
        ("", 2, 4, "do not add up"),
        ("8\n", 2, 4, "characters that do not belong"),
        ("é", 2, 4, "characters that do not belong"),
        ("b'8'", 2, 4, "characters that do not belong"),
        ("888h", 2, 4, "truncated"),
        ("oooooooooo0", 2, 4, "beyond all measure"),
        ([8], 0, 4, "run lengths of 0x4 px"),
        ([8], -2, -4, "run lengths of"),
        ([10**10], 10**5, 10**5, "run lengths of 100000x100000 px"),
    ],
)
def test_run_lengths_that_are_none_are_refused(counts, width, height, wrong):
    with pytest.raises(ValueError, match=wrong):
        run_lengths(counts, width, height)


@pytest.mark.parametrize("counts", [[12], [5, 0, 7], [12, 0]])
def test_run_lengths_without_a_pixel_are_no_region(counts):
    assert bitmap_of(run_lengths(counts, 3, 4), 4) is None
