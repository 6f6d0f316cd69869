import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teeth_unet.scoring import bootstrap_interval, intervals

SPREAD = [0.8817, 0.9402, 0.9133, 0.9571, 0.9309, 0.9048, 0.9226, 0.9444, 0.8965, 0.9353, 0.9612]


def test_the_same_seed_gives_the_same_interval():
    assert bootstrap_interval(SPREAD, seed=3) == bootstrap_interval(SPREAD, seed=3)
    assert bootstrap_interval(SPREAD, seed=3) != bootstrap_interval(SPREAD, seed=4)


def test_the_interval_agrees_with_one_of_other_draws():
    drawn = np.random.default_rng(0).choice(SPREAD, (20_000, len(SPREAD))).mean(axis=1)
    theirs = np.percentile(drawn, (2.5, 97.5))
    # The standard error of a percentile of 10,000 resamples is about .7 % of the interval, and a
    # 90 % interval would end 8 % further in.
    tolerance = 0.04 * np.ptp(theirs)
    assert bootstrap_interval(SPREAD) == pytest.approx(theirs, abs=tolerance)


@pytest.mark.parametrize(
    ("seed", "low", "high"),
    [(0, 0.8649999999999999, 0.965), (1, 0.8666666666666667, 0.9633333333333334)],
)
def test_the_interval_of_a_seed_stays_what_it_was(seed, low, high):
    assert bootstrap_interval([0.9, 0.91, 0.95, 0.97, 0.99, 0.8], seed=seed) == (low, high)


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


@pytest.mark.parametrize("at_once", [1, 1_000, 33_333, 10**9])
def test_the_interval_does_not_depend_on_how_many_are_drawn_at_once(monkeypatch, at_once):
    expected = bootstrap_interval(SPREAD)
    monkeypatch.setattr(intervals, "DRAWN_AT_ONCE", at_once)
    assert bootstrap_interval(SPREAD) == expected
