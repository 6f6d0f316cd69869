import io
import json
import subprocess
import sys
import warnings
import zipfile

import h5py
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
    unet.save_model(model, path)
    loaded = unet.load_model(path)
    np.testing.assert_array_equal(loaded.predict_on_batch(XRAYS), model.predict_on_batch(XRAYS))


def test_a_file_does_not_tell_when_it_was_written(path):
    unet.save_model(unet.build_unet(small_network(), 16, precision="float32", seed=3), path)
    with zipfile.ZipFile(path) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert json.loads(archive.read("metadata.json"))["date_saved"] == ""


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", ["adamw", "muon", "sgd"])
@pytest.mark.parametrize("loss", ["binary_crossentropy", "tversky"])
def test_a_compiled_network_is_loaded_whole_and_without_warnings(path, optimizer, loss):
    training = small_training(optimizer=optimizer, loss=loss, schedule="cosine")
    model = unet.compile_model(small_network(), training, size=16, train_cases=4)
    model.train_on_batch(XRAYS, MASKS)
    unet.save_model(model, path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = unet.load_model(path)
    assert loaded.get_compile_config() == model.get_compile_config()
    states = [[v.value.numpy() for v in m.optimizer.variables] for m in (model, loaded)]
    for saved, read in zip(*states, strict=True):
        np.testing.assert_array_equal(read, saved)


def test_a_network_that_was_never_fitted_is_loaded_without_warnings(path):
    unet.compile_model(small_network(), small_training(), size=16, train_cases=4).save(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert unet.load_model(path).optimizer.built


@pytest.mark.slow
def test_a_fresh_process_knows_all_classes_of_the_file_and_has_nothing_to_say(path):
    training = small_training(optimizer="adamw", metrics=("iou", "accuracy"))
    unet.compile_model(small_network(patch=2), training, size=16, train_cases=4).save(path)
    finished = subprocess.run(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(path)], capture_output=True, text=True
    )
    assert finished.stdout == "binary_crossentropy_dice KernelAdamW\n"
    assert finished.stderr == ""


def test_code_in_a_file_is_not_run(path):
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs)).save(path)
    with pytest.raises(ValueError, match="Lambda"):
        unet.load_model(path)


def rewritten(path, change=None, compression=zipfile.ZIP_STORED):
    """Write a network's file anew, its weights changed in place, or its parts packed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if change:
        stored = io.BytesIO(parts["model.weights.h5"])
        with h5py.File(stored, "r+") as weights:
            names = []
            weights.visititems(
                lambda name, item: names.append(name) if getattr(item, "ndim", 0) == 4 else None
            )
            kernel = weights[names[0]]
            shape = kernel.shape
            del weights[names[0]]
            change(weights, names[0], shape)
        parts["model.weights.h5"] = stored.getvalue()
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def replaced(**options):
    def change(weights, name, shape):
        weights.create_dataset(name, **{"shape": shape, "dtype": "f4", **options})

    return change


def linked(link):
    def change(weights, name, shape):
        weights[name] = link

    return change


HUGE = (3, 3, 1, 500_000_000)
VIRTUAL = h5py.VirtualLayout((3, 3, 1, 4), "f4")
VIRTUAL[...] = h5py.VirtualSource("elsewhere.h5", "kernel", (3, 3, 1, 4))


@pytest.mark.parametrize(
    "change",
    [
        replaced(shape=HUGE, chunks=(3, 3, 1, 100), compression="gzip"),
        replaced(shape=HUGE),  # announced, nothing of it written
        replaced(data=np.zeros((3, 3, 1, 4)), compression="gzip"),
        replaced(shape=(3, 3, 1, 4), external="/dev/zero"),
        lambda file, name, _: file.create_virtual_dataset(name, VIRTUAL),
        linked(h5py.ExternalLink("elsewhere.h5", "/kernel")),
        linked(h5py.SoftLink("/kernel")),
    ],
    ids=["chunks", "announced", "gzip", "external", "virtual", "external link", "soft link"],
)
def test_weights_that_are_not_all_in_the_file_are_refused_unread(path, monkeypatch, change):
    unet.build_unet(small_network(), 16).save(path)
    rewritten(path, change)
    monkeypatch.setattr(keras.saving, "load_model", None)
    with pytest.raises(ValueError, match=r"packed again, or are elsewhere \(layers/"):
        unet.load_model(path)


def test_packed_parts_are_refused_unread(path, monkeypatch):
    unet.build_unet(small_network(), 16).save(path)
    rewritten(path, compression=zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(keras.saving, "load_model", None)
    with pytest.raises(ValueError, match="a network that was packed again"):
        unet.load_model(path)


def test_a_file_that_was_written_anew_as_it_was_is_loaded(path):
    unet.build_unet(small_network(), 16).save(path)
    rewritten(path, replaced(data=np.zeros((3, 3, 1, 4), np.float32)))
    unet.load_model(path)
