"""What lies beside a saved entry, whenever the run that saved it was killed."""

import json
import shutil

import pytest

from teeth_unet.errors import InputError
from teeth_unet.lineage import (
    Making,
    begin_records,
    content_now,
    content_of,
    known_record,
    read_record,
    write_records,
)
from teeth_unet.lineage.records import FOLDER

MAKING = Making(
    node="data_science.fit_unet",
    run="2026-11-26T10.00.00.000Z",
    made="2026-11-26T10:00:05+00:00",
    version="0.1.0",
    code="c0de",
    read={"x_train": "aa"},
    own_parameters=["training"],
    ancestors={"x_train": "aa", "raw_xrays": "bb"},
    parameters={"training": {"loss": "dice", "metrics": ["iou"]}},
    sources={"raw_xrays": "96 cases"},
)


def save(paths, text):
    begin_records(paths, MAKING)
    for path in paths.values():
        path.write_text(text)
    return write_records(paths, MAKING)


@pytest.fixture
def paths(tmp_path):
    return {"fitted_unet": tmp_path / "fitted.keras", "history": tmp_path / "history.json"}


def test_a_record_is_read_as_it_was_written(paths):
    written = save(paths, "new")
    for entry, path in paths.items():
        assert known_record(path, entry) == written[entry]
        assert known_record(path, entry).making == MAKING


def test_entries_of_one_node_know_each_other(paths):
    records = save(paths, "new")
    assert records["history"].together_with == {"fitted_unet": records["fitted_unet"].content}
    assert records["history"].contents.keys() == {"x_train", "raw_xrays", *paths}


def test_a_file_that_somebody_else_has_written_has_no_record(paths):
    save(paths, "new")
    paths["history"].write_text("mine")
    assert known_record(paths["history"], "history") is None
    assert known_record(paths["fitted_unet"], "fitted_unet") is not None


def test_what_was_put_back_has_its_record(paths):
    record = save(paths, "new")["history"]
    paths["history"].write_text("mine")
    paths["history"].write_text("new")
    assert known_record(paths["history"], "history").contents == record.contents


def test_a_copied_folder_keeps_its_records_and_is_read_whole_only_once(paths, monkeypatch):
    save(paths, "new")
    folder = paths["history"].parent
    copy = shutil.copytree(folder, folder.parent / "copy") / "history.json"
    assert known_record(copy, "history").making == MAKING
    monkeypatch.setattr("teeth_unet.lineage.records.content_of", lambda path: pytest.fail("read"))
    assert known_record(copy, "history").making == MAKING


def test_of_a_folder_for_reading_only_a_copy_is_read_again(paths, monkeypatch):
    save(paths, "new")
    paths["history"].write_text("new")

    def refuse(path):
        raise PermissionError(13, "read-only", str(path))

    monkeypatch.setattr("teeth_unet.lineage.records.atomic_write", refuse)
    assert known_record(paths["history"], "history").making == MAKING


def test_a_kill_before_anything_was_saved_leaves_what_was_there(paths):
    save(paths, "old")
    begin_records(paths, MAKING)
    assert known_record(paths["history"], "history").making == MAKING


def test_a_kill_between_two_outputs_refuses_the_new_one_alone(paths):
    save(paths, "old")
    begin_records(paths, MAKING)
    paths["fitted_unet"].write_text("new")
    with pytest.raises(
        InputError, match=r"fitted_unet .*when it was stopped.*--from-nodes fit_unet"
    ):
        known_record(paths["fitted_unet"], "fitted_unet")
    assert known_record(paths["history"], "history") is not None


def test_a_kill_before_the_first_records_refuses_all(paths):
    begin_records(paths, MAKING)
    for entry, path in paths.items():
        path.write_text("new")
        with pytest.raises(InputError, match="--from-nodes fit_unet"):
            known_record(path, entry)


def test_after_a_kill_the_next_save_is_known_again(paths):
    begin_records(paths, MAKING)
    save(paths, "new")
    assert known_record(paths["history"], "history").making == MAKING


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"format": 1}', '{"format": 2}'])
def test_a_damaged_record_is_none(paths, content):
    save(paths, "new")
    (paths["history"].parent / FOLDER / "history.json.json").write_text(content)
    assert read_record(paths["history"]) is None
    assert known_record(paths["history"], "history") is None


def test_a_record_is_text_that_people_can_read(paths):
    save(paths, "new")
    written = json.loads((paths["history"].parent / FOLDER / "history.json.json").read_text())
    assert written["making"]["parameters"]["training"]["loss"] == "dice"


def test_the_content_now_is_that_of_the_file_and_not_of_its_record(paths):
    record = save(paths, "new")["history"]
    assert content_now(paths["history"]) == record.content
    paths["history"].write_text("mine")
    assert content_now(paths["history"]) == content_of(paths["history"]) != record.content
