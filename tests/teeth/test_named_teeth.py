"""The quiet overlay: X-ray and teeth are both seen at first glance."""

from itertools import pairwise

import numpy as np
import pytest
from drawn_teeth import CASES, phantom

from teeth_unet.teeth import draw_teeth
from teeth_unet.teeth.colours import FIRST_CHOICE, PALETTE, colour_labels

GREY = 90


def background(labels):
    return np.full(labels.shape, GREY, np.uint8)


@pytest.mark.parametrize("case", CASES[:3])
@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int64])
def test_tint_and_outline_stay_within_the_teeth(case, kind):
    labels, _ = phantom(case)
    pixels = np.asarray(draw_teeth(background(labels), labels.astype(kind), {}))
    np.testing.assert_array_equal((pixels != GREY).any(axis=2), labels > 0)


def test_each_tooth_is_outlined_and_tinted_in_its_colour():
    labels, _ = phantom(CASES[0])
    pixels = np.asarray(draw_teeth(background(labels), labels, {})).astype(int)
    for label, colour in colour_labels(labels).items():
        colours, counts = np.unique(pixels[labels == label], axis=0, return_counts=True)
        tint = np.rint(GREY + 0.2 * (np.array(colour) - GREY)).astype(int).tolist()
        assert sorted(colours.tolist()) == sorted([list(colour), tint])
        assert counts[colours.tolist().index(tint)] > counts.sum() / 2


def test_what_is_in_a_tooth_is_seen_as_well_as_without_the_tint():
    xray = np.tile(np.arange(256, dtype=np.uint8), (30, 1))
    labels = np.ones(xray.shape, np.uint8)
    row = np.asarray(draw_teeth(xray, labels, {}).convert("L"))[15, 3:-3].astype(int)
    assert (np.diff(row) >= 0).all()
    assert row[-1] - row[0] > 0.75 * 249


@pytest.mark.parametrize("width", [200, 1500])
def test_names_are_written_in_white_letters_with_a_black_rim(width):
    labels = np.ones((width // 2, width), np.uint8)
    without, named = (
        np.asarray(draw_teeth(background(labels), labels, names)) for names in ({}, {1: "36"})
    )
    changed = named[(without != named).any(axis=2)]
    assert changed.min() < 10
    assert changed.min(axis=1).max() > 200
    assert len(changed) < labels.size / 40


def test_a_tooth_without_a_name_is_tinted_all_the_same():
    labels = np.zeros((100, 200), np.uint8)
    labels[20:80, 20:80], labels[20:80, 120:180] = 1, 2
    pixels = np.asarray(draw_teeth(background(labels), labels, {1: "36"}))
    assert (pixels[labels == 2] != GREY).any(axis=1).all()


def test_no_teeth_leave_the_xray_as_it_is():
    xray = np.arange(60, dtype=np.uint8).reshape(6, 10)
    picture = draw_teeth(xray, np.zeros_like(xray), {1: "11"})
    np.testing.assert_array_equal(np.asarray(picture), np.stack([xray] * 3, axis=2))


@pytest.mark.parametrize("shape", [(1, 1), (1, 60), (60, 1), (9, 12)])
def test_pictures_too_small_for_any_letter_are_drawn(shape, recwarn):
    labels = np.ones(shape, np.uint8)
    assert draw_teeth(background(labels), labels, {1: "36"}).size == shape[::-1]
    assert not recwarn.list


def test_labels_may_be_any_numbers():
    labels = np.zeros((100, 200), np.uint16)
    labels[20:80, 20:80], labels[20:80, 120:180] = 104, 65_535
    pixels = np.asarray(draw_teeth(background(labels), labels, {104: "36", 65_535: "37"}))
    np.testing.assert_array_equal((pixels != GREY).any(axis=2), labels > 0)


def test_the_inputs_are_left_as_they_are():
    labels, _ = phantom(CASES[0])  # cannot be written to
    xray = background(labels)
    xray.setflags(write=False)
    draw_teeth(xray, labels, {1: "11"})
    assert (xray == GREY).all()


@pytest.mark.parametrize(
    ("xray", "labels"), [((4, 5), (5, 4)), ((4, 5, 3), (4, 5, 3)), ((4, 5), (4, 5, 1))]
)
def test_shapes_that_do_not_fit_are_refused(xray, labels):
    with pytest.raises(ValueError, match="expected an X-ray and a mask of one shape"):
        draw_teeth(np.zeros(xray, np.uint8), np.zeros(labels, np.uint8), {})


def touching(labels):
    """Pairs of labels that share a side of a pixel."""
    found = set()
    for one, other in ((labels[1:], labels[:-1]), (labels[:, 1:], labels[:, :-1])):
        meet = (one != other) & (one > 0) & (other > 0)
        found |= {frozenset(pair) for pair in zip(one[meet], other[meet], strict=True)}
    return [tuple(map(int, pair)) for pair in found]


@pytest.mark.parametrize("case", CASES)
def test_neighbours_never_share_a_colour(case):
    labels, _ = phantom(case)
    colours = colour_labels(labels)
    for one, other in touching(labels):
        assert colours[one] != colours[other]


def test_teeth_with_only_background_between_them_are_neighbours():
    labels = np.zeros((400, 1600), np.uint8)
    for row, top in enumerate((20, 220)):
        for place in range(16):
            labels[top : top + 150, 40 + 95 * place : 100 + 95 * place] = 1 + 16 * row + place
    colours = colour_labels(labels)
    for row in (range(1, 17), range(17, 33)):
        assert all(colours[one] != colours[other] for one, other in pairwise(row))
    assert all(colours[place] != colours[place + 16] for place in range(1, 17))
    assert len(set(colours.values())) <= 4


def test_where_each_touches_each_six_colours_are_enough_and_more_come_twice():
    labels = np.zeros((90, 90), np.uint8)
    for ring in range(8):
        labels[5 * ring : 90 - 5 * ring, 5 * ring : 90 - 5 * ring] = ring + 1
    colours = colour_labels(labels)
    assert all(colours[ring] != colours[ring + 1] for ring in range(1, 8))
    crowded = np.kron(np.random.default_rng(1).integers(1, 9, (60, 60)), np.ones((3, 3), int))
    colours = colour_labels(crowded)  # eight labels, all of them neighbours of each other
    assert sorted(colours) == [*range(1, 9)]
    assert set(colours.values()) == set(PALETTE)


def test_a_speck_has_a_colour_even_where_neighbours_are_looked_for_less_finely():
    labels = np.zeros((2000, 3000), np.uint8)
    labels[1, 1] = 7
    assert colour_labels(labels) == {7: FIRST_CHOICE[0]}


def test_the_first_choice_is_one_of_each_colour():
    assert sorted(FIRST_CHOICE) == sorted(PALETTE)
