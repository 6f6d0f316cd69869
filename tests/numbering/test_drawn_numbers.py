"""What a numbering network learns from: maps of drawings."""

import numpy as np
import pytest

from teeth_unet.numbering import KINDS, NUMBERS, draw_number_maps, number_maps, number_picture
from teeth_unet.phantoms import Mouth, PhantomSettings, Truth, TruthObject, draw_truth


def thing(number, kind, fdi, rank):
    return TruthObject(number, kind, fdi, True, (), (), 1.0, rank)


def test_a_pixel_has_number_and_kind_of_the_foremost_object():
    layers = np.array([[[1, 1, 0, 3]], [[0, 2, 2, 0]]], np.uint8)
    table = (thing(1, "tooth", 18, 1), thing(2, "implant", 17, 2), thing(3, "bar", 0, 3))
    picture = number_picture(Truth(table, layers))
    kinds = [KINDS.index(kind) for kind in ("tooth", "implant", "implant", "bar")]
    assert picture[0].T.tolist() == [[18, 17, 17, 0], kinds, [1, 2, 2, 3]]


def test_maps_hold_places_in_the_lists_and_distances_in_bytes():
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[1:6, 1:6] = (85, 2, 7)
    maps = number_maps(picture, 8)
    assert maps.dtype == np.uint8
    assert (maps[1:6, 1:6, 0] == len(NUMBERS) - 1).all()
    assert (maps[1:6, 1:6, 1] == 2).all()
    # In a square of 5 the middle is 3 from the outside, the rings around it 2 and 1.
    assert maps[3, 1:6, 2].tolist() == [85, 170, 255, 170, 85]
    assert not maps[[0, 6, 7]].any()


@pytest.mark.parametrize("size", [64, 128])
def test_every_number_and_kind_that_is_drawn_has_its_place(size):
    settings = PhantomSettings(cases=6, seed=2, width=(300, 400), mouth=Mouth.varied())
    for case in range(3):
        truth = draw_truth(settings, case)
        maps = number_maps(number_picture(truth), size)
        assert maps.shape == (size, size, 3)
        assert {NUMBERS[place] for place in np.unique(maps[..., 0])} <= {0} | {
            each.fdi for each in truth.table
        }
        assert ((maps[..., 1] > 0) == (maps[..., 2] > 0)).all()
        assert (maps[..., 1] > 0)[maps[..., 0] > 0].all()


def test_drawings_are_written_where_they_belong():
    pictures = [np.full((4, 4, 3), number, np.uint8) for number in (11, 12)]
    maps = np.zeros((2, 2, 2, 3), np.uint8)
    draw_number_maps([lambda each=each: each for each in pictures], maps)
    assert maps[:, 0, 0, 0].tolist() == [NUMBERS.index(11), NUMBERS.index(12)]
