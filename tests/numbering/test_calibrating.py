"""Where the constants of dividing and of sequencing come from."""

import numpy as np
import pytest

from teeth_unet.numbering import calibrating


def test_joining_is_fitted_to_pieces_that_are_one_where_both_signs_agree():
    rng = np.random.default_rng(0)
    pairs = [
        (passing, alike, passing + 2 * alike + rng.normal(0, 0.1) > 1.5)
        for passing, alike in rng.uniform(size=(400, 2)).tolist()
    ]
    passing, likeness, together = calibrating.fit_joining(pairs)
    assert likeness / passing == pytest.approx(2, rel=0.2)
    assert together / passing == pytest.approx(1.5, rel=0.2)


@pytest.mark.slow
def test_the_command_prints_the_constants(capsys):
    calibrating.main(1)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("PASS, LIKENESS, TOGETHER = ")
    assert second.startswith("SHARPNESS = ")
