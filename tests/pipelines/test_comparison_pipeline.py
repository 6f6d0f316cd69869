import json
import logging

import pandas as pd
import pytest
from in_memory import run

from teeth_unet.errors import InputError
from teeth_unet.pipelines.comparison import create_pipeline


def table(dice, native):
    cases = [f"{case:03d}" for case in range(len(dice))]
    return pd.DataFrame({"case": cases, "dice": dice, "native_dice": native})


BASELINE = table([0.80, 0.90, 0.70], [0.8, 0.9, 0.7])
CANDIDATE = table([0.85, 0.94, 0.76], [0.8, 0.8, 0.8])


def compared(baseline, candidate):
    inputs = {
        "baseline_case_scores": baseline,
        "candidate_case_scores": candidate,
    }
    return run(create_pipeline(), inputs)["comparison"]


def test_two_tables_are_compared_case_by_case_at_both_sizes():
    found = compared(BASELINE, CANDIDATE)
    assert found["cases"] == 3
    assert found["dice"]["mean_difference"] == pytest.approx(0.05)
    assert (found["dice"]["better"], found["dice"]["worse"]) == (3, 0)
    assert found["dice"]["p_value"] == pytest.approx(0.25)  # of three equal signs, twice 1/8
    native = found["native"]["dice"]
    assert (native["better"], native["worse"], native["equal"]) == (1, 1, 1)


def test_cases_are_paired_by_name_and_not_by_row():
    shuffled = CANDIDATE.iloc[[2, 0, 1]].reset_index(drop=True)
    assert compared(BASELINE, shuffled)["dice"] == compared(BASELINE, CANDIDATE)["dice"]


def test_cases_of_one_table_only_are_named():
    found = compared(BASELINE, CANDIDATE.iloc[1:])
    assert (found["cases"], found["only_in_baseline"]) == (2, ["000"])


def test_tables_of_different_cases_are_refused():
    with pytest.raises(InputError, match="at least 2 cases that both tables"):
        compared(BASELINE, CANDIDATE.assign(case=["a", "b", "c"]))


@pytest.mark.parametrize(
    ("baseline", "found"),
    [
        (BASELINE.drop(columns="case"), "the columns dice, native_dice"),
        (BASELINE.drop(columns="dice"), "the columns case, native_dice"),
        (BASELINE.iloc[:0], "no cases"),
        (BASELINE.assign(case=["000", "001", "000"]), "case 000 twice"),
        (BASELINE.assign(dice=["0.8", "", "0.7"]), "cells that are no numbers"),
    ],
)
def test_what_is_no_table_of_scores_is_refused(baseline, found):
    with pytest.raises(InputError, match=f"baseline_case_scores: expected .* found {found}"):
        compared(baseline, CANDIDATE)


COLUMNS = ["content_hash", "mask_hash", "dice", "native_dice"]


def hashed(scores, xrays, masks=None):
    """A table that tells of which X-rays it is."""
    masks = masks or [f"mask of {xray}" for xray in xrays]
    return scores.assign(content_hash=list(xrays), mask_hash=list(masks))


def test_cases_are_paired_by_their_xrays_whatever_they_are_called(caplog):
    renamed = hashed(CANDIDATE.assign(case=["x", "y", "z"]), "abc")
    found = compared(hashed(BASELINE, "abc"), renamed)
    assert (found["cases"], found["paired_by"]) == (3, "content")
    assert found["dice"] == compared(BASELINE, CANDIDATE)["dice"]
    caplog.clear()
    compared(hashed(BASELINE, "abc"), renamed)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_cross_validation_is_compared_with_a_training():
    folds = hashed(CANDIDATE, "cab").assign(fold=[1, 2, 1])[["case", "fold", *COLUMNS]]
    found = compared(hashed(BASELINE.iloc[:2], "ab"), folds)
    assert (found["cases"], found["only_in_candidate"]) == (2, ["000"])
    assert found["dice"]["candidate_mean"] == pytest.approx((0.94 + 0.76) / 2)


def test_other_xrays_of_the_same_names_are_refused():
    told = "found 0 .* different X-rays of the same name: 000, 001, 002"
    with pytest.raises(InputError, match=told):
        compared(hashed(BASELINE, "abc"), hashed(CANDIDATE, "def"))


def test_what_is_left_out_is_told(caplog):
    more = pd.concat([BASELINE, BASELINE.assign(case=["3", "4", "5"])])
    found = compared(
        hashed(more, "abcdef"),
        hashed(more, "abcxyz", [*(f"mask of {xray}" for xray in "ab"), "redrawn", *"xyz"]),
    )
    assert found["cases"] == 2
    assert found["same_name"] == found["native"]["same_name"] == ["3", "4", "5"]
    assert found["other_truth"] == ["002"]
    assert "3 cases have the same name in both tables, but are different X-rays" in caplog.text
    assert "1 X-rays have another mask in each table: they are not compared (002)" in caplog.text


def test_tables_of_earlier_versions_are_paired_by_name_with_one_warning(caplog):
    found = compared(BASELINE, hashed(CANDIDATE, "abc"))
    assert found["paired_by"] == "name"
    assert [record.levelname for record in caplog.records].count("WARNING") == 1
    assert "Cases are paired by their names" in caplog.text


def of_numbers(dice, right_number):
    """Scores of numbered teeth, as `tooth_number_scores` holds them."""
    scores = {"right_number": right_number, "exact_chart": [value > 0.8 for value in dice]}
    return hashed(table(dice, dice).drop(columns="native_dice"), "abc").assign(**scores)


def test_scores_of_numbers_are_compared_where_both_tables_have_them():
    before = of_numbers([0.7, 0.8, 0.9], [0.9, float("nan"), 0.8])
    found = compared(before, of_numbers([0.9, 0.9, 0.8], [1.0, 0.9, 0.8]))
    assert found["cases"] == 3
    assert found["dice"]["mean_difference"] == pytest.approx(0.2 / 3)
    assert (found["exact_chart"]["better"], found["exact_chart"]["worse"]) == (2, 1)
    right = found["right_number"]  # in the second case no tooth was found before
    assert (right["better"], right["worse"], right["equal"]) == (1, 0, 1)
    assert right["mean_difference"] == pytest.approx(0.05)
    assert "native" not in found
    json.dumps(found, allow_nan=False)


def test_where_no_case_has_a_score_in_both_tables_it_is_left_out():
    nothing = [float("nan")] * 3
    assert "right_number" not in compared(*[of_numbers([0.7, 0.8, 0.9], nothing)] * 2)


def test_scores_of_numbers_and_of_masks_are_not_compared():
    numbers = of_numbers([0.7, 0.8, 0.9], [1.0, 1.0, 1.0])
    with pytest.raises(InputError, match="scores of masks in one, and of numbered teeth"):
        compared(hashed(BASELINE, "abc"), numbers)


def test_the_log_tells_the_difference(caplog):
    with caplog.at_level(logging.INFO, "teeth_unet"):
        compared(BASELINE, CANDIDATE)
    assert "Dice of 3 cases: 0.8500 against 0.8000 before; difference +0.0500" in caplog.text
    assert "better in 3 cases, worse in 0" in caplog.text
    assert "(no interval: 3 cases, and fewer than 5 tell too little)" in caplog.text
    assert "Only in the baseline: 0 cases; only in the candidate: 0" in caplog.text
