"""A movement is read off pictures whose grey level is the place: a ramp along each axis.

Bilinear interpolation reproduces a ramp exactly, so the moved ramps tell for every pixel where it
was read from, to a thousandth of a pixel.
"""

import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st

from teeth_unet.unet import Augmentation
from teeth_unet.unet.augmentation import augment

SIZE = 33  # odd, so that there is a pixel in the centre
CENTRE = SIZE // 2
COLUMNS = np.broadcast_to(np.arange(SIZE), (SIZE, SIZE))
CHAIN = {"flip": 0.5, "rotation": 20, "zoom": 0.2, "shift": 0.1}
GREY = {"gamma": 0.5, "contrast": 0.5, "noise": 0.1}


def changed(xray, mask, augmentation, seed=0, batch=64):
    """A batch of one picture, changed in as many ways."""
    pictures = (
        tf.constant(np.broadcast_to(part[..., None], (batch, *part.shape, 1)), tf.float32)
        for part in (xray, mask)
    )
    parts = augment(*pictures, Augmentation(**augmentation), np.array([seed, 0]))
    return [part.numpy()[..., 0] for part in parts]


def sources(augmentation, **options):
    """Column and row that every pixel was read from, and whether that lay inside the picture."""
    columns, rows, ones = (
        changed(picture, COLUMNS, augmentation, **options)[0]
        for picture in (COLUMNS / (SIZE - 1), COLUMNS.T / (SIZE - 1), np.ones((SIZE, SIZE)))
    )
    return columns * (SIZE - 1), rows * (SIZE - 1), ones > 0.9999


def movements(augmentation):
    """Where the centre was read from, (n, 2), and the steps in it per pixel, (n, 2, 2)."""
    columns, rows, _ = sources(augmentation)
    places = np.stack([columns, rows], axis=1)
    centre = places[:, :, CENTRE, CENTRE]
    to_the_right = places[:, :, CENTRE, CENTRE + 1] - centre
    down = places[:, :, CENTRE + 1, CENTRE] - centre
    return centre - CENTRE, np.stack([to_the_right, down], axis=2)


@pytest.mark.parametrize(
    "augmentation",
    [
        *({name: strength} for name, strength in CHAIN.items()),
        CHAIN,
        {"flip": 1, "rotation": 180, "zoom": 0.5, "shift": 0.3},
    ],
    ids=[*CHAIN, "chain", "strong chain"],
)
@pytest.mark.parametrize("edge", [5, 16, 27])
@pytest.mark.parametrize("axis", ["columns", "rows"])
def test_a_mask_moves_exactly_with_its_xray(augmentation, edge, axis):
    columns, rows, inside = sources(augmentation)
    source, place = (columns, COLUMNS) if axis == "columns" else (rows, COLUMNS.T)
    _, masks = changed(place, place >= edge, augmentation)
    # The nearest pixel is in the mask from half a pixel before its edge on.
    decided = inside & (abs(source - (edge - 0.5)) > 1e-3)
    assert decided.mean() > 0.4
    np.testing.assert_array_equal(masks[decided] == 1, source[decided] > edge - 0.5)


@pytest.mark.parametrize("axis", [1, 2])
def test_a_square_moves_by_whole_pixels_without_a_trace(axis):
    """Alignment on a real mask: an X-ray that shows nothing but its mask."""
    square = np.zeros((SIZE, SIZE))
    square[8:20, 12:25] = 1
    xrays, masks = changed(square, square, CHAIN)
    # Corners aside, where bilinear and nearest differ, both round to the same pixels.
    assert abs((xrays > 0.5) - masks).sum(axis=(1, 2)).max() <= 8
    places = np.arange(SIZE).reshape((1, -1, 1) if axis == 1 else (1, 1, -1))
    centres = [(part * places).sum(axis=(1, 2)) / part.sum(axis=(1, 2)) for part in (xrays, masks)]
    assert abs(np.subtract(*centres)).mean() < 0.1


def test_a_flip_is_exact_and_its_share_is_the_probability():
    picture = np.random.default_rng(0).random((6, 9))
    xrays, masks = changed(picture, picture > 0.5, {"flip": 0.3}, batch=400)
    flipped = (xrays == picture[:, ::-1].astype(np.float32)).all(axis=(1, 2))
    kept = (xrays == picture.astype(np.float32)).all(axis=(1, 2))
    assert (flipped ^ kept).all()
    np.testing.assert_array_equal(
        masks[flipped], np.stack([picture[:, ::-1] > 0.5] * flipped.sum())
    )
    np.testing.assert_array_equal(masks[kept], np.stack([picture > 0.5] * kept.sum()))
    assert 0.2 < flipped.mean() < 0.4


@pytest.mark.parametrize("size", [(16, 16), (15, 24)])
def test_a_certain_flip_mirrors_left_and_right_pixel_for_pixel(size):
    picture = np.random.default_rng(0).random(size).astype(np.float32)
    xrays, masks = changed(picture, picture > 0.5, {"flip": 1}, batch=1)
    np.testing.assert_array_equal(xrays[0], picture[:, ::-1])
    np.testing.assert_array_equal(masks[0], picture[:, ::-1] > 0.5)


def test_without_any_change_pictures_come_back_as_they_are():
    picture = np.random.default_rng(0).random((16, 24)).astype(np.float32)
    xrays, masks = changed(picture, picture > 0.5, {}, batch=2)
    np.testing.assert_array_equal(xrays, np.stack([picture] * 2))
    np.testing.assert_array_equal(masks, np.stack([picture > 0.5] * 2))


def test_a_rotation_turns_about_the_centre_by_at_most_its_angle():
    offsets, steps = movements({"rotation": 30})
    np.testing.assert_allclose(offsets, 0, atol=1e-4)
    angles = np.arctan2(steps[:, 1, 0], steps[:, 0, 0])
    rotations = [[np.cos(angles), -np.sin(angles)], [np.sin(angles), np.cos(angles)]]
    np.testing.assert_allclose(steps, np.moveaxis(rotations, 2, 0), atol=1e-4)
    assert -30 <= np.degrees(angles).min() < -25
    assert 25 < np.degrees(angles).max() <= 30


def test_a_zoom_scales_about_the_centre_by_at_most_its_share():
    offsets, steps = movements({"zoom": 0.2})
    np.testing.assert_allclose(offsets, 0, atol=1e-4)
    np.testing.assert_allclose(steps, steps[:, :1, :1] * np.eye(2), atol=1e-4)
    scales = 1 / steps[:, 0, 0]
    assert 0.8 <= scales.min() < 0.84
    assert 1.16 < scales.max() <= 1.2


def test_a_shift_moves_along_both_axes_by_at_most_its_share_of_the_side():
    offsets, steps = movements({"shift": 0.1})
    np.testing.assert_allclose(steps, np.stack([np.eye(2)] * len(steps)), atol=1e-4)
    shares = offsets / SIZE
    assert (shares.min(axis=0) >= -0.1).all()
    assert (shares.min(axis=0) < -0.08).all()
    assert (shares.max(axis=0) > 0.08).all()
    assert (shares.max(axis=0) <= 0.1).all()
    assert abs(np.corrcoef(shares.T)[0, 1]) < 0.5  # the two are drawn apart


def test_all_movements_together_keep_shapes():
    _, steps = movements(CHAIN)
    scales = abs(np.linalg.det(steps))[:, None, None]
    np.testing.assert_allclose(steps @ steps.transpose(0, 2, 1), scales * np.eye(2), atol=1e-4)
    assert set(np.sign(np.linalg.det(steps))) == {-1, 1}  # mirror images, and others


def test_what_moves_in_from_outside_is_black_and_background():
    ones = np.ones((SIZE, SIZE))
    xrays, masks = changed(ones, ones, {"shift": 0.5})
    assert (masks == 0).any(axis=(1, 2)).all()
    assert (xrays == 0).any(axis=(1, 2)).mean() > 0.9
    # Half a pixel outside, the picture and the black around it are mixed half and half; half a
    # pixel outside its corner, one to three.
    assert xrays[masks == 0].max() <= 0.5
    assert xrays[masks == 1].min() >= 0.25


@pytest.mark.parametrize("augmentation", [{name: GREY[name]} for name in GREY], ids=[*GREY])
def test_changes_of_grey_leave_masks_alone(augmentation):
    picture = np.random.default_rng(0).random((8, 8))
    xrays, masks = changed(picture, picture > 0.5, augmentation)
    np.testing.assert_array_equal(masks, np.stack([picture > 0.5] * 64))
    assert (abs(xrays - picture).max(axis=(1, 2)) > 1e-4).mean() > 0.9


def test_gamma_raises_an_xray_to_one_power():
    picture = np.random.default_rng(0).uniform(0.1, 0.9, (8, 8))
    xrays, _ = changed(picture, picture, {"gamma": 0.5})
    powers = np.log(xrays) / np.log(picture)
    assert (powers.max(axis=(1, 2)) - powers.min(axis=(1, 2)) < 1e-4).all()
    exponents = np.log(powers.mean(axis=(1, 2)))
    assert -0.5 <= exponents.min() < -0.4
    assert 0.4 < exponents.max() <= 0.5


def test_contrast_stretches_an_xray_about_its_mean():
    picture = np.random.default_rng(0).uniform(0.4, 0.6, (8, 8))
    xrays, _ = changed(picture, picture, {"contrast": 0.5})
    means = xrays.mean(axis=(1, 2), keepdims=True)
    np.testing.assert_allclose(means, picture.mean(), rtol=1e-5)
    factors = (xrays - means).std(axis=(1, 2)) / picture.std()
    assert 0.5 <= factors.min() < 0.6
    assert 1.4 < factors.max() <= 1.5 + 1e-5
    stretched = means + factors[:, None, None] * (picture - picture.mean())
    np.testing.assert_allclose(xrays, stretched, atol=1e-5)


def test_noise_is_drawn_anew_for_every_pixel_up_to_its_strength():
    grey = np.full((64, 64), 0.5)
    xrays, _ = changed(grey, grey, {"noise": 0.1})
    strengths = xrays.std(axis=(1, 2))
    assert strengths.min() < 0.01
    assert 0.09 < strengths.max() < 0.105
    np.testing.assert_allclose(xrays.mean(axis=(1, 2)), 0.5, atol=0.01)


def test_the_seed_decides_and_every_picture_of_a_batch_has_its_own_change():
    picture = np.random.default_rng(0).random((SIZE, SIZE))
    every_change = {**CHAIN, **GREY}
    one, again, other = (
        changed(picture, picture > 0.5, every_change, seed=seed, batch=8) for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, again)
    for part, of_another_seed in zip(one, other, strict=True):
        assert len(np.unique([*part, *of_another_seed], axis=0)) == 16


@settings(max_examples=25, deadline=None)
@given(
    st.builds(
        Augmentation,
        flip=st.floats(0, 1),
        rotation=st.floats(0, 180),
        zoom=st.floats(0, 0.9),
        shift=st.floats(0, 0.9),
        gamma=st.floats(0, 3),
        contrast=st.floats(0, 0.9),
        noise=st.floats(0, 0.9),
    ),
    st.integers(0, 2**32 - 1),
)
def test_grey_stays_in_range_and_masks_binary_whatever_happens(augmentation, seed):
    picture = np.random.default_rng(0).random((12, 20)).round(1)  # black and white included
    xrays, masks = changed(picture, picture > 0.5, augmentation.model_dump(), seed, batch=4)
    assert xrays.shape == masks.shape == (4, 12, 20)
    assert xrays.min() >= 0
    assert xrays.max() <= 1
    assert set(np.unique(masks)) <= {0, 1}
