"""The outlines of label maps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from marked import picture
from scipy.ndimage import gaussian_filter

from teeth_unet.annotations import Numbering, Shape, outlines, rasterise

SIZES = array_shapes(min_dims=2, max_dims=2, max_side=12)
LABELS = arrays(np.uint16, SIZES, elements=st.integers(0, 3))


def filled_again(labels):
    shapes = [Shape(str(number), region) for number, region in outlines(labels).items()]
    numbering = Numbering({shape.label: int(shape.label) for shape in shapes}, single_teeth=True)
    height, width = labels.shape
    return rasterise(picture(*shapes, size=(width, height)), width, height, numbering)


@settings(max_examples=500)
@given(LABELS)
def test_outlines_filled_again_are_the_same_pixels(labels):
    assert np.array_equal(filled_again(labels), labels)


@given(LABELS, st.integers(1, 5), st.integers(1, 5))
def test_outlines_of_large_blocks_filled_again_are_the_same_pixels(labels, rows, columns):
    labels = labels.repeat(rows, axis=0).repeat(columns, axis=1)
    assert np.array_equal(filled_again(labels), labels)


@pytest.mark.parametrize("seed", range(20))
def test_outlines_of_smooth_regions_filled_again_are_the_same_pixels(seed):
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(120, 200)), 4 + seed % 4)
    labels = np.digitize(noise, np.quantile(noise, [0.4, 0.6, 0.8])).astype(np.uint16)
    assert np.array_equal(filled_again(labels), labels)


def test_a_disk_has_few_corners():
    rows, columns = np.ogrid[:200, :200]
    disk = ((rows - 100) ** 2 + (columns - 100) ** 2 < 80**2).astype(np.uint16)
    (ring,) = outlines(disk)[1].rings
    assert len(ring) < 90
    assert np.array_equal(filled_again(disk), disk)


def test_holes_and_parts_are_rings_of_their_own():
    labels = np.zeros((12, 20), dtype=np.uint16)
    labels[1:8, 1:8], labels[3:5, 3:5], labels[9:11, 12:15] = 38, 0, 38
    assert len(outlines(labels)[38].rings) == 3


def test_numbers_come_in_order_and_background_is_none():
    labels = np.array([[48, 0, 11], [0, 0, 11]], dtype=np.uint16)
    assert list(outlines(labels)) == [11, 48]
    assert outlines(np.zeros((3, 3), dtype=np.uint16)) == {}
    assert outlines(np.zeros((0, 3), dtype=np.uint16)) == {}


def test_outlines_stay_within_the_picture():
    (ring,) = outlines(np.ones((5, 7), dtype=np.uint16))[1].rings
    assert ring.min(axis=0).tolist() == [0, 0]
    assert ring.max(axis=0).tolist() == [7, 5]
