"""Objects told apart."""

import numpy as np
import pytest
from made_maps import HEIGHT, SIDE, WIDTH, Made, full_mouth, number_maps

from teeth_unet.numbering.dividing import divide, neighbours


def divided(*objects):
    maps = number_maps(objects)
    return divide(maps, maps.kinds[..., 0] < 0.5), maps


def test_teeth_apart_are_objects():
    labels, _ = divided(*full_mouth())
    assert labels.max() == 32
    assert np.bincount(labels.ravel())[1:].tolist() == [WIDTH * HEIGHT] * 32


def test_teeth_that_touch_are_told_by_the_valley_between_them():
    labels, _ = divided(Made(50, {31: 0.7, 41: 0.3}), Made(60, {31: 0.3, 41: 0.7}))
    assert labels.max() == 2
    assert len(np.unique(labels[80:110, 50:60])) == 1


def test_teeth_without_a_valley_are_told_by_their_numbers():
    maps = number_maps([Made(50, {31: 0.95}), Made(60, {41: 0.95})])
    maps.distances[80:110, 50:70] = 0.9
    labels = divide(maps, maps.kinds[..., 0] < 0.5)
    assert labels.max() == 2


def test_a_tooth_with_two_numbers_stays_one_where_it_has_one_middle():
    maps = number_maps([Made(50, {17: 0.6, 18: 0.4})])
    maps.numbers[80:95, 50:60] = number_maps([Made(50, {17: 0.4, 18: 0.6})]).numbers[80:95, 50:60]
    assert divide(maps, maps.kinds[..., 0] < 0.5).max() == 1


def test_a_speck_is_no_object():
    maps = number_maps(full_mouth())
    inside = maps.kinds[..., 0] < 0.5
    inside[10:13, 10:13] = True
    assert divide(maps, inside).max() == 32


def test_nothing_is_divided_where_nothing_is():
    labels, _ = divided()
    assert labels.shape == (SIDE, SIDE)
    assert not labels.any()


def test_pieces_that_touch_are_compared():
    maps = number_maps([Made(50, {31: 1.0}), Made(60, {41: 1.0})])
    pieces, compared = neighbours(maps, maps.kinds[..., 0] < 0.5)
    assert pieces.max() == 2
    ((passing, alike),) = compared.values()
    assert 0 < passing < 1
    assert alike == pytest.approx(0)
