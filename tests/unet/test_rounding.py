import zlib

import numpy as np
import pytest
from small_unets import small_network

from teeth_unet import unet
from teeth_unet.unet.rounding import _rounded


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1.0, 1e30])
def test_a_weight_keeps_eleven_bits_whatever_its_size(scale):
    weights = (np.random.default_rng(0).normal(size=10_000) * scale).astype(np.float32)
    rounded = _rounded(weights)
    assert rounded.dtype == np.float32
    assert (np.abs(rounded - weights) <= np.abs(weights) / 2**11).all()
    assert (rounded.view(np.uint32) % 2**13 == 0).all()


def test_what_has_few_bits_stays_as_it_is():
    weights = np.array([0, -0.0, 1, -2.5, 1 / 1024, 2047], np.float32)
    np.testing.assert_array_equal(_rounded(weights), weights)


def test_a_rounded_network_is_packed_into_less_and_the_other_stays():
    model = unet.build_unet(small_network(filters=(16, 32)), 16, seed=3)
    before = [weights.copy() for weights in model.get_weights()]
    rounded = unet.round_weights(model)
    packed = [
        sum(len(zlib.compress(weights.tobytes())) for weights in each.get_weights())
        for each in (rounded, model)
    ]
    assert packed[0] < 0.7 * packed[1]
    for one, other, first in zip(rounded.get_weights(), model.get_weights(), before, strict=True):
        np.testing.assert_allclose(one, other, rtol=2**-11)
        np.testing.assert_array_equal(other, first)
    assert rounded.to_json() == model.to_json()
