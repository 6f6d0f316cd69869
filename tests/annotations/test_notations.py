"""Numbers written in a notation, and read again."""

import pytest

from teeth_unet.annotations.notations import FDI, read_label
from teeth_unet.tooth_numbers import write_number


@pytest.mark.parametrize("fdi", sorted(FDI))
def test_what_is_written_in_palmers_notation_is_read_as_the_same_tooth(fdi):
    assert read_label(write_number(fdi, "palmer")).number == fdi
