import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from teeth_unet.scoring import (
    SCORES,
    bootstrap_interval,
    choose_threshold,
    count_overlap,
    score_case,
    summarise_scores,
)

SPREAD = [0.8817, 0.9402, 0.9133, 0.9571, 0.9309, 0.9048, 0.9226, 0.9444, 0.8965, 0.9353, 0.9612]


def case_of(hits, false_alarms, misses, background):
    """The scores of a case with so many pixels of each kind."""
    counts = (hits, false_alarms, misses, background)
    return score_case(np.repeat([1, 0, 1, 0], counts), np.repeat([1, 1, 0, 0], counts))


def picture(values):
    return np.array(values, np.float32).reshape(1, -1, 1)


def test_a_case_has_its_scores_and_the_pixels_they_come_from():
    assert case_of(2, 3, 1, 4) == {
        "dice": 4 / 8,
        "iou": 2 / 6,
        "precision": 2 / 5,
        "sensitivity": 2 / 3,
        "specificity": 4 / 7,
        "true_positives": 2,
        "false_positives": 3,
        "false_negatives": 1,
        "true_negatives": 4,
    }


def test_scores_are_summed_up_over_cases():
    # Dice .8, .5 and 1.
    summary = summarise_scores([case_of(4, 1, 1, 4), case_of(1, 1, 1, 7), case_of(3, 0, 0, 7)])
    assert summary["cases"] == 3
    assert summary["empty_truths"] == 0
    dice = summary["dice"]
    assert dice["mean"] == pytest.approx(2.3 / 3)
    assert dice["standard_deviation"] == pytest.approx((0.19 / 3) ** 0.5)  # n - 1
    assert (dice["lowest"], dice["median"], dice["highest"]) == (0.5, 0.8, 1)
    assert dice["interval"][0] <= dice["mean"] <= dice["interval"][1]
    assert summary["precision"]["mean"] == pytest.approx((0.8 + 0.5 + 1) / 3)
    assert summary["specificity"]["lowest"] == pytest.approx(4 / 5)


def test_pooled_dice_weighs_pixels_and_mean_dice_weighs_cases():
    missed_tip, found_teeth = case_of(0, 0, 1, 9), case_of(9, 0, 0, 1)
    summary = summarise_scores([missed_tip, found_teeth])
    assert summary["dice"]["mean"] == 0.5
    assert summary["pooled_dice"] == pytest.approx(18 / 19)


def test_cases_without_teeth_count_like_all_others():
    rightly_empty, falsely_found = case_of(0, 0, 0, 10), case_of(0, 1, 0, 9)
    summary = summarise_scores([rightly_empty, falsely_found, case_of(5, 0, 0, 5)])
    assert summary["cases"] == 3
    assert summary["empty_truths"] == 2
    assert summary["dice"]["mean"] == pytest.approx(2 / 3)
    assert summary["pooled_dice"] == pytest.approx(10 / 11)


def test_a_single_case_has_no_standard_deviation():
    dice = summarise_scores([case_of(4, 1, 1, 4)])["dice"]
    assert dice["standard_deviation"] is None
    assert dice["mean"] == dice["median"] == dice["lowest"] == dice["highest"] == 0.8
    assert dice["interval"] == pytest.approx([0.8, 0.8])


def test_a_summary_survives_json():
    summary = summarise_scores([case_of(4, 1, 1, 4), case_of(0, 0, 0, 10)])
    assert json.loads(json.dumps(summary)) == summary
    assert set(SCORES) < summary.keys()


def test_the_same_seed_gives_the_same_interval():
    assert bootstrap_interval(SPREAD, seed=3) == bootstrap_interval(SPREAD, seed=3)
    assert bootstrap_interval(SPREAD, seed=3) != bootstrap_interval(SPREAD, seed=4)


def test_the_interval_agrees_with_scipy():
    theirs = stats.bootstrap(
        (SPREAD,), np.mean, n_resamples=20_000, method="percentile", rng=np.random.default_rng(0)
    ).confidence_interval
    # The standard error of a percentile of 10,000 resamples is about 2 % of the interval.
    tolerance = 0.1 * (theirs.high - theirs.low)
    assert bootstrap_interval(SPREAD) == pytest.approx(tuple(theirs), abs=tolerance)


@given(st.floats(0, 1), st.integers(1, 12))
@settings(max_examples=5, deadline=None)
def test_equal_values_leave_no_interval(value, count):
    assert bootstrap_interval([value] * count) == pytest.approx((value, value))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
@settings(max_examples=10, deadline=None)
def test_the_interval_holds_the_mean_and_stays_among_the_values(values):
    low, high = bootstrap_interval(values)
    tiny = 1e-12
    assert min(values) - tiny <= low <= np.mean(values) + tiny
    assert np.mean(values) - tiny <= high <= max(values) + tiny


@pytest.mark.parametrize(
    ("teeth", "background", "threshold"),
    [
        (0.62, 0.42, 0.50),  # all from .45 to .60 are perfect
        (0.32, 0.12, 0.30),  # all from .15 to .30
        (0.90, 0.72, 0.75),  # all from .75 to .90
        (0.07, 0.01, 0.05),
        (0.99, 0.93, 0.95),
    ],
)
def test_of_equal_thresholds_the_nearest_to_a_half_is_chosen(teeth, background, threshold):
    probabilities, truth = picture([teeth, background, 0.0]), picture([1, 0, 0])
    assert choose_threshold([probabilities], [truth]) == (threshold, 1.0)


@pytest.mark.parametrize("percent", range(5, 100, 5))
def test_a_probability_equal_to_the_threshold_is_tooth(percent):
    # Also where float32 lies below the decimal number, as with .35.
    probabilities, truth = picture([percent / 100, 0.0]), picture([1, 0])
    assert choose_threshold([probabilities], [truth]) == (min(percent / 100, 0.5), 1.0)


def test_the_threshold_is_chosen_by_the_mean_over_cases_and_not_by_pooled_pixels():
    large = picture([0.6] * 100 + [0.4] * 20), picture([1] * 100 + [0] * 20)
    small = picture([0.3, 0.0]), picture([1, 0])
    # At .30: Dice 200/220 and 1. At .50: 1 and 0, yet 200/201 when pooled.
    threshold, dice = choose_threshold(*zip(large, small, strict=True))
    assert threshold == 0.3
    assert dice == pytest.approx((200 / 220 + 1) / 2)


def test_the_dice_of_a_threshold_is_that_of_the_masks_it_makes():
    rng = np.random.default_rng(0)
    truths = (rng.random((3, 16, 16, 1)) < 0.3).astype(np.uint8)
    probabilities = np.clip(rng.normal(0.3 + 0.3 * truths, 0.2), 0, 1).astype(np.float32)
    threshold, dice = choose_threshold(probabilities, truths)

    def mean_dice(candidate):
        masks = probabilities >= candidate
        return np.mean([count_overlap(*pair).dice for pair in zip(truths, masks, strict=True)])

    assert dice == mean_dice(threshold)
    assert dice == max(mean_dice(round(0.05 * step, 2)) for step in range(1, 20))


def test_probabilities_and_truths_must_be_of_equal_number():
    with pytest.raises(ValueError, match="shorter"):
        choose_threshold([picture([0.5]), picture([0.5])], [picture([1])])
