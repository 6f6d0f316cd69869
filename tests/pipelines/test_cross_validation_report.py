"""The page of a cross-validation: what it says that the report of one training does not."""

import pytest
from report_material import HOSTILE, NAMES, folds_material, without_numbers
from report_reading import Page, rows, section, sections

from teeth_unet.pipelines.cross_validation.nodes import (
    write_cross_validation_report as write_report,
)
from teeth_unet.reporting import Report


@pytest.fixture(scope="module")
def read():
    return Page(write_report(**folds_material()))


def test_everything_is_told_in_this_order(read):
    assert sections(read) == ["result", "folds", "data", "scores", "numbers", "every", "made"]
    assert "not a medical device" in read.all("footer")[0]["text"]
    assert read.all("h1")[0]["text"].endswith(": cross-validation")


def test_the_headline_says_that_no_network_had_seen_its_cases(read):
    text = section(read, "result")
    assert "0.850 mean Dice of 8 cases, each by a network that never saw it" in text
    assert "95 % interval: 0.840 to 0.860" in text
    assert "dealt into 3 folds" in text


@pytest.mark.parametrize(
    ("chosen_on", "told"),
    [("validation", "chosen on validation cases outside"), ("nothing", "no validation cases to")],
)
def test_where_thresholds_come_from_is_told(chosen_on, told):
    material = folds_material()
    for fold in material["cross_validation_scores"]["folds"]:
        fold["chosen_on"] = chosen_on
    assert told in section(Page(write_report(**material)), "result")


def test_folds_that_could_not_choose_a_threshold_are_counted():
    material = folds_material()
    material["cross_validation_scores"]["folds"][1]["chosen_on"] = "nothing"
    text = section(Page(write_report(**material)), "result")
    assert "outside of the fold for 2 of 3 networks; for the others these could not" in text


def test_each_fold_has_its_row(read):
    (table,) = [t for t in read.all("table") if "Threshold" in t["text"]]
    assert rows(table)[1:] == [
        ["1", "3", "0.883", "0.860", "0.40"],
        ["2", "3", "0.927", "0.900", "0.40"],
        ["3", "2", "0.685", "0.400", "0.40"],
    ]


def test_every_case_is_in_the_table_with_its_fold(read):
    (table,) = read.all("table", class_="sortable")
    head, *body = rows(table)
    assert head[:3] == ["Case", "Fold", "Dice"]
    assert [row[0] for row in body] == NAMES
    assert [row[1] for row in body] == ["1", "2", "3", "1", "2", "3", "1", "2"]


def test_numbers_of_teeth_are_told_where_a_truth_has_some(read):
    scores = folds_material()["cross_validation_tooth_scores"]["numbers"]
    text = section(read, "numbers")
    told = "Exact charts share of the X-rays with all numbers right"
    assert f"{told} {scores['exact_chart']['mean']:.3f}" in text
    _, table = without_numbers().values()
    nothing = folds_material(
        cross_validation_tooth_scores={"numbers": None},
        cross_validation_tooth_number_scores=table,
    )
    assert "numbers" not in sections(Page(write_report(**nothing)))


def test_names_are_escaped():
    page = write_report(**folds_material())
    assert not any(name in page for name in HOSTILE if "<" in name)


@pytest.mark.parametrize("synthetic", [True, False])
def test_drawn_xrays_are_named_so(synthetic):
    read = Page(write_report(**folds_material(report=Report(synthetic=synthetic))))
    assert ("only that the machinery works" in section(read, "result")) == synthetic
