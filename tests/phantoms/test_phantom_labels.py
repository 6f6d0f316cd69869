"""The truth that comes with a phantom."""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage

from teeth_unet.phantoms import PhantomSettings, draw_labels
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.settings import is_toothless

SMALL = PhantomSettings(width=(380, 420))
CASES = range(40)
TOOTHED = [case for case in CASES if not is_toothless(SMALL, case)]


@pytest.fixture(scope="module")
def labels():
    return {case: draw_labels(SMALL, case) for case in CASES}


@cache
def teeth_of(case):
    return draw_anatomy(SMALL, case).teeth


def polygon_area(outline):
    x, y = outline.T
    return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def test_each_tooth_has_one_number_from_1_on(labels):
    for case in TOOTHED:
        found = np.unique(labels[case])
        np.testing.assert_array_equal(found, np.arange(found.size))
        assert found.size - 1 == len(teeth_of(case))


def test_a_patient_has_20_to_32_teeth(labels):
    counts = [int(labels[case].max()) for case in TOOTHED]
    assert min(counts) >= 20
    assert max(counts) <= 32
    assert len(set(counts)) >= 6


@pytest.mark.parametrize("case", [28, 299])
def test_a_patient_who_would_lose_more_teeth_keeps_20(case):
    # Found by a search: without the limit, these two patients would have 19 teeth left.
    settings = PhantomSettings(width=(160, 160), toothless_share=0)
    assert len(draw_anatomy(settings, case).teeth) == 20


def test_a_tooth_is_in_one_piece_but_for_slivers(labels):
    for case in TOOTHED:
        for number in range(1, int(labels[case].max()) + 1):
            pieces, _ = ndimage.label(labels[case] == number, np.ones((3, 3)))
            sizes = np.bincount(pieces.ravel())[1:]
            assert sizes.max() >= 0.85 * sizes.sum()


def test_a_tooth_in_front_owns_all_pixels_within_its_outline(labels):
    for case in TOOTHED[:10]:
        teeth = teeth_of(case)
        front = max(range(len(teeth)), key=lambda place: teeth[place].nearness)
        owned = np.count_nonzero(labels[case] == front + 1)
        assert owned == pytest.approx(polygon_area(teeth[front].outline), rel=0.03)


def test_the_upper_teeth_are_numbered_from_left_to_right_and_then_the_lower(labels):
    for case in TOOTHED[:10]:
        teeth = teeth_of(case)
        upper = [tooth.pose.axis[1] < 0 for tooth in teeth]
        assert upper == sorted(upper, reverse=True)
        x = [tooth.pose.origin[0] for tooth in teeth]
        split = sum(upper)
        assert x[:split] == sorted(x[:split])
        assert x[split:] == sorted(x[split:])


def test_a_gap_lies_between_the_upper_and_the_lower_teeth(labels):
    for case in TOOTHED:
        split = sum(tooth.pose.axis[1] < 0 for tooth in teeth_of(case))
        upper = (labels[case] > 0) & (labels[case] <= split)
        lower = labels[case] > split
        rows = np.arange(upper.shape[0])[:, None]
        lowest_upper = np.where(upper, rows, -1).max(axis=0)
        highest_lower = np.where(lower, rows, upper.shape[0]).min(axis=0)
        both = upper.any(axis=0) & lower.any(axis=0)
        assert (highest_lower > lowest_upper)[both].all()
        middle = (highest_lower + lowest_upper)[both].mean() / 2 / upper.shape[0]
        assert 0.38 < middle < 0.55


def test_teeth_do_not_touch_the_edge_of_the_picture(labels):
    for case in TOOTHED:
        edges = labels[case][0], labels[case][-1], labels[case][:, 0], labels[case][:, -1]
        assert not any(edge.any() for edge in edges)


def test_a_toothless_phantom_has_an_empty_mask(labels):
    (toothless,) = set(CASES) - set(TOOTHED)
    assert not labels[toothless].any()


def test_labels_are_8_bit_and_within_the_sizes_asked_for(labels):
    for picture in labels.values():
        height, width = picture.shape
        assert picture.dtype == np.uint8
        assert 380 <= width <= 420
        assert 1.88 < width / height < 2.42
    assert len({picture.shape for picture in labels.values()}) > 20


@pytest.mark.parametrize("width", [64, 160])
def test_tiny_phantoms_keep_the_numbers_without_gaps(width):
    tiny = PhantomSettings(width=(width, width))
    for case in range(15):
        found = np.unique(draw_labels(tiny, case))
        np.testing.assert_array_equal(found, np.arange(found.size))
        assert found.size > 18


def test_a_tooth_too_small_to_show_a_pixel_has_no_number():
    three_rows = PhantomSettings(width=(64, 64), aspect=(20, 20), toothless_share=0)
    for case in range(5):
        found = np.unique(draw_labels(three_rows, case))
        np.testing.assert_array_equal(found, np.arange(found.size))
        assert 1 < found.size <= len(draw_anatomy(three_rows, case).teeth)


def test_size_alone_does_not_change_which_teeth_there_are():
    large = PhantomSettings(width=(800, 800))
    small = PhantomSettings(width=(200, 200))
    for case in range(5):
        assert len(draw_anatomy(large, case).teeth) == len(draw_anatomy(small, case).teeth)
