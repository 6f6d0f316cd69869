"""What can be given to `predict`: every array means one thing, or is refused."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from small_segmenters import small_segmenter

from teeth_unet.errors import InputError
from teeth_unet.segmentation.arrays import grey_batch

RNG = np.random.default_rng(0)
XRAY = RNG.integers(0, 256, (45, 90), dtype=np.uint8)
XRAY[0, :2] = 0, 255
OTHER = XRAY[::-1].copy()
RGB = RNG.integers(0, 256, (45, 90, 3), dtype=np.uint8)
LUMA = np.asarray(Image.fromarray(RGB).convert("L"))

SINGLE = {
    "levels": (XRAY, XRAY),
    "with an axis": (XRAY[..., None], XRAY),
    "not contiguous": (XRAY[:, ::-1], XRAY[:, ::-1]),
    "shares": (XRAY / 255, XRAY),
    "shares, float32": ((XRAY / 255).astype(np.float32), XRAY),
    "shares, float16": ((XRAY / 255).astype(np.float16), XRAY),
    "shares with an axis": (XRAY[..., None] / 255, XRAY),
    "levels, int64": (XRAY.astype(np.int64), XRAY),
    "levels, int16": (XRAY.astype(np.int16), XRAY),
    "16 bits": (XRAY.astype(np.uint16) * 257, XRAY),
    "16 bits, big-endian": ((XRAY.astype(np.uint16) * 257).astype(">u2"), XRAY),
    "16 bits, int32": (XRAY.astype(np.int32) * 257, XRAY),
    "12 bits": (np.rint(XRAY * (4095 / 255)).astype(np.uint16), XRAY),
    "RGB": (RGB, LUMA),
    "RGB, shares": (RGB / 255, LUMA),
    "grey as RGB": (np.dstack([XRAY] * 3), XRAY),
    "RGBA": (np.dstack([RGB, np.full((45, 90), 255, np.uint8)]), LUMA),
    "one pixel": (np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8)),
}

BATCHES = {
    "levels": (np.stack([XRAY, OTHER]), [XRAY, OTHER]),
    "with an axis": (np.stack([XRAY, OTHER])[..., None], [XRAY, OTHER]),
    "one": (XRAY[None], [XRAY]),
    "one, with an axis": (XRAY[None, ..., None], [XRAY]),
    "three, with an axis": (np.stack([XRAY, OTHER, XRAY])[..., None], [XRAY, OTHER, XRAY]),
    "five": (np.stack([XRAY] * 5), [XRAY] * 5),
    "none": (np.zeros((0, 45, 90), np.uint8), []),
    "none, shares": (np.zeros((0, 45, 90, 1)), []),
    "none, 16 bits": (np.zeros((0, 45, 90), np.uint16), []),
    "shares": (np.stack([XRAY, OTHER]) / 255, [XRAY, OTHER]),
    "RGB": (np.stack([RGB, RGB[::-1]]), [LUMA, LUMA[::-1]]),
    "16 bits, one scale": (
        np.stack([XRAY.astype(np.uint16) * 257, np.full((45, 90), 257 * 3, np.uint16)]),
        [XRAY, np.full((45, 90), 3, np.uint8)],
    ),
}

REFUSED = {
    "a name": ("xray.png", "found builtins.str"),
    "a list": ([[1, 2]], "found builtins.list"),
    "nothing": (None, "NoneType"),
    "a row": (XRAY[0], r"uint8 \(90,\)"),
    "a number": (np.array(3), r"\(\)"),
    "five axes": (XRAY[None, None, ..., None], "axes"),
    "no rows": (np.zeros((0, 5), np.uint8), r"uint8 \(0, 5\), without a pixel"),
    "no columns": (np.zeros((2, 5, 0), np.uint8), "without a pixel"),
    "two channels": (np.zeros((2, 45, 90, 2), np.uint8), "axes"),
    "channels first, RGB": (RGB.transpose(2, 0, 1), "colours or X-rays.*transpose"),
    "channels first, RGBA": (np.zeros((4, 45, 90), np.uint8), "colours or X-rays"),
    "channels first, a batch": (np.zeros((2, 3, 45, 90), np.uint8), "axes"),
    "channels first, one grey, a batch": (np.zeros((2, 1, 45, 90), np.uint8), "axes"),
    "a mask": (XRAY > 99, "found bool.*give the X-ray"),
    "floats up to 255": (XRAY.astype(float), "floats from 0 to 255.*uint8"),
    "floats a little above 1": (XRAY / 250, "floats from 0 to 1.02"),
    "standardised": ((XRAY.astype(float) - 128) / 60, "floats from -2.1"),
    "one that is no number": (np.where(XRAY == 7, np.nan, 0.5), "not a number"),
    "infinity": (np.full((3, 5), np.inf), "infinite"),
    "signed": (XRAY.astype(np.int16) - 1000, "whole numbers from -1000 to -745"),
    "one below 0": (XRAY.astype(np.int8), "whole numbers from -128"),
    "32 bits": (np.full((3, 5), 2**20), "whole numbers from 1048576 to"),
    "64 bits": (np.full((3, 5), 2**64 - 1, np.uint64), "18446744073709551615"),
    "colours of 16 bits": (RGB.astype(np.uint16) * 257, "colours of uint16"),
    "complex": (XRAY * 1j, "complex128"),
    "objects": (XRAY.astype(object), "object"),
    "texts": (np.array([["a"]]), "<U1"),
    "times": (XRAY.astype("M8[s]"), "datetime64"),
}


@pytest.fixture(scope="module")
def segmenter():
    return small_segmenter(threshold=0.45, mirror=True)


@pytest.mark.parametrize("name", SINGLE)
def test_an_xray_as_an_array_is_that_xray(name):
    array, expected = SINGLE[name]
    levels, is_batch = grey_batch(array)
    assert (levels.dtype, is_batch) == (np.uint8, False)
    np.testing.assert_array_equal(levels[0], expected)


@pytest.mark.parametrize("name", BATCHES)
def test_a_batch_is_its_xrays(name):
    array, expected = BATCHES[name]
    levels, is_batch = grey_batch(array)
    assert (levels.dtype, levels.shape, is_batch) == (np.uint8, (len(expected), 45, 90), True)
    for level, xray in zip(levels, expected, strict=True):
        np.testing.assert_array_equal(level, xray)


@pytest.mark.parametrize("name", REFUSED)
def test_what_may_mean_several_things_is_refused_with_what_to_do(segmenter, name):
    array, said = REFUSED[name]
    with pytest.raises(InputError) as refused:
        segmenter.predict(array)
    assert re.search(said, str(refused.value))
    assert str(refused.value).startswith("image: expected a PIL picture, or an array:")


@pytest.mark.parametrize("name", ["levels", "shares", "16 bits", "with an axis", "grey as RGB"])
def test_the_mask_is_that_of_the_picture(segmenter, name):
    mask = segmenter.predict(SINGLE[name][0])
    np.testing.assert_array_equal(mask, segmenter.predict(Image.fromarray(XRAY)))
    assert (mask.dtype, mask.shape) == (np.uint8, (45, 90))
    assert 0 < mask.mean() < 1


@pytest.mark.parametrize("name", BATCHES)
def test_masks_of_a_batch_are_those_of_its_xrays(segmenter, name):
    array, expected = BATCHES[name]
    masks = segmenter.predict(array)
    assert (masks.dtype, masks.shape) == (np.uint8, (len(expected), 45, 90))
    for mask, xray in zip(masks, expected, strict=True):
        np.testing.assert_array_equal(mask, segmenter.predict(xray))


def test_what_is_given_is_not_changed(segmenter):
    array = np.stack([XRAY, OTHER]) / 255
    before = array.copy()
    segmenter.predict(array)
    np.testing.assert_array_equal(array, before)


def test_an_empty_picture_is_refused(segmenter):
    with pytest.raises(InputError, match="0 x 0 px"):
        segmenter.predict(Image.new("L", (0, 0)))


KINDS = ["?", "u1", "i1", "u2", ">u2", "i4", "f2", "f4", "f8", "c8", "O", "U3", "S3", "m8[s]"]


@settings(max_examples=300)
@given(
    shape=st.lists(st.integers(0, 6), max_size=6),
    kind=st.sampled_from(
        ["?", "u1", "i1", "u2", ">u2", "i4", "f2", "f4", "f8", "c8", "O", "U3", "S3", "m8[s]"]
    ),
    fill=st.sampled_from([0, 1, 0.5, 255, 300, 70_000, -1, np.nan]),
)
def test_any_array_gives_grey_levels_of_its_size_or_is_refused(shape, kind, fill):
    try:
        with np.errstate(all="ignore"):
            array = np.full(shape, fill).astype(kind)
    except (ValueError, TypeError, OverflowError):
        return
    try:
        levels, is_batch = grey_batch(array)
    except InputError:
        return
    assert (levels.dtype, levels.ndim) == (np.uint8, 3)
    height, width = array.shape[1:3] if is_batch else array.shape[:2]
    assert levels.shape == (array.shape[0] if is_batch else 1, height, width)
