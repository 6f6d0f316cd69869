"""A machine in trouble: nothing that was not read is called damaged, or condemned to be removed."""

import builtins
import errno
import io
import json
import os
import re
import zipfile

import keras
import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError
from PIL import Image, ImageFile
from small_segmenters import small_segmenter

from teeth_unet import load_segmenter, unet
from teeth_unet.archives import ArchiveRules, first_damage
from teeth_unet.cli import explain
from teeth_unet.datasets import (
    ArrayDataset,
    AtomicCSVDataset,
    AtomicJSONDataset,
    CheckpointDataset,
    FoldSegmentersDataset,
    ImageFolderDataset,
    KerasModelDataset,
    NewXraysDataset,
    RemoteArchiveDataset,
    SegmenterDataset,
)
from teeth_unet.errors import InputError
from teeth_unet.inference import is_result_folder
from teeth_unet.inference.result_folders import sign
from teeth_unet.unet import Checkpoint, CheckpointFile, Network, Training

CONDEMNED = re.compile(
    "[Rr]emove|[Dd]elete|[Rr]eplace|damaged|take it away|another kind|anew", re.DOTALL
)
TROUBLES = [errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENOMEM]


def picture():
    return Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8))


def write_archive(path):
    content = io.BytesIO()
    picture().save(content, "PNG")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.png", content.getvalue())


def write_folds(path):
    folder = path.parent / "fold_01"
    folder.mkdir()
    (folder / "segmenter.zip").write_bytes(b"")
    path.write_text("case,fold\n1,1\n")


def compiled():
    network = Network(filters=(2, 4), dropout=(0, 0), patch=2)
    return unet.compile_model(network, Training(), size=16, train_cases=4)


def fold_segmenters(path):
    folder, table = str(path.parent), {"filepath": str(path)}
    return list(FoldSegmentersDataset(filepath=folder, folds=table).load())


FILES = {
    "model.keras": (
        lambda path: compiled().save(path),
        lambda path: KerasModelDataset(filepath=str(path)).load(),
    ),
    "segmenter.zip": (
        lambda path: SegmenterDataset(filepath=str(path)).save(small_segmenter()),
        lambda path: SegmenterDataset(filepath=str(path)).load(),
    ),
    "checkpoint.npz": (
        lambda path: CheckpointFile(path).write(Checkpoint({"a": np.arange(9)}, {"epoch": 1})),
        lambda path: CheckpointDataset(filepath=str(path)).load().latest(),
    ),
    "x.npy": (
        lambda path: np.save(path, np.arange(9)),
        lambda path: ArrayDataset(filepath=str(path)).load(),
    ),
    "scores.csv": (
        lambda path: path.write_text("case,dice\n1,0.5\n"),
        lambda path: AtomicCSVDataset(filepath=str(path)).load(),
    ),
    "scores.json": (
        lambda path: path.write_text("{}"),
        lambda path: AtomicJSONDataset(filepath=str(path)).load(),
    ),
    "folds.csv": (write_folds, fold_segmenters),
    "1.png": (
        lambda path: picture().save(path),
        lambda path: ImageFolderDataset(filepath=str(path.parent)).load()["1"](),
    ),
    "new.png": (
        lambda path: picture().save(path),
        lambda path: NewXraysDataset(filepath=str(path)).load()["new"](),
    ),
    "IM0001": (
        lambda path: path.write_bytes(bytes(128) + b"DICM"),
        lambda path: NewXraysDataset(filepath=str(path.parent)).load(),
    ),
    "masks.zip": (
        write_archive,
        lambda path: RemoteArchiveDataset(
            filepath=str(path.parent / "cache"), addresses=str(path)
        ).load()["1"](),
    ),
    "new.zip": (write_archive, lambda path: NewXraysDataset(filepath=str(path)).load()["1"]()),
    "fetched.zip": (write_archive, lambda path: first_damage(path, ArchiveRules())),
    "ABOUT.txt": (
        lambda path: sign(path.parent),
        lambda path: is_result_folder(path.parent),
    ),
}


class Drive(io.FileIO):
    """A file that can be opened, and then not be read."""

    number = errno.EIO

    def fail(self, *_):
        raise OSError(self.number, os.strerror(self.number))

    read = readinto = readall = fail


@pytest.fixture
def breaks_down(monkeypatch):
    """Returns a function that puts one file on a drive in trouble."""

    def arm(path, number, when):
        opened = builtins.open

        def opening(file, mode="r", *arguments, **options):
            if isinstance(file, int) or os.fspath(file) != str(path):
                return opened(file, mode, *arguments, **options)
            if when == "opened":
                raise OSError(number, os.strerror(number), str(path))
            drive = Drive(path)
            drive.number = number
            binary = io.BufferedReader(drive)
            return binary if "b" in mode else io.TextIOWrapper(binary, encoding="utf-8")

        for module in (builtins, io):
            monkeypatch.setattr(module, "open", opening)

    return arm


def told(load):
    with pytest.raises(Exception) as caught:  # noqa: PT011 (any: what it says is looked at)
        load()
    return explain(caught.value)


@pytest.mark.parametrize("when", ["opened", "read"])
@pytest.mark.parametrize("number", TROUBLES, ids=errno.errorcode.get)
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_could_not_be_read_is_not_condemned(tmp_path, breaks_down, name, number, when):
    write, load = FILES[name]
    path = tmp_path / name
    write(path)
    load(path)  # as it should be
    breaks_down(path, number, when)
    said = told(lambda: load(path))
    assert said is not None
    assert os.strerror(number) in said
    assert not CONDEMNED.search(said), said


WORDS = {
    "Python": MemoryError(),
    "NumPy": np._core._exceptions._ArrayMemoryError((9, 9), np.dtype("f4")),
    "TensorFlow": RuntimeError("OOM when allocating tensor with shape[9,9]"),
    "JAX": RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes."),
    "pandas": pd.errors.ParserError("Error tokenizing data. C error: out of memory"),
    "Pillow": OSError("out of memory when reading image file"),
}


@pytest.mark.parametrize("failure", WORDS.values(), ids=WORDS)
def test_a_lack_of_memory_is_told_and_condemns_no_network(tmp_path, monkeypatch, failure):
    def fail(*_, **__):
        raise failure

    for name in ("model.keras", "segmenter.zip"):
        write, load = FILES[name]
        write(tmp_path / name)
        with monkeypatch.context() as patch:
            patch.setattr(keras.saving, "load_model", fail)
            said = told(lambda load=load, name=name: load(tmp_path / name))
        assert "memory" in said
        assert "training.batch_size" in said
        assert not CONDEMNED.search(said), said


@pytest.mark.filterwarnings("ignore:Skipping nested container")  # Keras, of the layers it lost
def test_memory_that_keras_lacks_for_one_layer_is_a_lack_of_memory(tmp_path, monkeypatch):
    def fail(*_):
        raise np._core._exceptions._ArrayMemoryError((9, 9), np.dtype("f4"))

    write, load = FILES["model.keras"]
    write(tmp_path / "model.keras")
    # Keras goes on, and counts.
    monkeypatch.setattr(keras.layers.Conv2D, "load_own_variables", fail)
    said = told(lambda: load(tmp_path / "model.keras"))
    assert "Unable to allocate" in said
    assert not CONDEMNED.search(said), said


@pytest.mark.parametrize("name", ["1.png", "new.png", "masks.zip", "new.zip"])
def test_a_picture_for_which_memory_is_lacking_is_not_condemned(tmp_path, monkeypatch, name):
    def fail(*_):
        raise MemoryError

    write, load = FILES[name]
    write(tmp_path / name)
    monkeypatch.setattr(ImageFile.ImageFile, "load", fail)
    said = told(lambda: load(tmp_path / name))
    assert "memory" in said
    assert not CONDEMNED.search(said), said


def test_a_whole_network_that_keras_cannot_use_is_not_called_damaged(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise TypeError("Could not deserialize class 'KernelAdamW'")

    write, load = FILES["model.keras"]
    write(tmp_path / "model.keras")
    monkeypatch.setattr(keras.saving, "load_model", fail)
    said = told(lambda: load(tmp_path / "model.keras"))
    assert "KernelAdamW" in said
    assert "The file is whole" in said
    assert not CONDEMNED.search(said), said


def test_an_import_that_fails_while_a_network_is_read_is_not_the_files_fault(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ImportError("libcudart.so.12: cannot open shared object file")

    write, load = FILES["model.keras"]
    write(tmp_path / "model.keras")
    monkeypatch.setattr(keras.saving, "load_model", fail)
    with pytest.raises(DatasetError, match="libcudart") as caught:
        load(tmp_path / "model.keras")
    assert not CONDEMNED.search(str(caught.value))
    assert explain(caught.value) is None  # with its traceback: an installation is to be mended


def test_a_damaged_network_is_called_so(tmp_path):
    write, load = FILES["model.keras"]
    path = tmp_path / "model.keras"
    write(path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    said = told(lambda: load(path))
    assert "a damaged file" in said
    assert "run data_science again" in said


def test_an_error_of_the_drive_names_the_file(tmp_path, breaks_down):
    path = tmp_path / "scores.json"
    path.write_text(json.dumps({}))
    breaks_down(path, errno.EIO, "read")
    assert str(path) in told(AtomicJSONDataset(filepath=str(path)).load)


def test_a_segmenter_that_is_a_folder_is_said_to_be_one(tmp_path):
    with pytest.raises(InputError, match="found a folder"):
        load_segmenter(tmp_path)
