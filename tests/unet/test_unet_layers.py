import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from teeth_unet.unet.layers import DepthToSpace, SpaceToDepth

PATCHES = st.sampled_from([1, 2, 4])
FEW = st.integers(1, 3)


@st.composite
def pictures_and_patch(draw):
    patch = draw(PATCHES)
    shape = (draw(FEW), draw(FEW) * patch, draw(FEW) * patch, draw(FEW))
    return draw(hnp.arrays(np.float32, shape, elements=st.floats(-1, 1, width=32))), patch


@pytest.mark.parametrize(
    ("picture", "folded"),
    [
        # One channel: the pixels of a square follow each other row by row.
        (
            [[[0], [1], [2], [3]], [[4], [5], [6], [7]]],
            [[[0, 1, 4, 5], [2, 3, 6, 7]]],
        ),
        # Two channels: those of a pixel stay together.
        (
            [[[0, 10], [1, 11]], [[2, 12], [3, 13]]],
            [[[0, 10, 1, 11, 2, 12, 3, 13]]],
        ),
    ],
)
def test_a_square_of_pixels_becomes_the_channels_of_one(picture, folded):
    picture, folded = np.array([picture], np.float32), np.array([folded], np.float32)
    np.testing.assert_array_equal(SpaceToDepth(2)(picture), folded)
    np.testing.assert_array_equal(DepthToSpace(2)(folded), picture)


@given(pictures_and_patch())
def test_unfolding_undoes_folding_exactly(case):
    pictures, patch = case
    np.testing.assert_array_equal(DepthToSpace(patch)(SpaceToDepth(patch)(pictures)), pictures)


@pytest.mark.parametrize("patch", [2, 4])
def test_the_order_is_that_of_tensorflow(patch):
    pictures = np.random.default_rng(0).random((2, 8, 12, 16), np.float32)
    np.testing.assert_array_equal(
        SpaceToDepth(patch)(pictures), tf.nn.space_to_depth(pictures, patch)
    )
    np.testing.assert_array_equal(
        DepthToSpace(patch)(pictures), tf.nn.depth_to_space(pictures, patch)
    )
