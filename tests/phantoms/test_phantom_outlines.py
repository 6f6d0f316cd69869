"""Which pixels an outline encloses."""

import numpy as np
import pytest

from teeth_unet.phantoms.raster import inside, window_around

PICTURE = (slice(0, 60), slice(0, 80))


def circle(x, y, radius, points=200):
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


@pytest.mark.parametrize(
    ("x", "y", "radius"), [(30.0, 30.0, 12.0), (41.3, 27.8, 7.5), (20.5, 20.5, 3.0)]
)
def test_a_pixel_is_inside_if_its_centre_is(x, y, radius):
    rows, columns = np.mgrid[PICTURE] + 0.5
    distance = np.hypot(columns - x, rows - y)
    clear = np.abs(distance - radius) > 0.01  # the outline has corners
    found = inside(circle(x, y, radius), PICTURE)
    np.testing.assert_array_equal(found[clear], (distance < radius)[clear])


@pytest.mark.parametrize("turn", [1, -1])
def test_an_outline_may_run_either_way_round(turn):
    triangle = np.array([(10, 5), (30, 5), (10, 45)], dtype=float)
    assert inside(triangle[::turn], PICTURE).sum() == pytest.approx(400, abs=12)


def test_parts_that_an_outline_encloses_twice_are_inside():
    twice = np.vstack([circle(30, 30, 10), circle(30, 30, 5)])
    assert inside(twice, PICTURE)[30, 30]


def test_a_window_sees_its_part_of_the_whole():
    outline = circle(30, 30, 15)
    window = (slice(20, 40), slice(33, 70))
    np.testing.assert_array_equal(inside(outline, window), inside(outline, PICTURE)[window])


def test_neighbours_share_no_pixel_and_leave_none_out():
    left = np.array([(5, 5), (20.4, 5), (26.1, 50), (5, 50)])
    right = np.array([(20.4, 5), (40, 5), (40, 50), (26.1, 50)])
    both = inside(left, PICTURE).astype(int) + inside(right, PICTURE)
    assert both.max() == 1
    assert both.sum() == 35 * 45


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (30, 30, (slice(24, 36), slice(24, 36))),
        (1, 1, (slice(0, 7), slice(0, 7))),
        (79, 59, (slice(53, 60), slice(73, 80))),
        (200, 30, (slice(24, 36), slice(79, 80))),
    ],
)
def test_a_window_stays_within_the_picture(x, y, expected):
    assert window_around(circle(x, y, 5), 1, (60, 80)) == expected
