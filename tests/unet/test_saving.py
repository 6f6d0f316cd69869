import subprocess
import sys
import warnings

import keras
import numpy as np
import pytest
from small_unets import discs, small_network, small_training

from teeth_unet import unet

XRAYS, MASKS = discs(2)
NETWORKS = {
    "as the article": small_network(normalisation_place="after_block", upsampling="transposed"),
    "with a patch": small_network(patch=2),
    "with groups": small_network(normalisation="group", pooling="average"),
}
IN_ANOTHER_PROCESS = """
import sys, warnings
warnings.simplefilter("error")
from pathlib import Path
from teeth_unet.unet import load_model
model = load_model(Path(sys.argv[1]))
print(model.loss.name, type(model.optimizer).__name__)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "unet.keras"


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_a_loaded_network_predicts_the_same(path, network, precision):
    model = unet.build_unet(network, 16, precision=precision, seed=3)
    model.save(path)
    loaded = unet.load_model(path)
    np.testing.assert_array_equal(loaded.predict_on_batch(XRAYS), model.predict_on_batch(XRAYS))


@pytest.mark.parametrize("optimizer", ["adamw", "muon", "sgd"])
@pytest.mark.parametrize("loss", ["binary_crossentropy", "tversky"])
def test_a_compiled_network_is_loaded_whole_and_without_warnings(path, optimizer, loss):
    training = small_training(optimizer=optimizer, loss=loss, schedule="cosine")
    model = unet.compile_unet(small_network(), training, size=16, train_cases=4)
    model.train_on_batch(XRAYS, MASKS)
    model.save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = unet.load_model(path)
    assert loaded.get_compile_config() == model.get_compile_config()
    states = [[v.value.numpy() for v in m.optimizer.variables] for m in (model, loaded)]
    for saved, read in zip(*states, strict=True):
        np.testing.assert_array_equal(read, saved)


def test_a_network_that_was_never_fitted_is_loaded_without_warnings(path):
    unet.compile_unet(small_network(), small_training(), size=16, train_cases=4).save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert unet.load_model(path).optimizer.built


def test_a_fresh_process_knows_all_classes_of_the_file_and_has_nothing_to_say(path):
    training = small_training(optimizer="adamw", metrics=("iou", "accuracy"))
    unet.compile_unet(small_network(patch=2), training, size=16, train_cases=4).save(path)
    finished = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(path)], capture_output=True, text=True
    )
    assert finished.stdout == "binary_crossentropy_dice KernelAdamW\n"
    assert finished.stderr == ""


def test_code_in_a_file_is_not_run(path):
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs)).save(path)
    with pytest.raises(ValueError, match="safe_mode"):
        unet.load_model(path)
