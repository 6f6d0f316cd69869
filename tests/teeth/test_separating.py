"""Teeth here are upright ellipses, whose distances are those of the truth."""

import numpy as np
import pytest

from teeth_unet.teeth import distance_map, separate_instances
from teeth_unet.teeth.separating import find_teeth

SHAPE = (60, 120)


def ellipses(places, width=9, height=22, shape=SHAPE):
    """A label map of one ellipse at each (row, column)."""
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    labels = np.zeros(shape, np.int32)
    for number, (row, column) in enumerate(places, start=1):
        inside = ((rows - row) / height) ** 2 + ((columns - column) / width) ** 2 <= 1
        labels[inside & (labels == 0)] = number
    return labels


APART = [(30, 15), (30, 45), (30, 75), (30, 105)]
TOUCHING = [(30, 20), (30, 36), (30, 52), (30, 68)]


def agreeing(one, other):
    """Whether two label maps are the same but for the numbers."""
    pairs = set(zip(one.ravel().tolist(), other.ravel().tolist(), strict=True))
    return len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


@pytest.mark.parametrize("places", [APART, TOUCHING, APART[:1], [(12, 12), (48, 12)]])
def test_teeth_are_told_apart_along_the_valleys_of_the_distances(places):
    labels = ellipses(places)
    found = separate_instances((labels > 0).astype(np.uint8), distance_map(labels))
    assert found.max() == len(places)
    differing = np.count_nonzero(found != 0) - sum(
        np.bincount(found[labels == number]).max() for number in range(1, len(places) + 1)
    )
    assert differing <= 0.02 * np.count_nonzero(labels)  # of pixels at the very border


def test_teeth_apart_come_back_pixel_for_pixel():
    labels = ellipses(APART)
    assert agreeing(separate_instances((labels > 0).astype(np.uint8), distance_map(labels)), labels)


def test_two_peaks_with_a_high_pass_between_them_are_one_tooth():
    mask = np.ones((20, 60), np.uint8)
    column = np.abs(np.arange(60) - 29.5)
    pass_of = {0.9: 1, 0.8: 1, 0.5: 2, 0.2: 2}  # relative height of the pass: teeth
    for height, teeth in pass_of.items():
        distances = np.repeat([np.minimum(1, height + column / 15)], 20, axis=0).astype(np.float32)
        assert find_teeth(mask, distances).max() == teeth, height


def test_a_fragment_joins_the_tooth_it_touches():
    labels = ellipses(APART)
    labels[8:13, 44:47] = 5  # on top of the second tooth
    found = separate_instances((labels > 0).astype(np.uint8), distance_map(labels))
    assert found.max() == 4
    assert set(found[labels == 5].tolist()) == {found[30, 45]}


def test_a_fragment_by_itself_is_no_tooth():
    labels = ellipses(APART)
    labels[2:6, 58:62] = 5
    found = separate_instances((labels > 0).astype(np.uint8), distance_map(labels))
    assert found.max() == 4
    assert not found[labels == 5].any()


@pytest.mark.parametrize("shape", [(150, 300), (61, 119), (30, 60)])
def test_outlines_are_those_of_the_mask_at_its_own_size(shape):
    coarse = ellipses(TOUCHING)
    scale = np.array(shape) / SHAPE
    fine = ellipses(
        [(row * scale[0], column * scale[1]) for row, column in TOUCHING],
        width=9 * scale[1],
        height=22 * scale[0],
        shape=shape,
    )
    found = separate_instances((fine > 0).astype(np.uint8), distance_map(coarse))
    np.testing.assert_array_equal(found > 0, fine > 0)
    assert found.max() == 4
    right = sum(np.bincount(found[fine == number]).max() for number in range(1, 5))
    assert right >= 0.95 * np.count_nonzero(fine)


def test_a_huge_mask_is_divided_at_a_coarser_grid(monkeypatch):
    monkeypatch.setattr("teeth_unet.teeth.separating.MOST_PIXELS", 10_000)
    coarse = ellipses(APART)
    mask = np.kron(coarse > 0, np.ones((4, 4), bool)).astype(np.uint8)
    found = separate_instances(mask, distance_map(coarse))
    assert found.shape == mask.shape
    assert found.max() == 4
    assert np.count_nonzero(found) >= 0.97 * np.count_nonzero(mask)
    assert not found[mask == 0].any()


@pytest.mark.parametrize("distances", [np.zeros((16, 16)), np.ones((16, 16))])
def test_an_empty_mask_has_no_teeth(distances):
    found = separate_instances(np.zeros((16, 16), np.uint8), distances.astype(np.float32))
    assert found.shape == (16, 16)
    assert not found.any()


def test_numbers_run_from_one_without_gaps():
    labels = ellipses(TOUCHING)
    found = separate_instances((labels > 0).astype(np.uint8), distance_map(labels))
    assert set(np.unique(found)) == {0, 1, 2, 3, 4}


def test_the_mask_and_the_distances_are_left_as_they_are():
    labels = ellipses(TOUCHING)
    mask, distances = (labels > 0).astype(np.uint8), distance_map(labels)
    before = mask.copy(), distances.copy()
    separate_instances(mask, distances)
    np.testing.assert_array_equal(mask, before[0])
    np.testing.assert_array_equal(distances, before[1])
