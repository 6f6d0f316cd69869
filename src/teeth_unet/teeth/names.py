"""Names of teeth: short texts in the teeth, or beside those that are too small for them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from teeth_unet.teeth.colours import BLACK, WHITE, Colour

LETTERS = 1 / 64  # height of letters, in picture widths: 16 px where it is 1,000 px wide
SMALLEST_LETTERS = 9  # in pixels
CELL = 1 / 5  # how finely places are looked for, in heights of letters
STEP = 1 / 2  # how far places that are tried lie apart, in heights of letters
REACH = 12  # how far off its tooth a name may be, in heights of letters
APART = 1 / 8  # how far apart names are, in heights of letters
ON_OTHERS = 4  # what it costs to lie on other teeth, where a height of letters away costs 1/4

Places = NDArray[np.float64]
"""(n, 4) boxes: left, top, right, bottom, in pixels."""


@dataclass(frozen=True)
class Anchor:
    """Where a name belongs.

    Attributes:
        label: Of the tooth.
        place: (x, y) the point of the tooth that is furthest from its outline, in pixels.
        depth: How far that is, in pixels.
    """

    label: int
    place: tuple[float, float]
    depth: float


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
    letters = max(SMALLEST_LETTERS, round(LETTERS * picture.width))
    pen = _Pen(picture, letters)
    cell = max(1, int(CELL * letters))
    cells = labels[::cell, ::cell]
    written: list[list[float]] = []
    for anchor in _anchors(cells, cell, names):
        name = names[anchor.label]
        places = _places(anchor.place, pen.measure(name), picture.size, letters)
        own, others = (
            _shares(places, mask, cell)
            for mask in (cells == anchor.label, (cells != 0) & (cells != anchor.label))
        )
        costs = ON_OTHERS * others + np.arange(len(places)) * 0
        costs = costs + _distances(places, anchor.place) / letters / 4
        free = ~_meet(places, written, APART * letters)
        if not free.any():
            continue
        best = int(np.where(free, costs, np.inf).argmin())
        box = places[best].tolist()
        if own[best] == 0:
            pen.lead(anchor.place, box, colours[anchor.label])
        pen.write(name, box)
        written.append(box)


class _Pen:
    """Writes white letters with a black rim."""

    def __init__(self, picture: Image.Image, letters: int) -> None:
        self._draw = ImageDraw.Draw(picture)
        self._font = ImageFont.load_default(letters)
        self._halo = max(1, letters // 8)

    def measure(self, text: str) -> tuple[float, float]:
        """Return width and height of a text with its rim, in pixels."""
        left, top, right, bottom = self._draw.textbbox(
            (0, 0), text, font=self._font, stroke_width=self._halo
        )
        return right - left, bottom - top

    def write(self, text: str, box: list[float]) -> None:
        """Write a text into a box of its size."""
        left, top, right, bottom = box
        self._draw.text(
            ((left + right) / 2, (top + bottom) / 2),
            text,
            fill=WHITE,
            font=self._font,
            anchor="mm",
            stroke_width=self._halo,
            stroke_fill=BLACK,
        )

    def lead(self, start: tuple[float, float], box: list[float], colour: Colour) -> None:
        """Draw a thin line from a point to the nearest one of a box."""
        left, top, right, bottom = box
        end = min(max(start[0], left), right), min(max(start[1], top), bottom)
        self._draw.line([start, end], fill=colour, width=self._halo)


def _anchors(cells: NDArray[np.integer], cell: int, names: Mapping[int, str]) -> list[Anchor]:
    """Return where names belong, those with most room first."""
    anchors = []
    for label, window in enumerate(ndimage.find_objects(cells), 1):
        if window is None or not names.get(label):
            continue
        depths = ndimage.distance_transform_edt(np.pad(cells[window] == label, 1))[1:-1, 1:-1]
        row, column = np.unravel_index(int(depths.argmax()), depths.shape)
        x, y = (window[1].start + column + 0.5) * cell, (window[0].start + row + 0.5) * cell
        anchors.append(Anchor(label, (float(x), float(y)), float(depths.max()) * cell))
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


def _shares(places: Places, mask: NDArray[np.bool_], cell: int) -> NDArray[np.float64]:
    """Return which share of each box a mask, of so many pixels a cell, covers."""
    sums = np.zeros((mask.shape[0] + 1, mask.shape[1] + 1))
    sums[1:, 1:] = mask.cumsum(axis=0).cumsum(axis=1)
    limits = np.array([mask.shape[1], mask.shape[0]] * 2)
    left, top, right, bottom = np.clip(np.rint(places / cell).astype(int), 0, limits).T
    within = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
    return np.asarray(within / np.maximum(1, (right - left) * (bottom - top)))
