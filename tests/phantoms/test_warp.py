"""A warp moves X-ray and truth alike, and exactly.

Some of the inputs are from public reports on other programs: labels between two labels after a
rotation (DALI 2433, Augmentor 221, kornia 476), pictures half a pixel off (Pillow 2022), and X-ray
and mask that were moved differently (Augmentor 188, imgaug 675, DLTK 31).
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from teeth_unet.phantoms.raster import inside
from teeth_unet.phantoms.scene.warp import Warp, even_mesh

SHAPE = (90, 160)


def circle(x, y, radius):
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    return np.column_stack([x + radius * np.cos(angle), y + radius * np.sin(angle)])


def affine(shape, drawn, scale=1.0, degrees=0.0, shift=(0.0, 0.0)):
    """Return a warp whose picture shows the drawing scaled, turned and shifted."""
    angle = np.radians(degrees)
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))]) / scale
    middle = np.array(drawn[::-1]) / 2
    return Warp(shape, drawn, (even_mesh(shape) - middle - shift) @ turn + middle)


@st.composite
def warps(draw):
    """Draw a turned, scaled, shifted warp with waves."""
    shape = draw(st.sampled_from([SHAPE, (90, 120), (64, 64), (100, 200)]))
    number = st.floats(-1, 1, allow_nan=False, allow_subnormal=False)
    linear = affine(
        shape,
        SHAPE,
        1 + 0.2 * draw(number),
        10 * draw(number),
        (5 * draw(number), 5 * draw(number)),
    )
    x, y = np.moveaxis(even_mesh(shape), -1, 0)
    waves = [3 * draw(number) * np.sin(y / 15), 3 * draw(number) * np.sin(x / 15)]
    return Warp(shape, SHAPE, linear.mesh + np.stack(waves, axis=-1))


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32, np.int64])
def test_an_identity_changes_nothing(dtype):
    warp = Warp(SHAPE, SHAPE, even_mesh(SHAPE))
    numbers = np.random.default_rng(0).integers(0, 100, SHAPE).astype(dtype)
    np.testing.assert_array_equal(warp.of_numbers(numbers), numbers)
    field = numbers.astype(np.float32)
    np.testing.assert_array_equal(warp.of_shadows(field), field)
    points = circle(50, 40, 20)
    np.testing.assert_allclose(warp.of_points(points), points, atol=1e-9)


@pytest.mark.parametrize(("right", "down"), [(0, 1), (7, 0), (-13, 5), (30, -20)])
def test_a_shift_by_whole_pixels_is_a_slice(right, down):
    warp = affine(SHAPE, SHAPE, shift=(right, down))
    numbers = np.random.default_rng(0).integers(1, 250, SHAPE).astype(np.uint8)
    expected = ndimage.shift(numbers, (down, right), order=0, cval=0)
    np.testing.assert_array_equal(warp.of_numbers(numbers), expected)
    beyond = ndimage.shift(numbers.astype(float), (down, right), order=0, mode="nearest")
    found = warp.of_shadows(numbers.astype(np.float32))
    np.testing.assert_allclose(found, beyond, atol=1e-3)


@given(warp=warps(), seed=st.integers(0, 1000))
@settings(max_examples=60, deadline=None)
def test_no_number_appears_that_was_not_there(warp, seed):
    rng = np.random.default_rng(seed)
    numbers = rng.choice(np.array([0, 3, 250, 11, 48], np.int32), SHAPE)
    moved = warp.of_numbers(numbers)
    assert moved.shape == warp.shape
    assert moved.dtype == numbers.dtype
    assert set(np.unique(moved)) <= {0, 3, 250, 11, 48}


@given(warp=warps(), x=st.floats(50, 110), y=st.floats(30, 60), radius=st.floats(6, 22))
@settings(max_examples=80, deadline=None)
def test_labels_through_a_warp_are_the_warped_outlines_labels_within_a_pixel(warp, x, y, radius):
    outline = circle(x, y, radius)
    whole = tuple(slice(0, size) for size in SHAPE)
    moved = warp.of_numbers(inside(outline, whole).astype(np.uint8)) > 0
    drawn = inside(warp.of_points(outline), tuple(slice(0, size) for size in warp.shape))
    for one, other in ((moved, drawn), (drawn, moved)):
        beyond = one & ~ndimage.binary_dilation(other, np.ones((3, 3)))
        assert not beyond[1:-1, 1:-1].any()  # what lies just outside cannot be seen at the edge


@given(warp=warps(), x=st.floats(60, 100), y=st.floats(35, 55), radius=st.floats(6, 20))
@settings(max_examples=60, deadline=None)
def test_the_x_ray_goes_where_its_labels_go(warp, x, y, radius):
    whole = tuple(slice(0, size) for size in SHAPE)
    tooth = inside(circle(x, y, radius), whole)
    shadow = warp.of_shadows(tooth.astype(np.float32))
    labels = warp.of_numbers(tooth.astype(np.uint8))
    at_edge = ndimage.binary_dilation(labels) & ~ndimage.binary_erosion(labels)
    np.testing.assert_array_equal((shadow > 0.5)[~at_edge], (labels > 0)[~at_edge])
    edges = labels[[0, -1]].any() or labels[:, [0, -1]].any()
    if labels.any() and not edges:
        middles = ndimage.center_of_mass(shadow), ndimage.center_of_mass(labels)
        np.testing.assert_allclose(*middles, atol=0.6)  # ties between pixels count half


@given(warp=warps(), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_points_are_moved_as_the_pixels_are(warp, seed):
    rng = np.random.default_rng(seed)
    x, y = rng.integers((20, 20), (140, 70))
    numbers = np.zeros(SHAPE, np.uint8)
    numbers[y - 2 : y + 3, x - 2 : x + 3] = 1
    moved = np.argwhere(warp.of_numbers(numbers))
    (expected,) = warp.of_points(np.array([[x + 0.5, y + 0.5]]))
    if len(moved) and (expected > 4).all() and (expected < np.array(warp.shape[::-1]) - 4).all():
        np.testing.assert_allclose(moved.mean(axis=0)[::-1] + 0.5, expected, atol=1)


@pytest.mark.parametrize("number", [-(2**31), -1, 2**16, 2**24 + 1, 2**31 - 1])
def test_large_and_negative_numbers_are_kept_to_the_last_digit(number):
    numbers = np.full(SHAPE, number, np.int64)
    moved = affine(SHAPE, SHAPE, degrees=5).of_numbers(numbers)
    assert set(np.unique(moved)) == {0, number}


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1])
def test_numbers_that_would_not_be_kept_are_refused(number):
    with pytest.raises(ValueError, match=r"numbers: expected -2147483648 to 2147483647"):
        affine(SHAPE, SHAPE, degrees=5).of_numbers(np.full(SHAPE, number, np.int64))


@pytest.mark.parametrize("way", ["of_numbers", "of_shadows"])
def test_a_map_of_another_shape_is_refused(way):
    warp = Warp(SHAPE, SHAPE, even_mesh(SHAPE))
    with pytest.raises(ValueError, match=r"expected the shape \(90, 160\), found \(90, 161\)"):
        getattr(warp, way)(np.zeros((90, 161), np.uint8))


def test_outside_the_drawing_no_tooth_goes_on_but_the_x_ray_does():
    warp = affine(SHAPE, SHAPE, scale=0.5)
    assert warp.of_numbers(np.ones(SHAPE, np.uint8)).sum() == 45 * 80
    np.testing.assert_allclose(warp.of_shadows(np.ones(SHAPE, np.float32)), 1)


@pytest.mark.parametrize("shape", [(1, 1), (3, 64), (17, 41), (64, 3)])
def test_a_picture_may_be_tiny(shape):
    warp = affine(shape, shape, degrees=4, shift=(0.1, 0.1))
    assert warp.of_numbers(np.ones(shape, np.uint8)).shape == shape
    assert np.isfinite(warp.of_shadows(np.ones(shape, np.float32))).all()
