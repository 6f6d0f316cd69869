"""No case is scored that a network has seen, nor one that it began with, nor one before that."""

import pandas as pd
import pytest

from teeth_unet.errors import InputError
from teeth_unet.splits import refuse_cases_seen_by_start, refuse_seen_cases

CASES = pd.DataFrame(
    {
        "case": ["one", "two", "three"],
        "split": ["train", "validation", "test"],
        "content_hash": ["1", "2", "3"],
    }
)


def record(trained_on=(), validated_on=(), start=None):
    own = {"trained_on": list(trained_on), "validated_on": list(validated_on)}
    return {**own, "start": {"record": start}} if start else own


UNSEEN = record("1", "2", start=record("x1", "y2", start=record("z1")))

SEEN = {  # by what is wrong: a record, and the part with the case that was seen
    "trained on a test case": (record("13"), "test"),
    "trained on a validation case": (record("12"), "validation"),
    "an epoch chosen by a test case": (record("1", "3"), "test"),
}


@pytest.mark.parametrize("seen", [UNSEEN, record("1", "2"), record("x", "2")])
def test_cases_that_nothing_has_seen_are_scored(seen):
    refuse_seen_cases(CASES, seen)
    refuse_cases_seen_by_start(CASES, seen)


@pytest.mark.parametrize("wrong", SEEN)
def test_a_case_that_the_network_has_seen_is_refused(wrong):
    seen, part = SEEN[wrong]
    with pytest.raises(InputError, match=rf"^{part} cases: .*fitting the network, .* 1 that had"):
        refuse_seen_cases(CASES, seen)


@pytest.mark.parametrize("steps_back", [1, 2, 3])
@pytest.mark.parametrize("wrong", SEEN)
def test_so_is_one_that_a_network_before_it_has_seen(wrong, steps_back):
    seen, part = SEEN[wrong]
    for _ in range(steps_back):
        seen = record("1", start=seen)
    for refuse in (refuse_seen_cases, refuse_cases_seen_by_start):
        with pytest.raises(InputError, match=rf"^{part} cases: .*training\.start names") as refused:
            refuse(CASES, seen)
        assert "Set training.start=package or scratch" in str(refused.value)


def test_an_older_record_that_tells_less_is_taken_as_it_is():
    refuse_seen_cases(CASES, {"trained_on": ["1"], "start": {"record": {}}})
