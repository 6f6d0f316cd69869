import numpy as np
import pytest
from drawn_teeth import CASES, SMALL, draw_rectangle, phantom
from hypothesis import given, settings
from hypothesis import strategies as st

from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.teeth import Tooth, measure_label_map, tooth_row
from teeth_unet.teeth.rectangles import smallest_rectangle

TURNS = {
    "left to right": np.fliplr,
    "upside down": np.flipud,
    "a quarter": np.rot90,
    "transposed": np.transpose,
}


def one_tooth(rows, columns, shape=(400, 300)):
    labels = np.zeros(shape, dtype=np.uint8)
    labels[slice(*rows), slice(*columns)] = 1
    return labels


def sizes(labels):
    return sorted((tooth.length, tooth.width) for tooth in measure_label_map(labels))


def test_a_tooth_of_100_by_300_pixels_measures_100_by_300():
    (tooth,) = measure_label_map(one_tooth((50, 350), (100, 200)))
    assert (tooth.length, tooth.width) == pytest.approx((300, 100))
    assert tooth.area == 30_000
    assert tooth.centre == pytest.approx((150, 200))
    assert tooth.tilt == pytest.approx(0)
    assert sorted(tooth.corners) == [
        pytest.approx(corner) for corner in [(100, 50), (100, 350), (200, 50), (200, 350)]
    ]


@pytest.mark.parametrize(
    ("rows", "columns", "length", "width", "tilt"),
    [
        ((0, 400), (0, 100), 400, 100, 0),  # as far as the picture
        ((10, 30), (0, 300), 300, 20, 90),  # on its side
        ((3, 4), (7, 8), 1, 1, 0),
        ((3, 9), (7, 8), 6, 1, 0),
        ((3, 4), (7, 27), 20, 1, 90),
        ((3, 6), (7, 9), 3, 2, 0),
        ((3, 11), (7, 15), 8, 8, 0),
        ((3, 12), (7, 16), 9, 9, 0),
        ((50, 98), (50, 110), 48, 60, 0),  # a crown alone: as wide as it looks
        ((50, 150), (50, 149), 100, 99, 0),
        ((50, 110), (50, 140), 90, 60, 90),  # half as long again, and lying
    ],
)
def test_upright_and_lying_rectangles_are_exact(rows, columns, length, width, tilt):
    (tooth,) = measure_label_map(one_tooth(rows, columns))
    assert (tooth.length, tooth.width) == pytest.approx((length, width), abs=1e-4)
    assert tooth.tilt == pytest.approx(tilt, abs=0.02)


@pytest.mark.parametrize("tilt", [-90, -60, -45, -26.565, -10, -1, 0, 3, 20, 30, 45, 80, 90])
@pytest.mark.parametrize(("length", "width"), [(160, 60), (90, 40), (60, 20)])
def test_a_slanting_rectangle_is_measured_along_its_own_sides(tilt, length, width):
    labels = draw_rectangle((220, 220), (110.3, 109.6), length, width, tilt).astype(int)
    (tooth,) = measure_label_map(labels)
    # A side that is all but upright runs in long stairs, half a pixel further out at most.
    assert (tooth.length, tooth.width) == pytest.approx((length, width), abs=1)
    assert tooth.centre == pytest.approx((110.3, 109.6), abs=0.5)
    away = (tooth.tilt - tilt + 90) % 180 - 90
    assert abs(away) < 1
    assert tooth.area == labels.sum()


def line(*pixels):
    labels = np.zeros((60, 120), dtype=np.uint8)
    for row, column in pixels:
        labels[row, column] = 1
    return labels


COUNT = np.arange(30)
ACROSS = np.arange(-48, 49)


@pytest.mark.parametrize(
    ("labels", "length", "width"),
    [
        # Along both legs of an L; askew it would take 42.4 x 21.9.
        (line((COUNT + 10, 10), (39, COUNT + 10)), 30, 30),
        (line((10, COUNT + 10), (44, COUNT + 10), (slice(10, 45), [10, 39])), 35, 30),  # a ring
        (line((COUNT + 10, COUNT + 10), (COUNT + 10, 40 - COUNT)), 31, 30),  # an X
        # A circle's upper part; 48 to the side it is 16 lower: 80² = 48² + (80 - 16)².
        (line((90 - np.rint(np.sqrt(80**2 - ACROSS**2)).astype(int), 60 + ACROSS)), 97, 17),
        # A plus, askew: from x + y = 15 to 47; its middle alone outlasts the blur.
        (line((slice(10, 41), 25), (25, slice(10, 41))), 32 / 2**0.5, 32 / 2**0.5),
    ],
    ids=["L", "ring", "X", "arc", "plus"],
)
def test_pieces_of_one_pixel_are_measured_around_their_pixels(labels, length, width):
    (tooth,) = measure_label_map(labels)
    assert sorted((tooth.width, tooth.length)) == pytest.approx(sorted((width, length)))
    assert tooth.area == labels.sum()


def test_the_tilt_is_positive_where_the_upper_end_leans_to_the_right():
    right, left = (
        measure_label_map(draw_rectangle((200, 200), (100, 100), 120, 40, tilt).astype(int))[0]
        for tilt in (20, -20)
    )
    assert right.tilt == pytest.approx(20, abs=1)
    assert left.tilt == pytest.approx(-20, abs=1)
    assert right.rising_axis[0] > 0 > right.rising_axis[1]
    upper_end = max(x for x, y in right.corners if y < right.centre[1])
    assert upper_end > right.centre[0]


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize("case", CASES[:2])
def test_sizes_do_not_change_as_the_picture_is_turned(case, turn):
    labels, _ = phantom(case)
    straight, turned = (
        {
            tooth.number: (tooth.length, tooth.width, tooth.area)
            for tooth in measure_label_map(picture)
        }
        for picture in (labels, turn(labels))
    )
    assert straight.keys() == turned.keys()
    for number in straight:
        assert straight[number] == pytest.approx(turned[number])


@given(st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=10)
def test_a_moved_tooth_is_the_same_tooth_elsewhere(right, down):
    tooth = draw_rectangle((100, 100), (50, 50), 70, 30, 17).astype(int)
    (here,) = measure_label_map(np.pad(tooth, ((0, 40), (0, 40))))
    (there,) = measure_label_map(np.pad(tooth, ((down, 40 - down), (right, 40 - right))))
    assert there.centre == pytest.approx((here.centre[0] + right, here.centre[1] + down))
    assert (there.length, there.width) == pytest.approx((here.length, here.width))
    assert (there.area, there.tilt) == (here.area, pytest.approx(here.tilt))


@pytest.mark.parametrize("times", [2, 3])
def test_sizes_grow_with_the_picture(times):
    labels, _ = phantom(CASES[0])
    enlarged = np.kron(labels, np.ones((times, times), dtype=np.uint8))
    for small, large in zip(measure_label_map(labels), measure_label_map(enlarged), strict=True):
        assert (small.number, small.jaw, small.order) == (large.number, large.jaw, large.order)
        # The larger outline follows the stairs of the smaller one a little further out.
        assert large.length == pytest.approx(times * small.length, abs=1.2 * times)
        assert large.width == pytest.approx(times * small.width, abs=1.2 * times)
        assert large.area == times**2 * small.area


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=12))
def test_no_turned_rectangle_is_smaller(points):
    points = np.array(points, float)
    if np.linalg.matrix_rank(points - points[0]) < 2:
        return
    best = smallest_rectangle(points)
    turns = np.radians(np.arange(0, 90, 0.25))
    axes = np.stack([np.cos(turns), np.sin(turns)])
    across = np.stack([-np.sin(turns), np.cos(turns)])
    areas = np.ptp(points @ axes, axis=0) * np.ptp(points @ across, axis=0)
    assert best.length * best.width <= areas.min() + 1e-9
    assert best.length >= best.width
    inside = np.abs((points - best.centre) @ np.stack([best.axis, [-best.axis[1], best.axis[0]]]).T)
    assert (inside <= np.array([best.length, best.width]) / 2 + 1e-9).all()


@pytest.fixture(scope="module")
def against_the_outline():
    """Relative errors of phantoms' teeth that no other tooth covers: (teeth, length or width)."""
    errors = []
    for case in CASES[:6]:
        teeth = draw_anatomy(SMALL, case).teeth
        for found in measure_label_map(phantom(case)[0]):
            outline = teeth[found.number - 1].outline
            x, y = outline.T
            area = abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
            if found.area > 0.99 * area:
                true = smallest_rectangle(outline)
                errors.append((found.length / true.length - 1, found.width / true.width - 1))
    return np.array(errors)


def test_phantoms_teeth_measure_what_their_outlines_do(against_the_outline):
    assert len(against_the_outline) > 60
    assert (np.median(np.abs(against_the_outline), axis=0) < (0.01, 0.015)).all()
    assert (np.abs(against_the_outline.mean(axis=0)) < 0.01).all()  # no bias beyond 1 %


@pytest.mark.parametrize("case", CASES[:4])
def test_the_length_of_a_phantoms_tooth_runs_from_crown_to_root(case):
    poses = [tooth.pose for tooth in draw_anatomy(SMALL, case).teeth]
    for tooth in measure_label_map(phantom(case)[0]):
        assert abs(np.dot(tooth.rising_axis, poses[tooth.number - 1].axis)) > np.cos(np.radians(20))


@pytest.mark.parametrize("share", [0.4, 0.5, 0.6, 0.8])
def test_so_does_that_of_a_tooth_of_which_only_the_crown_is_seen(share):
    case = CASES[0]
    labels = phantom(case)[0].copy()
    poses = [tooth.pose for tooth in draw_anatomy(SMALL, case).teeth]
    y, x = np.mgrid[: labels.shape[0], : labels.shape[1]] + 0.5
    for number, pose in enumerate(poses, start=1):
        _, along = pose.on_straight_tooth(x, y)
        labels[(labels == number) & (along > share)] = 0
    found = measure_label_map(labels)
    assert len(found) == len(poses)
    for tooth in found:
        axis = poses[tooth.number - 1].axis
        lying = abs(axis[1]) < np.sqrt(0.5)
        assert lying or abs(np.dot(tooth.rising_axis, axis)) > np.sqrt(0.5)


def test_of_a_tooth_in_pieces_the_largest_one_is_measured():
    labels = one_tooth((50, 250), (100, 160))
    labels[10:20, 10:20] = 1  # a speck
    labels[260:300, 100:103] = 1  # a sliver
    (tooth,) = measure_label_map(labels)
    assert (tooth.length, tooth.width, tooth.area) == (pytest.approx(200), pytest.approx(60), 12000)


def test_pieces_that_touch_at_a_corner_are_one():
    labels = np.zeros((20, 20), int)
    labels[2:6, 2:6] = labels[6:10, 6:10] = 1
    assert measure_label_map(labels)[0].area == 32


def test_numbers_may_have_gaps():
    labels = one_tooth((50, 250), (20, 80)) * np.uint8(7)
    labels[50:250, 150:210] = 200
    assert [(tooth.number, tooth.order) for tooth in measure_label_map(labels)] == [
        (7, 1),
        (200, 2),
    ]


def test_the_labels_are_left_as_they_are():
    labels = phantom(CASES[0])[0].copy()
    measure_label_map(labels)
    np.testing.assert_array_equal(labels, phantom(CASES[0])[0])


@pytest.mark.parametrize("shape", [(1, 1), (5, 7), (0, 0)])
def test_no_tooth_gives_no_measurement(shape):
    assert measure_label_map(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize(
    "labels",
    [np.zeros((2, 3, 1), int), np.zeros((2, 3)), np.full((2, 3), -1), np.zeros(4, int)],
    ids=["three axes", "fractions", "below 0", "one axis"],
)
def test_other_than_labels_is_refused(labels):
    with pytest.raises(ValueError, match=r"expected .* labels, whole numbers from 0 on"):
        measure_label_map(labels)


@pytest.mark.parametrize(("tilt", "shown"), [(-0.0, "0.0"), (-0.04, "0.0"), (-0.06, "-0.1")])
def test_an_upright_tooth_leans_by_nothing_and_not_by_minus_nothing(tilt, shown):
    tooth = Tooth(1, "upper", 1, (9.0, 9.0), 100, 12.0, 8.0, tilt, ((0, 0),) * 4)
    assert str(tooth_row(1, tooth)["tilt_degrees"]) == shown
