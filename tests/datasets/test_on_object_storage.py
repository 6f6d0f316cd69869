"""Entries of the catalog on object storage: as on the disk, on this machine and on another."""

import json
import logging
import pickle

import numpy as np
import pandas as pd
import pytest
from archives import picture, zipped
from kedro.io import DatasetError, Version
from PIL import Image
from small_results import result

from teeth_unet import lineage
from teeth_unet.cli import explain
from teeth_unet.datasets import (
    ArrayDataset,
    AtomicCSVDataset,
    AtomicJSONDataset,
    CheckpointDataset,
    FileFolderDataset,
    FoldSegmentersDataset,
    GalleryDataset,
    ImageFolderDataset,
    InferenceResultsDataset,
    NewXraysDataset,
    RemoteArchiveDataset,
    SegmenterDataset,
    ShardsDataset,
    StartDataset,
    XraySetDataset,
)
from teeth_unet.datasets.passed_on import origin_of
from teeth_unet.errors import InputError
from teeth_unet.lineage import Making, begin_records, known_record, was_stopped, write_records
from teeth_unet.storage import place_of
from teeth_unet.unet import Checkpoint

MAKING = Making(node="n", run="r", made="2026-11-26T10:00:05+00:00", version="0", code="c")
TABLE = pd.DataFrame({"case": ["1", "2"], "dice": [0.5, 1.0]})


@pytest.mark.parametrize(
    ("made", "name", "data", "read"),
    [
        (ArrayDataset, "x.npy", np.arange(6.0).reshape(2, 3), np.ndarray.tolist),
        (AtomicCSVDataset, "t.csv", TABLE, lambda table: table.to_numpy().tolist()),
        (AtomicJSONDataset, "s.json", {"a": [1]}, dict),
        (FileFolderDataset, "models", {"a/b": b"1", "c": b""}, dict),
        (
            GalleryDataset,
            "masks",
            {"7": Image.new("L", (3, 2), 9)},
            lambda found: {name: each().getpixel((0, 0)) for name, each in found.items()},
        ),
    ],
)
def test_what_is_saved_is_there_on_another_machine(folder, elsewhere, made, name, data, read):
    options = {"save_args": {"index": False}} if made is AtomicCSVDataset else {}
    entry = made(filepath=f"{folder}/{name}", **options)
    assert not entry.exists()
    entry.save(data)
    loaded = read(entry.load())
    elsewhere()
    entry = made(filepath=f"{folder}/{name}", **options)
    assert entry.exists()
    np.testing.assert_equal(read(entry.load()), loaded)
    assert f"{folder}/{name}" in str(entry._describe()) or made in (
        AtomicCSVDataset,
        AtomicJSONDataset,
    )


def test_of_several_versions_the_last_is_read_and_each_can_be(folder, elsewhere):
    for version in ("2026-01-01T00.00.00.000Z", "2026-01-02T00.00.00.000Z"):
        AtomicJSONDataset(filepath=f"{folder}/s.json", version=Version(None, version)).save(version)
    elsewhere()
    last = AtomicJSONDataset(filepath=f"{folder}/s.json", version=Version(None, None))
    assert last.exists()
    assert last.load() == "2026-01-02T00.00.00.000Z"
    first = Version("2026-01-01T00.00.00.000Z", None)
    assert AtomicJSONDataset(filepath=f"{folder}/s.json", version=first).load() == first.load


def test_a_version_that_may_not_be_listed_is_no_version_that_is_missing(folder, proxy):
    entry = AtomicJSONDataset(filepath=f"{folder}/s.json", version=Version(None, None))
    proxy.script = ["403"] * 9
    with pytest.raises(DatasetError, match="expected access to it"):
        entry.load()
    with pytest.raises(DatasetError, match="expected access to it"):
        entry.exists()


def test_an_entry_with_versions_that_has_none_is_not_there(folder, tmp_path):
    for place in (folder, tmp_path):
        entry = AtomicJSONDataset(filepath=f"{place}/s.json", version=Version(None, None))
        assert not entry.exists()


def test_what_was_not_saved_is_said_to_be_so(folder):
    with pytest.raises(DatasetError, match="No such file") as failure:
        AtomicJSONDataset(filepath=f"{folder}/s.json").load()
    assert f"nothing has been saved at {folder}/s.json yet" in explain(failure.value)


@pytest.mark.parametrize("option", ["credentials", "fs_args"])
def test_logins_in_the_catalog_are_refused_and_not_shown(folder, option):
    with pytest.raises(InputError, match="read from the environment") as refusal:
        AtomicJSONDataset(filepath=f"{folder}/s.json", **{option: {"key": "secret"}})
    assert "secret" not in str(refusal.value)


def test_an_address_of_another_kind_is_refused(folder):
    for made in (ArrayDataset, CheckpointDataset, NewXraysDataset, AtomicJSONDataset):
        with pytest.raises(InputError, match="a path of this machine, or an address"):
            made(filepath="hdfs://host/x")


def test_a_segmenter_that_is_not_there_is_that_of_the_package(folder):
    entry = SegmenterDataset(filepath=f"{folder}/segmenter.zip", otherwise="package")
    assert entry.stands_in == (entry._otherwise is not None)
    assert not SegmenterDataset(filepath=f"{folder}/segmenter.zip").exists()


def test_a_start_that_is_not_there_is_named_by_its_address(folder):
    address = f"{folder}/segmenter.zip"
    with pytest.raises(InputError) as refusal:
        StartDataset(filepath=address, start=address).settings()
    assert address in str(refusal.value)


# Stores ----------------------------------------------------------------------------------------


def test_a_checkpoint_goes_on_on_another_machine_and_is_cleared_there(folder, elsewhere, stored):
    CheckpointDataset(filepath=f"{folder}/c.npz").load().write(
        Checkpoint({"w": np.ones(3)}, {"epoch": 2, "history": {}})
    )
    elsewhere()
    store = CheckpointDataset(filepath=f"{folder}/c.npz").load()
    assert store.latest().state["epoch"] == 2
    store.clear()
    assert stored() == {}


def test_shards_begin_anew_where_they_are_of_something_else(folder, elsewhere, stored):
    ShardsDataset(filepath=f"{folder}/shards").load().begin("one")
    elsewhere()
    store = ShardsDataset(filepath=f"{folder}/shards").load()
    store.begin("two")
    assert list(stored().values()) == [b"two"]
    store.clear()
    assert stored() == {}


def test_results_are_found_on_another_machine_and_removed_from_the_storage(
    folder, elsewhere, stored
):
    entry = InferenceResultsDataset(filepath=f"{folder}/results")
    assert not entry.exists()
    store = entry.load()
    store.begin()
    assert entry.exists()
    store.write(result("17"))
    store.write(result("18"))
    assert stored().keys() == {
        "results/ABOUT.txt",
        "results/masks/17.png",
        "results/masks/18.png",
        "results/rows/17.json",
        "results/rows/18.json",
    }
    elsewhere()
    store = InferenceResultsDataset(filepath=f"{folder}/results").load()
    assert store.has("17", "f")
    store.discard("17")
    assert stored().keys() & {"results/masks/17.png", "results/rows/17.json"} == set()
    assert store.has("18", "f")


def test_a_record_is_sent_after_the_files_that_it_names(folder, proxy):
    store = InferenceResultsDataset(filepath=f"{folder}/results").load()
    store.begin()
    proxy.requests.clear()
    store.write(result("17"))
    sent = [each.split("results/")[1] for each in proxy.requests if each.startswith("PUT")]
    assert [name.partition("/")[0] for name in sent] == ["rows", "masks", "rows"]
    assert sent[0].startswith("rows/begun/")
    assert sent[-1].startswith("rows/17.json")


def test_a_storage_that_is_lost_while_results_are_written_is_no_matter_of_one_case(folder, proxy):
    store = InferenceResultsDataset(filepath=f"{folder}/results").load()
    store.begin()
    proxy.script = ["500"] * 20
    with pytest.raises(OSError, match="a storage that answers") as failure:
        store.write(result("17"))
    assert failure.value.errno


# Where X-rays come from ------------------------------------------------------------------------


def test_new_xrays_are_those_of_the_folder_there(folder, put):
    for name in ("xrays/2.png", "xrays/deep/10.png"):
        put(name, picture(9))
    put("xrays/", b"")
    found = NewXraysDataset(filepath=f"{folder}/xrays").load()
    assert list(found) == ["2", "10"]
    assert found["2"]().size == (6, 4)
    assert NewXraysDataset(filepath=f"{folder}/xrays").exists()


def test_one_file_or_an_archive_is_taken_as_well(folder, put):
    put("7.png", picture(9))
    put("all.zip", zipped({"a/7.png": picture(7), "8.png": picture(8)}))
    assert list(NewXraysDataset(filepath=f"{folder}/7.png").load()) == ["7"]
    assert list(NewXraysDataset(filepath=f"{folder}/all.zip").load()) == ["7", "8"]
    assert list(ImageFolderDataset(filepath=folder).load()) == ["7"]


def test_no_xrays_there_are_told_of_by_the_address(folder):
    with pytest.raises(DatasetError, match=f"{folder}/none: expected X-rays"):
        NewXraysDataset(filepath=f"{folder}/none").load()


def test_a_set_is_put_together_from_places_there(folder, put):
    put("set.zip", zipped({"images/7.png": picture(7), "masks/7.png": picture(255)}))
    put("masks/7.png", picture(255))
    for masks in (f"{folder}/masks", f"{folder}/set.zip/masks"):
        places = {
            "xrays": {"filepath": f"{folder}/set.zip/images"},
            "masks": {"filepath": masks},
        }
        for content in ("xrays", "masks"):
            entry = XraySetDataset(content=content, filepath=f"{folder}/raw", **places)
            assert list(entry.load()) == ["7"]


def test_an_archive_there_is_one_of_the_addresses(folder, put, tmp_path):
    put("set.zip", zipped({"7.png": picture(7)}))
    entry = RemoteArchiveDataset(
        filepath=str(tmp_path / "cache"), addresses=f"{folder}/set.zip", progressbar=False
    )
    assert entry.exists()
    assert list(entry.load()) == ["7"]
    gone = RemoteArchiveDataset(filepath=str(tmp_path / "cache"), addresses=f"{folder}/none.zip")
    assert not gone.exists()
    with pytest.raises(DatasetError, match=f"{folder}/none.zip: nothing at"):
        gone.load()


def test_what_is_fetched_is_kept_on_this_machine(folder):
    with pytest.raises(InputError, match="a folder of this machine, for what is fetched"):
        RemoteArchiveDataset(filepath=f"{folder}/cache", addresses="set.zip")


def test_of_the_models_there_only_the_segmenters_of_folds_are_fetched(folder, put, proxy):
    put("fold_01/segmenter.zip", b"x")
    put("fold_01/fitted.keras", b"x")
    entry = FoldSegmentersDataset(filepath=folder)
    assert entry.exists()
    assert list(entry.load()) == ["fold_01"]
    assert not [each for each in proxy.requests if "GET" in each and "fitted" in each]


# Lineage ---------------------------------------------------------------------------------------


def saved(folder):
    path = place_of(f"{folder}/s.json")
    begin_records({"s": path}, MAKING)
    AtomicJSONDataset(filepath=f"{folder}/s.json").save({"a": 1})
    return path


def test_a_record_is_known_on_another_machine_without_fetching_what_it_is_of(
    folder, elsewhere, stored, proxy
):
    record = write_records({"s": saved(folder)}, MAKING)["s"]
    assert stored().keys() == {"s.json", ".lineage/s.json.json"}
    elsewhere()
    proxy.requests.clear()
    assert known_record(place_of(f"{folder}/s.json"), "s") == record
    asked = [each.split()[1].partition("?")[0] for each in proxy.requests if "GET" in each]
    assert not [path for path in asked if path.endswith("/s.json")]
    assert not [each for each in proxy.requests if each.startswith("PUT")]
    assert lineage.content_now(place_of(f"{folder}/s.json")) == record.content


def test_a_run_that_was_killed_before_the_record_is_noticed_on_another_machine(folder, elsewhere):
    saved(folder)
    elsewhere()
    path = place_of(f"{folder}/s.json")
    assert was_stopped(path)
    with pytest.raises(InputError, match=f"s \\({folder}/s.json\\)"):
        known_record(path, "s")


def test_what_somebody_else_has_put_in_its_place_has_no_record(folder, put):
    path = saved(folder)
    write_records({"s": path}, MAKING)
    put("s.json", json.dumps({"a": 2}).encode())
    assert known_record(path, "s") is None


def test_a_storage_that_is_lost_is_not_taken_for_a_record_that_is_missing(folder, proxy):
    path = saved(folder)
    write_records({"s": path}, MAKING)
    proxy.script = ["500"] * 20
    with pytest.raises(OSError, match="a storage that answers"):
        known_record(path, "s")


def test_errors_keep_what_they_are_made_of(folder, proxy, caplog):
    proxy.script = ["500"] * 20
    with pytest.raises(DatasetError) as failure, caplog.at_level(logging.DEBUG):
        AtomicJSONDataset(filepath=f"{folder}/s.json").load()
    assert isinstance(origin_of(failure.value), InputError)


@pytest.mark.parametrize(
    "made",
    [
        ArrayDataset,
        AtomicCSVDataset,
        AtomicJSONDataset,
        FileFolderDataset,
        GalleryDataset,
        SegmenterDataset,
        CheckpointDataset,
        InferenceResultsDataset,
        ShardsDataset,
        NewXraysDataset,
    ],
)
def test_entries_can_be_handed_to_other_processes_after_a_use(folder, made):
    entry = made(filepath=f"{folder}/x.json")
    there = entry.exists()
    assert pickle.loads(pickle.dumps(entry)).exists() == there
