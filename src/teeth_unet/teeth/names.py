"""Names of teeth: short texts in the teeth, or beside those that are too small for them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from teeth_unet.teeth.colours import BLACK, WHITE, Colour

LETTERS = 1 / 64  # height of letters, in picture widths: 16 px where it is 1,000 px wide
SMALLEST_LETTERS = 10  # in pixels
CELL = 1 / 5  # how finely places are looked for, in heights of letters
STEP = 1 / 2  # how far places that are tried lie apart, in heights of letters
REACH = 12  # how far off its tooth a name may be, in heights of letters
APART = 1 / 8  # how far apart names are, in heights of letters
ON_OTHERS = 16  # heights of letters that a name goes rather than to lie on other teeth

Window = tuple[slice, slice]
Places = NDArray[np.float64]
"""(n, 4) boxes: left, top, right, bottom, in pixels."""


@dataclass(frozen=True)
class Anchor:
    """Where a name belongs.

    Attributes:
        label: Of the tooth.
        place: (x, y) the point of the tooth that is furthest from its outline, in pixels.
        depth: How far that is, in cells.
        window: Rows and columns of cells that the tooth reaches over.
    """

    label: int
    place: tuple[float, float]
    depth: float
    window: Window


def write_names(
    picture: Image.Image,
    labels: NDArray[np.integer],
    names: Mapping[int, str],
    colours: Mapping[int, Colour],
) -> None:
    """Write the name of each tooth where the tooth is widest, or as near to that as there is room.

    No name lies on another one; as little as possible of it on another tooth. From a name that
    does not touch its tooth a thin line leads there. In a picture without room for all names,
    those of the smallest teeth are left out.

    Args:
        picture: RGB; written on in place.
        labels: (h, w) of its size, 0 for background.
        names: By label; those that are not in the picture are passed over.
        colours: By label, of the lines.
    """
    pen = _Pen(picture)
    cell = max(1, int(CELL * pen.letters))
    cells = labels[::cell, ::cell]
    teeth = _Cover(cells != 0, cell)
    written: list[list[float]] = []
    for anchor in _anchors(cells, cell, names):
        name = names[anchor.label]
        places = _places(anchor.place, pen.measure(name), picture.size, pen.letters)
        own = _Cover(cells[anchor.window] == anchor.label, cell, anchor.window).shares(places)
        away = _distances(places, anchor.place) / pen.letters
        costs = away + ON_OTHERS * (teeth.shares(places) - own)
        costs[_meet(places, written, APART * pen.letters)] = np.inf
        best = int(costs.argmin())
        if np.isinf(costs[best]):
            continue
        box = places[best].tolist()
        if own[best] == 0:
            pen.lead(anchor.place, box, colours[anchor.label])
        pen.write(name, box)
        written.append(box)


class _Pen:
    """Writes white letters with a black rim."""

    def __init__(self, picture: Image.Image) -> None:
        self.letters = max(SMALLEST_LETTERS, round(LETTERS * picture.width))
        self._draw = ImageDraw.Draw(picture)
        self._font = ImageFont.load_default(self.letters)
        self._halo = max(1, self.letters // 8)

    def measure(self, text: str) -> tuple[float, float]:
        """Return width and height of a text with its rim, in pixels."""
        left, top, right, bottom = self._ink(text)
        return right - left, bottom - top

    def write(self, text: str, box: list[float]) -> None:
        """Write a text into a box of its size."""
        left, top, *_ = self._ink(text)
        start = round(box[0] - left), round(box[1] - top)
        self._draw.text(
            start,
            text,
            fill=WHITE,
            font=self._font,
            stroke_width=self._halo,
            stroke_fill=BLACK,
        )

    def _ink(self, text: str) -> tuple[float, float, float, float]:
        """Return where a text has ink if it is written at (0, 0)."""
        return self._draw.textbbox((0, 0), text, font=self._font, stroke_width=self._halo)

    def lead(self, start: tuple[float, float], box: list[float], colour: Colour) -> None:
        """Draw a thin line from a point to the nearest one of a box."""
        left, top, right, bottom = box
        end = min(max(start[0], left), right), min(max(start[1], top), bottom)
        self._draw.line([start, end], fill=colour, width=self._halo)


class _Cover:
    """Tells which share of boxes a mask covers.

    Args:
        mask: (rows, columns) of cells.
        cell: Pixels a side of a cell.
        window: Where in the picture the mask is, in cells; nothing is covered around it.
    """

    def __init__(
        self, mask: NDArray[np.bool_], cell: int, window: Window = (slice(0), slice(0))
    ) -> None:
        self._sums = np.pad(mask.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
        self._cell = cell
        self._start = np.array([window[1].start or 0, window[0].start or 0] * 2)

    def shares(self, places: Places) -> NDArray[np.float64]:
        """Return (n,) the share of each box that is covered."""
        sides = np.rint(places / self._cell).astype(int) - self._start
        rows, columns = self._sums.shape
        left, top, right, bottom = np.clip(sides, 0, [columns - 1, rows - 1] * 2).T
        sums = self._sums
        within = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        areas = np.maximum(1, (sides[:, 2] - sides[:, 0]) * (sides[:, 3] - sides[:, 1]))
        return np.asarray(within / areas)


def _anchors(cells: NDArray[np.integer], cell: int, names: Mapping[int, str]) -> list[Anchor]:
    """Return where names belong, those with most room first."""
    anchors = []
    for label, window in enumerate(ndimage.find_objects(cells), 1):
        if window is None or not names.get(label):
            continue
        rows, columns = window
        depths = ndimage.distance_transform_edt(np.pad(cells[window] == label, 1))[1:-1, 1:-1]
        row, column = np.unravel_index(int(depths.argmax()), depths.shape)
        place = (columns.start + column + 0.5) * cell, (rows.start + row + 0.5) * cell
        anchors.append(Anchor(label, place, float(depths.max()), (rows, columns)))
    return sorted(anchors, key=lambda anchor: -anchor.depth)


def _places(
    anchor: tuple[float, float], text: tuple[float, float], size: tuple[int, int], letters: int
) -> Places:
    """Return boxes around a point that lie in a picture, the nearest ones first."""
    steps = np.arange(-REACH, REACH + STEP, STEP) * letters
    across, down = (offsets.ravel() for offsets in np.meshgrid(steps, steps))
    order = np.argsort(np.hypot(across, down), kind="stable")
    centres = np.stack([across, down], axis=1)[order] + anchor
    starts = np.clip(centres - np.array(text) / 2, 0, np.maximum(0, np.array(size) - text))
    return np.concatenate([starts, starts + text], axis=1)


def _distances(places: Places, point: tuple[float, float]) -> NDArray[np.float64]:
    centres = (places[:, :2] + places[:, 2:]) / 2
    return np.asarray(np.hypot(*(centres - point).T))


def _meet(places: Places, written: list[list[float]], apart: float) -> NDArray[np.bool_]:
    """Return which boxes lie on any of others, or nearer to it than they may."""
    if not written:
        return np.zeros(len(places), bool)
    others = np.array(written)
    begins = np.maximum(places[:, None, :2], others[None, :, :2])
    ends = np.minimum(places[:, None, 2:], others[None, :, 2:])
    return np.asarray((ends - begins > -apart).all(axis=2).any(axis=1))
