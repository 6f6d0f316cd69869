"""The letters R and L in an X-ray, and what follows when they stand where they should not."""

import numpy as np
import pytest
from drawn_mouths import levels, loader, numbers
from hypothesis import given
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, ImageDraw, ImageFont
from small_xrays import segment

from teeth_unet.inference import Inference
from teeth_unet.inference.lying import lie_of
from teeth_unet.inference.side_markers import SideMarker, find_side_markers
from teeth_unet.phantoms import PhantomSettings, Scene, draw_xray

LEFT, RIGHT, LOW = 0.06, 0.94, 0.85


def written(text, x, y=LOW, height=36, bold=0, outline=False, size=(1200, 560)):
    """A dark picture with a text whose middle is at a place, and jaws in its middle."""
    picture = Image.new("L", size, 20)
    pen = ImageDraw.Draw(picture)
    pen.ellipse([size[0] * 0.2, size[1] * 0.1, size[0] * 0.8, size[1] * 0.7], fill=110)
    # A letter is about 0.7 times as high as its font.
    font = ImageFont.load_default(height / 0.7)
    where = {"xy": (size[0] * x, size[1] * y), "text": text, "font": font, "anchor": "mm"}
    pen.text(**where, fill=240, stroke_width=bold + 2 * outline)
    if outline:
        pen.text(**where, fill=5, stroke_width=bold)
    return np.asarray(picture)


def found(xray):
    return [(marker.letter, marker.mirrored) for marker in find_side_markers(xray)]


STYLES = [
    {},
    {"height": 26},
    {"height": 60, "bold": 2},
    {"bold": 3},
    {"bold": 3, "outline": True, "height": 48},
    {"size": (2900, 1300), "height": 80, "bold": 4},
    {"y": 0.12},
    {"y": 0.5},
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("letter", "x"), [("R", LEFT), ("R", RIGHT), ("L", LEFT), ("L", RIGHT)])
def test_letters_are_found_as_they_are_and_mirrored(letter, x, style):
    xray = written(letter, x, **style)
    (marker,) = find_side_markers(xray)
    assert (marker.letter, marker.mirrored) == (letter, False)
    assert marker.x == pytest.approx(x, abs=0.01)
    assert marker.y == pytest.approx(style.get("y", LOW), abs=0.02)
    assert 0.78 < marker.certainty <= 1.001
    (turned,) = find_side_markers(np.ascontiguousarray(xray[:, ::-1]))
    assert (turned.letter, turned.mirrored) == (letter, True)
    assert turned.x == pytest.approx(1 - x, abs=0.01)


@pytest.mark.parametrize("upside_down", [np.s_[::-1, ::-1], np.s_[::-1]])
@pytest.mark.parametrize("letter", "RL")
def test_letters_upside_down_are_no_markers(letter, upside_down):
    assert not found(np.ascontiguousarray(written(letter, LEFT)[upside_down]))


@pytest.mark.parametrize("bold", [0, 3])
@pytest.mark.parametrize("other", "0123456789ABCDEFGHIJKMNOPQSTUVWXYZ")
def test_other_letters_are_no_markers(other, bold):
    xray = written(other, LEFT, bold=bold)
    assert not found(xray)
    assert not found(np.ascontiguousarray(xray[:, ::-1]))


@pytest.mark.parametrize("word", ["RIGHT", "LEFT", "DR. MILLER", "R1", "RL", "L 12:45", "ROLL"])
def test_letters_of_words_are_no_markers(word):
    for x in (0.12, 0.88):
        assert not found(written(word, x, height=24))


@pytest.mark.parametrize(
    ("why", "xray"),
    [
        ("too large", written("R", 0.1, height=150, y=0.7)),
        ("too small", written("R", LEFT, height=9)),
        ("among the teeth", written("R", 0.5, y=0.4, bold=2)),
        ("on no side", written("R", 0.52, y=0.9)),
        ("too faint", written("R", LEFT) // 10 + 60),
        ("cut by the edge", written("R", LEFT)[:, 70:]),
    ],
)
def test_what_could_be_something_else_is_left_out(why, xray):
    assert not found(xray), why


@given(arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40)))
def test_any_picture_is_read(xray):
    for marker in find_side_markers(xray):
        assert 0 < marker.x < 1


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (900, 900)])
@pytest.mark.parametrize("level", [0, 255])
def test_a_picture_of_one_level_has_no_marker(size, level):
    assert not found(np.full(size, level, np.uint8))


def test_markers_of_drawings_are_found_and_none_where_there_is_none():
    drawn = [draw_xray(PhantomSettings(), case) for case in range(8)]
    read = [found(xray) for xray in drawn]
    assert sum(map(bool, read)) >= 4
    assert {mirrored for markers in read for _, mirrored in markers} == {False}
    without = PhantomSettings(scene=Scene(marker=0))
    assert not any(found(draw_xray(without, case)) for case in range(8))


# What follows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letter", "mirrored", "x", "lies_mirrored"),
    [
        ("R", False, LEFT, False),
        ("L", False, RIGHT, False),
        ("R", False, RIGHT, True),
        ("L", False, LEFT, True),
        ("R", True, RIGHT, True),
        ("L", True, LEFT, True),
        # Wherever it stands.
        ("R", True, LEFT, True),
        ("L", True, RIGHT, True),
    ],
)
def test_a_marker_tells_how_the_xray_lies(letter, mirrored, x, lies_mirrored):
    marker = SideMarker(letter, mirrored, x, LOW, 1)
    assert marker.lies_mirrored is lies_mirrored
    for asked_for in (False, True):
        lie = lie_of({}, Inference(mirrored=asked_for), [marker])
        assert lie.mirrored is asked_for
        assert bool(lie.doubts) == (lies_mirrored != asked_for)


USUAL, MIRRORED = (
    np.ascontiguousarray(written("R", LEFT, size=(1200, 600))[way])
    for way in (np.s_[:], np.s_[:, ::-1])
)


def with_teeth(xray):
    """Put the teeth of `drawn_mouths` into the upper part of a picture, as they are."""
    drawn = np.asarray(Image.fromarray(levels()).resize((1200, 600), Image.Resampling.NEAREST))
    return np.where(drawn > 100, drawn, np.where(xray > 200, xray, 20)).astype(np.uint8)


@pytest.mark.parametrize(
    ("xray", "told", "setting", "reviewed"),
    [
        (USUAL, None, "auto", ""),
        (USUAL, False, "auto", ""),
        (USUAL, None, True, "A side marker, R at the left, says that the X-ray lies as usual: "
         "it is numbered as one that lies mirrored."),
        (MIRRORED, None, "auto", "A side marker, mirrored R at the right, says that the X-ray lies "
         "mirrored: it is numbered as one that lies as usual."),
        (MIRRORED, False, "auto", "A side marker, mirrored R at the right"),
        (MIRRORED, None, True, ""),
        (MIRRORED, True, True, ""),
        (MIRRORED, True, "auto", "The file says that the X-ray lies mirrored: it is numbered so."),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("fake_separation_network")
def test_a_marker_that_contradicts_is_for_review_and_changes_no_number(
    store, xray, told, setting, reviewed
):
    info = {} if told is None else {"lies_mirrored": told}
    segment(store, {"7": loader(with_teeth(xray), **info)}, Inference(mirrored=setting))
    review = store.rows("7")[0]["review"]
    assert reviewed in review
    assert ("side marker" in review) == ("side marker" in reviewed)
    assert numbers(store)[0] == (28 if setting is True or told else 18)


@pytest.mark.usefixtures("fake_separation_network")
def test_without_numbers_no_marker_is_looked_for(store, monkeypatch):
    monkeypatch.setattr("teeth_unet.inference.cases.find_side_markers", None)
    segment(store, {"7": loader(with_teeth(USUAL))}, Inference(numbers=False))
    assert store.rows("7")[0]["teeth"] == 7
