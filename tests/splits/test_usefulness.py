import pytest

from teeth_unet.scoring import LEAST_CASES
from teeth_unet.splits import Split, split_warnings
from teeth_unet.splits.usefulness import FEWEST_TESTED

SHARE = Split(order="random", test_cases=0.2, validation_cases=0.1)
COUNT = Split(order="random", test_cases=1, validation_cases=2)
NATURAL = Split(test_cases=1, validation_cases=2)
NONE = Split(test_cases=1)

LETTERS = {"T": "train", "V": "validation", "X": "test"}


def told(cases, split, **options):
    """The warnings of cases that are written as letters; small ones are toothless."""
    parts = [LETTERS[letter.upper()] for letter in cases]
    return split_warnings(
        parts, [0.2 if letter.isupper() else 0.0 for letter in cases], split, **options
    )


@pytest.mark.parametrize(
    ("cases", "split"),
    [
        ("TTTTVVVXX", COUNT),
        ("TttttVVVvvvXxxxx", SHARE),
        ("TTTTXX", NONE),  # none were wanted
    ],
)
def test_nothing_is_said_where_each_part_can_serve(cases, split):
    assert told(cases, split) == []


@pytest.mark.parametrize(
    ("cases", "split", "words"),
    [
        (
            "TTTTTTTTTTXX",
            Split(test_cases=2, validation_cases=0.1),
            "No validation cases: split.validation_cases=0.1 would take 1 of 12, and it needs 3 "
            "with teeth to choose an epoch and a threshold by. The network keeps the weights of "
            "its last epoch, and its threshold is 0.5.",
        ),
        (
            "TTTTTTTTTTTTTTTTTTTTtttttXXXXX",
            SHARE,
            "No validation cases: split.validation_cases=0.1 would take 3 of 30, some of them "
            "toothless, and it needs 3 with teeth to choose an epoch and a threshold by. The "
            "network keeps the weights of its last epoch, and its threshold is 0.5. A count, such "
            "as split.validation_cases=3, is obeyed.",
        ),
        (
            "TTTTX",
            Split(test_cases=0.2),
            "Only 1 of 5 cases is for testing, and fewer than 5 tell little. To have all of them "
            "tested, each by a network that never saw it: kedro run --pipeline cross_validation, "
            "with the --env and --params of this run and cross_validation.folds=5",
        ),
        (
            "TTTTTTTTTTTTTTTXXXX",
            Split(test_cases=0.2),
            "Only 4 of 19 cases are for testing, and fewer than 5 tell little.",
        ),
        (
            "TTTvvX",
            COUNT,
            "None of the 2 validation cases has teeth: no epoch and no threshold can be chosen. "
            "The network keeps the weights of its last epoch, and its threshold is 0.5. Set "
            "split.validation_cases so that 3 or more have teeth, or to 0.",
        ),
        ("TTTvX", COUNT, "The only validation case has no teeth: no epoch and no threshold can"),
        (
            "TTTVvX",
            COUNT,
            "Only 1 of 2 validation cases has teeth: the best epoch and the threshold are chosen "
            "by little more than chance. Set split.validation_cases so that 3 or "
            "more have teeth, or to 0.",
        ),
        ("TTTVVX", COUNT, "Only 2 of 2 validation cases have teeth:"),
        (
            "TTTVVVxx",
            COUNT,
            "None of the 2 test cases has teeth: a Dice of 1 or 0 says nothing of finding teeth. "
            "Add X-rays with teeth.",
        ),
        (
            "TTTVVVx",
            NATURAL,
            "The only test case has no teeth: a Dice of 1 or 0 says nothing of finding teeth. "
            "Set split.order=random, which spreads them.",
        ),
        (
            "ttVVVX",
            COUNT,
            "None of the 2 training cases has teeth: the network learns to find nothing.",
        ),
    ],
)
def test_what_cannot_serve_is_said_with_the_parameter_to_change(cases, split, words):
    (warning,) = told(cases, split)
    assert warning.startswith(words)


def test_too_few_are_tested_where_scores_have_no_interval():
    assert FEWEST_TESTED == LEAST_CASES


def test_only_the_parts_asked_for_are_looked_at():
    assert len(told("tvx", COUNT)) == 3
    (warning,) = told("tvx", COUNT, among=["train"])
    assert "training case" in warning
