"""The watershed gives what scikit-image's gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter
from skimage.segmentation import watershed

from teeth_unet.teeth import flooding
from teeth_unet.teeth.flooding import flood


def drawn(seed, shape, share, count):
    """Heights without two that are equal, markers of several pixels, and a mask in pieces."""
    rng = np.random.default_rng(seed)
    smooth = gaussian_filter(rng.random(shape), 2).ravel()
    heights = np.empty(smooth.size, np.float32)
    heights[np.argsort(smooth)] = np.arange(smooth.size) / np.float32(smooth.size)
    markers = np.zeros(shape, np.int32)
    for number in range(1, count + 1):
        top, left = (rng.integers(0, side) for side in shape)
        markers[top : top + rng.integers(1, 6), left : left + rng.integers(1, 6)] = number
    rough = gaussian_filter(rng.random(shape), 1)
    return heights.reshape(shape), markers, rough > np.quantile(rough, share)


@given(
    st.integers(0, 2**32 - 1),
    st.tuples(st.integers(1, 40), st.integers(1, 40)),
    st.floats(0, 1),
    st.integers(0, 9),
)
def test_every_pixel_goes_where_the_watershed_of_scikit_image_puts_it(seed, shape, share, count):
    heights, markers, mask = drawn(seed, shape, share, count)
    expected = watershed(heights, markers, mask=mask)
    found = flood(heights, markers, mask)
    assert found.dtype == markers.dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("heights", "markers", "mask", "expected"),
    [
        ("1 2 3 2 1", "1 0 0 0 2", "1 1 1 1 1", "1 1 1 2 2"),  # they meet on the ridge
        ("1 2 9 2 1", "1 0 0 0 2", "1 1 0 1 1", "1 1 0 2 2"),  # nothing gets over a gap
        ("1 1 1 1 1", "1 0 0 0 0", "1 1 0 1 1", "1 1 0 0 0"),  # what no marker reaches
        ("1 1 1 1 1", "1 0 2 0 0", "1 1 0 1 1", "1 1 0 0 0"),  # a marker outside the mask
        ("1 1 1 1 1", "1 1 1 2 2", "1 1 1 1 1", "1 1 1 2 2"),  # nothing to flood
        ("1 1 1 1 1", "0 0 0 0 0", "1 1 1 1 1", "0 0 0 0 0"),
        ("1 1 1 1 1", "1 0 2 0 0", "0 0 0 0 0", "0 0 0 0 0"),
    ],
)
def test_a_row_is_flooded(heights, markers, mask, expected):
    heights, markers, mask, expected = (
        np.array(text.split(), float)[np.newaxis] for text in (heights, markers, mask, expected)
    )
    found = flood(heights.astype(np.float32), markers.astype(np.int32), mask > 0)
    assert found.tolist() == expected.tolist()


@pytest.mark.parametrize(("pieces", "floods"), [(200, 200), (201, 1)])
def test_specks_by_the_thousand_are_flooded_at_once(pieces, floods, monkeypatch):
    calls = []

    def counted(*args, **options):
        calls.append(args)
        return watershed(*args, **options)

    monkeypatch.setattr(flooding, "watershed", counted)
    markers = np.zeros((3, 4 * pieces + 4), np.int32)
    mask = np.zeros(markers.shape, bool)
    for number in range(pieces):
        mask[1, 4 * number + 1 : 4 * number + 4] = True
        markers[1, 4 * number + 1] = number + 1
    found = flood(np.zeros(mask.shape, np.float32), markers, mask)
    assert (found > 0).tolist() == mask.tolist()
    assert len(calls) == floods


def test_markers_and_heights_stay_as_they_are():
    heights, markers, mask = drawn(3, (20, 30), 0.3, 5)
    before = [each.copy() for each in (heights, markers, mask)]
    flood(heights, markers, mask)
    for now, then in zip((heights, markers, mask), before, strict=True):
        np.testing.assert_array_equal(now, then)
