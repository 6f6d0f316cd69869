"""What a training begins with: nothing, the network of the package, or a segmenter's file."""

import json

import pytest
from kedro.io import DataCatalog, DatasetError
from small_segmenters import small_segmenter

from teeth_unet.datasets import SegmenterDataset, StartDataset
from teeth_unet.datasets.sources import starts
from teeth_unet.lineage import content_of
from teeth_unet.lineage_hooks import entries
from teeth_unet.segmentation import write_segmenter


@pytest.fixture
def path(tmp_path):
    place = tmp_path / "mine.zip"
    write_segmenter(place, small_segmenter(seed=1))
    return place


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    place = tmp_path / "package.zip"
    write_segmenter(place, small_segmenter(seed=2, data_note="Drawings."))
    for module in ("datasets.sources.starts", "segmentation.files"):
        monkeypatch.setattr(f"teeth_unet.{module}.packaged_segmenter", lambda: place)
    return place


def begun(start, tmp_path):
    # As the catalog has it: Kedro has put the project's folder before whatever was given.
    return StartDataset(filepath=str(tmp_path / str(start)), start=str(start))


def test_from_scratch_there_is_none(tmp_path):
    dataset = begun("scratch", tmp_path)
    assert dataset.load() is None
    assert dataset.settings() is None
    catalog = DataCatalog({"start": dataset})
    assert entries.load_place(catalog, "start") is None
    assert entries.described(catalog, "start", None) == "none: from scratch"
    assert json.loads(dataset.preview()) == {"start": "scratch"}


def test_a_folder_of_that_name_is_not_meant_by_the_word(tmp_path, path):
    path.rename(tmp_path / "scratch")
    assert begun("scratch", tmp_path).load() is None
    assert begun("./scratch", tmp_path).load() is not None


def test_the_network_of_the_package_is_called_so(tmp_path, packaged):
    dataset = begun("package", tmp_path)
    assert dataset.load().taught_on == "package: Drawings."
    catalog = DataCatalog({"start": dataset})
    assert entries.load_place(catalog, "start") == packaged
    assert entries.described(catalog, "start", None) == "the one that comes with this package"


def test_a_segmenter_is_known_by_its_content_alone(tmp_path, path):
    dataset = begun("mine.zip", tmp_path)
    assert dataset.load().fingerprint == small_segmenter(seed=1).fingerprint
    assert dataset.settings() == small_segmenter(seed=1).settings
    catalog = DataCatalog({"start": dataset, "segmenter": SegmenterDataset(filepath=str(path))})
    assert entries.content_of_input(catalog, "start", None) == content_of(path)
    assert entries.is_of_another_run(catalog, "start")
    assert not entries.is_of_another_run(catalog, "segmenter")
    assert str(path) in entries.described(catalog, "start", None)


@pytest.mark.parametrize(
    ("start", "found"),
    [("none.zip", "none.zip, where there is none"), ("package", "no network in this package")],
)
def test_what_is_not_there_is_told_with_what_may_stand_there(tmp_path, monkeypatch, start, found):
    monkeypatch.setattr(starts, "packaged_segmenter", lambda: None)
    dataset = begun(start, tmp_path)
    for read in (dataset.load, dataset.settings):
        with pytest.raises(Exception, match=r"package, scratch or the path of a") as refused:
            read()
        assert found in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK", b"no segmenter"])
def test_a_file_of_another_kind_is_refused_as_everywhere(tmp_path, path, content):
    path.write_bytes(content)
    with pytest.raises(DatasetError, match="a file of another kind, or a damaged one"):
        begun("mine.zip", tmp_path).load()


def test_nothing_is_ever_written_there(tmp_path, path):
    before = path.read_bytes()
    with pytest.raises(DatasetError, match="read-only"):
        begun("mine.zip", tmp_path).save(small_segmenter())
    assert path.read_bytes() == before
