import io
import json
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from kedro.io import DatasetError

from teeth_unet.datasets import SegmenterDataset
from teeth_unet.datasets.segmenters import DESCRIPTION, MODEL

sys.path.append(str(Path(__file__).parents[1] / "segmentation"))
from small_segmenters import small_segmenter

XRAY = np.random.default_rng(0).integers(0, 256, (45, 90), dtype=np.uint8)


@pytest.fixture(scope="module")
def segmenter():
    return small_segmenter(threshold=0.45)


@pytest.fixture
def dataset(tmp_path):
    return SegmenterDataset(filepath=str(tmp_path / "models" / "segmenter.zip"))


@pytest.fixture
def path(dataset, segmenter, tmp_path):
    dataset.save(segmenter)
    return tmp_path / "models" / "segmenter.zip"


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def replace(path, **changes):
    """Write other content for the description or the model, or leave one out."""
    held = members(path)
    named = {"description": DESCRIPTION, "model": MODEL}
    for name, content in changes.items():
        held[named[name]] = content
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            if content is not None:
                archive.writestr(name, content)


def test_a_segmenter_comes_back_the_same(dataset, path, segmenter):
    loaded = dataset.load()
    assert loaded.settings == segmenter.settings
    assert loaded.fingerprint == segmenter.fingerprint
    np.testing.assert_array_equal(loaded.predict(XRAY), segmenter.predict(XRAY))


def test_saving_it_again_changes_nothing(dataset, path, segmenter, tmp_path):
    copy = SegmenterDataset(filepath=str(tmp_path / "copy.zip"))
    copy.save(dataset.load())
    assert copy.load().fingerprint == segmenter.fingerprint


def test_a_save_that_fails_leaves_the_old_one(dataset, path, segmenter, monkeypatch):
    before = path.read_bytes()
    broken = small_segmenter(seed=3)

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(type(broken.model), "save", fail)
    with pytest.raises(DatasetError, match="disk full"):
        dataset.save(broken)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_without_a_file_it_says_so(dataset):
    with pytest.raises(DatasetError):
        dataset.load()
    assert not dataset.exists()


def described(path, **changes):
    description = json.loads(members(path)[DESCRIPTION])
    for name, value in changes.items():
        if name in description:
            description[name] = value
        else:
            description["settings"][name] = value
    return json.dumps(description)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("threshold", 0.3, "not saved together"),
        ("mirror", True, "not saved together"),
        ("size", 64, r"from \(None, 64, 64, 1\)"),
        ("threshold", 7, "settings of another kind"),
        ("unheard_of", 1, "settings of another kind"),
        ("fingerprint", "0" * 64, "not saved together"),
        ("format", "teeth_unet segmenter 99", "another format"),
    ],
)
def test_a_description_changed_by_hand_is_refused(dataset, path, name, value, told):
    replace(path, description=described(path, **{name: value}))
    with pytest.raises(DatasetError, match=told):
        dataset.load()


def test_the_network_of_another_segmenter_is_refused(dataset, path, tmp_path):
    other = SegmenterDataset(filepath=str(tmp_path / "other.zip"))
    other.save(small_segmenter(seed=1, threshold=0.45))
    replace(path, model=members(tmp_path / "other.zip")[MODEL])
    with pytest.raises(DatasetError, match="not saved together"):
        dataset.load()


@pytest.mark.parametrize(
    "changes",
    [
        {"model": None},
        {"description": None},
        {"model": b"no network"},
        {"description": b"no JSON"},
        {"description": b"[]"},
        {"description": b"{}"},
    ],
    ids=str,
)
def test_what_is_not_whole_is_refused_with_the_path(dataset, path, changes):
    replace(path, **changes)
    with pytest.raises(DatasetError, match=r"segmenter\.zip: expected a segmenter"):
        dataset.load()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"<html>"], ids=repr)
def test_a_file_of_another_kind_is_refused(dataset, path, content):
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="a file of another kind, or a damaged one"):
        dataset.load()


def test_every_truncation_is_refused(dataset, path):
    whole = path.read_bytes()
    for length in np.linspace(0, len(whole) - 1, 12).astype(int):
        path.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match="expected a segmenter"):
            dataset.load()


class Trap:
    def __init__(self, marker):
        self.marker = marker

    def __reduce__(self):
        return (open, (str(self.marker), "w"))


def test_no_code_in_the_file_is_executed(dataset, path, tmp_path):
    marker = tmp_path / "executed"
    stolen = io.BytesIO()
    pickle.dump(Trap(marker), stolen)
    replace(path, model=stolen.getvalue())
    with pytest.raises(DatasetError, match="expected a segmenter"):
        dataset.load()
    assert not marker.exists()


def test_kedro_viz_shows_what_belongs_to_the_network(dataset, path):
    shown = json.loads(dataset.preview())
    assert shown["threshold"] == 0.45
    assert shown["scores"]["dice"]["mean"] == 0.9
