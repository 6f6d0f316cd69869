"""How often each tooth is missing in a set of X-rays, as a picture."""

from collections.abc import Sequence

from PIL import Image

from teeth_unet.numbering.chart_sheet import GREY, Sheet
from teeth_unet.numbering.charting import Chart
from teeth_unet.numbering.tooth_symbols import shade
from teeth_unet.tooth_numbers import PERMANENT, Notation, write_number

HEIGHT = 520
MIDDLE = 240
AWAY = 66


def draw_missing_teeth(charts: Sequence[Chart], notation: Notation = "fdi") -> Image.Image:
    """Draw how often each tooth is missing.

    Each place has the share of charts in which nothing is there, and n, of how many charts: those
    in which it is unsure what is there are left out.

    Args:
        charts: Of all X-rays.
        notation: Of the numbers.

    Returns:
        RGB picture, 1,200 pixels wide.
    """
    sheet = Sheet(HEIGHT, MIDDLE, AWAY)
    sheet.lines()
    for place in PERMANENT:
        states = [chart.states[place] for chart in charts if chart.states[place] != "unsure"]
        share = states.count("missing") / len(states) if states else None
        if share is None:
            sheet.symbol(place).draw("unsure")
        else:
            sheet.symbol(place).fill(shade(share))
        x = sheet.centre(place)
        sheet.write(write_number(place, notation), (x, sheet.row(place, 20)), 21, bold=True)
        sheet.write(percent(share), (x, sheet.row(place, 48)), 17)
        sheet.write(f"n {len(states)}", (x, sheet.row(place, AWAY + 142)), 13, GREY)
    _write_caption(sheet, len(charts))
    return sheet.picture()


def percent(share: float | None) -> str:
    """Return a share in words; a dash for none."""
    return "-" if share is None else f"{100 * share:.0f} %"


def _write_caption(sheet: Sheet, count: int) -> None:
    left, right, y = 40, 240, HEIGHT - 36
    for x in range(left, right):
        sheet.bar((x, y - 10, x + 1, y + 10), shade((x - left) / (right - left - 1)))
    for share in (0, 0.5, 1):
        sheet.write(percent(share), (left + share * (right - left), y + 22), 13)
    sheet.write(
        f"How often nothing is at a place, in {count} X-rays; n: those in which that is sure",
        (right + 40, y),
        18,
        anchor="lm",
    )
