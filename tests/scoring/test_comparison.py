import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from teeth_unet.errors import InputError
from teeth_unet.scoring import (
    NATIVE,
    SCORES,
    compare_scores,
    interval_of_signed_mean,
    pair_cases,
    score_case,
)

BASELINE = {"1": 0.80, "2": 0.90, "3": 0.70, "4": 0.60}
CANDIDATE = {"1": 0.90, "2": 0.85, "3": 0.70, "4": 0.80}


def table(values, name="dice"):
    """Case scores of one column."""
    return rows({case: {name: value} for case, value in values.items()})


def rows(scores):
    return [{"case": case, **each} for case, each in scores.items()]


def compared(baseline, candidate, prefix=""):
    return compare_scores(pair_cases(baseline, candidate), prefix)


def numbered(values, name="dice"):
    return table({str(number): value for number, value in enumerate(values)}, name)


def p_value(baseline, candidate):
    return compared(numbered(baseline), numbered(candidate))["dice"]["p_value"]


def test_two_tables_are_compared_case_by_case():
    # Differences .1, -.05, 0 and .2. Their ranks without the 0 are 2, 1 and 3: only 1 of 6 is
    # negative, as or more extreme in 2 of 8 patterns of signs, on either side.
    comparison = compared(table(BASELINE), table(CANDIDATE))
    assert comparison["cases"] == 4
    assert comparison["dice"] == {
        "baseline_mean": pytest.approx(0.75),
        "candidate_mean": pytest.approx(0.8125),
        "mean_difference": pytest.approx(0.0625),
        "interval": None,
        "median_difference": pytest.approx(0.05),
        "p_value": pytest.approx(0.5),
        "better": 2,
        "worse": 1,
        "equal": 1,
    }
    assert "Wilcoxon" in comparison["test"]


@pytest.mark.parametrize("name", SCORES)
def test_of_distances_the_lower_one_is_better(name):
    found = compared(table(BASELINE, name), table(CANDIDATE, name))[name]
    expected = (1, 2, 1) if name in ("hd95", "assd") else (2, 1, 1)
    assert (found["better"], found["worse"], found["equal"]) == expected
    assert found["mean_difference"] == pytest.approx(0.0625)  # whichever is better


@pytest.mark.parametrize(
    ("baseline", "candidate", "expected"),
    [
        ([0.5] * 5, [0.6, 0.71, 0.82, 0.93, 0.54], 2 / 2**5),  # all better
        ([0.5] * 5, [0.4, 0.31, 0.22, 0.13, 0.46], 2 / 2**5),  # all worse
        ([0.8, 0.7, 0.6], [0.9, 0.8, 0.7], 2 / 2**3),  # ties but for rounding
        ([0.8, 0.7, 0.6], [0.9, 0.7, 0.6], 1),  # one differs
        ([0.8, 0.7, 0.6], [0.8, 0.7, 0.6], 1),  # none does
        ([0, 0], [1, 1], 2 / 2**2),
        ([0] * 25, [0] * 20 + [1, 2, 3, 4, 5], 2 / 2**5),  # zeros do not make it less exact
    ],
)
def test_p_values_of_a_few_cases(baseline, candidate, expected):
    assert p_value(baseline, candidate) == pytest.approx(expected)


@given(st.lists(st.integers(-6, 6), min_size=2, max_size=8))
def test_p_values_count_the_patterns_of_signs(differences):
    moved = np.abs([value for value in differences if value])
    ranks = stats.rankdata(moved)
    found = ranks[[value > 0 for value in differences if value]].sum()
    sums = [np.dot(signs, ranks) for signs in product((0, 1), repeat=len(ranks))]
    tails = np.mean(np.greater_equal(sums, found)), np.mean(np.less_equal(sums, found))
    expected = min(1, 2 * min(tails))
    assert p_value([0] * len(differences), differences) == pytest.approx(expected)


def test_of_many_cases_the_p_value_is_approximate():
    # 60 differences, 20 of -1 and 40 of +1: all ranks are 30.5, so that the sum of the positive
    # ones is 1220, expected 915 with variance 60 * 30.5**2 / 4.
    z = (1220 - 915) / (60 * 30.5**2 / 4) ** 0.5
    found = p_value([0] * 60, [-1] * 20 + [1] * 40)
    assert found == pytest.approx(2 * stats.norm.sf(z))


def test_what_differs_by_rounding_alone_is_equal():
    found = compared(numbered([0.3, 0.5, 0.7]), numbered([0.1 + 0.2, 0.6, 0.6]))["dice"]
    assert (found["better"], found["worse"], found["equal"]) == (1, 1, 1)


def test_cases_of_one_table_alone_are_named_and_left_out():
    extra = {**CANDIDATE, "20": 0.1, "3b": 0.2}
    comparison = compared(table({"0": 1.0, **BASELINE}), table(extra))
    assert comparison["only_in_baseline"] == ["0"]
    assert comparison["only_in_candidate"] == ["20", "3b"]
    assert comparison["cases"] == 4
    assert comparison["dice"] == compared(table(BASELINE), table(CANDIDATE))["dice"]


def test_cases_are_paired_by_name_and_not_by_row():
    shuffled = dict(sorted(CANDIDATE.items(), reverse=True))
    expected = compared(table(BASELINE), table(CANDIDATE))
    assert compared(table(BASELINE), table(shuffled)) == expected


def test_all_scores_are_compared_plain_or_with_a_prefix():
    rng = np.random.default_rng(2)
    masks = {case: rng.random((3, 9, 9)) < 0.5 for case in "abcd"}

    def scored(by, prefix=""):
        return rows({case: score_case(m[0], m[by], prefix=prefix) for case, m in masks.items()})

    plain = compared(scored(1), scored(2))
    assert set(SCORES) < plain.keys()
    assert compared(scored(1, NATIVE), scored(2, NATIVE), prefix=NATIVE) == plain
    assert json.loads(json.dumps(plain)) == plain


def test_a_score_that_one_table_lacks_is_left_out():
    with_distances = [{**row, "hd95": 3.0} for row in table(CANDIDATE)]
    comparison = compared(table(BASELINE), with_distances)
    assert "dice" in comparison
    assert "hd95" not in comparison


def test_from_five_cases_on_the_difference_has_an_interval():
    values = np.random.default_rng(0).random((2, 9))
    differences = np.round(values[1] - values[0], 12)
    found = compared(*map(numbered, values))["dice"]["interval"]
    assert found == interval_of_signed_mean(differences, -1, 1)
    found = compared(numbered(100 * values[0], "hd95"), numbered(100 * values[1], "hd95"))["hd95"]
    assert found["interval"] == pytest.approx(interval_of_signed_mean(100 * differences))
    assert compared(numbered(values[0]), numbered(values[0]))["dice"]["interval"] is None


@pytest.mark.parametrize(
    ("baseline", "candidate", "found"),
    [
        (BASELINE, {"5": 0.9, "4": 0.8}, "found 1 (3 only in the baseline, 1 only in the cand"),
        (BASELINE, {"5": 0.9}, "found 0 (4 only in the baseline, 1 only in the candidate)"),
        ({}, {}, "found 0"),
    ],
)
def test_fewer_than_two_common_cases_are_refused(baseline, candidate, found):
    with pytest.raises(InputError, match=r"at least 2 cases .* same X-rays") as refused:
        compared(table(baseline), table(candidate))
    assert found in str(refused.value)


def test_tables_without_a_common_score_are_refused():
    with pytest.raises(InputError, match=r"native_dice, .* found none"):
        compared(table(BASELINE), table(CANDIDATE), prefix=NATIVE)
