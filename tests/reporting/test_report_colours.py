"""Colours of the report: contrast of its letters, and overlays for every kind of colour vision."""

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from teeth_unet.reporting import figures
from teeth_unet.reporting.figures import BLUE, FALSE_ALARMS, HITS, MISSES, VERMILION

STYLE = Path(figures.__file__).with_name("templates").joinpath("report.css").read_text("utf-8")
COLOURS = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", STYLE))

# Dichromats, on linear RGB, severity 1: G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A
# Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE TVCG 15(6), 2009.
VISIONS = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}

# sRGB (IEC 61966-2-1) to CIE XYZ, white point D65.
TO_XYZ = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]],
)

DISTINCT = 15
"""CIE 1976 difference at which two areas are plainly two colours: six times what is just noticed,
2.3 (Mahy, Van Eycken and Oosterlinck 1994). The nearest pair here has 16, in tritanopia."""


def rgb(code):
    return np.array([int(code[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def linear(colour):
    return np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)


def lab(linear_colour):
    xyz = TO_XYZ @ linear_colour / TO_XYZ.sum(axis=1)
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def difference(one, other, vision):
    """CIE 1976 difference of two sRGB colours as somebody sees them."""
    seen = (np.clip(VISIONS[vision] @ linear(colour), 0, 1) for colour in (one, other))
    return float(np.linalg.norm(np.subtract(*map(lab, seen))))


def contrast(one, other):
    """Contrast ratio of the Web Content Accessibility Guidelines 2."""
    low, high = sorted(float(TO_XYZ[1] @ linear(rgb(code))) for code in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_the_tools_of_this_test_are_right():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # the known near miss
    np.testing.assert_allclose(lab(linear(rgb("#ff0000"))), [53.2, 80.1, 67.2], atol=0.1)
    for matrix in VISIONS.values():
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-5)  # grey stays grey
    # Pure red and green of equal lightness: the classic that deuteranopes confuse.
    red, green = rgb("#c04000"), rgb("#608000")
    assert difference(red, green, "usual") > 2 * difference(red, green, "deuteranopia")


INKS = [name for name in COLOURS if name.startswith("ink")]


@pytest.mark.parametrize("ground", ["paper", "panel"])
@pytest.mark.parametrize("ink", INKS)
def test_every_ink_can_be_read_on_every_ground(ink, ground):
    assert contrast(COLOURS[ink], COLOURS[ground]) >= 4.5


def test_letters_have_no_other_colours_than_the_inks():
    used = re.findall(r"(?<![-\w])color: ([^;]+);", STYLE)
    assert set(used) <= {f"var(--{ink})" for ink in INKS}
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", STYLE)) == set(COLOURS.values())


@pytest.mark.parametrize("line", [BLUE, VERMILION])
def test_lines_stand_out_from_the_paper(line):
    assert contrast(line, COLOURS["paper"]) >= 3


PAIRS = list(itertools.combinations((HITS, MISSES, FALSE_ALARMS), 2))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_legend_is_told_apart_by_everyone(pair, vision):
    assert difference(*map(rgb, pair), vision) >= DISTINCT


def painted(grey):
    """Found, missed, false alarm and nothing, as an overlay paints them on a grey level."""
    truth, mask = np.array([[1, 1, 0, 0]]), np.array([[1, 0, 1, 0]])
    return figures.overlay(np.full((1, 4), grey), truth, mask)[0].astype(float)


# From the dark background to bright bone; fillings are white.
@pytest.mark.parametrize("grey", [0.1, 0.3, 0.5, 0.7, 0.9])
@pytest.mark.parametrize("vision", VISIONS)
def test_the_overlay_is_told_apart_by_everyone(vision, grey):
    found, missed, alarm, nothing = painted(grey)
    worst = min(
        difference(one, other, vision)
        for one, other in itertools.combinations((found, missed, alarm), 2)
    )
    assert worst >= DISTINCT
    assert min(difference(nothing, each, vision) for each in (missed, alarm)) >= DISTINCT


def test_red_and_green_would_fail_here():
    assert difference(rgb("#c04000"), rgb("#608000"), "deuteranopia") < DISTINCT
