from itertools import product

import numpy as np
import pytest
from small_unets import RowsReadOnDemand, discs, small_network

from teeth_unet import unet
from teeth_unet.unet import Prediction
from teeth_unet.unet.folding import fold_normalisation
from teeth_unet.unet.layers import BatchNormalization

XRAYS, _ = discs(5)


@pytest.fixture(scope="module")
def model():
    return unet.build_unet(small_network(dropout=(0.5, 0.5)), 16, seed=1)


def test_every_pixel_gets_a_probability(model):
    probabilities = unet.predict(model, XRAYS)
    assert probabilities.shape == XRAYS.shape
    assert probabilities.dtype == np.float32
    assert (probabilities >= 0).all()
    assert (probabilities <= 1).all()
    assert probabilities.std() > 0


def test_the_prediction_of_an_xray_does_not_depend_on_its_neighbours(model):
    together = unet.predict(model, XRAYS)
    alone = [unet.predict(model, XRAYS[case : case + 1])[0] for case in range(5)]
    np.testing.assert_allclose(together, alone, atol=1e-6)
    backwards = unet.predict(model, XRAYS[::-1])
    np.testing.assert_allclose(backwards, together[::-1], atol=1e-6)


def test_nothing_is_dropped_or_learned_in_prediction(model):
    before = model.get_weights()
    one, again = (unet.predict(model, XRAYS) for _ in range(2))
    np.testing.assert_array_equal(one, again)
    for weights, earlier in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weights, earlier)


def test_no_xrays_give_no_probabilities(model):
    probabilities = unet.predict(model, XRAYS[:0])
    assert probabilities.shape == (0, 16, 16, 1)
    assert probabilities.dtype == np.float32


def test_a_network_in_mixed_precision_predicts_float32():
    mixed = unet.build_unet(small_network(), 16, precision="mixed_bfloat16")
    assert unet.predict(mixed, XRAYS).dtype == np.float32


def test_rows_are_read_a_few_at_a_time(model):
    xrays = RowsReadOnDemand(XRAYS)
    probabilities = unet.predict(model, xrays)
    assert xrays.reads == [2, 2, 1]
    np.testing.assert_array_equal(probabilities, unet.predict(model, XRAYS))


def test_the_mirror_image_is_averaged_in_on_request(model):
    plain = unet.predict(model, XRAYS)
    mirrored = unet.predict(model, XRAYS[:, :, ::-1])[:, :, ::-1]
    both = unet.predict(model, XRAYS, Prediction(mirror=True))
    assert not np.allclose(plain, mirrored, atol=1e-3)
    np.testing.assert_allclose(both, (plain + mirrored) / 2, atol=1e-6)
    symmetric = unet.predict(model, XRAYS[:, :, ::-1], Prediction(mirror=True))
    np.testing.assert_allclose(symmetric[:, :, ::-1], both, atol=1e-6)


OPTIONS = {
    "patch": [1, 2],
    "normalisation": ["none", "batch", "group"],
    "normalisation_place": ["after_block", "before_activation"],
    "upsampling": ["transposed", "bilinear"],
}


@pytest.mark.slow
@pytest.mark.parametrize("values", list(product(*OPTIONS.values())))
def test_a_folded_network_predicts_what_the_network_predicts(values):
    options = dict(zip(OPTIONS, values, strict=True))
    model = unet.build_unet(small_network(filters=(4, 8), dropout=(0.2, 0), **options), 16)
    numbers = np.random.default_rng(0)
    model.set_weights(
        [w if w.ndim == 4 else numbers.uniform(0.5, 2, w.shape) for w in model.get_weights()]
    )
    folded = fold_normalisation(model)
    expected = model.predict_on_batch(XRAYS)
    assert expected.std() > 0.01
    np.testing.assert_allclose(folded.predict_on_batch(XRAYS), expected, atol=1e-5)
    left = [layer for layer in folded.layers if isinstance(layer, BatchNormalization)]
    foldable = (options["normalisation"], options["normalisation_place"]) == (
        "batch",
        "before_activation",
    )
    assert not (foldable and left)
