"""What is known of each object."""

import numpy as np
import pytest
from made_maps import SIDE, Made, full_mouth, number_maps

from teeth_unet.numbering import KINDS, NUMBERS, number_teeth
from teeth_unet.numbering.describing import describe
from teeth_unet.numbering.dividing import divide


def described(*objects, **kinds):
    maps = number_maps(objects)
    for kind, share in kinds.items():
        maps.kinds[..., KINDS.index(kind)][maps.kinds[..., 0] < 1] = share
    return describe(divide(maps, maps.kinds[..., 0] < 1), maps)


@pytest.mark.parametrize(
    ("shares", "kinds", "expected"),
    [
        ({11: 1.0}, {}, {11: 1.0}),
        # Half of it may be background, as at every rim: it is a tooth all the same.
        ({11: 0.4, 12: 0.1}, {}, {11: 0.8, 12: 0.2}),
        ({11: 0.4, 12: 0.1}, {"background": 0.5, "tooth": 0.5}, {11: 0.8, 12: 0.2}),
        ({11: 0.5}, {"tooth": 0.5, "supernumerary": 0.5}, {0: 0.5, 11: 0.5}),
        ({11: 0.5}, {"background": 0.5, "tooth": 0.25, "bar": 0.25}, {0: 0.5, 11: 0.5}),
        ({}, {"tooth": 0.0, "denture": 1.0}, {0: 1.0}),
    ],
)
def test_an_object_is_without_a_number_as_far_as_its_kind_has_none(shares, kinds, expected):
    (told,) = described(Made(100, shares), **kinds).numbers
    assert {NUMBERS[place]: told[place] for place in np.flatnonzero(told)} == pytest.approx(
        expected
    )


def test_no_tooth_of_a_full_row_goes_without_a_number_though_the_network_is_one_place_off():
    def seen(number):
        return {number: 0.25, number - 1: 0.4} if number in (44, 43, 42) else {number: 0.6}

    objects = [
        Made(made.left, seen(number), top=made.top)
        for made in full_mouth()
        for number in made.shares
    ]
    maps = number_maps(objects)
    found = number_teeth(1 - maps.kinds[..., 0], 0.5, maps, (SIDE, SIDE))
    assert [tooth.number for tooth in found.teeth] == [
        number for made in full_mouth() for number in made.shares
    ]
