import numpy as np
import pytest
from rooms import sources

from teeth_unet.imaging import binarise, grey_share


def test_a_pixel_is_tooth_above_127():
    levels = np.array([[0, 1, 85, 127], [128, 170, 254, 255]], dtype=np.uint8)
    result = binarise(levels)
    assert result.dtype == np.uint8
    assert result.tolist() == [[0, 0, 0, 0], [1, 1, 1, 1]]


@pytest.mark.parametrize(
    ("levels", "share"),
    [([[0, 255], [255, 0]], 0.0), ([[0, 1], [254, 255]], 0.5), ([[85, 170, 127, 128]], 1.0)],
)
def test_grey_share_counts_what_is_neither_black_nor_white(levels, share):
    assert grey_share(np.array(levels, dtype=np.uint8)) == share


def test_the_level_is_written_once():
    naming = {path.as_posix() for path, source in sources().items() if "127" in source}
    others = {path for path in naming if not path.startswith(("phantoms/", "pictures/"))}
    assert others == {"imaging/binarising.py"}
