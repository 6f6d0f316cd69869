"""Sets too small for parts are dealt into folds: every case teaches, and every case is tested."""

import pandas as pd
import pytest

from teeth_unet.errors import InputError
from teeth_unet.splits import (
    Split,
    describe_parts,
    divide_cases,
    fold_numbers,
    in_part,
    number_of_folds,
    refuse_cases_seen_by_start,
    refuse_leaks,
    refuse_seen_cases,
    split_warnings,
    taught_without,
)

SHARES = Split(order="random", test_cases=0.2, validation_cases=0.1, cross_fit_below=25)


def divided(cases, split=SHARES, toothless=0):
    shares = [0.0] * toothless + [0.2] * (cases - toothless)
    return divide_cases(list(range(cases)), shares, split)


def table(parts):
    hashes = [str(row) for row in range(len(parts))]
    same = {"content_hash": hashes, "perceptual_hash": ""}
    return pd.DataFrame({"case": hashes, "split": parts, **same})


@pytest.mark.parametrize("cases", [2, 3, 4, 5, 8, 12, 24])
def test_few_cases_are_dealt_into_five_folds_at_most_of_equal_size(cases):
    parts = divided(cases)
    folds = fold_numbers(table(parts)).tolist()
    sizes = [folds.count(fold) for fold in range(1, min(5, cases) + 1)]
    assert sum(sizes) == cases
    assert max(sizes) - min(sizes) <= 1
    assert number_of_folds(table(parts)) == len(sizes)


@pytest.mark.parametrize(
    ("cases", "split"),
    [
        (25, SHARES),
        (5, SHARES.model_copy(update={"cross_fit_below": 0})),
        # Who gives a number gets it.
        (5, SHARES.model_copy(update={"test_cases": 1})),
        (9, SHARES.model_copy(update={"validation_cases": 3})),
        (9, SHARES.model_copy(update={"train_cases": 3})),
        (9, SHARES.model_copy(update={"train_cases": 0.5})),
    ],
)
def test_other_sets_have_parts(cases, split):
    assert set(divided(cases, split)) <= {"train", "validation", "test"}
    assert number_of_folds(table(divided(cases, split))) == 0


def test_cases_without_a_validation_part_are_cross_fitted_as_well():
    none = SHARES.model_copy(update={"validation_cases": 0})
    assert divided(5, none) == divided(5)


@pytest.mark.parametrize("groups", [[], [0], [0, 0, 0]])
def test_one_xray_alone_has_none_to_be_tested_with(groups):
    with pytest.raises(InputError, match=r"^set of \d cases?: expected at least two different X-"):
        divide_cases(groups, [0.2] * len(groups), SHARES)


def test_identical_xrays_are_in_one_fold():
    parts = divide_cases([0, 1, 0, 2, 1], [0.2] * 5, SHARES)
    assert parts[0] == parts[2]
    assert parts[1] == parts[4]
    assert len(set(parts)) == 3
    twins = table(parts).assign(content_hash=["a", "b", "a", "c", "b"])
    refuse_leaks(twins)
    with pytest.raises(InputError, match=r"0 \(fold 1\) and 2 \(fold 2\) are identical"):
        refuse_leaks(twins.assign(split=["fold 1", "fold 3", "fold 2", "fold 4", "fold 3"]))


def test_a_case_of_a_fold_is_for_training_and_for_testing_and_not_for_validation():
    cases = table(["fold 1", "fold 2", "fold 1"])
    assert in_part(cases, "train").all()
    assert in_part(cases, "test").all()
    assert not in_part(cases, "validation").any()
    parts = table(["train", "test", "validation"])
    for row, part in enumerate(parts["split"]):
        assert in_part(parts, part).to_list() == [row == own for own in range(3)]


def test_the_network_of_a_fold_learns_from_all_others():
    assert taught_without(table(["fold 1", "fold 2", "fold 1"])) == [["1"], ["0", "2"]]
    assert taught_without(table(["train", "test"])) == []


CASES = table(["fold 1", "fold 2", "fold 1"])
RECORD = {"trained_on": ["0", "1", "2"], "validated_on": [], "folds": [["1"], ["0", "2"]]}


def test_each_case_is_scored_by_a_network_that_has_not_seen_it():
    refuse_seen_cases(CASES, RECORD)
    refuse_seen_cases(CASES, {})  # nothing was learned


@pytest.mark.parametrize(
    "wrong",
    [
        {**RECORD, "folds": [["1", "2"], ["0"]]},  # dealt in another way
        {**RECORD, "folds": [["1"]]},
        {"trained_on": RECORD["trained_on"], "validated_on": []},  # the kept network alone
        {"trained_on": [], "validated_on": ["0"]},
    ],
)
def test_one_that_its_network_has_seen_is_refused(wrong):
    with pytest.raises(InputError, match=r"test cases: .* fitting the network, .* The cases were"):
        refuse_seen_cases(CASES, wrong)


def test_the_network_that_is_kept_has_seen_them_all():
    for parts in (["test", "train", "train"], ["fold 1", "fold 2", "fold 1"]):
        with pytest.raises(InputError, match=r"test cases: .* training\.start names"):
            refuse_cases_seen_by_start(table(parts), RECORD)
    with pytest.raises(InputError, match=r"test cases: .* fitting the network"):
        refuse_seen_cases(table(["test", "train", "train"]), RECORD)


def test_the_log_tells_that_there_are_no_parts():
    assert describe_parts(divided(5)) == (
        "none, since 5 cases are few. All are learned from; each is tested by one of 5 other "
        "networks, which has learned from the cases outside of its fold"
    )


def test_a_fold_that_holds_all_teeth_is_told():
    assert split_warnings(divided(5), [0.2] * 5, SHARES) == []
    parts = divided(3, toothless=2)
    (told,) = split_warnings(parts, [0.0, 0.0, 0.2], SHARES)
    assert told.startswith(f"No case outside of {parts[2]} has teeth: the network that tests it")
