"""Teeth that no mouth has, or that a person should look at."""

import pytest

from teeth_unet.inference.implausible_teeth import teeth_warnings
from teeth_unet.teeth import Tooth


def tooth(jaw="upper", length=100.0, order=1):
    return Tooth(1, jaw, order, (0.0, 0.0), 1, length, 40.0, 0.0, ((0.0, 0.0),) * 4)


def mouth(upper, lower, *lengths):
    """So many teeth of 100 px, and upper ones of other lengths behind them."""
    usual = [tooth("upper")] * upper + [tooth("lower")] * lower
    return usual + [tooth("upper", length) for length in lengths]


@pytest.mark.parametrize(
    ("found", "warnings"),
    [
        (mouth(16, 16), []),
        (mouth(1, 0), []),
        (mouth(0, 7), []),
        (mouth(4, 4, 160.0), []),
        (mouth(0, 0), ["no teeth"]),
        (mouth(17, 16), ["17 upper teeth, more than a grown-up has"]),
        (mouth(16, 18), ["18 lower teeth, more than a grown-up has"]),
        (mouth(0, 8), ["no upper teeth"]),
        (mouth(12, 0), ["no lower teeth"]),
        (  # whatever numbers they have in a table of both jaws
            [*mouth(4, 4), tooth("upper", 161.0, order=5)],
            ["tooth upper 5 over 1.6 times as long as most"],
        ),
        (
            [tooth("upper", 161.0, order=2), *mouth(4, 4), tooth("lower", 300.0, order=4)],
            ["teeth upper 2, lower 4 over 1.6 times as long as most"],
        ),
        (
            [*mouth(6, 6), *(tooth("upper", 161.0, order=n) for n in range(7, 12))],
            ["teeth upper 7, upper 8, upper 9 and 2 more over 1.6 times as long as most"],
        ),
        (
            mouth(40, 21),
            [
                "61 teeth, more than a person has",
                "40 upper teeth, more than a grown-up has",
                "21 lower teeth, more than a grown-up has",
            ],
        ),
    ],
)
def test_what_is_said_of_teeth(found, warnings):
    assert teeth_warnings(found) == warnings
