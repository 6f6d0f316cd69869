"""From maps to numbered teeth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_maps import SIDE, Made, full_mouth, number_maps

from teeth_unet.numbering import KINDS, NumberMaps, load_numbering_network, number_teeth
from teeth_unet.numbering.classes import MIRRORED
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_truth, draw_xray
from teeth_unet.tooth_numbers import TEETH
from teeth_unet.tooth_numbers import mirrored as mirrored_number


def numbered(objects, shape=(SIDE, SIDE), **options):
    maps = number_maps(objects)
    probabilities = 1 - maps.kinds[..., 0]
    return number_teeth(probabilities, 0.5, maps, shape, **options)


def test_every_tooth_of_a_whole_mouth_has_its_number():
    found = numbered(full_mouth())
    for made in full_mouth():
        (number,) = made.shares
        assert found.label_map[made.top + 15, made.left + 5] == number
    assert set(found.chart.states.values()) == {"present"}
    assert found.chart.review == ()


@pytest.mark.parametrize("shape", [(256, 256), (300, 640), (101, 97)])
def test_the_label_map_has_the_size_of_the_xray(shape):
    found = numbered(full_mouth(), shape)
    assert found.objects.shape == found.label_map.shape == shape
    assert len(np.unique(found.label_map)) == 33


@pytest.mark.parametrize(
    ("kind", "code"),
    [("implant", 104), ("pontic", 105), ("root remnant", 36), ("germ", 36), ("tooth", 36)],
)
def test_what_is_no_tooth_has_a_number_above_100_in_the_label_map(kind, code):
    objects = [made for made in full_mouth() if 36 not in made.shares]
    (place,) = (made for made in full_mouth() if 36 in made.shares)
    found = numbered([*objects, Made(place.left, {36: 0.97}, kind, place.top)])
    assert found.label_map[place.top + 15, place.left + 5] == code
    (tooth,) = (each for each in found.teeth if each.number == 36)
    assert tooth.kind == kind


def test_the_mask_outlines_what_it_has_and_leaves_the_rest_to_the_numbering_network():
    maps = number_maps(full_mouth())
    probabilities = 1 - maps.kinds[..., 0]
    outlined, left_out, *_ = full_mouth()
    probabilities[outlined.top : outlined.top + 5] = 0
    probabilities[left_out.top : left_out.top + 30, left_out.left : left_out.left + 10] = 0.1
    label_map = number_teeth(probabilities, 0.5, maps, (SIDE, SIDE)).label_map
    ((number,), (other,)) = outlined.shares, left_out.shares
    assert (label_map == number).sum() == 10 * 25
    assert (label_map == other).sum() == 10 * 30


def test_a_supernumerary_tooth_has_no_number():
    found = numbered([*full_mouth(), Made(20, {}, "supernumerary", top=30)])
    assert found.label_map[45, 25] == 107
    assert sum(tooth.kind == "supernumerary" and not tooth.number for tooth in found.teeth) == 1


def with_36(shares, kinds=None):
    """Return what is found in a whole mouth in which one tooth looks otherwise."""
    (place,) = (made for made in full_mouth() if 36 in made.shares)
    objects = [made for made in full_mouth() if made != place]
    maps = number_maps([*objects, Made(place.left, shares, top=place.top)])
    for kind, share in (kinds or {}).items():
        rows, columns = np.s_[place.top : place.top + 30], np.s_[place.left : place.left + 10]
        maps.kinds[rows, columns, KINDS.index(kind)] = share
    return number_teeth(1 - maps.kinds[..., 0], 0.5, maps, (SIDE, SIDE))


def test_a_tooth_that_looks_like_its_neighbour_has_its_own_number_by_its_place():
    found = with_36({37: 0.7, 36: 0.25})
    assert {36, 37} <= {tooth.number for tooth in found.teeth}
    assert found.chart.review == ()


@pytest.mark.parametrize(
    ("kinds", "review"),
    [
        ({"tooth": 0.65, "pontic": 0.35}, ()),
        ({"tooth": 0.55, "pontic": 0.45}, ("The tooth at 36 may be no natural tooth.",)),
        ({"tooth": 0.45, "implant": 0.55}, ("The implant at 36 may be a natural tooth.",)),
        ({"tooth": 0.55, "germ": 0.45}, ()),
        # As at every rim, a share of it may be background.
        ({"background": 0.4, "tooth": 0.5, "pontic": 0.1}, ()),
    ],
)
def test_what_may_be_a_tooth_or_none_is_for_review(kinds, review):
    assert with_36({36: 0.97}, {"tooth": 0, **kinds}).chart.review == review


def test_that_the_rim_may_be_background_makes_no_kind_less_sure():
    found = with_36({36: 0.97}, {"background": 0.4, "tooth": 0.6})
    (tooth,) = (each for each in found.teeth if each.number == 36)
    assert tooth.kind_probability == pytest.approx(1, abs=1e-4)
    assert found.chart.states[36] == "present"


def test_a_mouth_that_is_surer_the_other_way_round_is_for_review():
    wavering = [
        Made(made.left, {number: 0.8, 12 if number != 12 else 13: 0.1}, top=made.top)
        for made in full_mouth()
        for number in made.shares
    ]
    found = numbered(wavering, upside_down=number_maps(full_mouth()))
    assert set(found.chart.states.values()) == {"unsure"}
    assert "upside down" in found.chart.review[0]
    assert numbered(full_mouth(), upside_down=number_maps(wavering)).chart.review == ()


def test_teeth_that_are_cut_off_at_the_side_make_a_chart_unsure():
    half = [made for made in full_mouth() if made.left < SIDE // 2]
    shift = SIDE - 10 - max(made.left for made in half)
    found = numbered([Made(made.left + shift, made.shares, top=made.top) for made in half])
    assert set(found.chart.states.values()) == {"unsure"}


def test_nothing_seen_is_a_chart_that_says_unsure():
    found = numbered([])
    assert not found.objects.any()
    assert found.teeth == ()
    assert set(found.chart.states.values()) == {"unsure"}
    assert found.chart.review


@settings(max_examples=10, deadline=None)
@given(st.sets(st.integers(0, 31), max_size=20), st.integers(0, 99))
def test_each_number_is_there_at_most_once_whatever_the_network_says(gone, seed):
    rng = np.random.default_rng(seed)
    objects = [
        Made(made.left, {int(rng.choice([*made.shares, 16, 26, 36])): 0.9}, top=made.top)
        for place, made in enumerate(full_mouth())
        if place not in gone
    ]
    numbers = [tooth.number for tooth in numbered(objects).teeth if tooth.number]
    assert len(set(numbers)) == len(numbers)


def mirrored(maps):
    return NumberMaps(
        maps.numbers[:, ::-1][..., MIRRORED], maps.kinds[:, ::-1], maps.distances[:, ::-1]
    )


@settings(max_examples=10, deadline=None)
@given(st.sets(st.integers(0, 31), max_size=20))
def test_mirrored_maps_give_mirrored_numbers(gone):
    objects = [made for place, made in enumerate(full_mouth()) if place not in gone]
    maps = number_maps(objects)
    probabilities = 1 - maps.kinds[..., 0]
    found = number_teeth(probabilities, 0.5, maps, (SIDE, SIDE))
    turned = number_teeth(probabilities[:, ::-1], 0.5, mirrored(maps), (SIDE, SIDE))
    back = np.arange(110)
    back[list(TEETH)] = [mirrored_number(number) for number in TEETH]
    np.testing.assert_array_equal(back[turned.label_map[:, ::-1]], found.label_map)


@pytest.mark.slow
def test_all_teeth_of_a_drawing_get_their_numbers():
    settings_of_drawing = PhantomSettings(width=(700, 700), seed=5)
    xray, truth = draw_xray(settings_of_drawing, 0), draw_truth(settings_of_drawing, 0)
    mask = (draw_labels(settings_of_drawing, 0) > 0).astype(np.float32)
    network = load_numbering_network()
    upside_down = network.maps(np.ascontiguousarray(xray[::-1]))
    found = number_teeth(mask, 0.5, network.maps(xray), xray.shape, upside_down)
    assert {tooth.number for tooth in found.teeth} == {each.fdi for each in truth.table}
    assert not [state for state in found.chart.states.values() if state == "unsure"]
    right = np.array([0, *(each.fdi for each in truth.table)])[truth.in_front()]
    assert (found.label_map == right)[right > 0].mean() > 0.9
    turned = number_teeth(mask[::-1], 0.5, upside_down, xray.shape, network.maps(xray))
    assert set(turned.chart.states.values()) == {"unsure"}
