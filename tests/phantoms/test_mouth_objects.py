"""Each kind of object: as often as its share says, where it should be, and nothing else changed."""

import pickle
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.ndimage import distance_transform_edt

from teeth_unet.phantoms import Mask, Mouth, Outline, PhantomSettings, draw_truth, draw_xray
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.mouth import whole
from teeth_unet.phantoms.mouth.shadows import mouth_shadows
from teeth_unet.phantoms.mouth.whole import FEATURES, FOR_CHILDREN, FOR_TOOTHLESS, draw_mouth
from teeth_unet.phantoms.raster import inside
from teeth_unet.phantoms.streams import object_stream

PLAIN = PhantomSettings(width=(300, 300), toothless_share=0)
CASES = range(60)


def with_mouth(**shares):
    return PLAIN.model_copy(update={"mouth": Mouth(**shares)})


@cache
def anatomy_of(case):
    return draw_anatomy(PLAIN, case)


def mouth_of(settings, case):
    return draw_mouth(settings, case, anatomy_of(case))


def same(one, other):
    return pickle.dumps(one) == pickle.dumps(other)


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


MEASURES = ("tooth_length", "gap", "arch")

SHOWS = {
    "unusual_shapes": moved,
    "lost_stretches": lambda mouth, plain: len(mouth.ridges) > 0,
    "lost_fronts": lambda mouth, plain: any(
        not any(each.fdi in pair for each in mouth.objects) for pair in ((11, 21), (31, 41))
    ),
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
    "root_fillings": done("root filling"),
    "brackets": done("bracket"),
    "retainers": done("retainer"),
    "dentures": kind("denture"),
    "lesions": lambda mouth, plain: len(mouth.lesions) > 0,
    "bone_loss": lambda mouth, plain: len(mouth.ridges) > 0,
    "blurred_front": found("blurred"),
}


def test_every_kind_of_object_has_a_share_and_a_test():
    shares = set(Mouth.model_fields) - {*MEASURES, "children", "age", "mask", "outline"}
    assert shares == set(FEATURES) == set(SHOWS)
    assert set(FEATURES) >= FOR_CHILDREN | FOR_TOOTHLESS


@pytest.mark.parametrize("name", FEATURES)
def test_shares_are_kept(name):
    def shown(share, cases):
        settings = with_mouth(**{name: share})
        return [SHOWS[name](mouth_of(settings, case), mouth_of(PLAIN, case)) for case in cases]

    assert not any(shown(0, range(10)))
    assert all(shown(1, range(20)))
    assert 12 <= sum(shown(0.4, CASES)) <= 36  # 24 are expected; 3 standard deviations are 11


@pytest.mark.parametrize("name", FEATURES)
def test_what_an_object_draws_does_not_depend_on_what_else_is_switched_on(name, monkeypatch):
    drawn = []

    def note(rng, mouth):
        drawn.append(rng.random(3).tolist())
        return mouth

    monkeypatch.setattr(whole, "FEATURES", {**FEATURES, name: note})
    for case in range(3):
        mouth_of(with_mouth(**{name: 1}), case)
        mouth_of(with_mouth(**dict.fromkeys(FEATURES, 1.0)), case)
    assert drawn[0::2] == drawn[1::2]
    assert drawn[0] != drawn[2]


def test_objects_draw_from_streams_that_have_nothing_to_do_with_each_other():
    numbers = {object_stream(PLAIN, 0, name).random() for name in FEATURES}
    assert len(numbers) == len(FEATURES)


def shadows(settings, case):
    rng = np.random.default_rng(case)
    mouth = mouth_of(settings, case)
    cast = list(mouth_shadows(rng, settings, case, anatomy_of(case), mouth))
    return mouth, cast, rng.random()


@pytest.mark.parametrize("name", ["implants", "supernumerary", "crowns", "impacted_canines"])
def test_a_tooth_that_nothing_was_done_to_casts_the_same_shadow_as_ever(name):
    settings = with_mouth(**{name: 1})
    for case in range(3):
        plain, before, after_plain = shadows(PLAIN, case)
        mouth, cast, after = shadows(settings, case)
        assert after == after_plain  # of the stream that goes on to the exposure
        kept = [each for each in plain.objects if any(same(each, one) for one in mouth.objects)]
        assert len(kept) > 10
        known = {pickle.dumps(shadow) for shadow in cast}
        for each, shadow in zip(plain.objects, before, strict=True):
            if any(each is one for one in kept):
                assert pickle.dumps(shadow) in known


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


def test_unusual_shapes_are_worn_at_the_crown_and_vary_in_length():
    lengths, starts = [], []
    for case in range(20):
        plain = mouth_of(PLAIN, case)
        for each in mouth_of(with_mouth(unusual_shapes=1), case).objects:
            before, now = plain.at(each.fdi).tooth, each.tooth
            lengths.append(now.pose.length / before.pose.length)
            starts.append(now.pose.to_tooth(now.outline)[:, 1].min())
    assert (min(lengths), max(lengths)) == (
        pytest.approx(0.84, abs=0.01),
        pytest.approx(1.12, abs=0.01),
    )
    assert min(starts) < 0.02
    assert max(starts) > 0.08


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


@pytest.mark.parametrize("name", ["implants", "implant_bars", "dentures", "bridges", "brackets"])
def test_metal_casts_no_shadow_beside_itself(name):
    settings = with_mouth(**{name: 1})
    for case in range(4):
        mouth, cast, _ = shadows(settings, case)
        number = 0
        for each in mouth.objects:
            number += each.tooth is not None
            if each.pieces:
                shadow = cast[number]
                number += 1
                window = shadow.window
                reach = np.any([inside(piece.outline, window) for piece in each.pieces], axis=0)
                far = distance_transform_edt(~reach) > 6
                assert np.abs(shadow.density[far]).max(initial=0) < 1e-3
                assert shadow.metal[far].max(initial=0) < 1e-3


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
        ({"tooth_length": (0.4, 1)}, "tooth_length: expected 0.5 <= lowest <= highest <= 1.5"),
        ({"gap": (0.05, 0)}, r"gap: expected -0.1 <= lowest <= highest <= 0.1, found \(0.05, 0\)"),
        ({"arch": (0.5, 0.9)}, "arch: expected 0.3 <= lowest <= highest <= 0.8"),
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
