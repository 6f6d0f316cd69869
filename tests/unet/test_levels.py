"""Pictures of one byte a pixel teach and are predicted exactly as their float32 twins."""

import numpy as np
import pytest
from small_unets import small_network, small_training

from teeth_unet import unet
from teeth_unet.imaging import usual_levels
from teeth_unet.unet.levels import unit_levels

RNG = np.random.default_rng(4)
BYTES = RNG.integers(0, 256, (5, 16, 16, 1), np.uint8)
MASKS = (BYTES > 128).astype(np.uint8)


def as_data_processing_does(x):
    floats = x.astype(np.float32)
    floats /= 255
    return floats


FLOATS = as_data_processing_does(BYTES)


def test_levels_are_those_of_data_processing():
    every = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(unit_levels(every), as_data_processing_does(every))
    assert unit_levels(FLOATS) is FLOATS


@pytest.mark.parametrize("mirror", [False, True])
def test_predictions_are_the_same(mirror):
    model = unet.build_unet(small_network(), 16, seed=1)
    prediction = unet.Prediction(mirror=mirror)
    found = [unet.predict(model, x, prediction) for x in (BYTES, FLOATS)]
    np.testing.assert_array_equal(*found)
    assert found[0].dtype == np.float32


def test_trainings_are_the_same():
    training = small_training(batch_size=2, epochs=2, augmentation={"flip": 0.5, "noise": 0.02})
    found = []
    for x, y in ((BYTES, MASKS), (FLOATS, MASKS.astype(np.float32))):
        compiled = unet.compile_model(small_network(), training, size=16, train_cases=4)
        found.append(unet.fit_model(compiled, x[:4], y[:4], x[4:], y[4:], training))
    for one, other in zip(*(fitted.get_weights() for fitted, _ in found), strict=True):
        np.testing.assert_array_equal(one, other)
    assert found[0][1]["val_dice"] == found[1][1]["val_dice"]


def test_usual_levels_are_the_same():
    np.testing.assert_array_equal(usual_levels(BYTES), usual_levels(FLOATS))
