"""What can be set about phantoms, and how often they are toothless."""

import pytest
from pydantic import ValidationError

from teeth_unet.phantoms import PhantomSettings
from teeth_unet.phantoms.settings import is_toothless


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"width": (1500, 1100)}, r"width: expected 64 <= lowest <= highest, found \(1500, 1100\)"),
        ({"width": (63, 100)}, r"width: expected 64 <= lowest <= highest, found \(63, 100\)"),
        ({"aspect": (2.4, 1.9)}, r"aspect: expected 1 <= lowest <= highest, found \(2\.4, 1\.9\)"),
        ({"aspect": (0.5, 2.0)}, r"aspect: expected 1 <="),
        ({"aspect": (2.0, float("inf"))}, r"aspect: expected 1 <="),
        ({"aspect": (float("nan"), 2.0)}, r"aspect: expected 1 <="),
        ({"cases": 0}, "greater than or equal to 1"),
        ({"seed": -1}, "greater than or equal to 0"),
        ({"toothless_share": 1.5}, "less than or equal to 1"),
        ({"toothles_share": 0.5}, "did you mean 'toothless_share'"),
    ],
)
def test_wrong_settings_are_refused_with_what_was_expected(wrong, message):
    with pytest.raises(ValidationError, match=message):
        PhantomSettings(**wrong)


@pytest.mark.parametrize("seed", range(20))
def test_one_case_in_forty_is_toothless_wherever_the_forty_begin(seed):
    settings = PhantomSettings(seed=seed)
    toothless = [is_toothless(settings, case) for case in range(120)]
    assert [sum(toothless[start : start + 40]) for start in range(80)] == [1] * 80


@pytest.mark.parametrize("seed", range(20))
def test_a_handful_of_phantoms_has_teeth(seed):
    assert not any(is_toothless(PhantomSettings(seed=seed), case) for case in range(19))


@pytest.mark.parametrize(("share", "count"), [(0.0, 0), (0.1, 10), (0.3, 30), (1.0, 100)])
def test_any_share_of_toothless_cases_is_kept(share, count):
    settings = PhantomSettings(toothless_share=share)
    assert sum(is_toothless(settings, case) for case in range(100)) == count


def test_the_place_of_the_toothless_cases_depends_on_the_seed():
    first = {
        next(case for case in range(40) if is_toothless(PhantomSettings(seed=seed), case))
        for seed in range(10)
    }
    assert len(first) > 3
