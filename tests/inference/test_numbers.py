"""Numbers of teeth in what is written of an X-ray, with a network that needs no learning."""

import logging

import numpy as np
import pytest
from drawn_mouths import NOTHING, XRAY, label_map, levels, loader, numbers
from fake_segmenter import FakeNumberingNetwork, FakeSegmenter
from PIL import Image
from small_xrays import PLAIN, segment

from teeth_unet.inference import Inference, finding, gather_tables, tell
from teeth_unet.inference import cases as cases_of_the_room
from teeth_unet.teeth import captions, draw_measures, draw_teeth

pytestmark = pytest.mark.usefixtures("fake_separation_network")


def test_every_tooth_has_its_number_and_how_sure_it_is(store):
    segment(store, XRAY, Inference())
    row, teeth = store.rows("7")
    assert numbers(store) == [18, 17, 16, 15, 48, 47, 46]
    assert {tooth["kind"] for tooth in teeth} == {"tooth"}
    for tooth in teeth:
        assert 0.5 < tooth["number_probability"] <= 1
        assert 0.5 < tooth["kind_probability"] <= 1
        assert label_map(store)[round(tooth["centre_y"]), round(tooth["centre_x"])] == tooth["fdi"]
    assert row["teeth"] == 7
    assert row["dentition"] == "permanent"
    assert row["missing"].split() == [
        *["11", "12", "13", "14", "21", "22", "23", "24", "25", "26", "27", "28"],
        *["31", "32", "33", "34", "35", "36", "37", "38", "41", "42", "43", "44", "45"],
    ]
    assert row["chart"]["18"] == "present"
    assert len(row["chart"]) == 32


def test_a_label_map_has_colours_for_the_eye_and_numbers_for_programs(store):
    segment(store, XRAY, Inference())
    with Image.open(store.path / "labels/7.png") as picture:
        assert (picture.mode, picture.size) == ("P", (400, 200))
        shown = np.asarray(picture.convert("RGB"))
    inside = label_map(store) > 0
    assert set(np.unique(label_map(store))) == {0, 15, 16, 17, 18, 46, 47, 48}
    assert shown[inside].max(axis=1).min() > 100  # none is black in a viewer
    assert not shown[~inside].any()


def test_what_is_no_tooth_counts_for_none_and_has_a_number_above_100(store, with_kinds):
    with_kinds({17: "implant", 16: "pontic", 47: "germ"})
    segment(store, XRAY, Inference())
    row, teeth = store.rows("7")
    assert numbers(store) == [18, 17, 16, 15, 48, 47, 46]
    assert [tooth["kind"] for tooth in teeth][1:3] == ["implant", "pontic"]
    assert {104, 105, 47} <= set(np.unique(label_map(store)))
    assert row["teeth"] == 5
    states = {row["chart"][place] for place in ("17", "16", "47")}
    assert states == {"implant", "pontic", "unerupted"}


@pytest.mark.parametrize(
    ("notation", "first", "missing"), [("universal", "1", "32"), ("palmer", "UR8", "LR8")]
)
def test_another_notation_is_a_column_more(store, notation, first, missing):
    segment(store, {"7": loader(levels(lower=[]))}, Inference(notation=notation))
    row, teeth = store.rows("7")
    assert (teeth[0][notation], teeth[0]["fdi"]) == (first, 18)
    assert missing in row["missing"].split()
    assert "48" in row["chart"]
    assert set(np.unique(label_map(store))) == {0, 15, 16, 17, 18}


@pytest.mark.parametrize(
    ("sentence", "in_palmer"),
    [
        ("Not sure what is at 18, 55.", "Not sure what is at UR8, URE."),
        ("Not sure of the numbers 83 (or 42), 42 (or none).",
         "Not sure of the numbers LRC (or LR2), LR2 (or none)."),
        ("The pontic at 16 may be a natural tooth.",
         "The pontic at UR6 may be a natural tooth."),
        ("Too few teeth have a sure number (3).", "Too few teeth have a sure number (3)."),
        ("A mean probability of 0.62 only.", "A mean probability of 0.62 only."),
    ],
)  # fmt: skip
def test_reasons_for_a_review_are_in_the_notation(sentence, in_palmer):
    assert finding._in_notation(sentence, "palmer") == in_palmer
    assert finding._in_notation(sentence, "fdi") == sentence


@pytest.mark.parametrize("without", [{"numbers": False}, {"method": "erosion"}, {"teeth": False}])
def test_without_numbers_nothing_of_them_is_written(store, without):
    segment(store, XRAY, Inference(**without))
    row, teeth = store.rows("7")
    assert not {"chart", "review", "missing"} & row.keys()
    assert not any("fdi" in tooth for tooth in teeth)
    assert {path.parent.name for path in store.path.rglob("7.png")} == {"masks", "overlays"}


def test_counts_and_places_are_those_without_numbers(store, tmp_path):
    segment(store, XRAY, Inference(numbers=False))
    before = store.rows("7")
    segment(store, XRAY, Inference())
    after = store.rows("7")
    assert after[0]["teeth"] == before[0]["teeth"]
    assert after[0]["gaps"] == before[0]["gaps"]
    for one, other in zip(before[1], after[1], strict=True):
        assert (one["jaw"], one["order"]) == (other["jaw"], other["order"])
        assert one["centre_x"] == pytest.approx(other["centre_x"], abs=2)


# Tables and words ------------------------------------------------------------------------------


def test_the_table_of_charts_has_a_row_an_xray_and_a_column_a_place(store):
    xrays = {**XRAY, "none": NOTHING, "bad": lambda: 1 / 0}
    summary = segment(store, xrays, Inference())
    cases, teeth, charts = gather_tables(summary, store)
    assert charts["case"].tolist() == ["7", "none"]
    assert len(charts.columns) == 33
    assert charts.iloc[0][["18", "11", "48"]].tolist() == ["present", "missing", "present"]
    assert cases["review"].tolist()[0] == cases["review"].tolist()[2] == ""
    assert "number_probability" in teeth.frame().columns
    assert "universal" not in teeth.frame().columns


def test_without_numbers_their_columns_are_left_out(store):
    _, teeth, charts = gather_tables(segment(store, XRAY, Inference(numbers=False)), store)
    assert len(charts) == 0
    assert "fdi" not in teeth.frame().columns


def test_the_log_says_once_how_many_xrays_are_for_review(store, caplog):
    caplog.set_level(logging.INFO)
    xrays = {f"x{n}": NOTHING for n in range(7)} | XRAY
    summary = segment(store, xrays, Inference())
    cases, *_ = gather_tables(summary, store)
    tell(cases, summary)
    told = [line for line in caplog.messages if "looked at by a person" in line]
    (line,) = told
    assert "7 of 8 X-rays" in line
    assert line.endswith("x0, x1, x2, x3, x4 and 2 more")


def test_a_tooth_that_is_far_too_long_is_called_by_its_number(store):
    xray = levels([40, 90, 140, 190, 240], [])
    xray[25:150, 190:220] = 230
    segment(store, {"7": loader(xray)}, Inference())
    long = max(store.rows("7")[1], key=lambda tooth: tooth["length_px"])
    assert f"tooth {long['fdi']} over 1.6 times" in store.rows("7")[0]["warnings"]


@pytest.mark.parametrize(("measures", "used"), [(False, "draw_teeth"), (True, "draw_measures")])
def test_measures_are_drawn_only_where_they_are_asked_for(store, monkeypatch, measures, used):
    called = []

    def spied(function):
        def drawn(*arguments):
            called.append((function.__name__, arguments[2]))
            return function(*arguments)

        return drawn

    for function in (draw_teeth, draw_measures):
        monkeypatch.setattr(cases_of_the_room.teeth, function.__name__, spied(function))
    segment(store, XRAY, Inference(measures=measures))
    ((name, given),) = called
    assert name == used
    if not measures:
        assert given == dict(enumerate(["18", "17", "16", "15", "48", "47", "46"], start=1))


def test_drawn_measures_count_the_teeth_that_the_table_counts(store, with_kinds, monkeypatch):
    written = []
    monkeypatch.setattr(captions, "count_teeth", lambda teeth: written.append(len(teeth)) or "")
    with_kinds({17: "implant", 16: "pontic"})
    segment(store, XRAY, Inference(measures=True))
    assert written == [store.rows("7")[0]["teeth"]] == [5]


# What is done stays done -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        {"numbers": False},
        {"notation": "palmer"},
        {"mirrored": True},
        {"measures": True},
    ],
)
def test_other_settings_of_numbers_make_a_result_anew(store, other):
    assert segment(store, XRAY, Inference())["made"] == 1
    assert segment(store, XRAY, Inference())["found"] == 1
    assert segment(store, XRAY, Inference(**other))["made"] == 1


@pytest.mark.parametrize(("inference", "made"), [(Inference(), 1), (PLAIN, 0)])
def test_another_network_of_numbers_makes_anew_what_has_numbers(
    store, monkeypatch, inference, made
):
    segment(store, XRAY, inference)
    other = property(lambda _: FakeNumberingNetwork(fingerprint="another"))
    monkeypatch.setattr(FakeSegmenter, "numbering_network", other)
    assert segment(store, XRAY, inference)["made"] == made
