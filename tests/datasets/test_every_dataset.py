"""What holds for every entry that is a file or a folder."""

import os

import numpy as np
import pandas as pd
import pytest
from kedro.io import DatasetError, Version
from matplotlib.figure import Figure
from PIL import Image

from teeth_unet import datasets
from teeth_unet.datasets import (
    ArrayDataset,
    AtomicCSVDataset,
    AtomicJSONDataset,
    AtomicTextDataset,
    FigureDataset,
    FileFolderDataset,
    GalleryDataset,
    HTMLDataset,
)
from teeth_unet.datasets.atomic import AtomicSave


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
        AtomicCSVDataset,
        "cases.csv",
        pd.DataFrame({"case": [1]}),
        pd.DataFrame({"case": [2, 3]}),
        pd.DataFrame({"case": [*range(10_000), Unwritable()]}),
        lambda table: list(table["case"]),
    ),
    (AtomicJSONDataset, "scores.json", {"dice": 0}, {"dice": 1}, {"a": 1, "b": Unwritable()}, dict),
    (AtomicTextDataset, "summary.txt", "old", "new", 7, str),
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


def names(folder):
    return sorted(path.name for path in folder.iterdir())


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
    whole = {each for each in classes if issubclass(each, AtomicSave)}
    # With tests of their own:
    elsewhere = {
        datasets.KerasModelDataset,
        datasets.NumberingDataset,
        datasets.SegmenterDataset,
    }
    assert whole - {dataset_class for dataset_class, *_ in DATASETS} == elsewhere
