import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from teeth_unet.teeth import distance_map, label_picture, spread_labels

LABELS = arrays(
    np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.integers(0, 3)
)


def test_a_distance_is_that_to_the_outline_relative_to_the_largest():
    labels = np.zeros((5, 7), np.uint8)
    labels[:, 1:6] = 1
    expected = np.array([0, 1, 1, 1, 1, 1, 0]) / 3
    expected = np.stack(
        [
            expected,
            np.array([0, 1, 2, 2, 2, 1, 0]) / 3,
            np.array([0, 1, 2, 3, 2, 1, 0]) / 3,
            np.array([0, 1, 2, 2, 2, 1, 0]) / 3,
            expected,
        ]
    )
    np.testing.assert_allclose(distance_map(labels), expected, atol=1e-6)


def test_between_two_teeth_that_touch_there_is_a_valley():
    labels = np.repeat([[1] * 5 + [2] * 5], 9, axis=0)
    middle_row = distance_map(labels)[4]
    np.testing.assert_allclose(middle_row, np.array([1, 2, 3, 2, 1, 1, 2, 3, 2, 1]) / 3, atol=1e-6)


@given(LABELS)
def test_every_tooth_has_a_distance_of_one_somewhere_and_the_background_none(labels):
    distances = distance_map(labels)
    assert distances.dtype == np.float32
    assert (distances[labels == 0] == 0).all()
    for number in set(labels.ravel().tolist()) - {0}:
        inside = distances[labels == number]
        assert inside.max() == 1
        assert inside.min() > 0


@given(LABELS, st.data())
def test_spread_labels_cover_the_mask_and_nothing_else(labels, data):
    mask = data.draw(arrays(np.bool_, labels.shape))
    spread = spread_labels(labels, mask)
    if labels.any():
        np.testing.assert_array_equal(spread > 0, mask)
    else:
        assert not spread.any()
    kept = mask & (labels > 0)
    np.testing.assert_array_equal(spread[kept], labels[kept])


def test_a_pixel_gets_the_label_of_the_nearest_tooth():
    labels = np.array([[1, 0, 0, 0, 0, 2]])
    np.testing.assert_array_equal(
        spread_labels(labels, np.array([[1, 1, 1, 1, 0, 1]])), [[1, 1, 1, 2, 0, 2]]
    )


@pytest.mark.parametrize("dtype", [np.uint8, np.int32])
def test_the_picture_of_a_label_map_holds_its_numbers_and_shows_colours(dtype):
    labels = np.array([[0, 1, 2], [32, 255, 3]], dtype)
    picture = label_picture(labels)
    np.testing.assert_array_equal(np.asarray(picture), labels)
    colours = np.asarray(picture.convert("RGB"))
    assert (colours[0, 0] == 0).all()
    assert (colours[labels > 0].max(axis=-1) > 150).all()


def test_what_does_not_fit_into_eight_bits_is_left_out_of_the_picture():
    assert np.asarray(label_picture(np.array([[256, 300, 5]]))).tolist() == [[0, 0, 5]]
