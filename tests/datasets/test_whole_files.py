import errno
import os
import time
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError, Version
from matplotlib.figure import Figure
from PIL import Image

from teeth_unet import datasets
from teeth_unet.datasets import (
    ArrayDataset,
    FigureDataset,
    FileFolderDataset,
    GalleryDataset,
    HTMLDataset,
    WholeCSVDataset,
    WholeJSONDataset,
    WholeTextDataset,
    whole_files,
)
from teeth_unet.datasets.whole_files import ABANDONED_AFTER, SavedWhole, written_whole

MARK = "0123abcd"
"""Stands for the random part of a temporary name."""


class Fault(Exception):
    """Injected."""


class Unwritable:
    """Fails when it is written out."""

    def __str__(self):
        raise Fault

    def savefig(self, *args, **kwargs):
        raise Fault


def fail():
    raise Fault


def figure(inches):
    return Figure(figsize=(inches, 1), dpi=50)


def as_levels(gallery):
    return {name: open_picture().getpixel((0, 0)) for name, open_picture in gallery.items()}


# Dataset class, file name, old data, new data, data that fail when some have been written, and
# how to compare what is loaded.
DATASETS = [
    (
        ArrayDataset,
        "x.npy",
        np.zeros((2, 4, 4, 1)),
        np.ones((3, 4, 4, 1)),
        np.array([0, Unwritable()], dtype=object),
        np.ndarray.tolist,
    ),
    (
        WholeCSVDataset,
        "cases.csv",
        pd.DataFrame({"case": [1]}),
        pd.DataFrame({"case": [2, 3]}),
        pd.DataFrame({"case": [*range(10_000), Unwritable()]}),
        lambda table: list(table["case"]),
    ),
    (WholeJSONDataset, "scores.json", {"dice": 0}, {"dice": 1}, {"a": 1, "b": Unwritable()}, dict),
    (WholeTextDataset, "summary.txt", "old", "new", 7, str),
    (HTMLDataset, "report.html", "<p>old", "<p>new", 7, str),
    (FigureDataset, "plot.png", figure(1), figure(2), Unwritable(), lambda picture: picture.size),
    (
        GalleryDataset,
        "masks",
        {"1": Image.new("L", (2, 2), 1), "2": Image.new("L", (2, 2), 2)},
        {"1": Image.new("L", (2, 2), 3)},
        {"1": Image.new("L", (2, 2), 4), "2": fail},
        as_levels,
    ),
    (
        FileFolderDataset,
        "exported",
        {"unet.onnx": b"old", "saved_model/variables/index": b"old"},
        {"unet.onnx": b"new"},
        {"unet.onnx": b"new", "saved_model/saved_model.pb": Unwritable()},
        dict,
    ),
]
every_dataset = pytest.mark.parametrize(
    ("dataset_class", "name", "old", "new", "broken", "comparable"),
    DATASETS,
    ids=[dataset_class.__name__ for dataset_class, *_ in DATASETS],
)


@pytest.fixture
def in_two_moves(monkeypatch):
    """Folders are replaced as where two cannot be exchanged in one step."""
    monkeypatch.setattr(whole_files, "_exchanged", lambda one, other: False)


@pytest.fixture
def replace_fails(monkeypatch, in_two_moves):
    """Returns a function that makes the given call of os.replace fail, counted from 1."""
    replace, calls = os.replace, []

    def arm(call):
        def failing(source, target):
            calls.append(target)
            if len(calls) == call:
                raise OSError("no space left")
            replace(source, target)

        monkeypatch.setattr(os, "replace", failing)

    return arm


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_appears_when_it_is_complete(tmp_path):
    target = tmp_path / "new" / "folder" / "scores.json"
    with written_whole(target) as temporary:
        assert temporary.parent == target.parent
        assert temporary.suffix == ".json"
        assert not temporary.exists()
        temporary.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert names(target.parent) == ["scores.json"]


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / "masks"
    target.mkdir()
    (target / "stale.png").touch()
    with written_whole(target) as temporary:
        temporary.mkdir()
        (temporary / "1.png").touch()
        assert names(target) == ["stale.png"]
    assert names(target) == ["1.png"]
    assert names(tmp_path) == ["masks"]


@pytest.mark.parametrize("fault", [Fault, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("existed", [True, False])
def test_a_failure_while_writing_leaves_things_as_they_were(tmp_path, fault, existed):
    target = tmp_path / "scores.json"
    if existed:
        target.write_text("old")

    def write():
        with written_whole(target) as temporary:
            temporary.write_text("ne")
            raise fault

    with pytest.raises(fault):
        write()
    assert names(tmp_path) == (["scores.json"] if existed else [])
    assert not existed or target.read_text() == "old"


def test_a_failure_to_move_a_file_leaves_the_old_one(tmp_path, replace_fails):
    target = tmp_path / "scores.json"
    target.write_text("old")
    replace_fails(1)
    with pytest.raises(OSError, match="no space"), written_whole(target) as temporary:
        temporary.write_text("new")
    assert names(tmp_path) == ["scores.json"]
    assert target.read_text() == "old"


@pytest.mark.parametrize("call", [1, 2], ids=["old aside", "new into place"])
def test_a_failure_to_move_a_folder_leaves_the_old_one(tmp_path, replace_fails, call):
    target = tmp_path / "masks"
    target.mkdir()
    (target / "old.png").touch()
    replace_fails(call)
    with pytest.raises(OSError, match="no space"), written_whole(target) as temporary:
        temporary.mkdir()
    assert names(tmp_path) == ["masks"]
    assert names(target) == ["old.png"]


@pytest.fixture
def exchange_fails(monkeypatch):
    """Returns a function that makes the exchange of two folders fail, or not exist (0)."""

    def arm(number):
        calls = SimpleNamespace(renameat2=lambda *_: -1) if number else SimpleNamespace()
        monkeypatch.setattr(whole_files, "_LINUX", True)
        monkeypatch.setattr(whole_files.ctypes, "CDLL", lambda *_, **__: calls)
        monkeypatch.setattr(whole_files.ctypes, "get_errno", lambda: number)

    return arm


@pytest.mark.parametrize("number", [0, errno.ENOSYS, errno.EINVAL, errno.ENOTSUP])
def test_where_folders_cannot_be_exchanged_the_old_one_steps_aside(
    tmp_path, exchange_fails, number
):
    exchange_fails(number)
    target = tmp_path / "masks"
    target.mkdir()
    with written_whole(target) as temporary:
        temporary.mkdir()
        (temporary / "new.png").touch()
    assert names(target) == ["new.png"]
    assert names(tmp_path) == ["masks"]


def test_an_exchange_that_fails_leaves_the_old_folder(tmp_path, exchange_fails):
    exchange_fails(errno.EACCES)
    target = tmp_path / "masks"
    target.mkdir()
    (target / "old.png").touch()
    with pytest.raises(PermissionError, match="masks"), written_whole(target) as temporary:
        temporary.mkdir()
    assert names(target) == ["old.png"]
    assert names(tmp_path) == ["masks"]


def abandon(path):
    """Make a file look as if nobody had touched it for a long time."""
    long_ago = time.time() - 2 * ABANDONED_AFTER
    os.utime(path, (long_ago, long_ago))


@pytest.mark.parametrize("name", ["scores.json", "masks", "masks.old", "[1] *.png"])
def test_what_a_killed_save_left_is_removed_by_the_next_one(tmp_path, name):
    target = tmp_path / name
    (tmp_path / f".{target.stem}-{MARK}.partial{target.suffix}").write_text("half")
    folder = tmp_path / f".{target.stem}-{MARK[::-1]}.partial{target.suffix}"
    folder.mkdir()
    (folder / "1.png").touch()
    for leftover in tmp_path.iterdir():
        abandon(leftover)
    with written_whole(target) as temporary:
        temporary.touch()
    assert names(tmp_path) == [name]


def test_what_another_process_is_writing_is_left_alone(tmp_path):
    with written_whole(tmp_path / "scores.json") as first:
        first.write_text("first")
        with written_whole(tmp_path / "scores.json") as second:
            second.write_text("second")
        assert first.read_text() == "first"
    assert (tmp_path / "scores.json").read_text() == "first"
    assert names(tmp_path) == ["scores.json"]


@pytest.mark.parametrize(
    "other",
    [
        f".x_train-{MARK}.partial.npy",
        f".x-y-{MARK}.partial.npy",
        f".x-{MARK}.partial.csv",
        ".x-notes.partial.npy",
        ".x.npy",
    ],
)
def test_the_files_of_others_are_left_alone(tmp_path, other):
    (tmp_path / other).touch()
    with written_whole(tmp_path / "x.npy") as temporary:
        temporary.touch()
    assert names(tmp_path) == sorted([other, "x.npy"])


@every_dataset
class TestEveryDataset:
    def test_what_is_saved_is_loaded(
        self, tmp_path, dataset_class, name, old, new, broken, comparable
    ):
        dataset = dataset_class(filepath=str(tmp_path / "made" / name))
        assert not dataset.exists()
        dataset.save(old)
        assert dataset.exists()
        first = comparable(dataset.load())
        dataset.save(new)
        assert comparable(dataset.load()) != first
        assert names(tmp_path / "made") == [name]

    @pytest.mark.usefixtures("in_two_moves")
    def test_the_old_data_are_there_until_the_new_are_complete(
        self, tmp_path, monkeypatch, dataset_class, name, old, new, broken, comparable
    ):
        dataset = dataset_class(filepath=str(tmp_path / name))
        dataset.save(old)
        before, moved, replace = comparable(dataset.load()), [], os.replace

        def watch(source, target):
            if not moved:
                assert comparable(dataset_class(filepath=str(tmp_path / name)).load()) == before
            moved.append((os.path.dirname(source), os.path.dirname(target)))
            replace(source, target)

        monkeypatch.setattr(os, "replace", watch)
        dataset.save(new)
        assert set(moved) == {(str(tmp_path), str(tmp_path))}

    def test_a_failing_writer_leaves_the_old_data(
        self, tmp_path, dataset_class, name, old, new, broken, comparable
    ):
        dataset = dataset_class(filepath=str(tmp_path / name))
        dataset.save(old)
        before = comparable(dataset.load())
        with pytest.raises(DatasetError):
            dataset.save(broken)
        assert comparable(dataset.load()) == before
        assert names(tmp_path) == [name]
        dataset.save(new)
        assert comparable(dataset.load()) != before

    def test_a_failing_move_leaves_the_old_data(
        self, tmp_path, replace_fails, dataset_class, name, old, new, broken, comparable
    ):
        dataset = dataset_class(filepath=str(tmp_path / name))
        dataset.save(old)
        before = comparable(dataset.load())
        replace_fails(1)
        with pytest.raises(DatasetError, match="no space left"):
            dataset.save(new)
        assert comparable(dataset.load()) == before
        assert names(tmp_path) == [name]

    def test_versions_are_kept_side_by_side(
        self, tmp_path, dataset_class, name, old, new, broken, comparable
    ):
        def version(load, save):
            return dataset_class(filepath=str(tmp_path / name), version=Version(load, save))

        version(None, "2026-01-01").save(old)
        version(None, "2026-01-02").save(new)
        latest, first = version(None, None), version("2026-01-01", None)
        assert latest.list_versions(full_path=False) == ["2026-01-02", "2026-01-01"]
        assert comparable(latest.load()) != comparable(first.load())
        assert comparable(latest.load()) == comparable(version("2026-01-02", None).load())
        with pytest.raises(DatasetError, match="must not exist"):
            version(None, "2026-01-02").save(old)

    def test_a_version_that_fails_is_none(
        self, tmp_path, dataset_class, name, old, new, broken, comparable
    ):
        path = str(tmp_path / name)
        dataset_class(filepath=path, version=Version(None, "2026-01-01")).save(old)
        with pytest.raises(DatasetError):
            dataset_class(filepath=path, version=Version(None, "2026-01-02")).save(broken)
        latest = dataset_class(filepath=path, version=Version(None, None))
        assert latest.list_versions(full_path=False) == ["2026-01-01"]

    def test_subclasses_save_whole_too(
        self, tmp_path, dataset_class, name, old, new, broken, comparable
    ):
        dataset = type("Subclass", (dataset_class,), {})(filepath=str(tmp_path / name))
        dataset.save(old)
        before = comparable(dataset.load())
        with pytest.raises(DatasetError):
            dataset.save(broken)
        assert comparable(dataset.load()) == before
        assert names(tmp_path) == [name]

    def test_there_is_no_preview_of_what_was_not_saved(
        self, tmp_path, dataset_class, name, old, new, broken, comparable
    ):
        path = str(tmp_path / name)
        assert dataset_class(filepath=path).preview() is None
        assert dataset_class(filepath=path, version=Version(None, None)).preview() is None

    def test_metadata_are_kept_for_kedro_viz(
        self, tmp_path, dataset_class, name, old, new, broken, comparable
    ):
        metadata = {"kedro-viz": {"layer": "raw"}}
        dataset = dataset_class(filepath=str(tmp_path / name), metadata=metadata)
        assert dataset.metadata == metadata


def test_the_table_above_has_every_dataset_but_the_models():
    classes = [getattr(datasets, name) for name in datasets.__all__]
    whole = {each for each in classes if issubclass(each, SavedWhole)}
    elsewhere = {datasets.KerasModelDataset, datasets.SegmenterDataset}  # with tests of their own
    assert whole - {dataset_class for dataset_class, *_ in DATASETS} == elsewhere


def test_object_stores_are_written_directly():
    text = WholeTextDataset(filepath="memory://teeth/summary.txt")
    text.save("new")
    assert text.load() == "new"
    text._fs.rm(str(text._filepath))
    assert not text.exists()
