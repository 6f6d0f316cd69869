from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.errors import InputError
from teeth_unet.splits import CrossValidation, Split, deal_folds, split_fold


@st.composite
def sets_of_cases(draw):
    """Groups of up to three cases, their shares of tooth, and a number of folds that they allow."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=4, max_size=40))
    groups = [group for group, size in enumerate(sizes) for _ in range(size)]
    order = draw(st.permutations(range(len(groups))))
    shares = draw(st.lists(st.floats(0, 1), min_size=len(groups), max_size=len(groups)))
    folds = draw(st.integers(2, min(10, len(sizes))))
    return [groups[row] for row in order], shares, CrossValidation(folds=folds, seed=3)


@given(sets_of_cases())
def test_every_case_is_in_one_fold_and_a_group_is_never_divided(found):
    groups, shares, settings = found
    folds = deal_folds(groups, shares, settings)
    assert len(folds) == len(groups)
    assert set(folds) == set(range(1, settings.folds + 1))
    for group in set(groups):
        assert len({fold for fold, own in zip(folds, groups, strict=True) if own == group}) == 1


@given(sets_of_cases())
def test_folds_differ_in_size_by_no_more_than_the_largest_group(found):
    groups, shares, settings = found
    sizes = Counter(deal_folds(groups, shares, settings)).values()
    assert max(sizes) - min(sizes) <= max(Counter(groups).values())


def test_cases_of_like_shares_are_dealt_to_different_folds():
    shares = [0.0, 0.2, 0.4, 0.01, 0.21, 0.41, 0.02, 0.22, 0.42]
    folds = deal_folds(range(9), shares, CrossValidation(folds=3))
    for level in range(3):  # of the three lowest, middle and highest shares each fold has one
        assert sorted(folds[level::3]) == [1, 2, 3]


def test_the_seed_decides_and_decides_alone():
    def dealt(seed):
        return deal_folds(range(30), [0.2] * 30, CrossValidation(folds=5, seed=seed))

    assert dealt(1) == dealt(1)
    assert dealt(1) != dealt(2)


def test_more_folds_than_different_pictures_are_refused():
    with pytest.raises(InputError, match="different X-rays, 3, found 4"):
        deal_folds(["a", "a", "b", "c"], [0.1] * 4, CrossValidation(folds=4))


@given(sets_of_cases(), st.sampled_from([0, 1, 0.1, 0.25]))
def test_in_every_fold_each_case_has_a_part_and_over_all_folds_it_is_tested_once(found, wanted):
    groups, shares, settings = found
    split = Split(test_cases=1, validation_cases=wanted)
    folds = deal_folds(groups, shares, settings)
    tested = Counter()
    for fold in range(1, settings.folds + 1):
        rest = {group for group, own in zip(groups, folds, strict=True) if own != fold}
        if len(rest) < 2:
            continue
        try:
            parts = split_fold(folds, fold, groups, shares, settings=settings, split=split)
        except InputError:
            assert wanted  # nothing is left to train on
            continue
        tested.update(row for row, part in enumerate(parts) if part == "test")
        assert {own for own, part in zip(folds, parts, strict=True) if part == "test"} == {fold}
        assert "train" in parts
        validated = [
            share for part, share in zip(parts, shares, strict=True) if part == "validation"
        ]
        if isinstance(wanted, float):  # a share is none at all, or has enough with teeth
            assert not validated or sum(share > 0 for share in validated) >= 3
        else:
            assert len(validated) >= wanted
        for group in set(groups):
            assert len({p for p, own in zip(parts, groups, strict=True) if own == group}) == 1
    assert all(times == 1 for times in tested.values())


@pytest.mark.parametrize(
    ("cases", "wanted", "found"),
    [(100, 0.1, 10), (120, 1, 1), (116, 10, 10), (116, 40, 40), (116, 0.5, 58), (116, 90, 90)],
)
def test_there_are_as_many_validation_cases_as_asked_for(cases, wanted, found):
    groups, shares = range(cases), [0.001 * case for case in range(cases)]
    folds = deal_folds(groups, shares, CrossValidation(folds=10))
    split = Split(test_cases=1, validation_cases=wanted)
    for fold in (1, 10):
        parts = split_fold(folds, fold, groups, shares, settings=CrossValidation(), split=split)
        assert parts.count("validation") == found
        assert parts.count("test") == folds.count(fold)


def test_validation_cases_have_few_and_many_teeth_alike():
    groups, shares = range(100), [0.001 * case for case in range(100)]
    folds = deal_folds(groups, shares, CrossValidation(folds=10))
    split = Split(test_cases=1, validation_cases=9)
    parts = split_fold(folds, 1, groups, shares, settings=CrossValidation(), split=split)
    chosen = [case for case, part in enumerate(parts) if part == "validation"]
    assert all(7 <= after - before <= 16 for before, after in pairwise(chosen))


def test_validation_cases_differ_from_fold_to_fold():
    settings, split = CrossValidation(folds=5), Split(test_cases=1, validation_cases=4)
    folds = deal_folds(range(40), [0.2] * 40, settings)
    chosen = {
        tuple(split_fold(folds, fold, range(40), [0.2] * 40, settings=settings, split=split))
        for fold in range(1, 6)
    }
    assert len(chosen) == 5


@given(st.integers(2, 10), st.lists(st.booleans(), min_size=10, max_size=60), st.integers(0, 3))
def test_toothless_cases_are_spread_evenly_over_the_folds(folds, toothless, seed):
    shares = [0.0 if empty else 0.2 for empty in toothless]
    dealt = deal_folds(range(len(shares)), shares, CrossValidation(folds=folds, seed=seed))
    found = Counter(fold for fold, share in zip(dealt, shares, strict=True) if not share)
    numbers = [found[fold] for fold in range(1, folds + 1)]
    assert max(numbers) - min(numbers) <= 1


@pytest.mark.parametrize("wanted", [0.1, 4])
def test_the_only_toothless_case_outside_of_a_fold_is_trained_on(wanted):
    split, shares = Split(test_cases=1, validation_cases=wanted), [0.0] + [0.2] * 39
    parts = set()
    for seed in range(30):  # in about every third it is drawn for validation at first
        settings = CrossValidation(folds=5, seed=seed)
        folds = deal_folds(range(40), shares, settings)
        for fold in range(1, 6):
            drawn = split_fold(folds, fold, range(40), shares, settings=settings, split=split)
            assert drawn.count("validation") == 4
            parts.add(drawn[0])
    assert parts == {"train", "test"}


def test_a_share_of_too_few_cases_is_none():
    settings, split = CrossValidation(folds=4), Split(test_cases=1, validation_cases=0.1)
    folds = deal_folds(range(12), [0.2] * 12, settings)
    parts = split_fold(folds, 1, range(12), [0.2] * 12, settings=settings, split=split)
    assert Counter(parts) == {"train": 9, "test": 3}


def test_too_many_validation_cases_are_refused():
    folds = deal_folds(range(4), [0.2] * 4, CrossValidation(folds=2))
    with pytest.raises(InputError, match=r"split.validation_cases, fold 1: expected fewer .* 2"):
        split_fold(
            folds,
            1,
            range(4),
            [0.2] * 4,
            settings=CrossValidation(folds=2),
            split=Split(test_cases=1, validation_cases=2),
        )
