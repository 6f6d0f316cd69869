"""With the default settings, phantoms stay what they have always been."""

import hashlib

import numpy as np
import pytest

from teeth_unet.phantoms import Mouth, PhantomSettings, draw_labels, draw_xray

# Taken when there was nothing in the mouths but permanent teeth: the checksum of the label map, and
# the grey levels of the X-ray on a grid.
AS_EVER = [
    ({"width": (240, 300), "seed": 5}, 0, "8c168ed920d7e181",
     [133, 140, 143, 119, 133, 115, 111, 98, 135, 115, 38, 84, 161, 86, 62]),
    ({"width": (240, 300), "seed": 5}, 3, "3ed465500d2581d7",
     [97, 76, 147, 70, 140, 83, 149, 206, 253, 127, 26, 76, 180, 64, 22]),
    ({"width": (380, 420)}, 1, "2ab850dded98ee1a",
     [139, 85, 96, 140, 166, 139, 14, 86, 106, 153, 36, 77, 156, 41, 46]),
    ({"width": (380, 420)}, 28, "2abf7c5dc438f179",
     [104, 78, 126, 111, 119, 122, 62, 63, 32, 123, 39, 63, 165, 106, 46]),
    ({"width": (160, 160), "toothless_share": 0}, 7, "1e50e9ddb5d4919b",
     [205, 153, 186, 124, 206, 178, 107, 222, 173, 156, 128, 193, 198, 155, 79]),
    ({"width": (1100, 1500), "seed": 1}, 4, "13e3b757ce8571bc",
     [159, 134, 128, 98, 156, 122, 194, 230, 155, 153, 46, 71, 152, 103, 51]),
    ({"width": (300, 300), "toothless_share": 1}, 2, "49dbaca5a0ae1a31",
     [153, 67, 121, 56, 120, 87, 28, 76, 14, 87, 26, 26, 104, 37, 33]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "case", "checksum", "levels"), AS_EVER)
def test_a_phantom_of_default_mouths_is_as_ever(values, case, checksum, levels):
    settings = PhantomSettings(**values)
    labels, xray = draw_labels(settings, case), draw_xray(settings, case)
    height, width = xray.shape
    grid = [xray[height * row // 8, width * at // 8] for row in (2, 4, 6) for at in (1, 3, 4, 5, 7)]
    assert hashlib.sha256(labels).hexdigest()[:16] == checksum
    # Another processor may round another way.
    np.testing.assert_allclose(np.array(grid, dtype=int), levels, atol=1)


def test_what_is_in_the_mouth_does_not_change_the_head_around_it():
    plain = PhantomSettings(width=(300, 300), toothless_share=0)
    varied = plain.model_copy(update={"mouth": Mouth(crowns=1, lesions=1)})
    one, other = draw_xray(plain, 3).astype(int), draw_xray(varied, 3).astype(int)
    corner = (slice(0, 20), slice(0, 40))
    assert not np.array_equal(one, other)
    assert np.corrcoef(one[corner].ravel(), other[corner].ravel())[0, 1] > 0.99
