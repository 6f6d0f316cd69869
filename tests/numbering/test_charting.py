"""The chart of a mouth."""

from dataclasses import replace

import pytest

from teeth_unet.numbering import NumberedTooth, draw_up_chart
from teeth_unet.tooth_numbers import PERMANENT


def mouth(*others, without=(), **changes):
    """Return all permanent teeth but some, and others."""
    taken = {*without, *(other.number for other in others)}
    numbers = [number for number in PERMANENT if number not in taken]
    teeth = [
        NumberedTooth(place, number, "tooth", 0.98, 0.99) for place, number in enumerate(numbers, 1)
    ]
    return [*teeth, *others]


def an(kind, number, number_probability=0.95, kind_probability=0.95):
    return NumberedTooth(99, number, kind, number_probability, kind_probability)


def test_a_whole_mouth_has_all_teeth_and_nothing_to_review():
    chart = draw_up_chart(mouth(), {})
    assert set(chart.states.values()) == {"present"}
    assert chart.dentition == "permanent"
    assert chart.missing == chart.review == ()


@pytest.mark.parametrize(
    ("objects", "place", "state"),
    [
        ([], 36, "missing"),
        ([an("implant", 36)], 36, "implant"),
        ([an("pontic", 36)], 36, "pontic"),
        ([an("germ", 38)], 38, "unerupted"),
        ([an("root remnant", 36)], 36, "present"),
        ([an("milk tooth", 75)], 35, "milk tooth"),
        ([an("milk tooth", 75), an("germ", 35)], 35, "milk tooth"),
        ([an("tooth", 35), an("milk tooth", 75)], 35, "present"),
        ([an("tooth", 36, number_probability=0.4)], 36, "unsure"),
        ([an("implant", 36, kind_probability=0.4)], 36, "unsure"),
        ([an("supernumerary", 0)], 36, "missing"),
    ],
)
def test_a_place_shows_what_is_there(objects, place, state):
    chart = draw_up_chart(mouth(*objects, without=[place]), {})
    assert chart.states[place] == state
    assert [number for number, each in chart.states.items() if each != "present"] in ([place], [])


def test_a_number_that_some_object_may_have_is_not_missing():
    chart = draw_up_chart(mouth(without=[18]), {18: 0.4})
    assert chart.states[18] == "unsure"
    assert chart.review == ("Not sure what is at 18.",)
    assert draw_up_chart(mouth(without=[18]), {18: 0.1}).states[18] == "missing"


@pytest.mark.parametrize(
    ("tooth", "review"),
    [
        (an("tooth", 36, 0.7), ()),
        (an("tooth", 36, 0.65), ("Not sure of the number 36 (or 37).",)),
        (an("germ", 36, 0.65), ("Not sure of the number 36 (or 37).",)),
        # Where an implant or a pontic stands is for nobody to look up if a tooth is sure.
        (an("implant", 36, 0.65), ()),
    ],
)
def test_a_number_that_may_be_another_is_for_review_with_that_other_one(tooth, review):
    chart = draw_up_chart(mouth(replace(tooth, next_number=37)), {})
    assert chart.review == review
    assert chart.states[36] != "unsure"


@pytest.mark.parametrize(
    "teeth",
    [
        [],
        [an("tooth", 11)],
        [an("implant", number) for number in (14, 24, 34, 44)],
        [an("tooth", number, number_probability=0.3) for number in PERMANENT],
        [an("tooth", 0) for _ in range(8)],
    ],
    ids=["no teeth", "one tooth", "only implants", "unsure numbers", "no numbers"],
)
def test_a_mouth_that_tells_too_little_gives_a_chart_that_says_unsure(teeth):
    chart = draw_up_chart(teeth, {})
    assert set(chart.states.values()) == {"unsure"}
    assert chart.dentition == "unsure"
    assert chart.review


def test_what_is_wrong_with_the_picture_makes_all_of_it_unsure():
    chart = draw_up_chart(mouth(), {}, doubts=["It lies upside down."])
    assert set(chart.states.values()) == {"unsure"}
    assert chart.review == ("It lies upside down.",)


def test_a_conflict_is_for_review_and_leaves_the_chart():
    chart = draw_up_chart(mouth(), {}, conflicts=["The tooth at 36 may be a pontic."])
    assert chart.review == ("The tooth at 36 may be a pontic.",)
    assert "unsure" not in chart.states.values()


@pytest.mark.parametrize(
    ("kinds", "dentition"),
    [
        ({"tooth": 11, "germ": 18}, "permanent"),
        ({"tooth": 16, "milk tooth": 55}, "mixed"),
        ({"germ": 16, "milk tooth": 55}, "milk"),
    ],
)
def test_the_dentition_is_that_of_the_teeth_that_are_through(kinds, dentition):
    teeth = [an(kind, number + step) for kind, number in kinds.items() for step in (0, -1, 10, 9)]
    assert draw_up_chart(teeth, {}).dentition == dentition


def test_a_milk_tooth_that_is_hardly_one_makes_no_mixed_dentition():
    """A piece of a root, which no other number is left for."""
    chart = draw_up_chart(mouth(an("milk tooth", 83, 0.11, 0.001)), {})
    assert chart.dentition == "permanent"
    assert chart.review
