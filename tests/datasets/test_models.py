import sys
import warnings

import numpy as np
import pytest
from kedro.io import DatasetError, Version

from teeth_unet import unet
from teeth_unet.datasets import KerasModelDataset
from teeth_unet.unet import Network, Training

X = np.random.default_rng(0).random((2, 16, 16, 1), np.float32)


def compiled(seed=0, **training):
    network = Network(filters=(2, 4), dropout=(0, 0), patch=2)
    return unet.compile_model(network, Training(seed=seed, **training), size=16, train_cases=4)


@pytest.fixture(scope="module")
def model():
    return compiled(metrics=("iou",), precision="float32")


@pytest.fixture
def dataset(tmp_path):
    return KerasModelDataset(filepath=str(tmp_path / "models" / "unet.keras"))


def test_a_model_comes_back_with_its_weights_optimizer_and_loss(dataset, model):
    dataset.save(model)
    loaded = dataset.load()
    np.testing.assert_array_equal(loaded.predict_on_batch(X), model.predict_on_batch(X))
    assert loaded.get_compile_config() == model.get_compile_config()
    assert len(loaded.optimizer.variables) == len(model.optimizer.variables)


def test_a_compiled_model_is_loaded_without_a_warning(dataset, model):
    dataset.save(model)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loaded = dataset.load()
    assert loaded.train_on_batch(X, np.ones_like(X)) is not None


def test_saving_leaves_the_model_as_it_was(dataset, model):
    before = model.get_compile_config()
    dataset.save(model)
    assert model.get_compile_config() == before
    assert model.optimizer is not None


def test_a_save_that_fails_leaves_the_old_model_and_nothing_else(dataset, model, tmp_path):
    dataset.save(model)
    expected = dataset.load().predict_on_batch(X)

    class Unfinished:
        def save(self, path):
            with open(path, "w") as file:
                file.write("half")
            raise OSError("no space left")

    with pytest.raises(DatasetError, match="no space left"):
        dataset.save(Unfinished())
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["unet.keras"]
    np.testing.assert_array_equal(dataset.load().predict_on_batch(X), expected)


def test_versions_of_a_model_are_kept(tmp_path, model):
    path = str(tmp_path / "unet.keras")
    KerasModelDataset(filepath=path, version=Version(None, "1")).save(model)
    KerasModelDataset(filepath=path, version=Version(None, "2")).save(compiled(seed=1))
    first = KerasModelDataset(filepath=path, version=Version("1", None)).load()
    latest = KerasModelDataset(filepath=path, version=Version(None, None)).load()
    np.testing.assert_array_equal(first.predict_on_batch(X), model.predict_on_batch(X))
    assert not np.array_equal(latest.predict_on_batch(X), first.predict_on_batch(X))


def test_code_in_a_file_is_not_run(dataset, tmp_path):
    import keras

    inputs = keras.Input((1,))
    model = keras.Model(inputs, keras.layers.Lambda(lambda x: x + 1)(inputs))
    (tmp_path / "models").mkdir()
    model.save(tmp_path / "models" / "unet.keras")
    with pytest.raises(DatasetError, match=r"[Ll]ambda"):
        dataset.load()


def test_the_preview_lists_the_layers_without_keras(dataset, model, monkeypatch):
    dataset.save(model)
    monkeypatch.setitem(sys.modules, "keras", None)  # importing it fails
    table = dataset.preview()
    assert [row[0] for row in table["data"]] == [layer.name for layer in model.layers]
    assert table["data"][0][1] == "InputLayer"
    assert table["data"][1][2] == "xray (16, 16, 1)"


def test_a_model_that_is_not_there_does_not_exist(dataset, model):
    assert not dataset.exists()
    with pytest.raises(DatasetError, match=r"unet\.keras"):
        dataset.load()
    dataset.save(model)
    assert dataset.exists()


def test_metadata_are_kept_for_kedro_viz(tmp_path):
    metadata = {"kedro-viz": {"layer": "models"}}
    path = str(tmp_path / "unet.keras")
    assert KerasModelDataset(filepath=path, metadata=metadata).metadata == metadata
