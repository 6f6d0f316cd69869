"""Symbols of what is at a place of the mouth: teeth as one sees them from the cheek."""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import ImageColor, ImageDraw, ImageFont

from teeth_unet.numbering.charting import State
from teeth_unet.tooth_numbers import Group, group, is_upper, milk_tooth_before

Points = NDArray[np.float64]
"""(n, 2) points (x, y), in a tooth from -0.5 to 0.5 across and from 0, its edge, to 1, its apex."""

NECK = 0.42
"""Where the crown ends."""

MILK_WIDTH, MILK_HEIGHT = 0.78, 0.66
"""Of a milk tooth, in those of the tooth that takes its place."""

# From the middle of the edge along the crown to the apex, or to where roots part; the other half
# is its mirror image.
_HALVES: Mapping[Group, list[tuple[float, float]]] = {
    "incisors": [(0, 0.01), (0.45, 0), (0.5, 0.12), (0.4, 0.42), (0.28, 0.68), (0.09, 0.98)],
    "canines": [(0, -0.03), (0.3, 0.04), (0.5, 0.16), (0.38, 0.42), (0.27, 0.7), (0.08, 1)],
    "premolars": [
        (0, 0.05), (0.24, 0), (0.48, 0.1), (0.46, 0.24), (0.34, 0.42), (0.22, 0.7), (0.07, 0.98),
    ],
    "molars": [
        (0, 0.06), (0.28, 0), (0.49, 0.08), (0.49, 0.26), (0.42, 0.42), (0.42, 0.7), (0.34, 0.97),
        (0.26, 0.97), (0.16, 0.76), (0.07, 0.58), (0, 0.54),
    ],
}  # fmt: skip

# Okabe and Ito (2008), Color Universal Design; each state has a form of its own as well.
OUTLINE = "#404040"
ENAMEL = "#ffffff"
ROOT = "#f0e2c4"
FAINT = "#9a9a9a"
MISSING = "#d55e00"
IMPLANT = "#0072b2"
PONTIC = "#e69f00"
MILK_TOOTH = "#56b4e9"
UNERUPTED = "#cc79a7"
UNSURE = "#ececec"
SHADES = ("#ffffff", "#fdae4b", "#c4440b", "#4a1500")


class Symbol:
    """Draws the tooth of one place.

    Args:
        draw: Of the picture.
        place: FDI number of the place.
        edge: (x, y) the middle of its biting edge, in pixels.
        size: (width, height) of the tooth, in pixels.
        line: Width of lines, in pixels.
    """

    def __init__(
        self,
        draw: ImageDraw.ImageDraw,
        place: int,
        edge: tuple[float, float],
        size: tuple[float, float],
        line: int,
    ) -> None:
        self._draw = draw
        self._group = group(place)
        self._milk_group = group(milk_tooth_before(place) or place)
        self._edge = np.array(edge)
        self._scale = np.array([size[0], -size[1] if is_upper(place) else size[1]])
        self._line = line

    def draw(self, state: State) -> None:
        """Draw the symbol of a state."""
        drawing: Mapping[State, Callable[[], None]] = {
            "present": self._present,
            "missing": self._missing,
            "implant": self._implant,
            "pontic": self._pontic,
            "milk tooth": self._milk_tooth,
            "unerupted": self._unerupted,
            "unsure": self._unsure,
        }
        drawing[state]()

    def fill(self, colour: str) -> None:
        """Draw the tooth in one colour."""
        self._polygon(tooth_outline(self._group), colour)

    def _present(self) -> None:
        self._polygon(tooth_outline(self._group), ROOT)
        self._polygon(crown_outline(self._group), ENAMEL)

    def _missing(self) -> None:
        self._dashed(tooth_outline(self._group), FAINT)
        for start, end in (((-0.48, 0.02), (0.48, 0.98)), ((0.48, 0.02), (-0.48, 0.98))):
            self._draw.line(self._points(np.array([start, end])), MISSING, 2 * self._line)

    def _implant(self) -> None:
        """Draw a crown on a screw."""
        screw = np.array([(-0.22, NECK), (0.22, NECK), (0.14, 0.98), (-0.14, 0.98)])
        self._polygon(screw, IMPLANT)
        for depth in np.arange(NECK + 0.08, 0.96, 0.09):
            half = 0.34 - 0.2 * (depth - NECK)
            thread = np.array([(-half, depth - 0.015), (half, depth + 0.015)])
            self._draw.line(self._points(thread), IMPLANT, 2 * self._line)
        self._polygon(crown_outline(self._group), ENAMEL)

    def _pontic(self) -> None:
        """Draw a crown without a root, held at both sides."""
        bar = np.array([(-0.62, 0.2), (0.62, 0.2)])
        self._draw.line(self._points(bar), OUTLINE, 3 * self._line)
        self._polygon(crown_outline(self._group), PONTIC)

    def _milk_tooth(self) -> None:
        """Draw a smaller tooth."""
        outline, crown = (
            shape(self._milk_group) * (MILK_WIDTH, MILK_HEIGHT)
            for shape in (tooth_outline, crown_outline)
        )
        self._polygon(outline, MILK_TOOTH)
        self._polygon(crown, MILK_TOOTH)

    def _unerupted(self) -> None:
        """Draw a crown deep in the jaw, in its follicle."""
        angles = np.linspace(0, 2 * np.pi, 60)
        follicle = np.stack([0.52 * np.cos(angles), 0.66 + 0.33 * np.sin(angles)], axis=1)
        self._dashed(follicle, OUTLINE)
        crown = crown_outline(self._group) * (0.72, 0.95) + (0, 0.46)
        self._polygon(crown, UNERUPTED)

    def _unsure(self) -> None:
        outline = tooth_outline(self._group)
        self._draw.polygon(self._points(outline), UNSURE)
        self._dashed(outline, FAINT)
        size = float(min(0.9 * abs(self._scale[0]), 0.4 * abs(self._scale[1])))
        self._draw.text(
            self._points(np.array([(0, 0.36)]))[0],
            "?",
            OUTLINE,
            ImageFont.load_default(max(1, size)),
            anchor="mm",
            stroke_width=self._line / 2,
            stroke_fill=OUTLINE,
        )

    def _polygon(self, outline: Points, fill: str) -> None:
        points = self._points(outline)
        self._draw.polygon(points, fill)
        self._draw.line([*points, *points[:2]], OUTLINE, self._line, joint="curve")

    def _dashed(self, outline: Points, colour: str) -> None:
        points = self._points(np.concatenate([outline, outline[:1]]))
        steps = np.hypot(*np.diff(points, axis=0).T)
        dashes = (np.cumsum(steps) // (5 * self._line)).astype(int) % 2 == 0
        for start, end, is_drawn in zip(points, points[1:], dashes.tolist(), strict=False):
            if is_drawn:
                self._draw.line([start, end], colour, self._line)

    def _points(self, outline: Points) -> list[tuple[float, float]]:
        return [(float(x), float(y)) for x, y in self._edge + outline * self._scale]


@cache
def tooth_outline(tooth_group: Group) -> Points:
    """Return the outline of a tooth of a group."""
    half = np.array(_HALVES[tooth_group], float)
    other = half[::-1] * (-1, 1)
    inner = other[1:-1] if half[-1, 0] == 0 else other[:-1]
    return _smooth(np.concatenate([half, inner]))


@cache
def crown_outline(tooth_group: Group) -> Points:
    """Return the outline of the crown of a tooth of a group."""
    half = np.array([point for point in _HALVES[tooth_group] if point[1] <= NECK], float)
    return _smooth(np.concatenate([half, half[:0:-1] * (-1, 1)]))


def _smooth(corners: Points, steps: int = 12) -> Points:
    """Return a closed curve through points (Catmull and Rom 1974)."""
    before, after = np.roll(corners, 1, axis=0), np.roll(corners, -1, axis=0)
    beyond = np.roll(corners, -2, axis=0)
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (points[:, None, :] for points in (before, corners, after, beyond))
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    smooth = np.asarray(curve.reshape(-1, 2))
    smooth.setflags(write=False)  # kept for all that is drawn later
    return smooth


def shade(share: float) -> str:
    """Return a colour from white over orange to dark brown, for shares from 0 to 1.

    Each is darker than those before, so that a print in black and white tells the same.
    """
    stops = np.array([ImageColor.getrgb(colour) for colour in SHADES], float)
    levels = [np.interp(share, np.linspace(0, 1, len(stops)), level) for level in stops.T]
    return "#" + "".join(f"{round(float(level)):02x}" for level in levels)
