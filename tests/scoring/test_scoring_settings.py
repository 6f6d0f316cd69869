import pytest
from pydantic import ValidationError

from teeth_unet.scoring import Scoring


def test_the_two_tolerances_are_given_apart():
    scoring = Scoring(tolerance=1.5)
    assert (scoring.tolerance, scoring.native_tolerance) == (1.5, Scoring().native_tolerance)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tolerance", -1),
        ("tolerance", float("nan")),
        ("native_tolerance", float("inf")),
        ("native_tolerance", "2 px"),
        ("calibration_bins", 0),
        ("calibration_bins", 2.5),
    ],
)
def test_what_makes_no_sense_is_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        Scoring(**{name: value})


def test_a_seed_is_refused_with_what_became_of_it():
    with pytest.raises(ValidationError, match="no parameter 'seed' any more: intervals are comp"):
        Scoring(seed=0)
