import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from rooms import sources

from teeth_unet.imaging import MaskPixels, binarise, grey_share, half


def mask(strength):
    strength = np.array(strength, np.uint16)
    return MaskPixels(strength, strength.astype(np.uint32))


def test_a_pixel_of_a_white_mask_is_tooth_above_127():
    result = binarise(mask([[0, 1, 85, 127], [128, 170, 254, 255]]), half(255))
    assert result.dtype == np.uint8
    assert result.tolist() == [[0, 0, 0, 0], [1, 1, 1, 1]]


@pytest.mark.parametrize(("level", "lowest_tooth"), [(1, 1), (2, 2), (100, 51), (65535, 32768)])
def test_rims_are_halved_whatever_the_level_of_tooth_is(level, lowest_tooth):
    strength = mask([list(range(max(0, lowest_tooth - 3), lowest_tooth + 3))])
    expected = strength.strength >= lowest_tooth
    np.testing.assert_array_equal(binarise(strength, half(level)), expected)


def test_rims_of_teeth_of_several_levels_are_halved_each_by_its_own():
    dim_and_bright = [[0, 3, 7, 10, 10, 7, 3, 0, 0, 40, 90, 200, 200, 90, 40, 0]] * 6
    tooth = [[0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0]] * 6
    assert binarise(mask(dim_and_bright), 0, rims=True).tolist() == tooth


def test_a_dim_tooth_beside_a_bright_one_keeps_its_whole_area():
    touching = mask([[0, 0, 5, 5, 5, 5, 250, 250, 250, 0, 0]] * 6)
    np.testing.assert_array_equal(binarise(touching, 0, rims=True), touching.strength > 0)


@given(
    hnp.arrays(np.uint16, st.tuples(st.integers(1, 9), st.integers(1, 9))), st.integers(0, 65535)
)
def test_rims_take_pixels_away_and_never_add_any(strength, threshold):
    plain = binarise(mask(strength), threshold)
    assert (binarise(mask(strength), threshold, rims=True) <= plain).all()


@pytest.mark.parametrize(
    ("levels", "share"),
    [([[0, 255], [255, 0]], 0.0), ([[0, 1], [254, 255]], 0.5), ([[85, 170, 127, 128]], 1.0)],
)
def test_grey_share_counts_what_is_neither_black_nor_of_the_level_of_tooth(levels, share):
    assert grey_share(mask(levels), 255) == share


def test_no_threshold_is_written_anywhere():
    without_addresses = {
        path: source.replace("127.0.0.1", "") for path, source in sources().items()
    }
    naming = {path.as_posix() for path, source in without_addresses.items() if "127" in source}
    others = {path for path in naming if not path.startswith(("phantoms/", "pictures/"))}
    assert others <= {"imaging/binarising.py"}  # in an example
