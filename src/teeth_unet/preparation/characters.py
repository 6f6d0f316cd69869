"""What a mask is by itself, from its survey."""

from collections.abc import Sequence
from statistics import median
from typing import Literal

from teeth_unet.imaging import MarkedLevel, MaskSurvey

Character = Literal["empty", "single", "labels", "classes", "picture"]
"""`single`: one level on black; `labels`: several, each in one place; `classes`: several, anywhere;
`picture`: hardly any level has an area, or hardly anything is black, as in X-rays."""

MOST_OTHERS = 0.05
"""Share of what is marked that may lie in areas of other levels than the one of tooth.

Published masks of one level have up to .012: rims, corrected by hand.
"""

LEAST_BLACK = 0.3
"""Share of the picture that is background in any mask of several levels; about .8 is usual."""

LEAST_PLAIN = 0.3
"""Share of the marked pixels that have a frequent level: .47 and more in JPEG masks of colours."""

WIDEST_TOOTH = 0.15
"""Share of a panoramic X-ray's width that one tooth takes at most."""

LEAST_LOSSY = 64
"""Lower levels than this JPEG cannot tell from each other: they may be numbers."""


def character(survey: MaskSurvey) -> Character:
    """Tell what a mask is by itself."""
    if not survey.levels:
        return "empty"
    if survey.plain < LEAST_PLAIN * survey.marked and len(survey.levels) > 1:
        return "picture"
    areas = sum(level.pixels for level in survey.levels)
    first = survey.levels[0]
    if areas - first.pixels <= MOST_OTHERS * areas:
        return "picture" if survey.lossy and first.strength < LEAST_LOSSY else "single"
    if survey.marked > (1 - LEAST_BLACK) * survey.pixels:
        return "picture"
    if survey.lossy and not survey.coloured:
        return "picture"
    return "labels" if median_spread(survey.levels) <= WIDEST_TOOTH else "classes"


def median_spread(levels: Sequence[MarkedLevel]) -> float:
    """Return how wide the levels are spread, as their median."""
    return median(level.spread for level in levels)


def levels_in_words(survey: MaskSurvey, listed: int = 6) -> str:
    """Name the levels of a mask that have areas, the most frequent first."""
    areas = sum(level.pixels for level in survey.levels) or 1
    told = [
        f"{_name(level, survey.coloured)} ({level.pixels / areas:.0%})"
        for level in survey.levels[:listed]
    ]
    more = len(survey.levels) - listed
    return ", ".join(told) + (f" and {more} more" if more > 0 else "")


def _name(level: MarkedLevel, coloured: bool) -> str:
    if coloured and level.number > 0xFF:
        return f"#{level.number:06x}"
    return str(level.number)
