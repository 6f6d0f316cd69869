"""The chart of a mouth as a picture, as dentists draw it."""

from collections import Counter
from typing import get_args

from PIL import Image

from teeth_unet.numbering.chart_sheet import WIDTH, Sheet, text_width, wrapped
from teeth_unet.numbering.charting import Chart, State
from teeth_unet.tooth_numbers import Notation, write_number

HEIGHT = 560
MIDDLE = 220
AWAY = 44
MARGIN = 40
SMALL = 18
"""Height of letters, in pixels."""

LEGEND = 420
REVIEW = 490


def draw_odontogram(chart: Chart, notation: Notation = "fdi") -> Image.Image:
    """Draw the chart of a mouth.

    The patient's right is on the left. Each place has its number and a symbol of what is there,
    which a legend explains; a milk tooth has its own number too. Forms differ, not colours alone.

    Args:
        chart: What is at the places.
        notation: Of the numbers.

    Returns:
        RGB picture, 1,200 pixels wide.
    """
    sheet = Sheet(HEIGHT, MIDDLE, AWAY)
    sheet.lines()
    for place, state in chart.states.items():
        sheet.symbol(place).draw(state)
        number = write_number(place, notation)
        sheet.write(number, (sheet.centre(place), sheet.row(place, AWAY / 2)), 21, bold=True)
    _write_legend(sheet, chart)
    return sheet.picture()


def _write_legend(sheet: Sheet, chart: Chart) -> None:
    """Write what the symbols mean, of which dentition it is, and why to look at it."""
    counts = Counter(chart.states.values())
    x = float(MARGIN)
    for state in get_args(State):
        if not counts[state]:
            continue
        text = f"{state}: {counts[state]}"
        sheet.symbol_at(34, (x + 12, LEGEND - 24), (22, 48)).draw(state)
        sheet.write(text, (x + 34, LEGEND), SMALL, anchor="lm")
        x += 34 + text_width(text, SMALL) + 30
    sheet.write(f"Dentition: {chart.dentition}", (MARGIN, REVIEW - 30), SMALL, anchor="lm")
    if chart.review:
        reasons = f"For review: {' '.join(chart.review)}"
        for nth, line in enumerate(wrapped(reasons, SMALL, WIDTH - 2 * MARGIN, 2)):
            sheet.write(line, (MARGIN, REVIEW + 26 * nth), SMALL, anchor="lm")
