import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scored_masks import drawn, rectangle, with_pixel

from teeth_unet.scoring import (
    LOWER_IS_BETTER,
    NATIVE,
    SCORES,
    Scoring,
    interval_of_mean,
    score_case,
    spread_by_dice,
    summarise_cases,
)

SQUARE = rectangle((10, 30), (10, 30))
EMPTY, TOOTH = drawn("....", "....", "...."), drawn("....", ".##.", "....")

PAIRS = array_shapes(min_dims=2, max_dims=2, max_side=7).flatmap(
    lambda shape: st.tuples(arrays(bool, shape), arrays(bool, shape))
)


def case_of(hits, false_alarms, misses, background, **options):
    """The scores of a case with so many pixels of each kind, in a row."""
    counts = (hits, false_alarms, misses, background)
    truth, prediction = np.repeat([1, 0, 1, 0], counts), np.repeat([1, 1, 0, 0], counts)
    return score_case(truth[None], prediction[None], **options)


def test_a_case_has_its_scores_and_the_pixels_they_come_from():
    # Truth ##...#...., prediction #####.....: two hits, three false alarms, a miss.
    scores = case_of(2, 3, 1, 4)
    expected = {
        "dice": 4 / 8,
        "iou": 2 / 6,
        "precision": 2 / 5,
        "sensitivity": 2 / 3,
        "specificity": 4 / 7,
        "hd95": pytest.approx(1.8),  # there 0, 0, 1; back 0, 0, 1, 2, 1
        "assd": pytest.approx(5 / 8),
        "nsd": 1,  # all within 2 px
        "true_positives": 2,
        "false_positives": 3,
        "false_negatives": 1,
        "true_negatives": 4,
        "truth_area": 3,
        "predicted_area": 5,
    }
    assert scores == expected
    assert list(scores) == list(expected)  # the order of the columns


@pytest.mark.parametrize(
    ("truth", "prediction", "expected"),
    [
        (SQUARE, rectangle((13, 33), (10, 30)), (0.850000, 0.739130, 3, 1.5, 0.5)),
        (SQUARE, with_pixel(SQUARE, 60, 60), (0.998752, 0.997506, 0, 0.286540, 0.993464)),
        (
            rectangle((0, 20), (0, 20)),
            rectangle((0, 20), (0, 22)),
            (0.952381, 0.909091, 2, 0.487179, 0.769231),
        ),
    ],
    ids=["three rows down", "a stray pixel", "two columns wider"],
)
def test_all_scores_of_known_pictures(truth, prediction, expected):
    scores = score_case(truth, prediction, tolerance=1)
    names = ("dice", "iou", "hd95", "assd", "nsd")
    assert [scores[name] for name in names] == pytest.approx(expected, abs=5e-7)


@pytest.mark.parametrize(
    ("truth", "prediction", "expected"),
    [
        # dice, iou, precision, sensitivity, specificity, hd95, assd, nsd; the diagonal is 5
        (EMPTY, EMPTY, (1, 1, 1, 1, 1, 0, 0, 1)),
        (EMPTY, TOOTH, (0, 0, 0, 0, 10 / 12, 5, 5, 0)),
        (TOOTH, EMPTY, (0, 0, 0, 0, 1, 5, 5, 0)),
        (TOOTH, TOOTH, (1, 1, 1, 1, 1, 0, 0, 1)),
    ],
    ids=["both empty", "empty truth", "empty prediction", "neither"],
)
def test_scores_of_empty_masks(truth, prediction, expected):
    scores = score_case(truth, prediction)
    assert [scores[name] for name in SCORES] == pytest.approx(expected)


def test_names_may_begin_with_a_prefix():
    plain, native = case_of(4, 1, 1, 4), case_of(4, 1, 1, 4, prefix=NATIVE)
    assert native == {f"native_{name}": value for name, value in plain.items()}
    assert list(native) == [f"native_{name}" for name in plain]


def test_the_tolerance_is_that_of_nsd_alone():
    shifted = SQUARE, rectangle((13, 33), (10, 30))
    plain = score_case(*shifted)
    strict, lenient = (score_case(*shifted, tolerance) for tolerance in (0, 3))
    assert plain == score_case(*shifted, tolerance=Scoring().tolerance)
    assert strict["nsd"] < plain["nsd"] < lenient["nsd"] == 1
    assert {name for name in plain if plain[name] != lenient[name]} == {"nsd"}


@given(PAIRS)
def test_dice_follows_from_iou_and_areas_from_counts(pair):
    scores = score_case(*pair)
    assert scores["dice"] == pytest.approx(2 * scores["iou"] / (1 + scores["iou"]))
    assert scores["dice"] >= scores["iou"]
    assert scores["truth_area"] == pair[0].sum()
    assert scores["predicted_area"] == pair[1].sum()


@given(PAIRS)
def test_flipping_both_pictures_changes_no_score(pair):
    expected = pytest.approx(score_case(*pair))
    for flip in (np.fliplr, np.flipud, np.transpose):
        assert score_case(*map(flip, pair)) == expected


def test_scores_are_summed_up_over_cases():
    # Dice .8, .5 and 1.
    summary = summarise_cases([case_of(4, 1, 1, 4), case_of(1, 1, 1, 7), case_of(3, 0, 0, 7)])
    assert summary["cases"] == 3
    dice = summary["dice"]
    assert dice["mean"] == pytest.approx(2.3 / 3)
    assert dice["standard_deviation"] == pytest.approx((0.19 / 3) ** 0.5)  # n - 1
    assert (dice["lowest"], dice["median"], dice["highest"]) == (0.5, 0.8, 1)
    assert summary["precision"]["mean"] == pytest.approx((0.8 + 0.5 + 1) / 3)
    assert summary["specificity"]["lowest"] == pytest.approx(4 / 5)


def test_the_worst_distance_is_the_highest_and_the_worst_of_all_else_the_lowest():
    shifts = (0, 1, 6)
    cases = [score_case(SQUARE, np.roll(SQUARE, shift, axis=0)) for shift in shifts]
    summary = summarise_cases(cases)
    assert {"hd95", "assd"} == LOWER_IS_BETTER
    assert (summary["hd95"]["lowest"], summary["hd95"]["worst"]) == (0, 6)
    for name in SCORES:
        worst = "highest" if name in LOWER_IS_BETTER else "lowest"
        assert summary[name]["worst"] == summary[name][worst] == cases[-1][name]


def test_scores_with_a_prefix_are_summed_up_on_their_own():
    small = [case_of(4, 1, 1, 4), case_of(0, 0, 0, 10)]
    native = [case_of(40, 20, 1, 40), case_of(0, 3, 0, 97)]
    rows = [
        {"case": "x", **plain, **{NATIVE + name: value for name, value in large.items()}}
        for plain, large in zip(small, native, strict=True)
    ]
    assert summarise_cases(rows) == summarise_cases(small)
    assert summarise_cases(rows, prefix=NATIVE) == summarise_cases(native)
    assert summarise_cases(small) != summarise_cases(native)


def test_pooled_dice_weighs_pixels_and_mean_dice_weighs_cases():
    missed_tip, found_teeth = case_of(0, 0, 1, 9), case_of(9, 0, 0, 1)
    summary = summarise_cases([missed_tip, found_teeth])
    assert summary["dice"]["mean"] == 0.5
    assert summary["pooled_dice"] == pytest.approx(18 / 19)


def test_cases_with_an_empty_mask_count_like_all_others_and_are_counted():
    rightly_empty, falsely_found, missed = (
        case_of(0, 0, 0, 10),
        case_of(0, 1, 0, 9),
        case_of(0, 0, 2, 8),
    )
    found = case_of(5, 0, 0, 5)
    summary = summarise_cases([rightly_empty, falsely_found, missed, missed, missed, found])
    assert summary["cases"] == 6
    assert summary["empty_truths"] == 2
    assert summary["empty_predictions"] == 4
    assert summary["one_empty"] == 4
    assert summary["dice"]["mean"] == pytest.approx(2 / 6)
    assert summary["nsd"]["mean"] == pytest.approx(2 / 6)
    assert summary["hd95"]["mean"] == pytest.approx(4 * 101**0.5 / 6)  # of 1 x 10 px
    assert summary["pooled_dice"] == pytest.approx(10 / 17)


def test_a_single_case_has_no_standard_deviation():
    dice = summarise_cases([case_of(4, 1, 1, 4)])["dice"]
    assert dice["standard_deviation"] is None
    assert dice["mean"] == dice["median"] == dice["lowest"] == dice["highest"] == 0.8


def test_a_summary_survives_json():
    summary = summarise_cases([case_of(4, 1, 1, 4), case_of(0, 0, 0, 10)])
    assert json.loads(json.dumps(summary)) == summary
    assert set(SCORES) < summary.keys()


def test_each_score_has_the_interval_of_its_range():
    cases = [case_of(hits, 1, 1, 4) for hits in range(9)]
    summary = summarise_cases(cases)
    for name in SCORES:
        values = [case[name] for case in cases]
        limits = (0,) if name in LOWER_IS_BETTER else (0, 1)
        assert summary[name]["interval"] == interval_of_mean(values, *limits)
    assert summary["specificity"]["interval"] is None  # 4/5 in each
    assert summary["dice"]["interval"] is not None


def test_fewer_than_five_cases_have_a_mean_and_no_interval():
    cases = [case_of(hits, 1, 1, 4) for hits in range(5)]
    assert summarise_cases(cases)["dice"]["interval"] is not None
    assert summarise_cases(cases[:4])["dice"]["interval"] is None
    assert summarise_cases(cases[:4])["dice"]["mean"] == np.mean(
        [case["dice"] for case in cases[:4]]
    )


@pytest.mark.parametrize(
    ("wanted", "rows"), [(1, [1]), (2, [1, 2]), (3, [1, 3, 2]), (9, [1, 0, 3, 2])]
)
def test_cases_are_spread_from_the_lowest_dice_to_the_highest(wanted, rows):
    assert spread_by_dice(pd.DataFrame({"dice": [0.8, 0.1, 0.9, 0.8]}), wanted) == rows
