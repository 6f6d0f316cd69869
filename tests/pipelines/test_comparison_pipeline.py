import logging
from pathlib import Path

import pandas as pd
import pytest
import yaml
from in_memory import run

from teeth_unet.datasets import AtomicCSVDataset
from teeth_unet.errors import InputError
from teeth_unet.pipelines.comparison import create_pipeline

ROOT = Path(__file__).parents[2]


def catalog_entry(name):
    """The entry of conf/base as it is written, but for its path."""
    for path in sorted((ROOT / "conf" / "base").glob("catalog*.yml")):
        found = yaml.safe_load(path.read_text("utf-8"))
        if name in found:
            return found[name]
    raise KeyError(name)


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
        (BASELINE.assign(case=["000", "001", "000"]), "case 000 twice"),
        (BASELINE.assign(dice=["0.8", "", "0.7"]), "cells that are no numbers"),
    ],
)
def test_what_is_no_table_of_scores_is_refused(baseline, found):
    with pytest.raises(InputError, match=f"baseline_case_scores: expected .* found {found}"):
        compared(baseline, CANDIDATE)


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


def test_hashes_that_look_like_numbers_stay_text_in_a_file(tmp_path):
    digits = hashed(BASELINE, ["12345", "0012345", "1e5"], ["7", "07", "1e400"])
    path = tmp_path / "scores.csv"
    digits.to_csv(path, index=False)
    for name in ("baseline_case_scores", "cross_validation_case_scores"):
        loaded = AtomicCSVDataset(
            filepath=str(path), load_args=catalog_entry(name)["load_args"]
        ).load()
        assert compared(digits, loaded)["cases"] == 3


def test_a_table_with_semicolons_is_refused_as_such(tmp_path):
    path = tmp_path / "scores.csv"
    BASELINE.to_csv(path, sep=";", decimal=",", index=False)
    load_args = catalog_entry("baseline_case_scores")["load_args"]
    table = AtomicCSVDataset(filepath=str(path), load_args=load_args).load()
    with pytest.raises(InputError, match=r"found columns separated by semicolons\. Save it with c"):
        compared(table, CANDIDATE)


def test_the_log_tells_the_difference(caplog):
    with caplog.at_level(logging.INFO, "teeth_unet"):
        compared(BASELINE, CANDIDATE)
    assert "Dice of 3 cases: 0.8500 against 0.8000 before; difference +0.0500" in caplog.text
    assert "better in 3 cases, worse in 0" in caplog.text
    assert "(no interval: 3 cases, and fewer than 5 tell too little)" in caplog.text
    assert "Only in the baseline: 0 cases; only in the candidate: 0" in caplog.text
