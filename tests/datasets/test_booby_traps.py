"""Files that would run code if they were loaded carelessly: refused, and nothing has been run."""

import base64
import json
import marshal
import os
import pickle
import zipfile

import numpy as np
import pytest
from kedro.config import OmegaConfigLoader
from kedro.io import DatasetError

from teeth_unet import pipeline_registry
from teeth_unet.cli import explain
from teeth_unet.datasets import ArrayDataset, CheckpointDataset, KerasModelDataset
from teeth_unet.errors import InputError
from teeth_unet.settings import CONFIG_LOADER_ARGS


@pytest.fixture
def marker(tmp_path):
    """A folder that the code in a trap would make; the trap works, and nothing has set it off."""
    place = tmp_path / "marker"
    yield place
    assert not place.exists()


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, place):
        self.place = str(place)

    def __reduce__(self):
        return os.mkdir, (self.place,)


def test_the_trap_works(tmp_path):
    pickle.loads(pickle.dumps(Trap(tmp_path / "sprung")))
    assert (tmp_path / "sprung").is_dir()


def refusal(load):
    """What the user reads."""
    with pytest.raises((DatasetError, InputError)) as error:
        load()
    return explain(error.value)


@pytest.mark.parametrize("kind", ["object array", "pickle"])
def test_an_array_of_objects(tmp_path, marker, kind):
    path = tmp_path / "x.npy"
    if kind == "pickle":
        path.write_bytes(pickle.dumps(Trap(marker)))
    else:
        np.save(path, np.array([Trap(marker)], object), allow_pickle=True)
    said = refusal(ArrayDataset(filepath=str(path)).load)
    assert said.startswith(f"{path}: expected an array of numbers, found ")
    assert "Remove it" in said


@pytest.mark.parametrize("content", [b"", b"no array", b"\x93NUMPY\1\0\x10\0{'descr': __bad}\n"])
def test_a_damaged_array(tmp_path, content):
    (tmp_path / "x.npy").write_bytes(content)
    assert "expected an array" in refusal(ArrayDataset(filepath=str(tmp_path / "x.npy")).load)


@pytest.mark.parametrize("name", ["state.json", "model_0000"])
def test_objects_in_a_checkpoint(tmp_path, marker, name):
    path = tmp_path / "checkpoint.npz"
    state = np.frombuffer(b"{}", np.uint8)
    trap = np.array([Trap(marker)], object)
    np.savez(path, **{"state.json": state, name: trap}, allow_pickle=True)
    said = refusal(CheckpointDataset(filepath=str(path)).load().latest)
    assert said.startswith(f"{path}: expected a checkpoint, found a damaged file")


def code_that_makes(place):
    """A function as Keras stores it."""
    code = compile(f"lambda x: __import__('os').mkdir({str(place)!r})", "trap", "eval")
    function = eval(code)
    stored = base64.b64encode(marshal.dumps(function.__code__)).decode()
    config = {"code": stored, "defaults": None, "closure": None}
    return {"class_name": "__lambda__", "config": config}


def lambda_layer(place):
    config = {"name": "trap", "function": code_that_makes(place), "arguments": {}}
    return {"module": "keras.layers", "class_name": "Lambda", "config": config}


def any_class(module, kind, **config):
    return {"module": module, "class_name": kind, "config": config, "registered_name": None}


def dense_with(activation):
    return any_class("keras.layers", "Dense", name="trap", units=1, activation=activation)


def function(module, name):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


# A layer in the configuration of a model, made of the place of the marker.
LAYERS = {
    "Lambda layer": lambda_layer,
    "bare lambda": lambda place: dense_with(code_that_makes(place)),
    "function of the system": lambda place: any_class("os", "mkdir", path=str(place)),
    "built-in": lambda place: any_class("builtins", "eval", source=f"open({str(place)!r}, 'w')"),
    "program": lambda place: any_class("subprocess", "Popen", args=["mkdir", str(place)]),
    "function as activation": lambda place: dense_with(function("os", "mkdir")),
    "switch of Keras": lambda place: dense_with(
        function("keras.config", "enable_unsafe_deserialization")
    ),
    "module that runs on import": lambda place: any_class("trap_on_import", "Layer", name="trap"),
    "registered name of nobody": lambda place: {
        **any_class("trap_on_import", "Layer", name="trap"),
        "registered_name": "nobody>Layer",
    },
}


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """A model file."""
    import keras

    path = tmp_path_factory.mktemp("models") / "harmless.keras"
    inputs = keras.Input((1,))
    keras.Model(inputs, keras.layers.Dense(1, name="trap")(inputs)).save(path)
    return path


def with_layer(source, target, layer):
    """Copy a model file with another layer in its configuration."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "config.json":
                config = json.loads(content)
                before = config["config"]["layers"][1]
                kept = {key: before[key] for key in ("name", "inbound_nodes", "build_config")}
                config["config"]["layers"][1] = {**layer, **kept}
                content = json.dumps(config)
            new.writestr(name, content)


def test_a_model_without_a_trap_is_loaded(tmp_path, harmless):
    layer = any_class("keras.layers", "Dense", name="trap", units=1)
    with_layer(harmless, tmp_path / "unet.keras", layer)
    assert KerasModelDataset(filepath=str(tmp_path / "unet.keras")).load().count_params() == 2


def test_such_code_runs_where_it_is_not_refused(tmp_path, harmless):
    import keras

    with_layer(harmless, tmp_path / "unet.keras", lambda_layer(tmp_path / "sprung"))
    with pytest.raises(Exception):  # noqa: B017, PT011 (the layer then returns nothing)
        keras.saving.load_model(tmp_path / "unet.keras", safe_mode=False)(np.ones((1, 1)))
    assert (tmp_path / "sprung").is_dir()


@pytest.mark.parametrize("name", LAYERS)
def test_code_in_a_model(tmp_path, marker, harmless, monkeypatch, name):
    (tmp_path / "trap_on_import.py").write_text(f"import os; os.mkdir({str(marker)!r})")
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "unet.keras"
    with_layer(harmless, path, LAYERS[name](marker))
    said = refusal(KerasModelDataset(filepath=str(path)).load)
    assert said.startswith(f"{path}: expected a network as this project saves it, found ")
    assert "run data_science again" in said


@pytest.mark.parametrize("content", [b"", b"no model", b"\x89HDF\r\n\x1a\n", b"PK\3\4"])
def test_a_file_that_is_no_model(tmp_path, content):
    (tmp_path / "unet.keras").write_bytes(content)
    said = refusal(KerasModelDataset(filepath=str(tmp_path / "unet.keras")).load)
    assert "expected a network" in said


@pytest.mark.parametrize("file_name", ["parameters.yml", "catalog.yml", "parameters_more.yml"])
@pytest.mark.parametrize("tag", ["object/apply:os.mkdir", "object/new:os.mkdir", "name:os.mkdir"])
def test_python_in_the_configuration(tmp_path, marker, file_name, tag):
    (tmp_path / "base").mkdir()
    (tmp_path / "local").mkdir()
    (tmp_path / "base" / file_name).write_text(f"trap: !!python/{tag} [{str(marker)!r}]\n")
    loader = OmegaConfigLoader(str(tmp_path), **CONFIG_LOADER_ARGS)
    with pytest.raises(Exception, match="could not determine a constructor") as error:
        loader[file_name.split(".")[0].split("_")[0]]
    said = explain(error.value)
    assert "python/" in said
    assert said.endswith("Look at the option --env, and at the files in conf/.")


def test_python_in_the_file_that_pipelines_are_built_from(tmp_path, marker, monkeypatch):
    monkeypatch.setattr(pipeline_registry, "PROJECT", tmp_path)
    path = tmp_path / pipeline_registry.PLACE_OF_FOLDS
    path.parent.mkdir(parents=True)
    trap = f"!!python/object/apply:os.mkdir [{str(marker)!r}]"
    path.write_text(f"cross_validation: {{folds: {trap}, seed: 1}}\n")
    with pytest.raises(InputError, match="could not determine a constructor"):
        pipeline_registry.number_of_folds()
