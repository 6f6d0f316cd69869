import numpy as np
import pytest
from PIL import Image

from teeth_unet import imaging
from teeth_unet.errors import InputError

LABELS = np.array([[0, 1, 2], [3, 0, 31]], np.uint8)


def palette(labels):
    picture = Image.fromarray(labels)
    picture.putpalette([0, 0, 0] + [255, 0, 0] * 40)
    return picture


PICTURES = {
    "8 bits": Image.fromarray(LABELS),
    "palette": palette(LABELS),
    "16 bits": Image.fromarray(LABELS.astype(np.uint16)),
    "32 bits": Image.fromarray(LABELS.astype(np.int32)),
    "floats": Image.fromarray(LABELS.astype(np.float32)),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_a_label_map_comes_out_the_same_whatever_it_came_in(picture):
    found = imaging.decode_labels(picture)
    assert found.dtype == np.uint16
    np.testing.assert_array_equal(found, LABELS)


def test_one_bit_is_one_tooth():
    picture = Image.fromarray(LABELS > 0)
    np.testing.assert_array_equal(imaging.decode_labels(picture), LABELS > 0)


def test_many_labels_need_sixteen_bits():
    labels = np.array([[256, 65535]], np.uint16)
    np.testing.assert_array_equal(imaging.decode_labels(Image.fromarray(labels)), labels)


@pytest.mark.parametrize(
    ("picture", "found"),
    [
        (Image.new("RGB", (2, 2)), "a picture in mode RGB"),
        (Image.new("LA", (2, 2)), "a picture in mode LA"),
        (Image.fromarray(np.array([[0.5]], np.float32)), "values from 0.5 to 0.5"),
        (Image.fromarray(np.array([[np.nan]], np.float32)), "values from nan to nan"),
        (Image.fromarray(np.array([[-1, 3]], np.int32)), "values from -1 to 3"),
        (Image.fromarray(np.array([[0, 65536]], np.int32)), "values from 0 to 65536"),
    ],
)
def test_what_is_no_label_map_is_refused(picture, found):
    with pytest.raises(InputError, match=found):
        imaging.decode_labels(picture)


def test_orientation_is_applied():
    picture = Image.fromarray(LABELS)
    picture.getexif()[0x0112] = 3  # upside down
    np.testing.assert_array_equal(imaging.decode_labels(picture), LABELS[::-1, ::-1])


@pytest.mark.parametrize(
    ("labels", "size", "expected"),
    [
        ([[1, 2], [3, 4]], 4, [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]),
        ([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 1, [[5]]),
        ([[1, 2, 3, 4]], 2, [[2, 4], [2, 4]]),
        ([[7]], 3, [[7, 7, 7]] * 3),
    ],
)
def test_every_new_pixel_gets_the_label_at_its_centre(labels, size, expected):
    np.testing.assert_array_equal(imaging.resize_labels(np.array(labels), size), expected)


def test_the_median_picture_is_that_of_the_coarse_xrays():
    x = np.stack([np.full((32, 32, 1), level, np.float32) for level in (0.2, 0.4, 1.0)])
    x[1, :16] = 0.6
    usual = imaging.usual_levels(x)
    assert usual.shape == (16, 16)
    assert (usual[:8] == 153).all()
    assert (usual[8:] == 102).all()


def test_small_xrays_have_a_small_median_picture():
    assert imaging.usual_levels(np.zeros((2, 8, 8, 1), np.float32)).shape == (8, 8)


def test_the_correlation_is_one_for_the_same_and_minus_one_for_the_negative():
    xray = np.random.default_rng(0).integers(0, 256, (160, 320), dtype=np.uint8)
    usual = imaging.usual_levels(imaging.resize_xray(xray, 64)[None, ..., None] / np.float32(255))
    assert imaging.level_correlation(xray, usual) > 0.9
    assert imaging.level_correlation(255 - xray, usual) < -0.9
    assert imaging.level_correlation(np.full((20, 20), 7, np.uint8), usual) == 0
