"""Which inputs of a node belong together."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.lineage import Input, differences, find_disagreement, together

ONE, TWO = "1" * 8, "2" * 8


def made(name, at, parameters=None, **contents):
    return Input(name, f"2026-11-2{at}", {name: f"{name} {at}", **contents}, parameters or {})


def given_now(name, value):
    return Input(f"params:{name}", "9999", {}, {name: value})


TOGETHER = {
    "nothing": [],
    "one": [made("x_train", 1, cases=ONE)],
    "nothing in common": [made("x_train", 1, cases=ONE), made("history", 2, fitted=TWO)],
    "one ancestor": [made("x_train", 1, cases=ONE), made("compiled", 2, cases=ONE)],
    "one is the ancestor": [made("x_train", 1, cases="cases 0"), made("cases", 0)],
    "made with what is given": [made("compiled", 1, {"loss": "dice"}), given_now("loss", "dice")],
    "made with a block": [
        made("compiled", 1, {"training": {"epochs": 2, "loss": "dice"}}),
        given_now("training", {"loss": "dice", "epochs": 2}),
    ],
    "a parameter of another version": [
        made("compiled", 1, {"training": {"epochs": 2, "removed": 1}}),
        given_now("training", {"epochs": 2, "new": 1}),
    ],
}

APART = {
    "two versions of an ancestor": (
        [made("x_train", 1, cases=ONE), made("compiled", 2, cases=TWO)],
        ("cases", "x_train", "compiled", ""),
    ),
    "an ancestor made again": (
        [made("x_train", 1, cases=ONE), made("cases", 2)],
        ("cases", "x_train", "cases", ""),
    ),
    "an ancestor put back": (
        [made("x_train", 2, cases=ONE), made("cases", 1)],
        ("cases", "cases", "x_train", ""),
    ),
    "a parameter given now": (
        [made("compiled", 1, {"training": {"loss": "bce"}}), given_now("training", {"loss": "d"})],
        ("params:training", "compiled", "params:training", "training.loss was bce, is d"),
    ),
    "parameters of two runs": (
        [made("scores", 1, {"seed": 1}), made("cases", 2, {"seed": 2})],
        ("params:seed", "scores", "cases", "seed was 1, is 2"),
    ),
    "a block within a block": (
        [
            made("compiled", 1, {"training": {"loss_options": {}}}),
            given_now("training", {"loss_options": {"alpha": 0.2}}),
        ],
        (
            "params:training",
            "compiled",
            "params:training",
            "training.loss_options was {}, is {'alpha': 0.2}",
        ),
    ),
}


@pytest.mark.parametrize("inputs", TOGETHER.values(), ids=TOGETHER)
def test_inputs_of_the_same_versions_go_together(inputs):
    assert [find_disagreement(order) for order in permutations(inputs)] == [None] * len(
        list(permutations(inputs))
    )


@pytest.mark.parametrize(("inputs", "told"), APART.values(), ids=APART)
def test_two_versions_of_one_thing_are_found_in_any_order(inputs, told):
    for order in permutations(inputs):
        found = find_disagreement(order)
        assert found is not None
        assert (found.what, found.older.name, found.newer.name, found.values) == told


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abcd"), st.integers(0, 1).map(str), max_size=4),
        max_size=4,
    )
)
def test_inputs_disagree_if_and_only_if_no_version_fits_all(contents):
    inputs = [Input(f"input {row}", str(row), each, {}) for row, each in enumerate(contents)]
    versions = {name: {each[name] for each in contents if name in each} for name in "abcd"}
    fits = all(len(found) <= 1 for found in versions.values())
    assert (find_disagreement(inputs) is None) == fits


def test_what_goes_together_is_known_of_all():
    inputs = [made("x", 1, {"split": 1}, cases=ONE), made("y", 1, {"loss": 2}, masks=TWO)]
    assert together(inputs) == (
        {"x": "x 1", "cases": ONE, "y": "y 1", "masks": TWO},
        {"split": 1, "loss": 2},
    )


def test_alone_an_input_is_of_itself():
    alone = made("segmenter", 1, {"quality": 1}, cases=ONE).alone()
    assert (alone.contents, alone.parameters) == ({"segmenter": "segmenter 1"}, {})
    assert given_now("inference", 3).alone().parameters == {"inference": 3}


def test_a_difference_is_told_with_both_values():
    told = differences("split", {"seed": 1, "kept": 0, "gone": 2}, {"seed": 2, "kept": 0, "new": 1})
    assert list(told) == ["split.seed was 1, is 2"]
