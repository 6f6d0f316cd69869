from typing import ClassVar

import pytest
from pydantic import ValidationError

from teeth_unet.acquisition import DownloadRules
from teeth_unet.configuration import Settings, checked, nearest_name
from teeth_unet.errors import InputError


class Oven(Settings):
    temperature: int = 180
    minutes: int = 30


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("temprature", "did you mean 'temperature'?"),
        ("minute", "did you mean 'minutes'?"),
        ("grill", "known are: minutes, temperature."),
    ],
)
def test_a_name_that_is_not_known_gets_the_nearest_one_or_all(name, hint):
    assert nearest_name(name, ["temperature", "minutes"]) == hint


def test_unknown_names_are_refused_with_a_hint():
    expected = "unknown parameter 'temprature': did you mean 'temperature'?"
    with pytest.raises(ValidationError) as refusal:
        Oven.model_validate({"temprature": 200})
    assert expected in str(refusal.value)


def test_a_parameter_of_an_earlier_version_is_refused_with_what_became_of_it():
    class ModernOven(Oven):
        removed: ClassVar = {"logs": "it burns gas now"}

    with pytest.raises(ValidationError, match="no parameter 'logs' any more: it burns gas now"):
        ModernOven.model_validate({"logs": 3})


def test_a_template_is_left_out_and_a_misspelt_name_beside_it_is_refused():
    assert Oven.model_validate({"_rounds": 3, "minutes": 45}) == Oven(minutes=45)
    with pytest.raises(ValidationError, match="'minuts': did you mean 'minutes'"):
        Oven.model_validate({"_rounds": 3, "minuts": 45})


def test_names_that_are_no_text_are_refused_like_others():
    with pytest.raises(ValidationError, match="unknown parameter 7"):
        Oven.model_validate({7: 200})


def test_known_names_are_taken_and_the_rest_keeps_its_default():
    assert Oven.model_validate({"minutes": 45}) == Oven(temperature=180, minutes=45)


def test_what_is_no_mapping_is_refused():
    with pytest.raises(ValidationError):
        Oven.model_validate([180, 30])


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValidationError, match="frozen"):
        Oven().minutes = 45


def test_subclasses_know_the_names_they_inherit():
    class GrillOven(Oven):
        grill: bool = False

    assert GrillOven(minutes=5, grill=True).minutes == 5


def test_options_of_the_catalog_are_no_place_for_templates():
    with pytest.raises(InputError, match="option _timeout: expected an option, found a template"):
        checked(DownloadRules, {"_timeout": 3}, "option ", "the catalog")
