"""Windows of grey levels, as DICOM defines them."""

import numpy as np
import pytest

from teeth_unet.pictures.dicom.levels import window


@pytest.mark.parametrize(
    ("function", "values", "expected"),
    [
        # PS3.3 C.11.2.1.2.1: c = 2048, w = 4096 maps 0 to 0 and 4095 to 1.
        ("LINEAR", [-1, 0, 4095, 5000], [0, 0, 1, 1]),
        ("LINEAR_EXACT", [0, 1024, 2048, 4096], [0, 0.25, 0.5, 1]),
        ("SIGMOID", [2048, 2048 + 1024, -1e9], [0.5, 1 / (1 + np.exp(-1)), 0]),
    ],
)
def test_windows_are_those_of_the_standard(function, values, expected):
    found = window(np.array(values), 2048, 4096, function)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(
    ("centre", "width", "function"),
    [
        (1, 0, "LINEAR"),
        (1, 0, "SIGMOID"),
        (1, -1, "LINEAR_EXACT"),
        (1, 9, "CUBIC"),
        (1, np.nan, "LINEAR"),
        (1, np.inf, "SIGMOID"),
        (np.nan, 9, "LINEAR"),
    ],
)
def test_a_window_that_is_none_is_refused(centre, width, function):
    with pytest.raises(ValueError, match="window"):
        window(np.zeros(3), centre, width, function)
