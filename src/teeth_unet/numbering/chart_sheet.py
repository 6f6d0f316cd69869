"""The sheet of an odontogram: 32 places as a dentist sees the patient, and lines of text."""

from collections.abc import Iterator
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from teeth_unet.numbering.tooth_symbols import Symbol
from teeth_unet.tooth_numbers import is_right, is_upper

WIDTH = 1200
"""Of the picture, in pixels."""

FINE = 3
"""How many times as large a sheet is drawn before it is reduced, so that lines are smooth."""

TEXT = "#1a1a1a"
GREY = "#6a6a6a"
WIDTHS = (56, 56, 58, 62, 62, 78, 76, 70)
"""Of the places, from the middle outwards."""

HEIGHTS = (112, 106, 126, 114, 112, 112, 110, 104)
"""Of the teeth, from the middle outwards."""

GAP = 22
"""Between the two sides."""

TOOTH = 0.82
"""Width of a tooth, in those of its place."""


class Sheet:
    """A white sheet that is drawn on in pixels of the picture that it becomes.

    Args:
        height: In pixels.
        middle: Where the line between the jaws is, in pixels from the top.
        away: How far the biting edges are from that line, in pixels.
    """

    def __init__(self, height: int, middle: int, away: int) -> None:
        self._image = Image.new("RGB", (WIDTH * FINE, height * FINE), "white")
        self._draw = ImageDraw.Draw(self._image)
        self.middle = middle
        self.away = away

    def lines(self) -> None:
        """Draw the lines between the jaws and between the sides, and write which side is which."""
        left, right = self.centre(18) - WIDTHS[-1] / 2, self.centre(28) + WIDTHS[-1] / 2
        reach = self.away + max(HEIGHTS) + 8
        self.line((left, self.middle), (right, self.middle), GREY)
        self.line((WIDTH / 2, self.middle - reach), (WIDTH / 2, self.middle + reach), GREY)
        self.write("R", (left / 2, self.middle), 26, GREY)
        self.write("L", ((WIDTH + right) / 2, self.middle), 26, GREY)

    def symbol(self, place: int) -> Symbol:
        """Return the symbol of the tooth at a place, by its FDI number."""
        nth = place % 10 - 1
        size = TOOTH * WIDTHS[nth], HEIGHTS[nth]
        return self.symbol_at(place, (self.centre(place), self.row(place, self.away)), size)

    def symbol_at(self, place: int, edge: tuple[float, float], size: tuple[float, float]) -> Symbol:
        """Return the symbol of the tooth of a place somewhere else."""
        x, y, width, height = (FINE * length for length in (*edge, *size))
        return Symbol(self._draw, place, (x, y), (width, height), FINE)

    def centre(self, place: int) -> float:
        """Return where a place is, in pixels from the left."""
        nth = place % 10
        aside = GAP / 2 + sum(WIDTHS[:nth]) - WIDTHS[nth - 1] / 2
        return WIDTH / 2 + (-aside if is_right(place) else aside)

    def height(self, place: int) -> float:
        """Return how high the tooth at a place is, in pixels."""
        return float(HEIGHTS[place % 10 - 1])

    def row(self, place: int, away: float) -> float:
        """Return what is that far from the line between the jaws, in pixels from the top."""
        return self.middle + (-away if is_upper(place) else away)

    def write(
        self,
        text: str,
        at: tuple[float, float],
        size: float,
        colour: str = TEXT,
        anchor: str = "mm",
        bold: bool = False,
    ) -> None:
        """Write a line of text, see Pillow for its anchor."""
        self._draw.text(
            (at[0] * FINE, at[1] * FINE),
            text,
            colour,
            _font(size),
            anchor=anchor,
            stroke_width=0.35 * FINE if bold else 0,
        )

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str) -> None:
        """Draw a line."""
        self._draw.line([(x * FINE, y * FINE) for x, y in (start, end)], colour, FINE)

    def bar(self, box: tuple[float, float, float, float], colour: str) -> None:
        """Fill a rectangle."""
        self._draw.rectangle([round(side * FINE) for side in box], colour)

    def picture(self) -> Image.Image:
        """Return the sheet as a picture."""
        return self._image.reduce(FINE)


def text_width(text: str, size: float) -> float:
    """Return how wide a text is, in pixels."""
    return float(_font(size).getlength(text)) / FINE


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """Return the lines of a text, of that many at most; an ellipsis ends what is shortened."""
    lines = list(_lines(text, size, width))
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and text_width(f"{last} …", size) > width:
        last = last.rpartition(" ")[0]
    return [*lines[: most - 1], f"{last} …".strip()]


def _lines(text: str, size: float, width: float) -> Iterator[str]:
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and text_width(longer, size) > width:
            yield line
            longer = word
        line = longer
    if line:
        yield line


@cache
def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size * FINE)
