"""The chart of a mouth as a picture, as dentists draw it."""

from collections import Counter
from typing import get_args

from PIL import Image

from teeth_unet.numbering.chart_sheet import WIDTH, Sheet, text_width, wrapped
from teeth_unet.numbering.charting import Chart, State
from teeth_unet.numbering.tooth_symbols import MILK_HEIGHT
from teeth_unet.tooth_numbers import Notation, milk_tooth_before, write_number

HEIGHT = 570
MIDDLE = 232
AWAY = 44
MARGIN = 40
LETTERS = 18
"""Height of letters, in pixels."""

LEGEND = 456
"""Where the middle of the legend is, in pixels from the top."""

REVIEW = 512
"""Where the first line below it is."""


def draw_odontogram(chart: Chart, notation: Notation = "fdi") -> Image.Image:
    """Draw the chart of a mouth.

    The patient's right is on the left. Each place has its number and a symbol of what is there,
    which a legend explains; a milk tooth has its own number too. Symbols differ in form and
    lightness, so that a print in black and white tells the same.

    Args:
        chart: What is at the places.
        notation: Of the numbers.

    Returns:
        RGB picture, 1,200 pixels wide.
    """
    sheet = Sheet(HEIGHT, MIDDLE, AWAY)
    sheet.lines()
    sheet.write(_in_words(chart), (MARGIN, 28), 22, anchor="lm", bold=True)
    for place, state in chart.states.items():
        sheet.symbol(place).draw(state)
        number = write_number(place, notation)
        sheet.write(number, (sheet.centre(place), sheet.row(place, AWAY / 2)), 21, bold=True)
        milk_tooth = milk_tooth_before(place)
        if state == "milk tooth" and milk_tooth:
            number = write_number(milk_tooth, notation)
            below = sheet.row(place, AWAY + MILK_HEIGHT * sheet.height(place) + 14)
            sheet.write(number, (sheet.centre(place), below), 16)
    _write_legend(sheet, chart)
    _write_review(sheet, chart)
    return sheet.picture()


def _in_words(chart: Chart) -> str:
    """Return of which dentition a mouth is."""
    if chart.dentition == "unsure":
        return "Dentition unsure"
    return f"{chart.dentition.capitalize()} dentition"


def _write_legend(sheet: Sheet, chart: Chart) -> None:
    """Write what the symbols mean, and how many there are of each."""
    counts = Counter(chart.states.values())
    left = float(MARGIN)
    for state in get_args(State):
        if counts[state]:
            text = f"{state}: {counts[state]}"
            sheet.symbol_at(34, (left + 13, LEGEND - 28), (26, 56)).draw(state)
            sheet.write(text, (left + 38, LEGEND), LETTERS, anchor="lm")
            left += 38 + text_width(text, LETTERS) + 32


def _write_review(sheet: Sheet, chart: Chart) -> None:
    """Write why a person should look at the numbers, in two lines at most."""
    if chart.review:
        reasons = f"For review: {' '.join(chart.review)}"
        for nth, line in enumerate(wrapped(reasons, LETTERS, WIDTH - 2 * MARGIN, 2)):
            sheet.write(line, (MARGIN, REVIEW + 26 * nth), LETTERS, anchor="lm")
