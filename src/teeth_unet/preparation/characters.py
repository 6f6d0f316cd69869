"""What a mask is by itself, from its survey."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from teeth_unet.imaging import OF_INDEX_0, MarkedLevel, MaskSurvey

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


CRISP = 0.8
"""Share of what is marked that lies in areas of one level where nothing is noise."""

NOISE = 15
"""Levels by which JPEG misses black and the level of tooth."""

RARE = 0.1
"""So much rarer than tooth such levels are, in areas."""


def character(survey: MaskSurvey) -> Character:
    """Tell what a mask is by itself."""
    if not survey.levels:
        return "empty"
    survey = _without_noise(survey)
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
    return "labels" if mean_spread(survey.levels) <= WIDEST_TOOTH else "classes"


def _without_noise(survey: MaskSurvey) -> MaskSurvey:
    """Leave out rare levels next to black and to tooth, in a mask that is not crisp."""
    first = survey.levels[0]
    if survey.plain >= CRISP * survey.marked or first.strength < LEAST_LOSSY:
        return survey
    kept = [
        level
        for level in survey.levels
        if level.pixels > RARE * first.pixels
        or NOISE < level.strength < first.strength - NOISE
        or level.strength > first.strength + NOISE
    ]
    return replace(survey, levels=tuple(kept))


def mean_spread(levels: Sequence[MarkedLevel]) -> float:
    """Return how wide the levels are spread, on average over their pixels."""
    areas = sum(level.pixels for level in levels)
    return sum(level.spread * level.pixels for level in levels) / areas


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
    if level.number == OF_INDEX_0 and 1 < level.strength < OF_INDEX_0:  # else a colour, or 16 bits
        return "index 0 of the palette"
    if coloured and level.number > 0xFF:
        return f"#{level.number:06x}"
    return str(level.number)
