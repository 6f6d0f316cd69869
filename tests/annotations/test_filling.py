"""Which pixels lie inside closed rings."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from marked import ring, square

from teeth_unet.annotations import filling
from teeth_unet.annotations.filling import TooIntricate, filled

WIDTH, HEIGHT = 9, 7

# Halves and quarters of pixels, so that corners and edges often meet the middles of pixels.
CORNERS = arrays(np.float64, st.tuples(st.integers(0, 8), st.just(2)), elements=st.integers(-8, 44))


def whole(rings, width=WIDTH, height=HEIGHT):
    window, inside = filled(rings, width, height)
    picture = np.zeros((height, width), dtype=bool)
    picture[window] = inside
    return picture


def ray_crossings(ring, x, y):
    """How many edges a ray to the left meets; edges hold their upper end and not their lower."""
    crossings = 0
    for (x0, y0), (x1, y1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if (y0 <= y) != (y1 <= y):
            # Whole numbers and quarters: exact when multiplied out.
            side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
            crossings += side <= 0 if y1 > y0 else side >= 0
    return crossings


@example([np.array([(0, 0), (0, 41), (41, 41)])])  # a line through the middles of pixels
@given(st.lists(CORNERS, max_size=3))
def test_a_pixel_is_inside_if_its_middle_is_in_an_odd_number_of_rings(rings):
    rings = [ring / 4 for ring in rings]
    expected = [
        [sum(ray_crossings(ring, x + 0.5, y + 0.5) for ring in rings) % 2 for x in range(WIDTH)]
        for y in range(HEIGHT)
    ]
    assert np.array_equal(whole(rings), np.array(expected, dtype=bool))


@given(CORNERS)
def test_the_direction_of_a_ring_does_not_matter(ring):
    assert np.array_equal(whole([ring / 4]), whole([ring[::-1] / 4]))


@given(st.tuples(*[st.integers(-4, 40)] * 2), st.tuples(*[st.integers(-4, 40)] * 2))
def test_neighbours_share_no_pixel_and_leave_none(one, other):
    # A line through the picture, and what lies on either side of it.
    one, other = np.array(one) / 4, np.array(other) / 4
    if one[1] == other[1]:
        return
    upper, lower = sorted((one, other), key=lambda point: point[1])
    left = whole([ring(upper, lower, (-20, lower[1]), (-20, upper[1]))])
    right = whole([ring(upper, lower, (30, lower[1]), (30, upper[1]))])
    both = whole([square(-20, upper[1], 30, lower[1])])
    assert np.array_equal(left ^ right, both)
    assert np.array_equal(left | right, both)


@pytest.mark.parametrize(
    "rings",
    [[], [ring()], [ring((2, 2))], [ring((1, 1), (5, 5))], [ring((1, 1), (5, 5), (3, 3))]],
    ids=["no ring", "no corner", "a point", "a line", "a line there and back"],
)
def test_what_has_no_area_has_no_pixel(rings):
    assert not whole(rings).any()


@pytest.mark.parametrize("far", [1e6, 1e30, 3e38])
def test_corners_far_outside_are_cut_off(far):
    assert whole([square(-far, -far, far, far)]).all()
    assert not whole([square(far / 2, -far, far, far)]).any()


def test_a_ring_within_a_ring_is_a_hole():
    inside = whole([square(1, 1, 8, 6), square(3, 2, 6, 5)])
    assert inside.sum() == 7 * 5 - 3 * 3
    assert not inside[2:5, 3:6].any()


def test_a_shape_with_millions_of_crossings_is_refused(monkeypatch):
    monkeypatch.setattr(filling, "MOST_CROSSINGS", 1000)
    zigzag = ring(*((x, 7 * (x % 2)) for x in range(200)))
    with pytest.raises(TooIntricate, match="200 edges that cross 1400 rows"):
        filled([zigzag], 200, 7)
