import json
from pathlib import Path

import pandas as pd
import pytest
from kedro.io import DataCatalog, DatasetError

from teeth_unet.config_loader import ConfigLoader
from teeth_unet.datasets import AtomicCSVDataset, AtomicJSONDataset, AtomicTextDataset, HTMLDataset

CONF = Path(__file__).parents[2] / "conf"

TABLES = ["inspected_cases", "cases", "case_scores", "baseline_case_scores"]
TABLES += ["candidate_case_scores", "cross_validation_case_scores", "folds"]

# What pandas takes for numbers, for missing values or for true and false, or quotes in a CSV file.
HARD_NAMES = [
    "001",
    "1e5",
    "1_000",
    "0x1F",
    "NA",
    "nan",
    "None",
    "null",
    "-",
    "inf",
    "True",
    "2024-01-01",
    "7,2",
    'the "left" one',
    " 3 ",
    "Zähne",
    "牙",
    "#8",
]


@pytest.fixture
def tables(tmp_path):
    """The tables of the project's catalog, in a folder of their own."""
    loader = ConfigLoader(conf_source=str(CONF), base_env="base", default_run_env="base")
    entries = loader["catalog"]
    return DataCatalog.from_config(
        {table: {**entries[table], "filepath": str(tmp_path / table)} for table in TABLES}
    )


@pytest.mark.parametrize("table", TABLES)
def test_case_names_stay_the_text_they_are(tables, table):
    tables.save(table, pd.DataFrame({"case": HARD_NAMES, "dice": 0.5}))
    loaded = tables.load(table)
    assert list(loaded["case"]) == HARD_NAMES
    assert all(type(name) is str for name in loaded["case"])
    assert loaded["dice"].dtype == float


@pytest.mark.parametrize("names", [["001"], ["1", "2"], ["1e5", "2e5"], ["NA", "NA2"], ["True"]])
def test_so_do_names_that_all_look_like_something_else(tables, names):
    tables.save("cases", pd.DataFrame({"case": names, "split": "test"}))
    assert list(tables.load("cases")["case"]) == names


def test_a_table_comes_back_with_its_columns_and_numbers(tables):
    table = pd.DataFrame(
        {"case": ["1", "2"], "width": [3100, 2440], "tooth_share": [0.1 + 0.2, 1 / 3]}
    )
    tables.save("inspected_cases", table)
    loaded = tables.load("inspected_cases")
    assert list(loaded.columns) == list(table.columns)
    assert list(loaded["width"]) == [3100, 2440]
    assert list(loaded["tooth_share"]) == pytest.approx(list(table["tooth_share"]), rel=1e-15)


@pytest.mark.parametrize("second", ["1", "0.5", "0.25"], ids=["fewer commas", "even", "long"])
@pytest.mark.parametrize("decimal", [",", "."])
def test_a_table_with_semicolons_is_refused_as_such(tables, second, decimal):
    rows = ["case;dice;nsd;hd95", "1;0.5;1;2", f"2;{second};0.5;1.5"]
    text = "\n".join([rows[0], *(row.replace(".", decimal) for row in rows[1:])])
    Path(tables.get("case_scores")._filepath).write_text(text)
    told = "commas between its columns, found semicolons. Save it with commas between the columns"
    with pytest.raises(DatasetError) as refused:
        tables.load("case_scores")
    assert told in str(refused.value)


@pytest.mark.parametrize("hashes", [["12345", "0012345"], ["1e5", "2e400"], ["07", "7"]])
def test_hashes_that_look_like_numbers_stay_text(tables, hashes):
    table = pd.DataFrame({"case": ["1", "2"], "content_hash": hashes, "mask_hash": hashes})
    for name in TABLES:
        tables.save(name, table)
        assert tables.load(name).to_dict("list") == table.to_dict("list")


def test_the_preview_of_a_table_shows_names_as_they_are(tables):
    tables.save("cases", pd.DataFrame({"case": ["001", "NA"], "split": ["train", "test"]}))
    table = tables.get("cases")
    assert table.preview()["data"] == [["001", "train"], ["NA", "test"]]


def test_numbers_and_names_survive_json(tmp_path):
    scores = {"dice": {"mean": 0.1 + 0.2, "interval": [0.1, 0.2]}, "chosen_on": None, "1": "ä"}
    dataset = AtomicJSONDataset(filepath=str(tmp_path / "scores.json"))
    dataset.save(scores)
    assert dataset.load() == scores
    assert json.loads(dataset.preview()) == scores


def test_the_preview_of_a_table_has_four_digits_after_the_point(tables):
    tables.save("case_scores", pd.DataFrame({"case": ["1"], "dice": [0.123456]}))
    assert tables.get("case_scores").preview()["data"] == [["1", 0.1235]]


def test_the_preview_of_a_text_shows_its_characters(tmp_path):
    dataset = AtomicTextDataset(filepath=str(tmp_path / "summary.txt"))
    dataset.save("a < b & c")
    assert dataset.preview() == "<pre>a &lt; b &amp; c</pre>"


def test_text_survives_with_its_lines_and_boxes(tmp_path):
    summary = "┃ Layer ┃\n│ Zähne │\n"
    dataset = AtomicTextDataset(filepath=str(tmp_path / "summary.txt"))
    dataset.save(summary)
    assert dataset.load() == summary


PAGE = """<!doctype html><html lang="en"><head><title>Zähne &lt;of&gt; A</title>
<meta name="viewport" content="width=device-width">
<meta name="description" content="Dice &amp; more">
</head><body><h1>Not shown</h1></body></html>"""


def test_a_page_comes_back_as_it_is(tmp_path):
    dataset = HTMLDataset(filepath=str(tmp_path / "report.html"))
    dataset.save(PAGE)
    assert dataset.load() == PAGE


def test_the_preview_of_a_page_is_its_title_its_description_and_where_it_is(tmp_path):
    dataset = HTMLDataset(filepath=str(tmp_path / "report.html"))
    assert dataset.preview() is None
    dataset.save(PAGE)
    preview = dataset.preview()
    assert preview.startswith("<pre>Zähne &lt;of&gt; A\n\nDice &amp; more\n\n")
    assert "report.html" in preview
    assert "Not shown" not in preview


def test_the_preview_of_a_page_without_a_head_shows_where_it_is(tmp_path):
    dataset = HTMLDataset(filepath=str(tmp_path / "page.html"))
    dataset.save("<p>Only a paragraph")
    assert "page.html" in dataset.preview()
    assert "paragraph" not in dataset.preview()


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n1,2,3,4\n", b"\xff\xfe\x00", b'"open\nx'])
def test_what_is_no_table_is_refused_by_name(tmp_path, content):
    path = tmp_path / "scores.csv"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"scores\.csv: expected a table \(CSV\), found"):
        AtomicCSVDataset(filepath=str(path)).load()


@pytest.mark.parametrize("content", [b"", b'{"dice": ', b"\xff\xfe\x00", b"<html>"])
def test_what_is_no_json_is_refused_by_name(tmp_path, content):
    path = tmp_path / "scores.json"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=r"scores\.json: expected JSON, found"):
        AtomicJSONDataset(filepath=str(path)).load()
