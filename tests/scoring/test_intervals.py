import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from teeth_unet.scoring import (
    describe_interval,
    interval_of_grouped_mean,
    interval_of_grouped_median,
    interval_of_mean,
    interval_of_share,
    interval_of_signed_mean,
    why_no_interval,
)

SPREAD = [0.8817, 0.9402, 0.9133, 0.9571, 0.9309, 0.9048, 0.9226, 0.9444, 0.8965, 0.9353, 0.9612]
ERRORS = [0.02, -0.01, 0.05, 0.03, -0.02, 0.01, 0.04]

SHARES, FEW_SHARES = (
    st.lists(st.floats(0, 1), min_size=least, max_size=most) for least, most in ((5, 12), (1, 4))
)
EVERY = [lambda values: interval_of_mean(values, 0, 1), interval_of_signed_mean, interval_of_share]
EVERY += [lambda values: interval_of_mean(values, 0)]
GROUPED = [interval_of_grouped_mean, interval_of_grouped_median]


def student(values):
    return stats.ttest_1samp(values, 0).confidence_interval(0.95)


def on_both_sides(found, one, other):
    """Whether an interval reaches as far as the farther of two."""
    return found == pytest.approx([min(one[0], other[0]), max(one[1], other[1])])


def test_the_interval_of_a_score_is_students_or_that_of_its_log_odds_where_that_is_farther():
    mean, error = np.mean(SPREAD), stats.sem(SPREAD)
    middle, width = np.log(mean / (1 - mean)), stats.t.ppf(0.975, 10) * error / (mean * (1 - mean))
    odds = [1 / (1 + np.exp(-end)) for end in (middle - width, middle + width)]
    found = interval_of_mean(SPREAD, 0, 1)
    assert on_both_sides(found, student(SPREAD), odds)
    assert found == pytest.approx([odds[0], student(SPREAD).high])  # the tail is to the left


def test_the_interval_of_a_distance_is_students_or_that_of_its_logarithm():
    distances = [1.0, 2.0, 1.5, 6.0, 2.5, 1.2]
    width = stats.t.ppf(0.975, 5) * stats.sem(distances) / np.mean(distances)
    logarithmic = [np.mean(distances) * np.exp(side * width) for side in (-1, 1)]
    found = interval_of_mean(distances, 0)
    assert on_both_sides(found, np.clip(student(distances), 0, None), logarithmic)
    assert found == pytest.approx([max(student(distances).low, 0), logarithmic[1]])


def test_the_interval_of_differences_is_students_or_one_corrected_for_skewness():
    values = [0.0, 0.1, 0.0, 0.02, 0.4, 0.05]
    low, high = student(values)
    t, error = stats.t.ppf(0.975, 5), stats.sem(values)
    shift = stats.skew(values, bias=False) / (6 * 6**0.5) * (1 + 2 * t**2) * error
    assert interval_of_signed_mean(values) == pytest.approx([low, high + shift])
    mirrored = interval_of_signed_mean([-value for value in values])
    assert mirrored == pytest.approx([-high - shift, -low])


def test_without_skewness_the_interval_of_differences_is_students():
    values = [-0.3, -0.1, 0.0, 0.1, 0.3]
    assert interval_of_signed_mean(values) == pytest.approx(list(student(values)))


@pytest.mark.parametrize(
    ("true", "cases", "expected"), [(11, 11, (0.7151, 1)), (3, 11, (0.0602, 0.6097))]
)
def test_the_interval_of_a_share_is_the_exact_one(true, cases, expected):
    found = interval_of_share([True] * true + [False] * (cases - true))
    assert found == pytest.approx(expected, abs=5e-5)


@given(FEW_SHARES)
def test_fewer_than_five_cases_have_no_interval(values):
    assert {interval(values) for interval in EVERY} == {None}
    assert {interval([values] * len(values)) for interval in GROUPED} == {None}


@pytest.mark.parametrize("value", [0, 0.3, 1])
@pytest.mark.parametrize("interval", [EVERY[0], EVERY[1], EVERY[3]])
def test_equal_values_have_no_interval(interval, value):
    assert interval([value] * 9) is None
    assert interval([value] * 8 + [value + 1e-15]) is None  # rounding


@given(SHARES)
@example([1.0, 1.0, 1.0, 1.0, 1 - 1e-11])
@example([0.0, 0.0, 0.0, 0.0, 1.0])
def test_intervals_hold_the_mean_and_stay_within_the_range(values):
    for interval, low, high in ((EVERY[0], 0, 1), (EVERY[3], 0, np.inf)):
        found = interval(values)
        if found is not None:
            assert low <= found[0] <= np.mean(values) + 1e-12
            assert np.mean(values) - 1e-12 <= found[1] <= high
            assert all(map(np.isfinite, found))


@given(SHARES)
def test_an_interval_of_scores_mirrors_that_of_their_complements(values):
    found, mirrored = (interval_of_mean(each, 0, 1) for each in (values, 1 - np.array(values)))
    if found is not None and mirrored is not None:
        assert mirrored == pytest.approx([1 - found[1], 1 - found[0]], abs=1e-9)


def test_intervals_of_differences_are_cut_to_what_a_difference_can_be():
    differences = [-0.9, 0, 0, 0, 0]
    assert interval_of_signed_mean(differences, -1, 1)[0] == -1
    assert interval_of_signed_mean(differences)[0] < -1


def test_groups_of_one_value_give_the_interval_of_the_mean():
    grouped = interval_of_grouped_mean([[value] for value in ERRORS])
    assert grouped == pytest.approx(interval_of_signed_mean(ERRORS))


def test_teeth_of_one_case_say_no_more_than_one():
    for interval in GROUPED:
        once = interval([[value] for value in ERRORS])
        assert interval([[value] * 50 for value in ERRORS]) == pytest.approx(once)


def test_a_case_with_more_teeth_weighs_more():
    # Means .0 of 99 teeth each, and 1 of a single one: that one hardly moves the mean.
    low, high = interval_of_grouped_mean([[0.0] * 99] * 5 + [[1.0]])
    assert low <= 1 / 496 <= high < 0.02
    even = interval_of_grouped_mean([[0.0]] * 5 + [[1.0]])
    assert even[1] > 0.5


@given(st.lists(st.lists(st.floats(-1, 1), min_size=1, max_size=4), min_size=5, max_size=8))
def test_the_interval_of_a_median_lies_among_the_values_and_holds_it(groups):
    found = interval_of_grouped_median(groups)
    values = np.concatenate(groups)
    if found is not None:
        assert values.min() <= found[0] <= np.median(values) + 1e-12
        assert np.median(values) - 1e-12 <= found[1] <= values.max()


SKEWED = {
    "scores": lambda rng, shape: rng.beta(16, 2.8, shape),  # .85 +- .08
    "scores near 1": lambda rng, shape: rng.beta(281, 8.7, shape),  # .97 +- .01
    "distances": lambda rng, shape: rng.gamma(4, 1, shape),
    "differences": lambda rng, shape: rng.gamma(4, 1, shape) - 4,
}
TRUE_MEANS = {"scores": 16 / 18.8, "scores near 1": 281 / 289.7, "distances": 4, "differences": 0}
RANGES = {"scores": (0, 1), "scores near 1": (0, 1), "distances": (0,)}


@pytest.mark.parametrize("name", SKEWED)
@pytest.mark.parametrize("cases", [5, 11])
def test_intervals_hold_the_true_mean_of_skewed_values_in_95_of_100_samples(name, cases):
    # 2000 samples: a standard error of .005. A percentile bootstrap holds .83 of 5, .90 of 11.
    samples = SKEWED[name](np.random.default_rng(cases), (2000, cases))
    limits = RANGES.get(name)
    found = np.array(
        [
            interval_of_mean(sample, *limits) if limits else interval_of_signed_mean(sample)
            for sample in samples
        ]
    )
    held = (found[:, 0] <= TRUE_MEANS[name]) & (TRUE_MEANS[name] <= found[:, 1])
    assert 0.94 <= held.mean() <= 0.97


@pytest.mark.parametrize("cases", [5, 11])
def test_intervals_of_teeth_hold_in_94_of_100_samples_of_cases(cases):
    # Errors with a part of their own and one of their case, both normal: of a deviation of .05.
    rng = np.random.default_rng(cases)
    held = np.zeros(2)
    for _ in range(500):
        groups = [
            rng.normal(0.01, 0.03) + rng.normal(0, 0.04, rng.integers(18, 33)) for _ in range(cases)
        ]
        bias = interval_of_grouped_mean(groups)
        median = interval_of_grouped_median(groups) or [1, 1]
        held += [bias[0] <= 0.01 <= bias[1], median[0] <= 0.01 <= median[1]]
    assert (held / 500 >= 0.925).all()  # a standard error of .01


@pytest.mark.parametrize(
    ("interval", "cases", "told"),
    [
        ([0.97152, 0.97833], 19, "95 % interval 0.972 to 0.978"),
        (None, 4, "no interval: 4 cases, and fewer than 5 tell too little"),
        (None, 1, "no interval: 1 case, and fewer than 5 tell too little"),
        (None, 5, "no interval: all cases have the same value"),
    ],
)
def test_an_interval_or_why_there_is_none_is_put_into_words(interval, cases, told):
    assert describe_interval(interval, cases) == told
    assert interval or told.endswith(why_no_interval(cases))
