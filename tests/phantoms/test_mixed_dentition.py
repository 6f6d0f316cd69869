"""Children: milk teeth, germs, and what has come through, as the tables of development say."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from teeth_unet.phantoms import Mouth, PhantomSettings, draw_truth
from teeth_unet.phantoms.mouth.development import LOWER_CALENDAR, UPPER_CALENDAR
from teeth_unet.phantoms.tooth_shapes import LOWER_CHART, UPPER_CHART

CALENDARS = {True: UPPER_CALENDAR, False: LOWER_CALENDAR}
CHARTS = {True: UPPER_CHART, False: LOWER_CHART}


def children(age):
    mouth = Mouth(children=1, age=(age, age))
    return PhantomSettings(width=(420, 420), aspect=(2, 2), toothless_share=0, mouth=mouth)


@cache
def truth(age, case):
    return draw_truth(children(age), case)


def counts(age, kind, cases=8):
    found = (Counter(e.kind for e in truth(age, case).table) for case in range(cases))
    return [kinds[kind] for kinds in found]


def is_upper(fdi):
    return fdi // 10 in (1, 2, 5, 6)


@pytest.mark.parametrize("upper", [True, False])
def test_teeth_come_through_in_the_usual_order(upper):
    # Of the upper canine and the premolars the canine is the last, of the lower ones the first.
    order = (6, 1, 2, 4, 5, 3, 7, 8) if upper else (1, 6, 2, 3, 4, 5, 7, 8)
    ages = [CALENDARS[upper][place - 1].through for place in order]
    assert ages == sorted(ages)


# By hand, from the known stages: crown complete (C), root begun (R), root complete (A).
STAGES = [
    (5, 16, "R"), (10, 16, "A"), (10, 11, "A"), (5, 11, "R"), (5, 14, "<C"), (6, 13, "<C"),
    (7, 13, "R"), (9, 17, "R"), (7, 47, "<C"), (10, 41, "A"), (12, 43, "R"), (13, 43, "A"),
    (13, 45, "R"), (13, 18, "<C"), (9.8, 36, "A"), (8, 34, "R"), (6, 35, "<C"),
]  # fmt: skip


@pytest.mark.parametrize(("age", "fdi", "stage"), STAGES)
def test_a_tooth_is_calcified_as_far_as_at_its_age(age, fdi, stage):
    upper, place = is_upper(fdi), fdi % 10 - 1
    neck = CHARTS[upper][place].shape.neck
    formed = CALENDARS[upper][place].formed(age, neck)
    assert {"<C": formed < neck, "R": neck <= formed < 1, "A": formed == 1}[stage]


def test_a_root_is_about_half_to_four_fifths_there_when_its_tooth_comes_through():
    for upper, calendars in CALENDARS.items():
        for calendar, size in zip(calendars, CHARTS[upper], strict=True):
            neck = size.shape.neck
            of_root = (calendar.formed(calendar.through, neck) - neck) / (1 - neck)
            assert 0.42 < of_root < 0.85


@pytest.mark.parametrize(
    ("age", "least", "most"), [(5, 16, 20), (7, 11, 18), (9, 6, 14), (11, 1, 10), (13, 0, 4)]
)
def test_milk_teeth_are_shed_one_after_the_other(age, least, most):
    found = counts(age, "milk tooth")
    assert least <= np.mean(found) <= most
    assert max(found) <= 20


@pytest.mark.parametrize(("age", "least", "most"), [(5, 20, 28), (9, 12, 22), (13, 0, 9)])
def test_germs_become_fewer(age, least, most):
    assert least <= np.mean(counts(age, "germ")) <= most


def test_every_permanent_tooth_but_wisdom_teeth_is_a_germ_or_through_at_any_age():
    for age in range(5, 14):
        found = {e.fdi for e in truth(age, 0).table if e.fdi < 50}
        assert {
            10 * quadrant + place for quadrant in (1, 2, 3, 4) for place in range(1, 8)
        } <= found


@pytest.mark.parametrize("age", range(5, 14))
def test_a_germ_lies_below_the_milk_tooth_that_it_will_replace(age):
    for case in range(3):
        drawn = truth(age, case)
        by_fdi = {each.fdi: each for each in drawn.table}
        for fdi, milk in by_fdi.items():
            germ = by_fdi.get(fdi - 40) if fdi > 50 else None
            if germ is None or germ.kind != "germ":
                continue
            rows = [np.nonzero(drawn.whole(each.number))[0].mean() for each in (milk, germ)]
            assert rows[1] < rows[0] if milk.upper else rows[1] > rows[0]


def test_no_milk_tooth_stands_where_its_successor_is_through():
    for age in (6, 8, 10, 12):
        for case in range(3):
            by_fdi = {each.fdi: each for each in truth(age, case).table}
            assert not any(fdi > 50 and by_fdi[fdi - 40].kind == "tooth" for fdi in by_fdi)


def test_what_is_through_has_longer_roots_than_what_is_not():
    for case in range(6):
        table = truth(9, case).table
        for each in table:
            if each.kind == "germ" and each.fdi % 10 != 3:
                assert each.formed < 0.9
            if each.kind == "tooth":
                assert each.formed > 0.5


def test_roots_of_milk_teeth_are_resorbed_with_age():
    def share(age):
        found = [each for case in range(8) for each in truth(age, case).table]
        milk = [each for each in found if each.kind == "milk tooth"]
        return np.mean(["resorbed root" in each.findings for each in milk])

    assert share(5) < share(8) < share(10.5)


def test_the_age_is_told_and_within_its_range():
    settings = children(5)
    wide = settings.model_copy(update={"mouth": Mouth(children=0.5, age=(6, 9))})
    ages = [draw_truth(wide, case).age for case in range(30)]
    told = [age for age in ages if age is not None]
    assert 6 <= min(told) < 7 < 8 < max(told) <= 9
    assert 8 <= len(told) <= 22


def test_children_have_none_of_an_adults_repairs():
    mouth = Mouth.varied().model_copy(update={"children": 1.0})
    settings = children(9).model_copy(update={"mouth": mouth})
    kinds = {each.kind for case in range(12) for each in draw_truth(settings, case).table}
    assert kinds <= {"tooth", "milk tooth", "germ", "supernumerary"}
