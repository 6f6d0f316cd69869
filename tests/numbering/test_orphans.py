"""Pieces of teeth that no number suits."""

import numpy as np
import pytest
from made_maps import HEIGHT, SIDE, WIDTH, Made, full_mouth, number_maps

from teeth_unet.numbering import KINDS, NUMBERS, number_teeth
from teeth_unet.numbering.dividing import strongest_neighbour
from teeth_unet.numbering.orphans import number_objects

ROOT = 12
"""Height in px of the root of 43 that looks like another tooth."""


def mouth_with_a_root(shares, hanging, milk=False):
    """Return the maps of a whole mouth with another number in a root, and its objects.

    Args:
        shares: By number what the network thinks of the root of 43.
        hanging: Whether the distances run on from crown to root.
        milk: Whether 35 is sure to be the milk tooth 75.
    """
    made = full_mouth()
    maps = number_maps(
        [
            Made(each.left, {75: 0.9}, top=each.top) if milk and 35 in each.shares else each
            for each in made
        ]
    )
    (tooth,) = (each for each in made if 43 in each.shares)
    columns = np.s_[tooth.left : tooth.left + WIDTH]
    root = np.s_[tooth.top + HEIGHT - ROOT : tooth.top + HEIGHT]
    maps.numbers[root, columns] = [shares.get(number, 0) for number in NUMBERS]
    objects = np.zeros((SIDE, SIDE), int)
    for label, each in enumerate(made, 1):
        objects[each.top : each.top + HEIGHT, each.left : each.left + WIDTH] = label
    label = int(objects[tooth.top, tooth.left])
    objects[root, columns] = len(made) + 1
    if not hanging:
        maps.distances[tooth.top + HEIGHT - ROOT - 2 : tooth.top + HEIGHT - ROOT + 2, columns] = 0
    return maps, objects, label


def numbered(maps, objects):
    return number_objects(objects, maps, maps.kinds[..., 0] < 0.5)


@pytest.mark.parametrize(
    ("shares", "hanging", "milk", "count"),
    [
        # It looks like 42, which stands beside it: no number is left for it, and it hangs on 43.
        ({42: 0.7, 43: 0.3}, True, False, 32),
        ({42: 0.7, 43: 0.3}, False, False, 33),
        # A child may have both.
        ({42: 0.7, 43: 0.3}, True, True, 33),
        # A tooth of its own.
        ({83: 0.9, 43: 0.1}, True, False, 33),
    ],
)
def test_what_no_number_suits_is_part_of_what_it_hangs_on(shares, hanging, milk, count):
    maps, objects, label = mouth_with_a_root(shares, hanging, milk)
    found, described, numbers, probabilities = numbered(maps, objects)
    assert found.max() == len(numbers) == len(described.areas) == len(probabilities) == count
    assert np.unique(found).tolist() == list(range(count + 1))
    root = found[objects == len(full_mouth()) + 1]
    assert (set(root.tolist()) == {label}) == (count == 32)


def test_a_root_that_looks_like_the_neighbour_makes_no_milk_tooth():
    maps, _, _ = mouth_with_a_root({42: 0.7, 43: 0.3}, hanging=True)
    found = number_teeth(1 - maps.kinds[..., 0], 0.5, maps, (SIDE, SIDE))
    assert found.chart.dentition == "permanent"
    assert set(found.chart.states.values()) == {"present"}
    (tooth,) = (each for each in full_mouth() if 43 in each.shares)
    assert found.label_map[tooth.top + HEIGHT - 3, tooth.left + 5] == 43


def test_what_is_no_natural_tooth_stays_by_itself():
    maps, objects, _ = mouth_with_a_root({0: 1.0}, hanging=True)
    place = objects == len(full_mouth()) + 1
    maps.kinds[place] = np.array(KINDS) == "supernumerary"
    found, *_ = numbered(maps, objects)
    assert found.max() == 33


def test_the_strongest_neighbour_is_the_one_behind_the_highest_pass():
    maps, objects, label = mouth_with_a_root({42: 0.9}, hanging=True)
    inside = maps.kinds[..., 0] < 0.5
    other, passing = strongest_neighbour(objects, maps, inside, len(full_mouth()) + 1)
    assert other == label
    assert passing == pytest.approx(1, abs=0.05)


def test_what_touches_nothing_has_no_neighbour():
    maps = number_maps(full_mouth())
    objects = np.zeros((SIDE, SIDE), int)
    objects[80:90, 20:30] = 1
    assert strongest_neighbour(objects, maps, maps.kinds[..., 0] < 0.5, 1) == (0, 0.0)


def test_nothing_has_no_numbers():
    maps = number_maps([])
    objects, _, numbers, probabilities = numbered(maps, np.zeros((SIDE, SIDE), int))
    assert not objects.any()
    assert numbers.size == probabilities.size == 0
