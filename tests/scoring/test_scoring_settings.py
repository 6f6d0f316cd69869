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
        ("seed", -1),
        ("calibration_bins", 0),
        ("calibration_bins", 2.5),
    ],
)
def test_what_makes_no_sense_is_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        Scoring(**{name: value})
