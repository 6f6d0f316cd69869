"""Numbers written in a notation, and read again."""

import pytest

from teeth_unet.annotations.notations import FDI, Reading, read_label
from teeth_unet.tooth_numbers import write_number


@pytest.mark.parametrize("fdi", sorted(FDI))
def test_what_is_written_in_palmers_notation_is_read_as_the_same_tooth(fdi):
    assert read_label(write_number(fdi, "palmer")).number == fdi


@pytest.mark.parametrize("label", ["tooth", "milk tooth", "germ", "root remnant", "supernumerary"])
def test_what_new_xrays_call_teeth_without_a_number_are_teeth(label):
    assert read_label(label) == Reading("tooth")


@pytest.mark.parametrize("label", ["implant", "pontic", "bar", "denture", "root", "root canal"])
def test_what_new_xrays_and_others_call_what_is_no_tooth_is_none(label):
    assert read_label(label).kind == "none"
