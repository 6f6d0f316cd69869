"""The truth: every object of a mouth, what it is, and all of its pixels."""

from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from teeth_unet.phantoms import Mask, Mouth, PhantomSettings, Truth, draw_labels, draw_truth
from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.mouth.objects import MouthObject
from teeth_unet.phantoms.mouth.truth import counts, layers_of, true_table
from teeth_unet.phantoms.mouth.whole import draw_mouth
from teeth_unet.phantoms.raster import inside

VARIED = PhantomSettings(width=(300, 340), toothless_share=0, mouth=Mouth.varied())
MANY = PhantomSettings(
    width=(300, 340),
    toothless_share=0,
    mouth=Mouth(
        children=0.3,
        implants=0.6,
        bridges=0.6,
        supernumerary=0.6,
        root_remnants=0.6,
        implant_bars=0.2,
        dentures=0.2,
        impacted_canines=0.4,
    ),
)
CASES = range(24)
KINDS = {
    "tooth", "milk tooth", "germ", "implant", "pontic", "root remnant", "supernumerary", "bar",
    "denture",
}  # fmt: skip
UPPER = [*range(18, 10, -1), *range(21, 29)]
LOWER = [*range(48, 40, -1), *range(31, 39)]
NO_NUMBER = {"supernumerary", "bar", "denture"}


@cache
def truth(settings, case):
    return draw_truth(settings, case)


both = pytest.mark.parametrize("settings", [VARIED, MANY], ids=["varied", "many"])


def chart_place(fdi):
    """Return where in the chart a tooth stands; a milk tooth where its successor will."""
    permanent = fdi - 40 if fdi > 48 else fdi
    return (UPPER + LOWER).index(permanent)


@both
def test_objects_are_numbered_from_1_and_their_fdi_numbers_are_unique(settings):
    for case in CASES:
        table = truth(settings, case).table
        assert [each.number for each in table] == list(range(1, len(table) + 1))
        numbers = [each.fdi for each in table if each.fdi]
        assert len(numbers) == len(set(numbers))
        assert {each.kind for each in table if not each.fdi} <= NO_NUMBER
        assert not any(each.fdi for each in table if each.kind in NO_NUMBER)


@both
def test_the_order_is_the_charts(settings):
    for case in CASES:
        table = truth(settings, case).table
        places = [chart_place(each.fdi) for each in table if each.fdi]
        assert places == sorted(places)
        assert [each.upper for each in table] == sorted(
            (each.upper for each in table), reverse=True
        )
        for each in table:
            assert not each.fdi or each.upper == (each.fdi // 10 in (1, 2, 5, 6))


def test_in_a_plain_mouth_the_charts_order_is_that_from_left_to_right():
    settings = PhantomSettings(width=(300, 300), toothless_share=0)
    for case in range(8):
        drawn = truth(settings, case)
        for upper in (True, False):
            middles = [
                np.nonzero(drawn.whole(each.number))[1].mean()
                for each in drawn.table
                if each.upper == upper and each.fdi % 10 != 8
            ]
            assert middles == sorted(middles)


@both
def test_kinds_add_up_to_what_the_layers_hold(settings):
    seen = Counter()
    for case in CASES:
        drawn = truth(settings, case)
        kinds = Counter(each.kind for each in drawn.table)
        numbers = set(np.unique(drawn.layers).tolist()) - {0}
        assert kinds.total() == len(drawn.table)
        assert numbers == {each.number for each in drawn.table}
        seen += kinds
    assert set(seen) <= KINDS
    assert len(seen) >= (6 if settings is VARIED else 9)


@both
def test_each_object_is_whole_in_one_layer_and_is_what_its_outlines_enclose(settings):
    for case in CASES[:8]:
        drawn = truth(settings, case)
        anatomy = draw_anatomy(settings, case)
        objects = draw_mouth(settings, case, anatomy).objects
        everywhere = tuple(slice(0, size) for size in drawn.layers.shape[1:])
        for number, each in enumerate(objects, start=1):
            assert (drawn.layers == number).any(axis=(1, 2)).sum() == 1
            expected = np.any([inside(outline, everywhere) for outline in each.outlines], axis=0)
            np.testing.assert_array_equal(drawn.whole(number), expected)


@both
def test_where_objects_overlap_the_one_of_higher_rank_is_in_front(settings):
    overlaps = 0
    for case in CASES[:8]:
        drawn = truth(settings, case)
        front = drawn.in_front()
        wholes = np.array([drawn.whole(each.number) for each in drawn.table])
        ranks = np.array([each.rank for each in drawn.table])
        assert sorted(ranks) == list(range(1, len(ranks) + 1))
        expected = (wholes * ranks[:, None, None]).argmax(axis=0) + 1
        np.testing.assert_array_equal(front, np.where(wholes.any(axis=0), expected, 0))
        overlaps += (wholes.sum(axis=0) > 1).sum()
    assert overlaps > 100


@pytest.mark.parametrize("field", Mask.model_fields)
@pytest.mark.parametrize("counted", [True, False])
def test_masks_hold_exactly_what_counts_as_tooth(field, counted):
    mask = Mask(**dict.fromkeys(Mask.model_fields, not counted) | {field: counted})
    met = 0
    for case in CASES[:10]:
        mouth = MANY.mouth.model_copy(update={"mask": mask})
        labels = draw_labels(MANY.model_copy(update={"mouth": mouth}), case)
        drawn = truth(MANY, case)
        expected = np.zeros(labels.shape, dtype=bool)
        for each in drawn.table:
            of_field = each.kind.replace(" ", "_").rstrip("s") == field.rstrip("s")
            of_field |= (each.kind, field) == ("milk tooth", "milk_teeth")
            met += of_field
            if each.kind == "tooth" or of_field == counted:
                expected |= drawn.whole(each.number)
        np.testing.assert_array_equal(labels > 0, expected)
    assert met


def test_a_tooth_behind_what_does_not_count_keeps_its_pixels():
    labels = draw_labels(MANY, 0)
    drawn = truth(MANY, 0)
    counted = drawn.counted(MANY.mouth.mask)
    front = drawn.in_front(counted)
    assert set(np.unique(front).tolist()) <= {0, *counted}
    np.testing.assert_array_equal(labels > 0, front > 0)


def test_permanent_teeth_count_whatever_the_mask_says():
    assert counts("tooth", Mask(**dict.fromkeys(Mask.model_fields, False)))


def test_labels_are_the_truths_foremost_objects_without_gaps_in_the_numbers():
    for case in CASES[:6]:
        labels, drawn = draw_labels(VARIED, case), truth(VARIED, case)
        front = drawn.in_front(drawn.counted(VARIED.mouth.mask))
        shown = np.unique(front)
        np.testing.assert_array_equal(shown[labels] if shown[0] == 0 else labels, front)


def test_drawing_twice_gives_the_same_truth():
    one, other = draw_truth(VARIED, 5), draw_truth(VARIED, 5)
    np.testing.assert_array_equal(one.layers, other.layers)
    assert replace(one, layers=None) == replace(other, layers=None)


def test_size_does_not_change_what_is_in_the_mouth():
    small = VARIED.model_copy(update={"width": (200, 200)})
    large = VARIED.model_copy(update={"width": (500, 500)})
    for case in range(10):
        of_small, of_large = draw_truth(small, case), draw_truth(large, case)
        assert [(each.kind, each.fdi) for each in of_small.table] == [
            (each.kind, each.fdi) for each in of_large.table
        ]


def test_a_toothless_phantom_may_have_implants_with_a_bar_and_none_of_them_counts():
    settings = PhantomSettings(width=(300, 300), toothless_share=1, mouth=Mouth(implant_bars=1))
    drawn = draw_truth(settings, 0)
    assert Counter(each.kind for each in drawn.table).keys() == {"implant", "bar"}
    assert not draw_labels(settings, 0).any()


def square(left, top, size, **changes):
    corners = [(left, top), (left + size, top), (left + size, top + size), (left, top + size)]
    return MouthObject("tooth", True, 1, 0.5, (np.array(corners, dtype=float),), **changes)


# Reports on other programs, tried on this one.
def test_more_objects_than_numbers_are_refused_and_do_not_start_again_at_0():
    assert len(np.unique(layers_of([square(1, 1, 2)] * 255, (4, 4)))) == 256
    with pytest.raises(ValueError, match="objects: expected 255 at most, found 256"):
        layers_of([square(1, 1, 2)] * 256, (4, 4))


def test_a_square_of_3_pixels_has_9_of_them():
    (layer,) = layers_of([square(1, 1, 3)], (6, 6))
    assert layer.sum() == 9
    assert layer[1:4, 1:4].all()


def test_an_object_that_another_divides_is_in_one_piece_in_the_truth():
    wide = np.array([(0, 4), (12, 4), (12, 6), (0, 6)], dtype=float)
    behind = replace(square(0, 0, 1), outlines=(wide,), nearness=0.1)
    objects = [behind, square(4, 2, 4)]
    drawn = Truth(true_table(objects), layers_of(objects, (10, 12)))
    assert drawn.whole(1)[4:6].all()
    assert drawn.in_front()[4].tolist() == [1] * 4 + [2] * 4 + [1] * 4
    assert drawn.in_front([1])[4].tolist() == [1] * 12


def test_the_patients_right_is_on_the_left_of_the_picture():
    for settings in (VARIED, MANY):
        for case in CASES[:8]:
            drawn = truth(settings, case)
            middle = drawn.layers.shape[2] / 2
            for each in drawn.table:
                if each.kind in ("tooth", "milk tooth") and each.fdi % 10 in (4, 5, 6, 7):
                    at = np.nonzero(drawn.whole(each.number))[1].mean()
                    assert (at < middle) == (each.fdi // 10 in (1, 4, 5, 8))


def test_a_case_below_0_is_refused():
    with pytest.raises(ValueError, match="case: expected 0 or more, found -1"):
        draw_truth(VARIED, -1)
