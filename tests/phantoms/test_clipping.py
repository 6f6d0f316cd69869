"""Outlines cut along a line, and lines made into outlines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.phantoms import PhantomSettings
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.clipping import clip_outline, outline_of_line
from teeth_unet.phantoms.tooth_shapes import CANINE, LOWER_MOLAR, UPPER_MOLAR

SQUARE = np.array([(-1, 0), (1, 0), (1, 2), (-1, 2)], dtype=float)


def area(outline):
    x, y = outline.T
    return abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def level(height):
    return lambda across: np.full_like(across, height)


@pytest.mark.parametrize(("height", "below"), [(0.5, 1.0), (1.7, 3.4), (-1, 0), (3, 4.0)])
def test_a_square_is_cut_at_a_height(height, below):
    kept = clip_outline(SQUARE, level(height), keep_below=True)
    assert (area(kept) if len(kept) else 0) == pytest.approx(below)


@given(
    shape=st.sampled_from([CANINE, LOWER_MOLAR, UPPER_MOLAR]),
    height=st.floats(0.05, 0.95),
    slope=st.floats(-0.2, 0.2),
)
def test_both_parts_together_are_the_whole(shape, height, slope):
    outline = shape.outline()
    parts = [
        clip_outline(outline, lambda across: height + slope * across, keep_below=below)
        for below in (True, False)
    ]
    assert sum(map(area, parts)) == pytest.approx(area(outline))
    for part, sign in zip(parts, (1, -1), strict=True):
        assert (sign * (part[:, 1] - height - slope * part[:, 0]) < 1e-9).all()


def test_what_a_line_misses_stays_as_it_is_or_is_gone():
    np.testing.assert_array_equal(
        np.unique(clip_outline(SQUARE, level(5), keep_below=True), axis=0),
        np.unique(SQUARE, axis=0),
    )
    assert clip_outline(SQUARE, level(5), keep_below=False).shape == (0, 2)


def test_a_curved_line_leaves_a_curved_edge():
    cut = clip_outline(SQUARE, lambda across: 1 - 0.5 * across**2, keep_below=True)
    assert area(cut) == pytest.approx(2 - 1 / 3, abs=0.02)
    assert cut[:, 1].max() == pytest.approx(1)


def test_a_line_becomes_an_outline_of_its_thickness():
    line = np.array([(0, 0), (4, 0), (10, 0)], dtype=float)
    assert area(outline_of_line(line, 0.5)) == pytest.approx(5)


def test_nothing_left_of_a_tooth_is_refused():
    tooth = draw_anatomy(PhantomSettings(width=(200, 200), toothless_share=0), 0).teeth[0]
    with pytest.raises(ValueError, match="limit: expected a line that leaves some"):
        tooth.clipped(level(-3), keep_crown=True)
