"""A few rows of many."""

import doctest

import pytest

from teeth_unet import sampling
from teeth_unet.sampling import spread_evenly


@pytest.mark.parametrize(
    ("length", "count", "indices"),
    [
        (11, 3, [0, 5, 10]),
        (100, 6, [0, 20, 40, 59, 79, 99]),
        (6, 6, [0, 1, 2, 3, 4, 5]),
        (3, 6, [0, 1, 2]),
        (5, 1, [0]),
        (1, 6, [0]),
        (0, 6, []),
    ],
)
def test_indices_are_spread_from_the_first_to_the_last(length, count, indices):
    assert spread_evenly(length, count) == indices


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(sampling) == doctest.TestResults(failed=0, attempted=1)
