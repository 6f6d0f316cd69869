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
        (BASELINE.assign(case=["000", "001", "000"]), "case 000 twice"),
        (BASELINE.assign(dice=["0.8", "", "0.7"]), "cells that are no numbers"),
    ],
)
def test_what_is_no_table_of_scores_is_refused(baseline, found):
    with pytest.raises(InputError, match=f"baseline_case_scores: expected .* found {found}"):
        compared(baseline, CANDIDATE)


def test_the_log_tells_the_difference(caplog):
    with caplog.at_level(logging.INFO, "teeth_unet"):
        compared(BASELINE, CANDIDATE)
    assert "Dice of 3 cases: 0.8500 against 0.8000 before; difference +0.0500" in caplog.text
    assert "better in 3 cases, worse in 0" in caplog.text
