"""The store of results: what is done stays done, and nothing of others is ever touched."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from kedro.io import DatasetError
from PIL import Image
from small_results import files, level, picture, result

from teeth_unet.case_names import file_stem
from teeth_unet.datasets import InferenceResultsDataset
from teeth_unet.errors import InputError
from teeth_unet.inference import is_result_folder, recorded_files
from teeth_unet.inference import results as inference_results


def test_a_result_is_there_with_its_pictures_and_rows(store, folder):
    assert not store.has("17", "f")
    store.write(result(kinds=("masks", "overlays", "uncertainty"), teeth=1))
    assert store.has("17", "f")
    assert store.rows("17") == ({"width": 5, "teeth": 1}, [{"tooth": 1}])
    assert files(folder) == {
        "masks/17.png",
        "overlays/17.png",
        "uncertainty/17.png",
        "rows/17.json",
    }
    assert Image.open(folder / "masks/17.png").size == (5, 3)


def test_another_fingerprint_or_a_lost_file_is_not_done(store, folder):
    store.write(result())
    assert not store.has("17", "g")
    (folder / "masks/17.png").unlink()
    assert not store.has("17", "f")


def test_a_later_result_replaces_the_one_before_and_what_it_no_longer_has(store, folder):
    store.write(result(kinds=("masks", "overlays")))
    store.write(result(fingerprint="g", level=0))
    assert level(folder / "masks/17.png") == 0
    assert files(folder) == {"masks/17.png", "rows/17.json"}
    assert store.has("17", "g")


def test_a_discarded_case_leaves_nothing(store, folder):
    store.write(result(kinds=("masks", "overlays")))
    store.discard("17")
    store.discard("never there")
    assert files(folder) == set()


def test_only_the_given_cases_are_kept(store, folder):
    for case in ("1", "2", "3.4", "long " * 100):
        store.write(result(case))
    assert store.keep_only(["2", "5"]) == 3
    assert files(folder) == {"masks/2.png", "rows/2.json"}
    assert store.keep_only(["2"]) == 0


def test_nothing_is_written_before_a_run_begins(store, folder):
    assert store.keep_only([]) == 0
    store.discard("1")
    assert not folder.exists()


# What others have put into the folder ---------------------------------------------------------


def test_a_folder_with_something_else_in_it_is_refused(folder):
    (folder / "masks").mkdir(parents=True)
    (folder / "masks/17.png").write_bytes(b"drawn by hand")
    with pytest.raises(DatasetError, match="expected an empty folder, or results of earlier runs"):
        InferenceResultsDataset(filepath=str(folder)).load()


SUMMARY = {"cases": ["1"], "failures": {"1": "-"}, "made": 0, "found": 0}


@pytest.mark.parametrize(
    ("tables", "taken"),
    [
        ({"summary.json": SUMMARY}, True),
        ({"summary.json": SUMMARY, "cases.csv": "-", "teeth.csv": "-"}, True),
        ({"summary.json": SUMMARY, "notes.txt": "-"}, False),
        ({"summary.json": SUMMARY, "masks": "-"}, False),
        ({"summary.json": {"cases": 5}}, False),
        ({"summary.json": ["cases", "failures", "made", "found"]}, False),
        ({"cases.csv": "-"}, False),
    ],
)
def test_without_a_sign_a_folder_of_our_own_summary_alone_is_taken(folder, tables, taken):
    folder.mkdir()
    for name, content in tables.items():
        (folder / name).write_text(json.dumps(content))
    dataset = InferenceResultsDataset(filepath=str(folder))
    if taken:
        dataset.load().begin()
        assert is_result_folder(folder)
    else:
        with pytest.raises(DatasetError, match="expected an empty folder, or results of earlier"):
            dataset.load()


def test_a_folder_is_known_again_before_there_is_a_result(store, folder):
    store.begin()
    store.begin()
    assert files(folder) == set()
    (folder / "thesis.doc").write_text("mine")
    assert not InferenceResultsDataset(filepath=str(folder)).load().has("17", "f")


def test_an_empty_folder_and_one_of_an_earlier_run_are_taken(store, folder):
    folder.mkdir()
    (folder / ".DS_Store").write_bytes(b"-")
    InferenceResultsDataset(filepath=str(folder)).load().write(result())
    assert is_result_folder(folder)
    assert InferenceResultsDataset(filepath=str(folder)).load().has("17", "f")


def test_a_file_in_the_way_is_refused(folder):
    folder.write_text("-")
    with pytest.raises(DatasetError, match="found a file"):
        InferenceResultsDataset(filepath=str(folder)).load()


def test_files_of_others_are_neither_replaced_nor_removed(store, folder):
    store.write(result("1"))
    others = {"masks/2.png", "masks/note.txt", "overlays/1.png", "mine/masks/1.png"}
    for name in others:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"mine")
    with pytest.raises(InputError, match=r"masks/2\.png: expected no file"):
        store.write(result("2"))
    store.discard("2")
    assert store.keep_only([]) == 1
    assert files(folder) == others
    assert {(folder / name).read_bytes() for name in others} == {b"mine"}


def test_a_mask_corrected_by_hand_stays(store, folder):
    store.write(result())
    picture(99).save(folder / "masks/17.png")
    assert store.has("17", "f")  # it is done, and need not be made again
    with pytest.raises(InputError, match="made or changed by somebody else"):
        store.write(result(fingerprint="g"))
    store.discard("17")
    assert files(folder) == {"masks/17.png"}
    assert level(folder / "masks/17.png") == 99


# Names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case", ["a/b", "a:b", 'a"b', "x" * 300, "\u00e9" * 300, "CON?", "a\\b", " ", "1.2.3"]
)
def test_any_case_name_makes_a_file(store, folder, case):
    store.write(result(case))
    assert store.has(case, "f")
    assert len(list((folder / "masks").iterdir())) == 1
    assert file_stem(file_stem(case)) == file_stem(case)
    assert store.keep_only([case]) == 0


@pytest.mark.parametrize(
    ("case", "beginning"),
    [
        *(
            (name, f"_{name}-")
            for name in ("CON", "nul", "Aux", "PRN", "COM1", "lpt9", "COM\u00b2")
        ),
        *(
            (name, f"_{name}-")
            for name in ("CONIN$", "COM\u00b2", "con.left", "NUL.1.2", "COM0", "aux ")
        ),
        *((name, name) for name in ("CONE", "COM", "COM10", "a.CON", "LPT", "_CON", "con-1", "")),
    ],
)
def test_names_that_windows_has_for_devices_are_none_of_files(case, beginning):
    stem = file_stem(case)
    assert stem.startswith(beginning)
    assert (stem == case) == (beginning == case)
    assert file_stem(stem) == stem


def test_names_that_are_made_plain_stay_apart():
    names = [
        "a/b",
        "a_b",
        "a:b",
        "CON",
        "con",
        "_CON",
        *("x" * length for length in (179, 180, 181, 300, 301)),
    ]
    assert len({file_stem(name) for name in names}) == len(names)


def test_threads_write_side_by_side(store):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(store.write, [result(str(case)) for case in range(40)]))
    assert all(store.has(str(case), "f") for case in range(40))


# In the catalog -------------------------------------------------------------------------------


def test_records_can_be_read_without_this_program(store, folder):
    store.write(result())
    record = json.loads((folder / "rows/17.json").read_text())
    assert record["case"] == "17"
    assert list(record["files"]) == ["masks/17.png"]


def test_the_preview_shows_overlays_or_else_masks(folder, store):
    dataset = InferenceResultsDataset(filepath=str(folder))
    assert dataset.preview() is None
    store.write(result())
    only_masks = dataset.preview()
    store.write(result("18", kinds=("masks", "overlays"), level=9))
    assert dataset.preview() not in (None, only_masks)
    shutil.rmtree(folder)
    assert not dataset.exists()


def test_nothing_is_saved_by_the_catalog(folder):
    with pytest.raises(DatasetError, match="nothing can be saved"):
        InferenceResultsDataset(filepath=str(folder)).save(1)


def test_pictures_are_whole_before_the_record_names_them(store, folder, monkeypatch):
    seen = []
    written = inference_results.to_disk

    def look(path):
        seen.append(path.parent.name)
        written(path)

    monkeypatch.setattr(inference_results, "to_disk", look)
    monkeypatch.setattr(recorded_files, "to_disk", look)
    store.write(result(kinds=("masks", "overlays")))
    assert seen == ["masks", "overlays", "begun", "rows"]


def test_a_place_where_no_folder_can_be_is_told_of(tmp_path):
    (tmp_path / "file").touch()
    store = InferenceResultsDataset(filepath=str(tmp_path / "file" / "results")).load()
    with pytest.raises(InputError, match=r"results: expected a place where a folder can be made"):
        store.begin()
