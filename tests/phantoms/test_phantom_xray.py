"""The X-ray of a phantom, and that it is always the same."""

import numpy as np
import pytest

from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.settings import is_toothless

SMALL = PhantomSettings(width=(240, 300), seed=5)


def test_the_same_seed_and_case_give_the_same_picture():
    np.testing.assert_array_equal(draw_xray(SMALL, 3), draw_xray(SMALL, 3))
    np.testing.assert_array_equal(draw_labels(SMALL, 3), draw_labels(SMALL, 3))


def test_a_picture_does_not_depend_on_what_was_drawn_before():
    forwards = [draw_xray(SMALL, case) for case in (0, 1, 2)]
    draw_labels(SMALL, 7)
    backwards = [draw_xray(SMALL, case) for case in (2, 1, 0)]
    for one, other in zip(forwards, reversed(backwards), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_picture_does_not_depend_on_the_number_of_cases():
    more = SMALL.model_copy(update={"cases": 1000})
    np.testing.assert_array_equal(draw_xray(SMALL, 1), draw_xray(more, 1))


@pytest.mark.parametrize("draw", [draw_xray, draw_labels])
def test_another_case_or_seed_gives_another_picture(draw):
    same_size = PhantomSettings(width=(256, 256), aspect=(2.0, 2.0))
    other_seed = same_size.model_copy(update={"seed": 1})
    picture = draw(same_size, 0)
    assert not np.array_equal(picture, draw(same_size, 1))
    assert not np.array_equal(picture, draw(other_seed, 0))


@pytest.mark.parametrize("width", [64, 97, 160, 640])
def test_x_ray_and_labels_are_8_bit_pictures_of_one_shape(width):
    settings = PhantomSettings(width=(width, width))
    for case in range(3):
        xray, labels = draw_xray(settings, case), draw_labels(settings, case)
        assert xray.shape == labels.shape
        assert xray.shape[1] == width
        assert xray.dtype == labels.dtype == np.uint8
        assert np.ptp(xray) > 100


@pytest.mark.parametrize("draw", [draw_xray, draw_labels])
def test_a_case_below_0_is_refused(draw):
    with pytest.raises(ValueError, match="case: expected 0 or more, found -1"):
        draw(SMALL, -1)


def test_metal_is_brighter_than_anything_else():
    settings = PhantomSettings(width=(500, 500))
    for case in range(8):
        xray, labels = draw_xray(settings, case), draw_labels(settings, case)
        metal = [piece for tooth in draw_anatomy(settings, case).teeth for piece in tooth.metal]
        for x, y in (piece.mean(axis=0).astype(int) for piece in metal):
            assert xray[y, x] > 190 or not labels[y, x]


def test_a_side_marker_is_drawn_clear_of_the_teeth():
    for case in range(10):
        xray, labels = draw_xray(SMALL, case), draw_labels(SMALL, case)
        low = round(0.68 * xray.shape[0])
        sides = np.concatenate([xray[low:, :40], xray[low:, -40:]], axis=1)
        assert np.count_nonzero(sides == 255) >= 15
        assert not labels[low:, :20].any()
        assert not labels[low:, -20:].any()


def test_a_toothless_phantom_still_shows_a_jaw():
    (case,) = (case for case in range(40) if is_toothless(SMALL, case))
    xray = draw_xray(SMALL, case)
    assert not draw_labels(SMALL, case).any()
    assert xray.std() > 15
