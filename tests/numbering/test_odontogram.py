"""Charts as pictures."""

from itertools import combinations
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from teeth_unet.numbering import Chart, draw_missing_teeth, draw_odontogram
from teeth_unet.numbering.chart_sheet import Sheet, text_width, wrapped
from teeth_unet.numbering.charting import State
from teeth_unet.numbering.missing_teeth import percent
from teeth_unet.numbering.tooth_symbols import Symbol, crown_outline, shade, tooth_outline
from teeth_unet.tooth_numbers import GROUPS, PERMANENT, is_right, is_upper, write_number

STATES = get_args(State)
ALL_PRESENT = dict.fromkeys(PERMANENT, "present")


def chart(changed=(), dentition="permanent", review=()):
    return Chart(ALL_PRESENT | dict(changed), dentition, tuple(review))


def symbol(state, place=14):
    picture = Image.new("RGB", (60, 130), "white")
    Symbol(ImageDraw.Draw(picture), place, (30, 120 if is_upper(place) else 10), (44, 108), 2).draw(
        state
    )
    return np.asarray(picture).astype(int)


def grey(pixels):
    return pixels @ [0.299, 0.587, 0.114]


@pytest.fixture
def words(monkeypatch):
    """All that is written on sheets: texts and where."""
    found = []
    write = Sheet.write

    def remember(self, text, at, *rest, **options):
        found.append((text, at))
        write(self, text, at, *rest, **options)

    monkeypatch.setattr(Sheet, "write", remember)
    return found


def spot(sheet, place):
    """Return (rows, columns) where the tooth of a place is drawn."""
    x, edge = sheet.centre(place), sheet.row(place, sheet.away - 8)
    apex = sheet.row(place, sheet.away + 135)
    return slice(int(min(edge, apex)), int(max(edge, apex))), slice(int(x) - 26, int(x) + 26)


@pytest.mark.parametrize(("one", "other"), [*combinations(STATES, 2)])
@pytest.mark.parametrize("place", [11, 13, 14, 34, 36, 43])
def test_each_state_looks_other_than_each_other_even_in_black_and_white(one, other, place):
    difference = np.abs(grey(symbol(one, place)) - grey(symbol(other, place)))
    assert (difference > 50).mean() > 0.03


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("place", PERMANENT)
def test_every_symbol_can_be_drawn_at_every_place(state, place):
    drawn = (symbol(state, place) != 255).any(axis=2)
    assert 0.02 < drawn.mean() < 0.6
    outside = drawn.copy()
    outside[5:, 2:-2] = False
    assert not outside.any()


@pytest.mark.parametrize("state", [state for state in STATES if state != "unsure"])
def test_lower_teeth_stand_on_their_heads(state):
    upper, lower = ((symbol(state, place) != 255).any(axis=2) for place in (14, 44))
    assert (upper == lower[::-1]).mean() > 0.9
    assert (upper == lower[::-1]).mean() > (upper == lower).mean() + 0.02


def test_groups_of_teeth_have_outlines_of_their_own():
    for shape in (tooth_outline, crown_outline):
        outlines = [shape(group) for group in GROUPS]
        for outline in outlines:
            across, down = outline.T
            assert abs(across).max() <= 0.55
            assert -0.05 < down.min() < down.max() < 1.05
            np.testing.assert_allclose(across.min(), -across.max())
        assert len({outline.tobytes() for outline in outlines}) == len(GROUPS)


@pytest.mark.parametrize("notation", ["fdi", "universal", "palmer"])
@pytest.mark.parametrize("draw", ["one mouth", "a set"])
def test_each_place_has_its_number_and_the_patients_right_is_on_the_left(words, notation, draw):
    if draw == "one mouth":
        draw_odontogram(chart(), notation)
    else:
        draw_missing_teeth([chart()], notation)
    at = dict(reversed(words))
    found = {place: at[write_number(place, notation)] for place in PERMANENT}
    for place, (x, y) in found.items():
        assert (x < 600) == is_right(place)
        assert (y < found[41][1]) == is_upper(place)
        assert len([other for other in found.values() if other[0] == x]) == 2
    uppers = sorted((x, place) for place, (x, _) in found.items() if is_upper(place))
    assert [place for _, place in uppers] == [*range(18, 10, -1), *range(21, 29)]
    lowers = sorted((x, place) for place, (x, _) in found.items() if not is_upper(place))
    assert [place for _, place in lowers] == [*range(48, 40, -1), *range(31, 39)]
    assert at["R"][0] < found[18][0] < found[28][0] < at["L"][0]


@pytest.mark.parametrize("state", [state for state in STATES if state != "present"])
@pytest.mark.parametrize("place", [11, 25, 43])
def test_a_state_changes_the_picture_at_its_place_and_in_the_legend(state, place):
    before = np.asarray(draw_odontogram(chart())).astype(int)
    after = np.asarray(draw_odontogram(chart({place: state}))).astype(int)
    changed = np.abs(before - after).max(axis=2) > 20
    sheet = Sheet(570, 232, 44)
    assert changed[spot(sheet, place)].mean() > 0.05
    for other in PERMANENT:
        if other != place:
            assert not changed[spot(sheet, other)].any(), other


@pytest.mark.parametrize(
    ("changed", "legend"),
    [
        ({}, ["present: 32"]),
        (
            {18: "missing", 28: "missing", 36: "implant"},
            ["present: 29", "missing: 2", "implant: 1"],
        ),
        (
            {15: "milk tooth", 45: "unerupted", 24: "pontic", 11: "unsure"},
            ["present: 28", "pontic: 1", "milk tooth: 1", "unerupted: 1", "unsure: 1"],
        ),
        (dict.fromkeys(PERMANENT, "unsure"), ["unsure: 32"]),
        (dict.fromkeys(PERMANENT, "missing"), ["missing: 32"]),
    ],
    ids=["all present", "implant", "mixed", "all unsure", "no teeth"],
)  # fmt: skip
def test_the_legend_tells_what_occurs_and_nothing_else(words, changed, legend):
    draw_odontogram(chart(changed))
    assert [text for text, _ in words if ":" in text] == legend


def test_the_legend_of_all_states_fits_the_width(words):
    draw_odontogram(chart(zip((*PERMANENT[:5], 21, 22), STATES, strict=True)))
    entries = [(text, at) for text, at in words if ":" in text]
    assert len(entries) == len(STATES)
    for text, (x, _) in entries:
        assert x + text_width(text, 18) < 1200


@pytest.mark.parametrize(
    ("notation", "number"), [("fdi", "55"), ("universal", "A"), ("palmer", "URE")]
)
def test_a_milk_tooth_has_its_own_number_beside_that_of_its_place(words, notation, number):
    draw_odontogram(chart({15: "milk tooth"}), notation)
    at = dict(words)
    assert at[number][0] == at[write_number(15, notation)][0]


@pytest.mark.parametrize(
    ("dentition", "words_of_it"),
    [
        ("permanent", "Permanent dentition"),
        ("mixed", "Mixed dentition"),
        ("milk", "Milk dentition"),
        ("unsure", "Dentition unsure"),
    ],
)
def test_the_dentition_is_told(words, dentition, words_of_it):
    draw_odontogram(chart(dentition=dentition))
    assert words_of_it in dict(words)


def test_reasons_for_a_review_are_told_and_without_one_there_is_no_such_line(words):
    draw_odontogram(chart())
    assert not [text for text, _ in words if "review" in text]
    draw_odontogram(chart(review=["Not sure what is at 22, 48.", "2 objects look like 11."]))
    assert words[-1][0] == "For review: Not sure what is at 22, 48. 2 objects look like 11."


def test_many_reasons_are_shortened_to_two_lines(words):
    draw_odontogram(chart(review=["Numbers are right with a mean probability of 0.52 only."] * 9))
    lines = [text for text, (x, y) in words if y > 500]
    assert len(lines) == 2
    assert lines[0].startswith("For review: Numbers are right")
    assert lines[1].endswith(" …")


@given(text=st.text("ab .…é", max_size=300), width=st.integers(1, 400), most=st.integers(1, 3))
@settings(deadline=None)
def test_wrapped_lines_are_as_many_and_as_wide_as_they_may_be(text, width, most):
    lines = wrapped(text, 18, width, most)
    assert len(lines) <= most
    for line in lines:
        assert text_width(line, 18) <= width or " " not in line.removesuffix(" …")
    if not lines or not lines[-1].endswith("…"):
        assert " ".join(lines).split() == text.split()


@pytest.mark.parametrize("draw", [draw_odontogram, lambda each: draw_missing_teeth([each])])
def test_pictures_are_1200_wide_and_in_colours(draw):
    picture = draw(chart())
    assert (picture.mode, picture.width) == ("RGB", 1200)
    assert 400 < picture.height < 700


@pytest.mark.parametrize(
    ("states", "share", "count"),
    [
        (["missing", "present", "present", "present"], "25 %", "n 4"),
        (["missing", "unsure", "unsure"], "100 %", "n 1"),
        (["present", "implant", "pontic", "milk tooth", "unerupted"], "0 %", "n 5"),
        (["unsure", "unsure"], "-", "n 0"),
        ([], "-", "n 0"),
    ],
    ids=["one of four", "unsure ones do not count", "what is there", "all unsure", "no charts"],
)
def test_the_share_of_missing_is_of_those_that_are_sure(words, states, share, count):
    draw_missing_teeth([chart({36: state}) for state in states])
    numbers = dict(words)
    x = numbers["36"][0]
    below = [text for text, at in sorted(words, key=lambda word: word[1][1]) if at[0] == x]
    assert below[-2:] == [share, count]
    assert f"in {len(states)} X-rays" in words[-1][0]


def test_the_more_often_a_tooth_is_missing_the_darker_it_is():
    levels = [
        grey(np.array(Image.new("RGB", (1, 1), shade(share)))[0, 0])
        for share in (np.linspace(0, 1, 21))
    ]
    assert (np.diff(levels) < -2).all()
    assert levels[0] == 255
    charts = [chart(dict.fromkeys(PERMANENT[:nth], "missing")) for nth in range(33)]
    pixels = grey(np.asarray(draw_missing_teeth(charts)).astype(float))
    sheet = Sheet(520, 240, 66)
    often, seldom = (pixels[spot(sheet, place)].mean() for place in (PERMANENT[0], PERMANENT[4]))
    assert often < seldom


def test_places_that_are_nowhere_sure_are_marked_so():
    pixels = np.asarray(draw_missing_teeth([chart({36: "unsure"})])).astype(int)
    sure = np.asarray(draw_missing_teeth([chart()])).astype(int)
    changed = np.abs(pixels - sure).max(axis=2) > 20
    assert changed[spot(Sheet(520, 240, 66), 36)].mean() > 0.05


@pytest.mark.parametrize(
    ("share", "text"), [(None, "-"), (0, "0 %"), (1, "100 %"), (0.254, "25 %")]
)
def test_shares_are_written_in_percent(share, text):
    assert percent(share) == text
