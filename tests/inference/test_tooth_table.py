"""The table of teeth is written piece by piece, and is the same as one in memory."""

import copy
import io
import json
import pickle

import pandas as pd
import pytest
from kedro_datasets.pandas import JSONDataset

from teeth_unet.inference import gather_tables, tables, tooth_table

TEETH = {"a": 3, "b": 0, "c": 2, "d": 0, "e": 0, "f": 1}


class Records:
    """A store with so many teeth in each case, which counts how often each is read."""

    def __init__(self, teeth, **more):
        self.teeth, self.more = teeth, more
        self.read = []

    def rows(self, case):
        self.read.append(case)
        row = {"width": 7, "height": 5, "doubt": 0.5, "chart": {"11": "present"}}
        numbers = range(1, self.teeth[case] + 1)
        return row, [{"tooth": n, "jaw": "upper", "area_px": 10.5, **self.more} for n in numbers]

    def name_of(self, kind, case):
        return f"{kind}/{case}.png"


def gathered(store, failed=()):
    failures = dict.fromkeys(failed, "why")
    summary = {"cases": list(store.teeth), "failures": failures, "network": "Some, and more"}
    return gather_tables({**summary, "files": {case: f"{case}.png" for case in store.teeth}}, store)


@pytest.fixture(params=[1, 2, 4, 1000])
def piece(request, monkeypatch):
    """So many X-rays at a time."""
    monkeypatch.setattr(tooth_table, "PIECE", request.param)
    monkeypatch.setattr(tables, "PIECE", request.param)
    return request.param


def test_teeth_come_in_the_order_of_the_xrays_whatever_is_read_at_a_time(piece):
    teeth = gathered(Records(TEETH))[1]
    whole = teeth.frame()
    assert whole["case"].tolist() == ["a", "a", "a", "c", "c", "f"]
    assert whole["tooth"].tolist() == [1, 2, 3, 1, 2, 1]
    assert whole["file"].tolist()[-1] == "f.png"
    assert whole.index.tolist() == list(range(6))
    most = max(len(set(each["case"])) for each in teeth.pieces())
    assert most <= piece


@pytest.mark.parametrize("options", [{"index": False}, {}, {"header": False}, {"sep": "\t"}])
def test_what_is_written_is_what_pandas_writes_of_the_whole(piece, options, tmp_path):
    teeth = gathered(Records(TEETH))[1]
    expected = teeth.frame().to_csv(lineterminator="\n", **options)
    teeth.to_csv(tmp_path / "teeth.csv", lineterminator="\n", **options)
    assert (tmp_path / "teeth.csv").read_bytes().decode() == expected
    opened = io.StringIO()
    teeth.to_csv(opened, lineterminator="\n", **options)
    assert opened.getvalue() == expected


def test_a_dataset_of_other_files_writes_it_as_well(piece, tmp_path):
    teeth = gathered(Records(TEETH))[1]
    JSONDataset(filepath=str(tmp_path / "teeth.json"), save_args={"orient": "records"}).save(teeth)
    found = json.loads((tmp_path / "teeth.json").read_text())
    assert [(row["case"], row["tooth"]) for row in found][2:4] == [("a", 3), ("c", 1)]
    with pytest.raises(AttributeError, match="columns_of"):
        _ = teeth.columns_of


@pytest.mark.parametrize("teeth", [{}, {"a": 0, "b": 0}])
def test_without_teeth_there_is_a_line_of_names(piece, teeth):
    opened = io.StringIO()
    gathered(Records(teeth))[1].to_csv(opened, index=False)
    (line,) = opened.getvalue().splitlines()
    expected = [*tooth_table.TOOTH_COLUMNS, *tooth_table.NUMBERS, "file", "network"]
    assert line.split(",") == expected


def test_what_any_tooth_has_is_a_column_of_all(piece):
    store = Records(TEETH)
    plain = store.rows

    def rows(case):
        row, teeth = plain(case)
        return row, [{**tooth, "length_mm": 21.5} if case == "f" else tooth for tooth in teeth]

    store.rows = rows
    whole = gathered(store)[1].frame()
    assert whole["length_mm"].isna().tolist() == [True] * 5 + [False]


def test_a_record_is_read_twice_and_that_of_a_failed_xray_never(piece):
    store = Records(TEETH)
    _, teeth, _ = gathered(store, failed=["c"])
    assert store.read == ["a", "b", "d", "e", "f"]
    assert teeth.frame()["case"].tolist() == ["a", "a", "a", "f"]
    assert store.read == 2 * ["a", "b", "d", "e", "f"]


def test_tables_of_cases_do_not_depend_on_how_many_rows_are_put_together(monkeypatch):
    whole = gathered(Records(TEETH), failed=["a", "d"])
    monkeypatch.setattr(tables, "PIECE", 2)
    cut = gathered(Records(TEETH), failed=["a", "d"])
    for one, other in ((whole[0], cut[0]), (whole[2], cut[2])):
        pd.testing.assert_frame_equal(one, other)
        assert one.to_csv() == other.to_csv()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda table: pickle.loads(pickle.dumps(table))])
def test_whoever_copies_the_table_has_that_of_pandas(copied):
    teeth = gathered(Records(TEETH))[1]
    pd.testing.assert_frame_equal(copied(teeth), teeth.frame())


def test_a_path_may_be_text(tmp_path):
    teeth = gathered(Records(TEETH))[1]
    teeth.to_csv(str(tmp_path / "teeth.csv"), index=False)
    assert pd.read_csv(tmp_path / "teeth.csv")["case"].tolist() == ["a", "a", "a", "c", "c", "f"]


def test_numbers_stay_numbers_where_the_first_xrays_have_no_teeth(piece):
    whole = gathered(Records({"a": 0, "b": 0, "c": 2}))[1].frame()
    assert whole["tooth"].dtype.kind == "i"
    assert whole["area_px"].dtype.kind == "f"


def test_what_the_table_has_not_is_told_with_what_has_it():
    with pytest.raises(AttributeError, match="groupby: the table in memory"):
        gathered(Records(TEETH))[1].groupby("case")
