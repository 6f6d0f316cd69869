"""Numbers written in the notations that are in use."""

from itertools import product

import pytest

from teeth_unet.annotations import write_number
from teeth_unet.annotations.notations import FDI, read_label


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
    assert len({write_number(fdi, notation) for fdi in FDI}) == len(FDI) == 52


@pytest.mark.parametrize("fdi", sorted(FDI))
def test_what_is_written_in_palmers_notation_is_read_as_the_same_tooth(fdi):
    assert read_label(write_number(fdi, "palmer")).number == fdi


@pytest.mark.parametrize(
    ("fdi", "notation"), [*product([0, 10, 19, 49, 56, 104], ["fdi", "palmer"])]
)
def test_what_is_no_tooth_has_no_number(fdi, notation):
    with pytest.raises(ValueError, match="FDI number"):
        write_number(fdi, notation)
