from itertools import product

import pytest

from teeth_unet.tooth_numbers import (
    MILK,
    PERMANENT,
    TEETH,
    confusion,
    group,
    is_right,
    mirrored,
    write_number,
)


def test_there_are_32_permanent_teeth_and_20_milk_teeth():
    assert (len(set(PERMANENT)), len(set(MILK)), len(set(TEETH))) == (32, 20, 52)
    assert (PERMANENT[:2], PERMANENT[-1], MILK[0], MILK[-1]) == ((11, 12), 48, 51, 85)


@pytest.mark.parametrize(
    ("name", "permanent", "milk"),
    [("incisors", 8, 8), ("canines", 4, 4), ("premolars", 8, 0), ("molars", 12, 8)],
)
def test_every_tooth_is_in_a_group(name, permanent, milk):
    assert sum(group(number) == name for number in PERMANENT) == permanent
    assert sum(group(number) == name for number in MILK) == milk


def test_mirroring_twice_is_nothing_and_once_is_the_other_side():
    for number in TEETH:
        assert mirrored(mirrored(number)) == number
        assert is_right(mirrored(number)) != is_right(number)
        assert group(mirrored(number)) == group(number)


@pytest.mark.parametrize(
    ("true", "taken", "kind"),
    [
        (11, 21, "neighbour"),  # across the midline
        (31, 41, "neighbour"),
        (16, 17, "neighbour"),
        (27, 26, "neighbour"),
        (51, 61, "neighbour"),
        (11, 22, "other_side"),
        (36, 46, "other_side"),
        (36, 47, "other_side"),
        (36, 26, "other_jaw"),
        (36, 16, "other_jaw"),
        (16, 18, "other"),
        (15, 55, "milk_or_permanent"),
        (74, 34, "milk_or_permanent"),
    ],
)
def test_a_wrong_number_differs_in_one_way_whichever_is_the_true_one(true, taken, kind):
    assert confusion(true, taken) == confusion(taken, true) == kind


@pytest.mark.parametrize(
    ("fdi", "universal", "palmer"),
    [
        (18, "1", "UR8"), (11, "8", "UR1"), (21, "9", "UL1"), (28, "16", "UL8"),
        (38, "17", "LL8"), (31, "24", "LL1"), (41, "25", "LR1"), (48, "32", "LR8"),
        (55, "A", "URE"), (51, "E", "URA"), (65, "J", "ULE"), (75, "K", "LLE"), (85, "T", "LRE"),
    ],
)  # fmt: skip
def test_a_tooth_has_a_number_in_each_notation(fdi, universal, palmer):
    assert write_number(fdi, "fdi") == str(fdi)
    assert write_number(fdi, "universal") == universal
    assert write_number(fdi, "palmer") == palmer


@pytest.mark.parametrize("notation", ["fdi", "universal", "palmer"])
def test_no_two_teeth_have_one_number(notation):
    assert len({write_number(fdi, notation) for fdi in TEETH}) == len(TEETH) == 52


@pytest.mark.parametrize(
    ("fdi", "notation"), [*product([0, 10, 19, 49, 56, 104], ["fdi", "palmer"])]
)
def test_what_is_no_tooth_has_no_number(fdi, notation):
    with pytest.raises(ValueError, match="FDI number"):
        write_number(fdi, notation)
