import doctest
import pickle

import pytest

from teeth_unet import errors
from teeth_unet.errors import InputError

ERROR = InputError("7.png", "a mask", "an X-ray", "Point `masks` at the masks.")


def test_the_message_names_subject_expectation_finding_and_remedy():
    assert str(ERROR) == "7.png: expected a mask, found an X-ray. Point `masks` at the masks."


def test_it_survives_the_way_between_processes():
    arrived = pickle.loads(pickle.dumps(ERROR))
    assert type(arrived) is InputError
    assert arrived.args == ERROR.args
    assert str(arrived) == str(ERROR)


def test_it_can_be_caught_as_a_value_error():
    with pytest.raises(ValueError, match=r"7\.png"):
        raise ERROR


def test_the_example_in_the_docstring_holds():
    assert doctest.testmod(errors).failed == 0
    assert doctest.testmod(errors).attempted > 0
