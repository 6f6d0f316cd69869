"""What of the surroundings and of the exposure can be set, and what is refused."""

import pytest
from pydantic import ValidationError

from teeth_unet.phantoms import PhantomSettings
from teeth_unet.phantoms.scene.settings import Scene

SHARES = [name for name, field in Scene.model_fields.items() if field.annotation is float]


@pytest.mark.parametrize("name", SHARES)
@pytest.mark.parametrize(("share", "message"), [(-0.1, "greater than"), (1.1, "less than")])
def test_a_share_outside_0_to_1_is_refused(name, share, message):
    with pytest.raises(ValidationError, match=f"{message} or equal to"):
        Scene(**{name: share})


@pytest.mark.parametrize("name", Scene.limits)
def test_a_range_beyond_its_limits_is_refused(name):
    least, greatest = Scene.limits[name]
    expected = f"{name}: expected {least} <= lowest <= highest <= {greatest}"
    for wrong in ((least - 1, greatest), (least, greatest + 1), (greatest, least)):
        with pytest.raises(ValidationError, match=expected):
            Scene(**{name: wrong})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_range_is_of_finite_numbers(value):
    with pytest.raises(ValidationError, match="tilt: expected"):
        Scene(tilt=(value, value))


def test_every_setting_is_a_share_or_a_range_with_limits():
    assert {*SHARES, *Scene.limits} == set(Scene.model_fields)


def test_by_default_all_is_off_but_the_marker():
    shares = {name: getattr(Scene(), name) for name in SHARES}
    assert {name for name, share in shares.items() if share} == {"marker"}


def test_varied_switches_everything_on():
    varied = Scene.varied()
    for name in SHARES:
        assert 0 < getattr(varied, name) < 1
    for name in set(Scene.limits) - {"jpeg_quality"}:
        low, high = getattr(varied, name)
        assert low < high


def test_the_word_varied_stands_for_the_settings_of_that_name():
    assert PhantomSettings(scene="varied").scene == Scene.varied()


@pytest.mark.parametrize("word", ["varid", "", "off"])
def test_another_word_is_refused(word):
    with pytest.raises(ValidationError, match="a block of settings or the word varied"):
        PhantomSettings(scene=word)


def test_an_unknown_name_is_refused_with_the_nearest_one():
    with pytest.raises(ValidationError, match="did you mean 'earrings'"):
        PhantomSettings(scene={"earings": 0.1})
