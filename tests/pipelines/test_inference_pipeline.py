"""The inference pipeline on entries in memory, with a segmenter that needs no network."""

import json
from copy import deepcopy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fake_segmenter import FakeSegmenter
from in_memory import run
from kedro.framework.context.context import _convert_paths_to_absolute_posix
from kedro.io import DataCatalog
from PIL import Image
from project import PIPELINES, catalog_entries, configuration

from teeth_unet.datasets import AtomicCSVDataset, FoldSegmentersDataset, InferenceResultsDataset
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, tables, tooth_table
from teeth_unet.pipelines.inference import nodes
from teeth_unet.quality import Quality

pytestmark = pytest.mark.usefixtures("fake_separation_network")


def with_teeth(count):
    """An X-ray of 400x200 px with bright teeth side by side."""
    levels = np.full((200, 400), 20, np.uint8)
    for tooth in range(count):
        levels[60:140, 40 + 50 * tooth : 70 + 50 * tooth] = 230
    return Image.fromarray(levels)


def broken():
    raise InputError("b.png", "an intact picture", "a damaged file", "Replace it.")


REASON = "b.png: expected an intact picture, found a damaged file. Replace it."
XRAYS = {"a": lambda: with_teeth(3), "10": lambda: with_teeth(0)}


def infer(tmp_path, xrays, inference=None, folds=None, quality=None):
    inputs = {
        "new_xrays": xrays,
        "segmenter": FakeSegmenter(),
        "fold_segmenters": {} if folds is None else folds,
        "params:inference": inference or Inference(),
        "params:quality": quality or Quality(),
    }
    results = InferenceResultsDataset(filepath=str(tmp_path / "results"))
    pipeline = PIPELINES["inference"]
    if "b" in xrays:
        pipeline = pipeline - pipeline.only_nodes("inference.refuse_failures")
    return run(pipeline, inputs, {"inference_results": results})


def test_tables_hold_a_row_a_case_and_a_row_a_tooth(tmp_path):
    made = infer(tmp_path, XRAYS)
    cases, teeth = made["inference_cases"], made["inference_teeth"].frame()
    assert list(cases.columns) == tables.CASE_COLUMNS
    columns = [*tooth_table.TOOTH_COLUMNS, *tooth_table.NUMBERS, "file", "network"]
    assert list(teeth.columns) == columns
    assert made["inference_charts"]["case"].tolist() == ["a", "10"]
    assert cases["case"].tolist() == ["a", "10"]
    assert cases["teeth"].tolist() == [3, 0]
    assert cases["status"].tolist() == ["done", "done"]
    assert teeth["case"].tolist() == ["a"] * 3
    assert teeth["tooth"].tolist() == [1, 2, 3]
    assert made["inference_summary"]["made"] == 2


def test_every_table_tells_which_network_it_is_of(tmp_path):
    made = infer(tmp_path, XRAYS)
    assert made["inference_summary"]["network"] == "Nothing."
    for table in (made["inference_cases"], made["inference_teeth"].frame()):
        assert set(table["network"]) == {"Nothing."}


def test_millimetres_are_columns_only_where_they_are_known(tmp_path):
    made = infer(tmp_path, XRAYS, Inference(pixel_spacing=0.1))
    teeth = made["inference_teeth"].frame()
    assert list(teeth.columns)[-6:] == ["file", *tooth_table.MILLIMETRES, "network"]
    np.testing.assert_allclose(teeth["width_mm"], teeth["width_px"] * 0.1, atol=0.02)
    assert set(teeth["mm_uncertainty"]) == {0.15}
    assert made["inference_cases"]["spacing_mm"].tolist() == [0.1, 0.1]


def test_a_failed_case_is_a_row_with_its_reason(tmp_path):
    cases = infer(tmp_path, XRAYS | {"b": broken})["inference_cases"]
    assert cases["status"].tolist() == ["done", "done", "failed"]
    assert "a damaged file" in cases["reason"].iloc[2]
    assert cases["teeth"].iloc[2] is pd.NA


class Rows:
    """A store that holds the doubt of each case, and nothing else."""

    def __init__(self, doubts):
        self.doubts = doubts

    def rows(self, case):
        return ({"doubt": self.doubts[case]} if case in self.doubts else {}), []

    def name_of(self, kind, case):
        return f"{kind}/{case}.png"


@pytest.mark.parametrize(
    ("doubts", "failed", "ranks"),
    [
        ({"a": 0.1, "b": 0.3, "c": 0.2}, [], [3, 1, 2]),
        ({"a": 0.1, "b": 0.3, "c": 0.2}, ["b"], [2, None, 1]),
        ({"c": 0.1, "a": 0.3, "b": 0.1, "d": 0.3}, [], [3, 1, 4, 2]),  # equal: as they are given
        ({"a": 1, "b": 0, "c": 1}, [], [1, 3, 2]),
        ({"a": 0.1, "b": None}, [], [1, None]),  # a row of an earlier version
        ({"a": 0.1, "b": 0.2}, ["a", "b"], [None, None]),
        ({}, [], []),
    ],
)
def test_the_mask_in_most_doubt_is_to_be_corrected_first(doubts, failed, ranks):
    summary = {"cases": list(doubts), "failures": dict.fromkeys(failed, "why")}
    known = {case: doubt for case, doubt in doubts.items() if doubt is not None}
    cases, *_ = nodes.gather_tables(
        {**summary, "made": 0, "found": len(doubts), "rate": 0}, Rows(known)
    )
    assert cases["correct_first"].astype(object).tolist() == [
        pd.NA if rank is None else rank for rank in ranks
    ]


@pytest.mark.parametrize("name", ["=1.png", "+1.png", "-1.png", "@1.png"])
def test_no_reason_begins_a_formula_of_a_spreadsheet(name):
    failed = {"cases": ["_1"], "failures": {"_1": f"{name}: why"}, "made": 0, "found": 0, "rate": 0}
    cases, *_ = nodes.gather_tables({**failed, "files": {"_1": name}}, None)
    assert cases["reason"].tolist() == [f"file {name}: why"]
    assert cases["file"].tolist() == [f"./{name}"]


@pytest.mark.parametrize("inference", [Inference(), Inference(teeth=False, overlay=False)])
def test_whole_numbers_stay_whole_beside_a_failed_case(tmp_path, inference):
    cases = infer(tmp_path, XRAYS | {"b": broken}, inference)["inference_cases"]
    entry = catalog_entries("base")["inference_cases"]
    options = {key: entry[key] for key in ("load_args", "save_args")}
    dataset = AtomicCSVDataset(filepath=str(tmp_path / "cases.csv"), **options)
    dataset.save(cases)
    written = pd.read_csv(tmp_path / "cases.csv", dtype=str, keep_default_na=False)[tables.COUNTS]
    of_teeth = ["3", "2"] if inference.teeth else ["", ""]
    assert written.iloc[0].tolist() == ["400", "200", *of_teeth, "2"]
    assert written.iloc[2].tolist() == [""] * 5
    pd.testing.assert_frame_equal(dataset.load()[tables.COUNTS], cases[tables.COUNTS])
    assert json.loads(json.dumps(dataset.preview()))["data"][2][:3] == ["b", "failed", REASON]


def test_a_run_with_failures_ends_with_an_error_that_sums_up():
    def table(failed):
        rows = [
            {"case": str(n), "status": "failed" if n < failed else "done", "reason": f"why {n}"}
            for n in range(20)
        ]
        return pd.DataFrame(rows)

    summary = {"not_written": {}}
    nodes.refuse_failures(table(0), summary)
    with pytest.raises(
        InputError, match=r"20 X-rays that can be used, found 12 that cannot\. All other"
    ) as e:
        nodes.refuse_failures(table(12), summary)
    message = str(e.value)
    assert "0: why 0" in message
    assert "4: why 4" in message
    assert "5: why 5" not in message
    assert "and 7 more" in message
    assert not any(line.lstrip().startswith(".") for line in message.splitlines())


def test_a_run_that_could_not_write_a_file_of_all_xrays_ends_with_an_error():
    summary = {"not_written": {"coco.json": "coco.json: one that was changed. Move it."}}
    done = pd.DataFrame([{"case": "1", "status": "done", "reason": ""}])
    with pytest.raises(InputError, match=r"found 1 that cannot\.(.|\n)*coco\.json: one that was"):
        nodes.refuse_failures(done, summary)


class Named:
    """What opens an X-ray that is a file."""

    def __init__(self, name):
        self.name = name

    def __call__(self):
        return with_teeth(2)


def test_tables_name_the_files(tmp_path):
    """The case `o'neil "x"` has its mask under another name."""
    xrays = {
        case: Named(file)
        for case, file in {'o\'neil "x"': 'in/o\'neil "x".png', "_1": "=1.png"}.items()
    }
    made = infer(tmp_path, xrays)
    cases, teeth = made["inference_cases"], made["inference_teeth"].frame()
    assert cases["file"].tolist() == ['in/o\'neil "x".png', "./=1.png"]
    assert teeth["file"].tolist() == ['in/o\'neil "x".png'] * 2 + ["./=1.png"] * 2
    for case, mask in cases[["case", "mask"]].itertuples(index=False):
        assert Image.open(tmp_path / "results" / mask).size == (400, 200), case
    assert cases["mask"].iloc[0].startswith("masks/o'neil _x_-")


def test_the_summary_of_an_earlier_version_gives_tables_as_well():
    summary = {"cases": ["1"], "failures": {"1": "why"}, "made": 0, "found": 0, "rate": 0}
    cases, *_ = nodes.gather_tables(summary, None)
    assert cases["file"].tolist() == [""]
    with pytest.raises(InputError, match="1 that cannot"):
        nodes.refuse_failures(cases, summary)


def test_failures_are_refused_after_the_tables_are_saved():
    order = [node.name.removeprefix("inference.") for node in PIPELINES["inference"].nodes]
    assert order == ["segment_xrays", "gather_tables", "refuse_failures"]


def test_no_xrays_at_all_give_tables_without_rows(tmp_path):
    made = infer(tmp_path, {})
    teeth = made["inference_teeth"].frame()
    assert [len(made["inference_cases"]), len(teeth), len(made["inference_charts"])] == [0] * 3
    columns = [*tooth_table.TOOTH_COLUMNS, *tooth_table.NUMBERS, "file", "network"]
    assert list(teeth.columns) == columns


def test_folds_are_opened_only_if_they_are_asked_for(tmp_path):
    closed = {"fold_01": lambda: pytest.fail("opened")}
    infer(tmp_path, XRAYS, folds=closed)
    folds = {"fold_01": FakeSegmenter, "fold_02": lambda: FakeSegmenter(slant=0.1)}
    made = infer(tmp_path, XRAYS, Inference(uncertainty="folds"), folds)
    assert (made["inference_cases"]["uncertainty"] > 0).all()


def test_without_folds_the_error_says_how_to_get_them(tmp_path):
    with pytest.raises(InputError, match="kedro run --pipeline cross_validation"):
        infer(tmp_path, XRAYS, Inference(uncertainty="folds"))


def test_warnings_are_told_in_the_table_and_for_a_few_in_the_log(tmp_path, caplog):
    xrays = {str(n): (lambda n=n: Image.new("L", (400, 200), n)) for n in range(9)}
    cases = infer(tmp_path, xrays)["inference_cases"]
    assert cases["warnings"].str.contains("blank").all()
    told = [r.getMessage() for r in caplog.records if r.name == tables.log.name]
    assert sum("blank" in line for line in told) == tables.LISTED
    assert "and 4 more; see the column warnings" in told


@pytest.mark.parametrize("notation", ["fdi", "universal", "palmer"])
def test_tables_come_back_from_their_files_as_they_went(tmp_path, notation):
    notation = Inference(notation=notation)
    made = infer(tmp_path, {"010": XRAYS["a"], "NA": XRAYS["10"], "b": broken}, notation)
    tables = {**made, "inference_teeth": made["inference_teeth"].frame()}
    entries = catalog_entries("base")
    for name in ("inference_cases", "inference_teeth", "inference_charts"):
        options = {key: entries[name][key] for key in ("load_args", "save_args")}
        dataset = AtomicCSVDataset(filepath=str(tmp_path / f"{name}.csv"), **options)
        dataset.save(made[name])
        pd.testing.assert_frame_equal(dataset.load(), tables[name], check_dtype=False)


RESULTS = ["inference_results", "inference_summary", "inference_cases", "inference_teeth"]
RESULTS += ["inference_charts"]
TABLES = ("summary.json", "cases.csv", "teeth.csv", "charts.csv")


@pytest.mark.parametrize("given", ["~/results", "/the/~/results", "a: b", "a,b", "2024_01", "${a}"])
def test_all_results_are_in_one_folder(tmp_path, monkeypatch, given):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    entries = configuration("base", {"results": given})["catalog"]
    # As Kedro does it, which puts the project's folder before a relative path.
    entries = _convert_paths_to_absolute_posix(tmp_path / "project", entries)
    catalog = DataCatalog.from_config({name: entries[name] for name in RESULTS})
    places = [str(catalog.get(name)._describe()["filepath"]) for name in RESULTS]
    whole = str(tmp_path / "project" / Path(given).expanduser())
    assert places == [whole, *(f"{whole}/{n}" for n in TABLES)]
    if whole.startswith(str(tmp_path)):
        catalog.save("inference_summary", {"cases": []})
        assert Path(whole, "summary.json").exists()


def test_segmenters_of_folds_are_listed_by_name(tmp_path):
    dataset = FoldSegmentersDataset(filepath=str(tmp_path))
    assert dataset.load() == {}
    assert not dataset.exists()
    for fold in ("fold_02", "fold_01"):
        (tmp_path / fold).mkdir()
        (tmp_path / fold / "segmenter.zip").write_bytes(b"-")
    assert list(dataset.load()) == ["fold_01", "fold_02"]
    assert dataset.exists()
    with pytest.raises(InputError, match=r"fold_01.segmenter\.zip"):
        dataset.load()["fold_01"]()


@pytest.mark.parametrize("folder", [".", "notebooks"])
def test_the_table_of_folds_is_found_from_any_folder(tmp_path, monkeypatch, folder):
    for name in ("data/06_models/fold_01", "data/06_models/fold_02", "data/02_intermediate"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("fold_01", "fold_02"):
        (tmp_path / "data/06_models" / name / "segmenter.zip").write_bytes(b"-")
    (tmp_path / "data/02_intermediate/folds.csv").write_text("case,fold\na,2\n")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / folder)
    entry = {"fold_segmenters": deepcopy(catalog_entries("base")["fold_segmenters"])}
    # As Kedro does it, wherever it is started.
    catalog = DataCatalog.from_config(_convert_paths_to_absolute_posix(tmp_path, entry))
    assert list(catalog.load("fold_segmenters")) == ["fold_02"]


def test_a_damaged_table_of_folds_matters_only_to_those_who_ask_for_folds(tmp_path):
    (tmp_path / "fold_01").mkdir()
    (tmp_path / "fold_01" / "segmenter.zip").write_bytes(b"-")
    (tmp_path / "folds.csv").write_text("\0")
    table = {"filepath": str(tmp_path / "folds.csv")}
    folds = FoldSegmentersDataset(filepath=str(tmp_path), folds=table).load()
    assert infer(tmp_path, XRAYS, folds=folds)["inference_summary"]["made"] == 2
    with pytest.raises(InputError, match=r"folds\.csv: expected a table with a column fold"):
        infer(tmp_path, XRAYS, Inference(uncertainty="folds"), folds)


def test_a_picture_is_judged_by_the_settings_of_quality(tmp_path):
    usual = infer(tmp_path, XRAYS)["inference_cases"]
    assert "blank" in usual["warnings"].iloc[1]
    ignored = Quality(severity={"blank_xray": "ignore"})
    lenient = infer(tmp_path, XRAYS, quality=ignored)["inference_cases"]
    assert "blank" not in lenient["warnings"].iloc[1]
