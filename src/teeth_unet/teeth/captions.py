"""Captions of teeth: small numbers next to the roots, none on a tooth or on another caption."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from teeth_unet.teeth.colours import BLACK, WHITE, Colour
from teeth_unet.teeth.measuring import Tooth

LETTERS = 1 / 88  # height of letters, in picture widths
SMALLEST_LETTERS = 9  # in pixels
CELL = 1 / 4  # how finely free places are looked for, in heights of letters
SIDEWAYS = (0, -1, 1, -2, 2, -3, 3, -4, 4, -6, 6, -8, 8)  # where it may move, in quarter widths
LIGHTER = 0.35  # share of white in the colour of letters: thin strokes look darker than lines
KEY = "beside each tooth: place from the left, length, width in px"

Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels


class Captions:
    """Writes on a picture, and keeps in mind where something is written or a tooth stands.

    Args:
        picture: RGB; written on in place.
        teeth: (h, w) where teeth are.
    """

    def __init__(self, picture: Image.Image, teeth: NDArray[np.bool_]) -> None:
        size = max(SMALLEST_LETTERS, round(LETTERS * picture.width))
        self.letters = size
        self._font = ImageFont.load_default(size)
        self._halo = max(1, size // 8)
        self._draw = ImageDraw.Draw(picture)
        self._size = picture.size
        self._cell = max(1, int(CELL * size))
        self._taken = _any_of_cells(teeth, self._cell)

    def write(self, text: str, box: Box, colour: Colour) -> None:
        """Write a text into a box of its size, and take the place."""
        left, top, *_ = box
        self._draw.multiline_text(
            (left + self._halo, top + self._halo),
            text,
            fill=colour,
            font=self._font,
            spacing=0,
            align="center",
            stroke_width=self._halo,
            stroke_fill=BLACK,
        )
        self._taken[self._cells(box)] = True

    def write_in_corner(self, text: str, corners: Sequence[tuple[int, int]]) -> None:
        """Write a line in white into the least crowded of corners (right 1 or 0, bottom 1 or 0)."""
        size, margin = np.array(self.measure(text)), self.letters / 2
        room = np.array(self._size) - size - 2 * margin
        starts = [margin + room * corner for corner in corners]
        boxes: list[Box] = [(*start.tolist(), *(start + size).tolist()) for start in starts]
        self.write(text, min(boxes, key=self.crowding), WHITE)

    def lead(self, start: tuple[float, float], end: tuple[float, float], colour: Colour) -> None:
        """Draw a thin line from a tooth to its caption."""
        self._draw.line([start, end], fill=colour, width=max(1, self.letters // 14))

    def measure(self, text: str) -> tuple[float, float]:
        """Return width and height of a text with its halo, in pixels."""
        left, top, right, bottom = self._draw.multiline_textbbox(
            (0, 0), text, font=self._font, spacing=0, stroke_width=self._halo
        )
        return right - left, bottom - top

    def crowding(self, box: Box) -> float:
        """Return which share of a box is taken, from 0 to 1; 0 of one outside the picture."""
        taken = self._taken[self._cells(box)]
        return float(taken.mean()) if taken.size else 0.0

    def pushed_in(self, box: Box) -> Box:
        """Return a box moved into the picture, as far as it fits."""
        left, top, right, bottom = box
        width, height = self._size
        across = max(0, -left) - max(0, right - width)
        down = max(0, -top) - max(0, bottom - height)
        return left + across, top + down, right + across, bottom + down

    def _cells(self, box: Box) -> tuple[slice, slice]:
        left, top, right, bottom = np.clip(np.array(box) / self._cell, 0, None).tolist()
        return slice(int(top), int(np.ceil(bottom))), slice(int(left), int(np.ceil(right)))


def write_captions(
    captions: Captions,
    teeth: Sequence[Tooth],
    colours: Sequence[Colour],
    enlarged: float = 1.0,
    counted: Sequence[Tooth] | None = None,
) -> None:
    """Write the number of teeth into the corner, and to each tooth its order, length and width.

    Args:
        captions: Of the picture.
        teeth: Measured in it.
        colours: Of the teeth.
        enlarged: By what lengths and widths are multiplied before they are written down.
        counted: Those that count as teeth; None for all.
    """
    captions.write_in_corner(count_teeth(teeth if counted is None else counted), [(0, 0)])
    for tooth, colour in zip(teeth, colours, strict=True):
        text = f"{tooth.order}\n{enlarged * tooth.length:.0f}\n{enlarged * tooth.width:.0f}"
        box = _find_place(captions, tooth, captions.measure(text))
        tip, near = _root_tip(tooth), _nearest(box, _root_tip(tooth))
        if np.hypot(tip[0] - near[0], tip[1] - near[1]) > captions.letters:
            captions.lead(tip, near, colour)
        captions.write(text, box, _lightened(colour))
    if teeth:
        captions.write_in_corner(KEY, [(0, 1), (1, 1), (1, 0)])


def count_teeth(teeth: Sequence[Tooth]) -> str:
    """Return how many teeth there are, in words.

    Example:
        >>> count_teeth([])
        'no teeth'
    """
    upper = sum(tooth.jaw == "upper" for tooth in teeth)
    if not teeth:
        return "no teeth"
    noun = "tooth" if len(teeth) == 1 else "teeth"
    return f"{len(teeth)} {noun}: {upper} upper, {len(teeth) - upper} lower"


def _find_place(captions: Captions, tooth: Tooth, size: tuple[float, float]) -> Box:
    """Return the free box nearest to the root tip; if there is none, the least crowded one."""
    places = _places(captions, tooth, size)
    best = next(places)
    least = captions.crowding(best)
    for box in places:
        if least == 0:
            break
        crowding = captions.crowding(box)
        if crowding < least:
            least, best = crowding, box
    return best


def _places(captions: Captions, tooth: Tooth, size: tuple[float, float]) -> Iterator[Box]:
    """Yield boxes further and further from the bite, those straight above the root first."""
    x, y = _root_tip(tooth)
    width, height = size
    outwards = -1 if tooth.jaw == "upper" else 1
    steps = int(8 * height / captions.letters)
    for step in range(steps):
        middle = y + outwards * (height / 2 + captions.letters * (0.25 + 0.5 * step))
        for aside in SIDEWAYS[: 1 + 4 * step]:
            left, top = x + (aside / 4 - 0.5) * width, middle - height / 2
            yield captions.pushed_in((left, top, left + width, top + height))


def _root_tip(tooth: Tooth) -> tuple[float, float]:
    """Return the end (x, y) of the long axis that lies further from the bite."""
    right, down = tooth.rising_axis
    reach = tooth.length / 2 * (1 if tooth.jaw == "upper" else -1)
    return tooth.centre[0] + reach * right, tooth.centre[1] + reach * down


def _lightened(colour: Colour) -> Colour:
    red, green, blue = (round(level + LIGHTER * (255 - level)) for level in colour)
    return red, green, blue


def _nearest(box: Box, point: tuple[float, float]) -> tuple[float, float]:
    """Return the point of a box nearest to another point."""
    left, top, right, bottom = box
    return min(max(point[0], left), right), min(max(point[1], top), bottom)


def _any_of_cells(mask: NDArray[np.bool_], cell: int) -> NDArray[np.bool_]:
    """Return which cells of so many pixels a side hold any pixel of a mask."""
    height, width = mask.shape
    padded = np.pad(mask, ((0, -height % cell), (0, -width % cell)))
    cells = padded.reshape(padded.shape[0] // cell, cell, -1, cell)
    return np.asarray(cells.any(axis=(1, 3)))
