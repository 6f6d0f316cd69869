"""Each kind of object: as often as its share says, where it should be, and nothing else changed."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError

from teeth_unet.phantoms import Mask, Mouth, Outline, PhantomSettings, draw_truth, draw_xray
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.mouth.whole import FEATURES, FOR_CHILDREN, FOR_TOOTHLESS, draw_mouth

PLAIN = PhantomSettings(width=(300, 300), toothless_share=0)
CASES = range(60)


def with_mouth(**shares):
    return PLAIN.model_copy(update={"mouth": Mouth(**shares)})


def mouth_of(settings, case):
    return draw_mouth(settings, case, draw_anatomy(settings, case))


def done(what):
    return lambda mouth, plain: (
        sum(what in each.done for each in mouth.objects)
        > sum(what in each.done for each in plain.objects)
    )


def kind(what):
    return lambda mouth, plain: any(each.kind == what for each in mouth.objects)


def found(what):
    return lambda mouth, plain: any(what in each.findings for each in mouth.objects)


def moved(mouth, plain):
    premolars = [(mouth.at(each.fdi), each) for each in plain.objects if each.fdi % 10 in (4, 5)]
    return any(not np.array_equal(one.outlines[0], other.outlines[0]) for one, other in premolars)


def stuck(*places):
    return lambda mouth, plain: any(
        each.looks is None and "impacted" in each.findings and each.fdi % 10 in places
        for each in mouth.objects
    )


SHOWS = {
    "lost_stretches": lambda mouth, plain: len(mouth.ridges) > 0,
    "toothless_jaws": lambda mouth, plain: len({each.upper for each in mouth.objects}) == 1,
    "crowding": moved,
    "impacted_canines": stuck(3),
    "impacted_wisdom_teeth": stuck(8),
    "supernumerary": kind("supernumerary"),
    "implant_bars": kind("bar"),
    "implants": kind("implant"),
    "bridges": kind("pontic"),
    "root_remnants": kind("root remnant"),
    "broken_crowns": found("broken crown"),
    "crowns": lambda mouth, plain: any(each.pieces for each in mouth.objects),
    "root_fillings": lambda mouth, plain: mouth.objects != plain.objects,
    "brackets": done("bracket"),
    "retainers": done("retainer"),
    "dentures": kind("denture"),
    "lesions": lambda mouth, plain: len(mouth.lesions) > 0,
    "bone_loss": lambda mouth, plain: len(mouth.ridges) > 0,
    "blurred_front": found("blurred"),
}


def test_every_kind_of_object_has_a_share_and_a_test():
    shares = set(Mouth.model_fields) - {"children", "age", "mask", "outline"}
    assert shares == set(FEATURES) == set(SHOWS)
    assert set(FEATURES) >= FOR_CHILDREN | FOR_TOOTHLESS


@pytest.mark.parametrize("name", FEATURES)
def test_shares_are_kept(name):
    def shown(share):
        settings = with_mouth(**{name: share})
        return [SHOWS[name](mouth_of(settings, case), mouth_of(PLAIN, case)) for case in CASES]

    assert not any(shown(0))
    assert all(shown(1))
    assert 12 <= sum(shown(0.4)) <= 36  # 24 are expected; 3 standard deviations are 11


@pytest.mark.parametrize("name", FEATURES)
def test_switching_on_other_objects_changes_nothing_of_the_ones_that_are_there(name):
    if name in ("lost_stretches", "toothless_jaws"):
        pytest.skip("fewer teeth are left for others")
    settings = with_mouth(**{name: 1})
    before = [each for each in FEATURES if list(FEATURES).index(each) < list(FEATURES).index(name)]
    for case in range(3):
        alone, plain = mouth_of(settings, case), mouth_of(PLAIN, case)
        kept = [each for each in alone.objects if each in plain.objects]
        assert all(each.looks is not None for each in kept)
        for other in before:
            more = mouth_of(with_mouth(**{name: 1, other: 0.0}), case)
            assert more.objects == alone.objects


def test_a_stream_of_its_own_keeps_lesions_where_they_are_when_brackets_come():
    alone, both = with_mouth(lesions=1), with_mouth(lesions=1, brackets=1, retainers=1)
    for case in range(5):
        one, other = mouth_of(alone, case).lesions, mouth_of(both, case).lesions
        assert [lesion.radius for lesion in one] == [lesion.radius for lesion in other]


def test_a_tooth_that_nothing_was_done_to_looks_as_ever():
    settings = with_mouth(implants=1)
    for case in range(4):
        plain = {each.fdi: each for each in mouth_of(PLAIN, case).objects}
        for each in mouth_of(settings, case).objects:
            if each.kind == "tooth":
                assert each == plain[each.fdi]


def test_a_pontic_stands_between_two_crowns():
    settings = with_mouth(bridges=1)
    for case in range(20):
        objects = {each.fdi: each for each in mouth_of(settings, case).objects}
        pontics = [each for each in objects.values() if each.kind == "pontic"]
        places = sorted(abs(each.place) for each in pontics)
        assert all(second - first == 1 for first, second in pairwise(places))
        quadrant = 10 * (pontics[0].fdi // 10)
        for place in (places[0] - 1, places[-1] + 1):
            assert "crown" in objects[quadrant + place].done
        assert 1 <= len(pontics) <= 3


def test_an_implant_has_the_number_of_the_tooth_that_it_replaces():
    for case in range(10):
        objects = mouth_of(with_mouth(implants=1), case).objects
        for each in (each for each in objects if each.kind == "implant"):
            assert sum(other.fdi == each.fdi for other in objects) == 1
            assert set(each.done) <= {"abutment", "crown", "healing cap"}


def test_a_root_remnant_has_lost_its_crown():
    for case in range(10):
        plain = mouth_of(PLAIN, case)
        for each in mouth_of(with_mouth(root_remnants=1), case).objects:
            if each.kind == "root remnant":
                whole = plain.at(each.fdi).tooth
                along = whole.pose.to_tooth(each.outlines[0])[:, 1]
                assert along.min() > 0.6 * whole.neck
                assert "crown" not in each.done


def test_a_broken_crown_lies_within_the_tooth_that_it_was():
    for case in range(6):
        plain, broken = draw_truth(PLAIN, case), draw_truth(with_mouth(broken_crowns=1), case)
        numbers = {each.fdi: each.number for each in plain.table}
        for each in broken.table:
            left, whole = broken.whole(each.number), plain.whole(numbers[each.fdi])
            lost = (whole & ~left).sum() / whole.sum()
            assert not (left & ~whole).sum() > 2
            assert lost > 0.005 if "broken crown" in each.findings else lost == 0


def test_impacted_canines_lie_deep_and_some_lie_across():
    leans = []
    for case in range(30):
        objects = mouth_of(with_mouth(impacted_canines=1), case).objects
        for each in objects:
            if each.fdi % 10 == 3 and each.looks is None and each.kind == "tooth":
                leans.append(np.degrees(np.arccos(abs(each.tooth.pose.axis[1]))))
    assert min(leans) < 25
    assert max(leans) > 70


def test_wisdom_teeth_are_stuck_in_all_positions():
    leans = []
    for case in range(60):
        for each in mouth_of(with_mouth(impacted_wisdom_teeth=1), case).objects:
            if each.fdi % 10 == 8 and each.looks is None:
                outwards, down = each.tooth.pose.axis * (
                    np.sign(each.place),
                    -1 if each.upper else 1,
                )
                leans.append(np.degrees(np.arctan2(outwards, down)))
    leans = np.array(leans)
    for low, high in ((-60, -15), (-15, 15), (20, 65), (70, 100), (110, 180)):
        assert ((leans >= low) & (leans <= high)).any()


def test_crowding_makes_more_teeth_overlap():
    def overlap(settings):
        layers = [draw_truth(settings, case).layers for case in range(6)]
        return sum(((each > 0).sum(axis=0) > 1).sum() for each in layers)

    assert overlap(with_mouth(crowding=1)) > 1.5 * overlap(PLAIN)


def test_wires_and_lesions_show_in_the_xray_and_change_no_tooth():
    for name in ("brackets", "retainers", "lesions", "bone_loss"):
        settings = with_mouth(**{name: 1})
        plain, changed = draw_truth(PLAIN, 2), draw_truth(settings, 2)
        np.testing.assert_array_equal(plain.layers, changed.layers)
        assert not np.array_equal(draw_xray(PLAIN, 2), draw_xray(settings, 2))


def test_metal_of_an_implant_is_bright():
    settings = with_mouth(implants=1)
    for case in range(4):
        truth, xray = draw_truth(settings, case), draw_xray(settings, case)
        for each in (each for each in truth.table if each.kind == "implant"):
            assert np.median(xray[truth.whole(each.number)]) > 120


def test_all_at_once_can_be_drawn_at_any_size():
    everything = Mouth(**dict.fromkeys(FEATURES, 1.0))
    for width in (64, 100, 300):
        for share in (0, 1):
            settings = PhantomSettings(
                width=(width, width), mouth=everything, toothless_share=share
            )
            for case in range(6):
                assert (
                    draw_xray(settings, case).shape == draw_truth(settings, case).layers.shape[1:]
                )


def test_the_varied_mouth_switches_everything_on():
    varied = Mouth.varied()
    assert all(0 < getattr(varied, name) < 1 for name in (*FEATURES, "children"))
    assert varied.mask == Mask()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"implants": 1.2}, "less than or equal to 1"),
        ({"children": -0.1}, "greater than or equal to 0"),
        ({"age": (4, 9)}, r"age: expected 5 <= lowest <= highest <= 13, found \(4, 9\)"),
        ({"age": (9, 7)}, r"age: expected 5 <= lowest <= highest <= 13, found \(9, 7\)"),
        ({"age": (5, 14)}, "age: expected"),
        ({"age": (5, float("nan"))}, "age: expected"),
        ({"outline": {"beyond": (-9, 0)}}, "beyond: expected -8 <= lowest <= highest <= 8"),
        ({"outline": {"beyond": (2, 1)}}, r"found \(2, 1\)"),
        ({"outline": {"tip": (0.4, 1)}}, "tip: expected 0.5 <= lowest <= highest <= 1"),
        ({"outline": {"tip": (0.9, 1.1)}}, "tip: expected"),
        ({"mask": {"implant": True}}, "did you mean 'implants'"),
        ({"mask": {"germs": "often"}}, "valid boolean"),
        ({"bridge": 0.5}, "did you mean 'bridges'"),
    ],
)
def test_wrong_settings_are_refused_with_what_was_expected(wrong, message):
    with pytest.raises(ValidationError, match=message):
        PhantomSettings(mouth=wrong)


def test_settings_can_be_written_as_in_a_file():
    written = {"implants": 0.2, "mask": {"implants": True}, "outline": {"beyond": [0.5, 1.5]}}
    settings = PhantomSettings(mouth=written)
    assert settings.mouth == Mouth(
        implants=0.2, mask=Mask(implants=True), outline=Outline(beyond=(0.5, 1.5))
    )


def test_an_object_is_told_once_what_was_done_to_it():
    (each, *_) = mouth_of(PLAIN, 0).objects
    marked = replace(each, done=()).marked(done=("crown", "crown"))
    assert marked.marked(done=("crown",)).done == ("crown",)
