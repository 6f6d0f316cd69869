from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from teeth_unet import splits
from teeth_unet.errors import InputError
from teeth_unet.splits import PARTS, Split


def different(cases):
    """Content hashes of so many different pictures."""
    return [f"picture {case}" for case in range(cases)]


def assign_parts(groups, split, tooth_shares=None):
    """The parts of cases that all have teeth, or of those with these shares of tooth."""
    return splits.assign_parts(groups, tooth_shares or [0.2] * len(groups), split)


def counts(parts):
    return tuple(parts.count(part) for part in PARTS)


def letters(parts):
    """One letter a case: T for train, V for validation, X for test."""
    return "".join({"train": "T", "validation": "V", "test": "X"}[part] for part in parts)


def test_natural_order_takes_training_cases_first_and_test_cases_last():
    split = Split(train_cases=3, validation_cases=2)
    assert letters(assign_parts(different(7), split)) == "TTTVVXX"


@pytest.mark.parametrize(
    ("cases", "settings", "expected"),
    [
        (116, {"train_cases": 105}, (105, 0, 11)),
        (105, {"test_cases": 11}, (94, 0, 11)),
        (105, {"test_cases": 11, "validation_cases": 10}, (84, 10, 11)),
        (116, {"train_cases": 95, "validation_cases": 10}, (95, 10, 11)),
        (96, {"test_cases": 0.2, "validation_cases": 0.1}, (67, 10, 19)),
        (12, {"train_cases": 0.5, "validation_cases": 0.25}, (6, 3, 3)),
        (10, {"train_cases": 0.5, "validation_cases": 0.25}, (5, 0, 5)),  # 2 would be too few
        (10, {"train_cases": 0.5, "validation_cases": 2}, (5, 2, 3)),  # a count is obeyed
        (10, {"test_cases": 0.01}, (9, 0, 1)),  # a share is never none
        (3, {"test_cases": 1, "validation_cases": 1}, (1, 1, 1)),
        (2, {"train_cases": 1}, (1, 0, 1)),
    ],
)
@pytest.mark.parametrize("order", ["natural", "random"])
def test_counts_and_shares(cases, settings, expected, order):
    assert counts(assign_parts(different(cases), Split(order=order, **settings))) == expected


def test_random_order_follows_the_seed():
    def split_by(seed):
        return assign_parts(different(40), Split(order="random", seed=seed, test_cases=0.25))

    assert split_by(1) == split_by(1)
    assert split_by(1) != split_by(2)
    assert split_by(1) != assign_parts(different(40), Split(test_cases=0.25))


def test_the_seed_does_not_matter_in_natural_order():
    by_seed = [assign_parts(different(9), Split(seed=seed, test_cases=3)) for seed in (1, 2)]
    assert by_seed[0] == by_seed[1]


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        ("abcdefgh", "TTTVVXXX"),
        ("abccdefg", "TTTTVXXX"),  # cut by the first border: both c to train
        ("abcdeefg", "TTTVVVXX"),  # cut by the second border: both e to validation
        ("aabcdefg", "TTTVVXXX"),  # in one part anyhow
        ("abcdefga", "TTVVXXXT"),  # the last moves to the place of the first
        ("abcdbefg", "TTVVTXXX"),
        ("aaaabcde", "TTTTVXXX"),
    ],
)
def test_identical_pictures_stay_together_in_the_earlier_part(pictures, expected):
    split = Split(train_cases=3, validation_cases=2)
    assert letters(assign_parts(list(pictures), split)) == expected


SPLITS = st.builds(
    Split,
    order=st.sampled_from(["natural", "random"]),
    seed=st.integers(0, 5),
    test_cases=st.integers(1, 6) | st.floats(0.05, 0.5),
    validation_cases=st.integers(0, 4) | st.floats(0.05, 0.3),
)


@given(st.lists(st.sampled_from("abcdefghijkl"), min_size=3, max_size=30), SPLITS)
def test_every_case_gets_one_part_and_no_picture_is_in_two(pictures, split):
    parts = split_or_assume(pictures, split)
    assert len(parts) == len(pictures)
    assert set(parts) <= set(PARTS)
    assert len(set(zip(pictures, parts, strict=True))) == len(set(pictures))


@given(st.lists(st.sampled_from("abcdefghijkl"), min_size=3, max_size=30), SPLITS)
def test_a_group_at_a_border_moves_it_by_less_than_the_group(pictures, split):
    plain = counts(split_or_assume(different(len(pictures)), split))
    grouped = counts(split_or_assume(pictures, split))
    assume(bool(plain[1]) == bool(grouped[1]))  # a share near the fewest is none in one of them
    largest = max(Counter(pictures).values())
    assert 0 <= grouped[0] - plain[0] < largest
    assert 0 <= sum(grouped[:2]) - sum(plain[:2]) < largest


@given(st.permutations(different(12)))
def test_the_answer_is_in_the_order_given(pictures):
    assert letters(assign_parts(pictures, Split(test_cases=4))) == "T" * 8 + "X" * 4


def split_or_assume(pictures, split):
    try:
        return assign_parts(pictures, split)
    except InputError:
        assume(False)


@pytest.mark.parametrize(
    ("cases", "settings", "found"),
    [
        (5, {"train_cases": 5}, "5 train, 0 validation, 0 test"),
        (5, {"test_cases": 5}, "0 train, 0 validation, 5 test"),
        (5, {"test_cases": 50}, "0 train, 0 validation, 5 test"),
        (5, {"test_cases": 2, "validation_cases": 3}, "0 train, 3 validation, 2 test"),
        (5, {"train_cases": 4, "validation_cases": 2}, "4 train, 1 validation, 0 test"),
        (5, {"train_cases": 5, "validation_cases": 2}, "5 train, 0 validation, 0 test"),
    ],
)
def test_a_part_that_comes_out_empty_is_refused(cases, settings, found):
    with pytest.raises(InputError) as refusal:
        assign_parts(different(cases), Split(**settings))
    message = str(refusal.value)
    assert f"split of {cases} cases" in message
    assert f"found {found}" in message
    assert all(f"{name}: {value}" in message for name, value in settings.items())


@pytest.mark.parametrize(
    ("settings", "remedy"),
    [
        (
            {"test_cases": 2, "validation_cases": 3},
            "Lower split.test_cases or split.validation_cases, or add X-rays.",
        ),
        (
            {"train_cases": 5, "test_cases": 1, "validation_cases": 2},
            "Lower split.train_cases or split.validation_cases, or add X-rays.",
        ),
        ({"test_cases": 5, "validation_cases": 0}, "Lower split.test_cases, or add X-rays."),
    ],
)
def test_an_error_names_the_parameters_to_lower(settings, remedy):
    with pytest.raises(InputError) as refusal:
        assign_parts(different(5), Split(**settings))
    assert str(refusal.value).endswith(remedy)


def test_a_part_that_groups_leave_empty_is_refused():
    with pytest.raises(InputError, match="found 4 train, 0 validation, 0 test"):
        assign_parts(["a", "b", "b", "b"], Split(train_cases=2))


@pytest.mark.parametrize("wrong", [0, -1, 1.0, 1.5, 0.0, True, "ten", float("nan")])
def test_a_number_of_cases_is_a_count_or_a_share(wrong):
    with pytest.raises(ValidationError, match=r"expected a count \(1 or more\) or a share"):
        Split(test_cases=wrong)


def test_an_error_tells_of_identical_pictures():
    with pytest.raises(
        InputError, match=r"Identical and near-identical X-rays stay together: up to 3 here"
    ):
        assign_parts(["a", "b", "b", "b"], Split(train_cases=2))


def test_neither_train_nor_test_is_refused():
    with pytest.raises(ValidationError, match="give train_cases or test_cases"):
        Split()


def test_train_cases_decides_where_both_are_given():
    parts = assign_parts(list("abcdef"), Split(train_cases=4, test_cases=5))
    assert parts == ["train"] * 4 + ["test"] * 2


@pytest.mark.parametrize(
    "settings",
    [
        {"test_cases": 0},
        {"test_cases": -1},
        {"test_cases": 1.0},
        {"test_cases": 1.5},
        {"test_cases": "11"},
        {"test_cases": True},
        {"test_cases": 3, "validation_cases": -1},
        {"test_cases": 3, "order": "alphabetical"},
    ],
)
def test_what_is_no_number_of_cases_or_order_is_refused(settings):
    with pytest.raises(ValidationError):
        Split(**settings)
