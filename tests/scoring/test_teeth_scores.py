import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from teeth_unet.scoring import (
    Match,
    TeethOfCase,
    interval_of_grouped_mean,
    interval_of_grouped_median,
    interval_of_mean,
    interval_of_share,
    interval_of_signed_mean,
    match_teeth,
    score_matched_teeth,
    summarise_teeth,
)

# Two teeth side by side: 2 x 4 pixels of tooth 1, 2 x 3 of tooth 2.
TRUTH = np.array([[1, 1, 1, 1, 0, 2, 2, 2], [1, 1, 1, 1, 0, 2, 2, 2]])
LABELS = arrays(np.int64, (4, 5), elements=st.integers(0, 3))


def columns(*numbers):
    return np.array([numbers, numbers])


@pytest.mark.parametrize(
    ("prediction", "matches"),
    [
        (columns(1, 1, 1, 1, 0, 2, 2, 2), [(1, 1, 1.0), (2, 2, 1.0)]),
        (columns(9, 9, 9, 9, 0, 4, 4, 4), [(1, 9, 1.0), (2, 4, 1.0)]),
        (columns(0, 7, 7, 7, 0, 0, 0, 0), [(1, 7, 6 / 8)]),
        (columns(0, 0, 7, 7, 0, 0, 0, 0), []),  # an IoU of just .5 is none
        (columns(3, 3, 3, 3, 3, 3, 3, 3), []),  # both in one: 8 of 16 pixels
        (columns(3, 3, 3, 3, 3, 3, 0, 0), [(1, 3, 8 / 12)]),
        (columns(5, 5, 5, 6, 0, 8, 8, 0), [(1, 5, 6 / 8), (2, 8, 4 / 6)]),
        (columns(0, 0, 0, 0, 0, 0, 0, 0), []),
    ],
    ids=["same", "renumbered", "one", "half", "fused", "larger", "split", "none"],
)
def test_teeth_that_share_more_than_half_are_the_same(prediction, matches):
    found = match_teeth(TRUTH, prediction)
    assert found == [Match(*match) for match in matches]


@given(LABELS, LABELS)
def test_matching_is_one_to_one_and_does_not_depend_on_the_direction(truth, prediction):
    forth, back = match_teeth(truth, prediction), match_teeth(prediction, truth)
    assert {(m.truth, m.predicted, m.iou) for m in forth} == {
        (m.predicted, m.truth, m.iou) for m in back
    }
    assert len({m.truth for m in forth}) == len({m.predicted for m in forth}) == len(forth)
    for match in forth:
        of_truth, of_prediction = truth == match.truth, prediction == match.predicted
        both, either = (of_truth & of_prediction).sum(), (of_truth | of_prediction).sum()
        assert 0.5 < match.iou == both / either


def test_small_number_types_do_not_overflow():
    truth = TRUTH.astype(np.uint8) * 100
    assert match_teeth(truth, truth) == [Match(100, 100, 1.0), Match(200, 200, 1.0)]


def test_maps_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"received \(2, 8\) and \(2, 7\)"):
        match_teeth(TRUTH, TRUTH[:, :7])


def test_sizes_are_compared_tooth_by_tooth():
    case = score_matched_teeth(
        {1: (200.0, 50.0), 2: (100.0, 40.0), 3: (90.0, 30.0)},
        {5: (210.0, 49.0), 8: (100.0, 44.0)},
        [Match(1, 5, 0.9), Match(2, 8, 0.8)],
    )
    assert case.length_errors == pytest.approx((0.05, 0.0))
    assert case.width_errors == pytest.approx((-0.02, 0.1))
    assert (case.true_teeth, case.predicted_teeth, case.matched) == (3, 2, 2)
    assert (case.count_error, case.sensitivity, case.precision) == (-1, 2 / 3, 1)


@pytest.mark.parametrize(
    ("true", "predicted", "sensitivity", "precision"),
    [(0, 0, 1, 1), (0, 3, 0, 0), (3, 0, 0, 0), (3, 3, 0, 0)],
)
def test_what_no_tooth_is_worth(true, predicted, sensitivity, precision):
    case = TeethOfCase(true, predicted, (), ())
    assert (case.sensitivity, case.precision) == (sensitivity, precision)


def test_the_summary_of_four_cases():
    cases = [
        TeethOfCase(30, 30, (0.01,) * 30, (0.03,) * 30),
        TeethOfCase(28, 30, (-0.03,) * 20, (-0.01,) * 20),
        TeethOfCase(20, 19, (), ()),
        TeethOfCase(0, 0, (), ()),
    ]
    summary = summarise_teeth(cases)
    means = {
        name: value["mean"]
        for name, value in summary.items()
        if isinstance(value, dict) and "mean" in value
    }
    assert summary["cases"] == 4
    assert (summary["true_teeth"], summary["predicted_teeth"]) == (78, 79)
    assert summary["matched_teeth"] == 50
    assert means == pytest.approx(
        {
            "count_error": 1 / 4,
            "absolute_count_error": 3 / 4,
            "relative_count_error": (0 + 2 / 28 + 1 / 20) / 3,
            "exact_count": 2 / 4,
            "count_within_one": 3 / 4,
            "sensitivity": (1 + 20 / 28 + 0 + 1) / 4,
            "precision": (1 + 20 / 30 + 0 + 1) / 4,
        }
    )
    assert summary["pooled_sensitivity"] == 50 / 78
    assert summary["pooled_precision"] == 50 / 79
    # 30 errors of 1 % and 20 of 3 %; the mean of +1 % and -3 %, and of +3 % and -1 %.
    assert summary["length_error"]["median"] == pytest.approx(0.01)
    assert summary["length_error"]["bias"] == pytest.approx((30 * 0.01 - 20 * 0.03) / 50)
    assert summary["width_error"]["median"] == pytest.approx(0.03)
    assert summary["width_error"]["bias"] == pytest.approx((30 * 0.03 - 20 * 0.01) / 50)
    json.dumps(summary, allow_nan=False)


def test_without_any_tooth_there_is_nothing_to_measure():
    summary = summarise_teeth([TeethOfCase(0, 0, (), ())])
    assert summary["relative_count_error"] == {"mean": None, "interval": None}
    assert set(summary["length_error"].values()) == {None}
    assert summary["pooled_sensitivity"] == summary["pooled_precision"] == 1
    assert summary["exact_count"] == {"mean": 1, "interval": None}


def test_each_summary_of_teeth_has_the_interval_of_its_kind():
    rng = np.random.default_rng(0)
    cases = [
        TeethOfCase(30, found, tuple(rng.normal(0, 0.02, 25)), tuple(rng.normal(0, 0.02, 25)))
        for found in (28, 30, 31, 30, 27, 29, 30)
    ]
    errors = np.array([case.count_error for case in cases])
    lengths = [case.length_errors for case in cases]
    summary = summarise_teeth(cases)
    assert summary["count_error"]["interval"] == interval_of_signed_mean(errors)
    assert summary["absolute_count_error"]["interval"] == interval_of_mean(np.abs(errors), 0)
    assert summary["relative_count_error"]["interval"] == interval_of_mean(np.abs(errors) / 30, 0)
    assert summary["exact_count"]["interval"] == interval_of_share(errors == 0)
    assert summary["count_within_one"]["interval"] == interval_of_share(np.abs(errors) <= 1)
    precisions = [case.precision for case in cases]
    assert summary["precision"]["interval"] == interval_of_mean(precisions, 0, 1)
    assert summary["sensitivity"]["interval"] is None  # 25/30 in each
    assert summary["length_error"]["bias_interval"] == interval_of_grouped_mean(lengths)
    sizes = [np.abs(case) for case in lengths]
    assert summary["length_error"]["interval"] == interval_of_grouped_median(sizes)
    json.dumps(summary, allow_nan=False)


def test_fewer_than_five_cases_have_no_intervals_of_teeth():
    cases = [TeethOfCase(30, 30 - found, (0.1, 0.2), (0.1, 0.2)) for found in range(4)]
    summary = summarise_teeth(cases)
    found = [value for value in summary.values() if isinstance(value, dict)]
    assert {each["interval"] for each in found} == {None}
    assert summary["width_error"]["bias_interval"] is None
