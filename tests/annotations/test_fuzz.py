"""Annotations changed at random: a result or an InputError, nothing else.

`tests/benchmarks/fuzz_annotations.py` does the same many thousand times.
"""

import warnings

import pytest
from changed_annotations import SETS, outcome, use


@pytest.mark.parametrize("name", SETS)
def test_every_valid_set_is_read(name):
    assert use(SETS[name]) > 0


@pytest.mark.parametrize("block", range(10))
def test_a_changed_set_is_read_or_refused(block):
    inputs = range(block * 20 * len(SETS), (block + 1) * 20 * len(SETS))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = {number: outcome(number) for number in inputs}
    assert not {number: each for number, each in found.items() if each not in ("read", "refused")}
