import base64
import doctest
import io

import numpy as np
import pytest
from PIL import Image

from teeth_unet.datasets import previews
from teeth_unet.datasets.previews import as_picture, contact_strip, pick, spread


def opened(preview):
    picture = Image.open(io.BytesIO(base64.b64decode(preview, validate=True)))
    assert picture.format == "PNG"
    return picture


@pytest.mark.parametrize(
    ("length", "count", "indices"),
    [
        (11, 3, [0, 5, 10]),
        (100, 6, [0, 20, 40, 59, 79, 99]),
        (6, 6, [0, 1, 2, 3, 4, 5]),
        (3, 6, [0, 1, 2]),
        (5, 1, [0]),
        (1, 6, [0]),
        (0, 6, []),
    ],
)
def test_indices_are_spread_from_the_first_to_the_last(length, count, indices):
    assert spread(length, count) == indices
    assert pick([f"item {i}" for i in range(length)], count) == [f"item {i}" for i in indices]


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(previews) == doctest.TestResults(failed=0, attempted=1)


@pytest.mark.parametrize(
    ("array", "levels"),
    [
        (np.array([[0.0, 0.5, 1.0]]), [0, 127, 255]),
        (np.array([[-0.2, 1.7]], np.float32), [0, 255]),
        (np.array([[0, 1]], np.uint8), [0, 255]),
        (np.array([[0, 1, 2]], np.uint8), [0, 1, 2]),
        (np.array([[70, 255]], np.uint8), [70, 255]),
        (np.array([[False, True]]), [0, 255]),
        (np.array([[[0], [1]]], np.uint8), [0, 255]),
    ],
)
def test_arrays_become_grey_pictures(array, levels):
    picture = as_picture(array)
    assert picture.mode == "L"
    assert np.asarray(picture).ravel().tolist() == levels


def test_pictures_stand_side_by_side_with_white_between_them():
    left, right = Image.new("L", (10, 10), 50), np.full((40, 20, 1), 200, np.uint8)
    strip = opened(contact_strip([left, right]))
    assert strip.size == (160 + 6 + 80, 160)
    row = np.asarray(strip)[80, :, 0]
    assert set(row[:160]) == {50}
    assert set(row[160:166]) == {255}
    assert set(row[166:]) == {200}


def test_a_very_narrow_picture_keeps_a_width():
    assert opened(contact_strip([Image.new("L", (1, 1000))])).size == (1, 160)


def test_colours_stay_colours():
    strip = opened(contact_strip([Image.new("RGB", (4, 4), (10, 20, 30))]))
    assert strip.getpixel((5, 5)) == (10, 20, 30)


def test_a_strip_of_nothing_opens():
    assert opened(contact_strip([])).size == (1, 160)
