import errno
import io
import json

import numpy as np
import pytest
from kedro.io import DataCatalog, DatasetError

from teeth_unet.datasets import CheckpointDataset
from teeth_unet.errors import InputError
from teeth_unet.unet import Checkpoint

ARRAYS = {
    "model_0000": np.random.default_rng(0).normal(size=(3, 3, 1, 4)).astype(np.float32),
    "optimizer_0000": np.array(17, np.int64),
}
STATE = {"history": {"epoch": [1], "loss": [0.1 + 0.2]}, "started_with": {"x": "ä"}}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "models" / "checkpoint.npz"


@pytest.fixture
def store(path):
    return CheckpointDataset(filepath=str(path)).load()


def test_there_is_nothing_at_first(store):
    assert store.latest() is None


def test_a_checkpoint_comes_back_exactly(store):
    store.write(Checkpoint(ARRAYS, STATE))
    found = store.latest()
    assert found.state == STATE
    assert found.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found.arrays[name], array)
        assert found.arrays[name].dtype == array.dtype


def test_the_last_one_counts(store, path):
    store.write(Checkpoint(ARRAYS, STATE))
    store.write(Checkpoint({}, {"second": True}))
    assert store.latest() == Checkpoint({}, {"second": True})
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.npz"]


def test_cleared_it_is_gone(store):
    store.write(Checkpoint(ARRAYS, STATE))
    store.clear()
    assert store.latest() is None
    store.clear()


def test_a_failing_write_leaves_the_one_before(store, path, monkeypatch):
    store.write(Checkpoint(ARRAYS, STATE))

    def fail(file, **arrays):
        file.write(b"half a file")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(OSError, match="No space"):
        store.write(Checkpoint({}, {}))
    assert store.latest().state == STATE
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.npz"]


def without_archive():
    stored = io.BytesIO()
    np.save(stored, np.zeros(3))
    return stored.getvalue()


def marked(content, at, value):
    """Change a byte of the directory's first entry, counted from its signature (APPNOTE 4.3.12)."""
    changed = bytearray(content)
    changed[content.rindex(b"PK\x01\x02") + at] = value
    return bytes(changed)


DAMAGES = {
    "empty": lambda content: b"",
    "of another kind": lambda content: b"not a checkpoint",
    "half": lambda content: content[: len(content) // 2],
    "without its state": lambda content: content.replace(b"state", b"x"),
    "one array": lambda content: without_archive(),
    "packed in an unknown way": lambda content: marked(content, 10, 99),
    "encrypted": lambda content: marked(content, 8, 1),
    "at a place that does not exist": lambda content: marked(content, 45, 0xFF),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_refused_by_name(store, path, damage):
    store.write(Checkpoint(ARRAYS, STATE))
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(InputError, match=r"checkpoint\.npz: expected a checkpoint, found a damage"):
        store.latest()


def test_a_matter_of_the_disk_is_none_of_the_file(store, path, monkeypatch):
    store.write(Checkpoint(ARRAYS, STATE))

    def fail(*_, **__):
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(np, "load", fail)
    with pytest.raises(OSError, match="input/output error"):
        store.latest()


def test_pickled_objects_are_not_loaded(store, path):
    path.parent.mkdir()
    np.savez(path, **{"state.json": np.array([{"a": 1}], object)}, allow_pickle=True)
    with pytest.raises(InputError, match="damaged"):
        store.latest()


def test_the_preview_is_the_history_so_far(store, path):
    dataset = CheckpointDataset(filepath=str(path))
    assert dataset.preview() is None
    store.write(Checkpoint(ARRAYS, STATE))
    assert json.loads(dataset.preview()) == STATE["history"]


def test_its_path_may_be_in_the_users_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    CheckpointDataset(filepath="~/checkpoint.npz").load().write(Checkpoint({}, STATE))
    assert (tmp_path / "checkpoint.npz").exists()


def test_nothing_is_saved_by_the_catalog(path):
    catalog = DataCatalog({"checkpoints": CheckpointDataset(filepath=str(path))})
    with pytest.raises(DatasetError, match="nothing can be saved"):
        catalog.save("checkpoints", 1)
    assert not catalog.exists("checkpoints")
    catalog.load("checkpoints").write(Checkpoint(ARRAYS, STATE))
    assert catalog.exists("checkpoints")
