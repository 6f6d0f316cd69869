"""How bright a picture is, whatever the bits are that its values are stored in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from teeth_unet.imaging import bits_needed, decode_xray, usual_range

# A picture like an X-ray: much that is dark, little that is white.
LEVELS = np.repeat(np.arange(256, dtype=np.uint8), np.linspace(130, 10, 256).astype(int))
LEVELS = np.resize(LEVELS, (120, 150))
SIZE = LEVELS.size
DEPTHS = range(8, 17)
CHANCE = np.random.default_rng(0)


def deep(bits, levels=LEVELS):
    """The picture in so many bits, with differences that 8 bits do not have."""
    exact = levels.astype(float) + CHANCE.uniform(-0.4, 0.4, levels.shape)
    return np.clip(np.rint(exact / 255 * (2**bits - 1)), 0, 2**bits - 1).astype(np.uint16)


def with_pixels(values, *odd):
    """Some pixels with values that a bad sensor gives, five of each."""
    values = values.copy()
    places = CHANCE.choice(values.size, 5 * len(odd), replace=False)
    values.ravel()[places] = np.repeat(odd, 5)
    return values


def decoded(values):
    return decode_xray(Image.fromarray(values)).astype(int)


CONTAINERS = {
    "16 bits": lambda values, bits: values,
    "16 bits, hot and dead pixels": lambda values, bits: with_pixels(values, 65535, 40_000, 0),
    "at the top of 16 bits": lambda values, bits: values << (16 - bits),
    "32 bits": lambda values, bits: values.astype(np.int32),
    "32 bits, dead pixels below 0": lambda values, bits: with_pixels(values.astype("i4"), -9),
    "floats": lambda values, bits: values.astype(np.float32),
    "floats, hot and dead pixels": lambda values, bits: with_pixels(values.astype("f4"), 6e4, -5),
    "floats up to 1": lambda values, bits: (values / (2**bits - 1)).astype(np.float32),
    "floats up to 1, hot pixels": lambda values, bits: with_pixels(
        (values / (2**bits - 1)).astype(np.float32), 300.0
    ),
    "a sign and an offset": lambda values, bits: values.astype(np.int32) - 2 ** (bits - 1),
}


@pytest.mark.parametrize("bits", DEPTHS)
@pytest.mark.parametrize("container", CONTAINERS)
def test_every_depth_is_as_bright_as_8_bits(container, bits):
    found = decoded(CONTAINERS[container](deep(bits), bits))
    differs = np.abs(found - LEVELS)
    assert np.quantile(differs, 0.998) <= 1, "all but the odd pixels"


@pytest.mark.parametrize("share", [0.4, 0.2, 0.05])
@pytest.mark.parametrize("bits", range(9, 17))
def test_a_dark_picture_is_no_darker_than_in_8_bits_and_not_cut_off(bits, share):
    values = np.rint(deep(bits) * share).astype(np.uint16)
    found = decoded(values)
    assert (found >= np.floor(LEVELS * share) - 1).all()
    assert np.count_nonzero(found == 255) <= np.count_nonzero(LEVELS >= 254)


@pytest.mark.parametrize("factor", [1, 256, 257])
@pytest.mark.parametrize("share", [1, 0.3, 0.01, 0])
def test_8_bits_in_16_stay_exactly_as_they_are_however_dark(factor, share):
    levels = np.rint(LEVELS * share).astype(np.uint16)
    assert (decoded(levels * np.uint16(factor)) == levels).all()


def test_one_hot_pixel_of_12_bits_takes_nothing_from_the_others():
    values = deep(12)
    plain = decoded(values)
    values[0, 0] = 4200
    assert (decoded(values) == plain).ravel()[1:].all()
    assert decoded(values)[0, 0] == 255


def test_floats_that_resampling_has_taken_beyond_1_are_white():
    shares = (LEVELS / 255).astype(np.float32)
    shares[LEVELS > 250] *= 1.1
    assert (decoded(shares) == np.where(LEVELS > 250, 255, LEVELS)).all()


def test_one_pixel_in_a_thousand_is_few_and_more_is_the_picture():
    values = np.full(3000, 200)
    values[:3] = 60_000
    assert bits_needed(values) == 8
    values[:4] = 60_000
    assert bits_needed(values) == 16


@pytest.mark.parametrize("bits", DEPTHS)
def test_bits_are_counted_to_the_value(bits):
    assert bits_needed(np.full(10, 2**bits - 1)) == bits
    assert bits_needed(np.full(10, 2 ** (bits - 1))) == (bits if bits > 8 else 8)


@given(st.integers(0, 2**16 - 1))
def test_a_scale_that_the_file_tells_is_taken(value):
    picture = Image.fromarray(np.array([[0, value]], np.uint16))
    picture.info["full_scale"] = 1000
    assert decode_xray(picture).tolist() == [[0, round(min(value, 1000) * 255 / 1000)]]


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([0, 5, 10], (0, 10)),
        ([7, 7], (7, 7)),
        ([*range(2000), 2500], (0, 2500)),  # not far from the others
        ([*range(2000), 60_000], (0, 1998)),
        ([-60_000, *range(2000)], (1, 1999)),
        ([-60_000, *range(2000), 60_000], (0, 1999)),
    ],
)
def test_few_values_far_from_the_others_do_not_make_the_range(values, ends):
    assert usual_range(np.array(values)) == pytest.approx(ends, abs=2)
