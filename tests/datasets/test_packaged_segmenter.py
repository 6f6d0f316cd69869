"""The segmenter of the package stands in where no training has left one, and only there."""

import logging
import tomllib
from pathlib import Path

import pytest
from kedro.io import CachedDataset, DataCatalog, DatasetError, Version
from small_segmenters import small_segmenter

import teeth_unet
from teeth_unet.datasets import SegmenterDataset
from teeth_unet.datasets.saved import segmenters
from teeth_unet.lineage import content_of
from teeth_unet.lineage_hooks import entries
from teeth_unet.segmentation import read_segmenter, write_segmenter
from teeth_unet.segmentation.packaged import PACKAGED

OWN = small_segmenter(seed=1, data_note="Of the clinic.")


@pytest.fixture
def packaged(tmp_path, monkeypatch):
    path = tmp_path / "package" / "segmenter.zip"
    path.parent.mkdir()
    write_segmenter(path, small_segmenter(seed=2, data_note="Drawings."))
    for module in ("datasets.saved.segmenters", "segmentation.files", "segmentation"):
        monkeypatch.setattr(f"teeth_unet.{module}.packaged_segmenter", lambda: path)
    return path


def entry(tmp_path, otherwise="package"):
    return SegmenterDataset(filepath=str(tmp_path / "data" / "segmenter.zip"), otherwise=otherwise)


def test_it_is_read_where_there_is_no_other_and_the_log_tells(tmp_path, packaged, caplog):
    with caplog.at_level(logging.INFO):
        segmenter = entry(tmp_path).load()
    assert segmenter.of_package
    assert segmenter.taught_on == "package: Drawings."
    assert "No network is trained yet: taken is that of the package: Drawings." in caplog.text
    assert "taught on: package: Drawings." in repr(segmenter)


def test_it_can_be_asked_for_by_the_word(tmp_path, packaged, caplog):
    asked = SegmenterDataset(filepath=str(tmp_path / "project" / "package"), otherwise="package")
    with caplog.at_level(logging.INFO):
        assert asked.load().of_package
    assert "Taken is that of the package: Drawings." in caplog.text
    assert "No network is trained yet" not in caplog.text


def test_whoever_names_its_file_is_not_told_that_there_is_no_other(packaged, caplog):
    with caplog.at_level(logging.INFO):
        SegmenterDataset(filepath=str(packaged)).load()
    assert "Taken is that of the package: Drawings." in caplog.text
    assert "No network is trained yet" not in caplog.text


def test_it_is_no_file_of_the_training(tmp_path, packaged):
    dataset = entry(tmp_path)
    assert not dataset.exists()  # --only-missing-outputs makes it
    assert dataset.stands_in


def test_after_a_training_its_own_is_read(tmp_path, packaged, caplog):
    dataset = entry(tmp_path)
    dataset.load()
    dataset.save(OWN)
    caplog.clear()
    with caplog.at_level(logging.INFO):
        segmenter = dataset.load()
    assert (segmenter.fingerprint, segmenter.taught_on) == (OWN.fingerprint, "Of the clinic.")
    assert not segmenter.of_package
    assert dataset.exists()
    assert "package" not in caplog.text
    assert packaged.exists()


@pytest.mark.parametrize("otherwise", [None, "elsewhere/segmenter.zip"])
def test_nothing_stands_in_for_one_that_is_asked_for(tmp_path, packaged, otherwise):
    with pytest.raises(DatasetError, match=r"data/segmenter\.zip"):
        entry(tmp_path, otherwise).load()


def test_without_it_the_error_is_that_of_a_missing_file(tmp_path, monkeypatch):
    monkeypatch.setattr(segmenters, "packaged_segmenter", lambda: None)
    with pytest.raises(DatasetError, match=r"data/segmenter\.zip"):
        entry(tmp_path).load()


def test_a_copy_of_it_is_not_called_that_of_the_package(tmp_path, packaged):
    copy = tmp_path / "copy.zip"
    copy.write_bytes(packaged.read_bytes())
    assert read_segmenter(copy).taught_on == "Drawings."
    assert read_segmenter(copy).fingerprint == read_segmenter(packaged).fingerprint


def test_its_content_is_what_was_read(tmp_path, packaged):
    catalog = DataCatalog({"segmenter": entry(tmp_path)})
    assert entries.is_of_package(catalog, "segmenter")
    assert entries.load_place(catalog, "segmenter") == packaged
    assert entries.content_of_input(catalog, "segmenter", None) == content_of(packaged)
    assert entries.described(catalog, "segmenter", None) == "the one that comes with this package"
    own = str(tmp_path / "data" / "segmenter.zip")
    assert str(entries.save_place(catalog, "segmenter")) == own
    assert str(entries.whole_place(catalog, "segmenter")) == own


def test_a_wheel_holds_it():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    listed = project["tool"]["setuptools"]["package-data"]["teeth_unet.segmentation"]
    assert PACKAGED in listed


def test_a_file_that_is_only_a_pointer_to_it_is_refused(tmp_path, packaged):
    packaged.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 4\n")
    with pytest.raises(DatasetError, match="a file of another kind, or a damaged one"):
        entry(tmp_path).load()


def test_load_segmenter_without_a_path_is_it(packaged):
    assert teeth_unet.load_segmenter().of_package


def test_load_segmenter_says_if_there_is_none(monkeypatch):
    monkeypatch.setattr("teeth_unet.segmentation.packaged_segmenter", lambda: None)
    with pytest.raises(FileNotFoundError, match="this package holds no segmenter: give the path"):
        teeth_unet.load_segmenter()


def versioned(tmp_path, load=None, save=None):
    path = str(tmp_path / "data" / "segmenter.zip")
    return SegmenterDataset(filepath=path, otherwise="package", version=Version(load, save))


def test_it_stands_in_where_versions_are_kept_and_there_is_none(tmp_path, packaged):
    dataset = versioned(tmp_path)
    assert dataset.stands_in
    assert dataset.load().of_package
    versioned(tmp_path, save="2026-01-02T03.04.05.678Z").save(OWN)
    after = versioned(tmp_path)
    assert not after.stands_in
    assert after.load().taught_on == "Of the clinic."


def test_nothing_stands_in_for_a_version_that_is_asked_for(tmp_path, packaged):
    dataset = versioned(tmp_path, load="2026-01-02T03.04.05.678Z")
    assert not dataset.stands_in
    with pytest.raises(DatasetError, match=r"2026-01-02T03\.04\.05\.678Z"):
        dataset.load()


def test_it_is_told_of_an_entry_that_is_kept_in_memory_as_well(tmp_path, packaged):
    catalog = DataCatalog({"segmenter": CachedDataset(entry(tmp_path))})
    assert entries.is_of_package(catalog, "segmenter")
    assert entries.described(catalog, "segmenter", None) == "the one that comes with this package"
