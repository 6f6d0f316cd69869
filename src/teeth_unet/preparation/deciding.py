"""What the masks of a whole set are: one decision, from the surveys of all of them.

One mask alone can mislead: level 85 of a patient's two may be bone, a filling, or tooth number 85.
In a set most doubts are gone, and those that are left have to be told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
from typing import cast

from teeth_unet import tooth_numbers
from teeth_unet.imaging import MaskSurvey, half
from teeth_unet.preparation.characters import (
    LEAST_LOSSY,
    WIDEST_TOOTH,
    Character,
    character,
    levels_in_words,
    mean_spread,
)
from teeth_unet.preparation.encoding import Coding, Kind, MaskEncoding
from teeth_unet.preparation.settings import Masks

USUAL_LEVEL = 255

FULL_LEVELS = frozenset({1, 255, 4095, 65535})
"""What programs store as white or "true": no doubt that they mean the same."""

SAME_LEVEL = 0.15
"""JPEG and scanners leave white a little darker: so much is no other level."""

LEAST_AREA = 1e-4
"""Share of the picture that a level has to cover to be more than a speck."""

LEAST_SHARE = 0.01
"""Share of what is marked that a colour in a JPEG mask has, to be more than noise."""

LEAST_COLOUR = 48
"""Darker colours JPEG leaves by itself; the darkest of PASCAL VOC has 64."""

LEAST_UNIFORM = 0.8
"""Share of what is marked that has a frequent level where one is a background; in X-rays .6."""

LEAST_CRISP = 0.9
"""Share of what is marked that lies in areas of one level where there are no rims."""

FDI = frozenset(tooth_numbers.TEETH)

SWAPPED = "`xrays` and `masks` may be swapped: these look like X-rays"

SETTING = (
    "Say what they are: --params preparation.masks.kind=classes counts every level but black as "
    "tooth, preparation.masks.kind=labels too, each level being one tooth, and "
    "preparation.masks.kind=binary,preparation.masks.threshold=N all levels above N."
)

VOID = 255
"""What PASCAL VOC and labelme store in label maps where a pixel belongs to no class for sure."""

FEWEST_TEETH = 8
"""So many colours in most masks are of single teeth; fewer may be classes, of which not all are
teeth: jaws, canals, fillings."""

Surveys = Mapping[str, MaskSurvey]


def decide_encoding(surveys: Surveys, settings: Masks) -> MaskEncoding:
    """Decide how the masks of a set are read.

    Args:
        surveys: By case, what each mask is marked with.
        settings: What the user says of them.
    """
    if settings.kind != "auto":
        return _as_told(surveys, settings)
    characters = {case: character(survey) for case, survey in surveys.items()}
    marked = {case: one for case, one in characters.items() if one != "empty"}
    counts = Counter(marked.values())
    if 2 * counts["picture"] > len(marked):
        return _no_masks(surveys, marked)
    if counts["single"] >= counts["labels"] + counts["classes"]:
        return _binary(surveys, marked)
    return _several_levels(surveys, marked)


def _as_told(surveys: Surveys, settings: Masks) -> MaskEncoding:
    kind = cast(Kind, settings.kind)
    marked = {case: survey for case, survey in surveys.items() if survey.levels}
    others = {}
    if settings.threshold is not None or kind == "binary" or not marked:
        level = _main_level(surveys, surveys) if kind == "binary" else 0
        threshold = half(level) if settings.threshold is None else settings.threshold
        coding = Coding(kind=kind, threshold=threshold, level=level, rims=False)
    else:
        coding = _coding_of_several(kind, list(marked.values()))
        for case, survey in marked.items():
            if survey.lossy != (coding["threshold"] > 0):
                others[case] = _coding_of_several(kind, [survey])
    found = f"As the settings say, masks are {_KINDS[kind]}: tooth is what is above "
    found += f"{coding['threshold']}{_OF_RIMS if coding['rims'] else ''}"
    return _encoding(f"{found}.", coding, others)


_OF_RIMS = ", of the rims that JPEG or resampling has left the brighter half"

_KINDS = {
    "binary": "of one level of tooth",
    "classes": "of several classes, all of them tooth",
    "labels": "of one number or colour a tooth",
}


def _no_masks(surveys: Surveys, marked: Mapping[str, Character]) -> MaskEncoding:
    case = next(name for name, one in marked.items() if one == "picture")
    pictures = sum(one == "picture" for one in marked.values())
    found = f"{pictures} of {len(surveys)} masks {_why_picture(surveys[case])}"
    return _doubtful(found, surveys[case], case)


def _why_picture(survey: MaskSurvey) -> str:
    first = survey.levels[0]
    if _looks_like_xray(survey):
        return f"have hardly any black background ({SWAPPED})"
    if _has_background(survey):
        return "have a background that is not black"
    if survey.of_jpeg and first.strength < LEAST_LOSSY:
        return "have levels that JPEG cannot keep apart, as numbers of teeth would be"
    saved = " or a label map saved as JPEG" if survey.of_jpeg else ""
    return f"have levels that run into each other, as in a photograph{saved}"


def _looks_like_xray(survey: MaskSurvey) -> bool:
    """Tell whether hardly anything is black, and nothing else is a background of one level."""
    return 2 * survey.marked > survey.pixels and not _has_background(survey)


def _has_background(survey: MaskSurvey) -> bool:
    """Tell whether most of a mask has one level that is not black; a dark X-ray has many."""
    most = 2 * survey.levels[0].pixels > survey.pixels
    return most and survey.plain >= LEAST_UNIFORM * survey.marked


def _binary(surveys: Surveys, marked: Mapping[str, Character]) -> MaskEncoding:
    singles = [case for case, one in marked.items() if one == "single"]
    level = _main_level(surveys, singles) if singles else USUAL_LEVEL
    usual = Coding(kind="binary", threshold=half(level), level=level, rims=False)
    others, odd = {}, {}
    alike = sum(_is_alike(surveys[case], level) for case in singles)
    for case, one in marked.items():
        survey = surveys[case]
        own = survey.levels[0].strength
        if one != "single":
            odd[case] = f"{_several(one, survey)}, where the other masks have one"
        elif _is_alike(survey, level) or _is_speck(survey):
            continue
        elif {own, level} <= FULL_LEVELS or survey.coloured or 2 * alike < len(singles):
            others[case] = _coding_of_one(survey)
        else:
            odd[case] = f"level {own}, where the other masks have {level}"
    if not singles:
        return _encoding("Nothing is marked in any mask.", usual)
    colour = "one colour" if any(surveys[case].coloured for case in singles) else "one level"
    found = f"Masks are binary: {colour} of tooth on black, in most of them {level}; tooth is what "
    found += f"is above half of it, {usual['threshold']}"
    if others:
        found += f". In {len(others)} of {len(surveys)} it is another one"
    return _encoding(f"{found}.", usual, others, odd)


def _is_alike(survey: MaskSurvey, level: int) -> bool:
    return abs(survey.levels[0].strength - level) <= SAME_LEVEL * level


def _is_speck(survey: MaskSurvey) -> bool:
    return survey.levels[0].pixels < LEAST_AREA * survey.pixels


def _several_levels(surveys: Surveys, marked: Mapping[str, Character]) -> MaskEncoding:
    several = {case: surveys[case] for case, one in marked.items() if one in ("labels", "classes")}
    kind = cast(Kind, Counter(marked[case] for case in several).most_common(1)[0][0])
    alike = {case: survey for case, survey in several.items() if marked[case] == kind}
    if kind == "classes" and not _is_colour_a_tooth(alike):
        case, survey = next(iter(alike.items()))
        levels = "colours" if survey.coloured else "levels of grey"
        found = f"{len(alike)} of {len(surveys)} masks have several {levels}, each all over "
        return _doubtful(f"{found}the picture, and any may be tooth", survey, case)
    usual = _coding_of_several(kind, list(alike.values()))
    numbers = set().union(*map(_numbers, alike.values()))
    if VOID in numbers and max(numbers - {VOID}) <= max(FDI):
        case = next(name for name, one in alike.items() if VOID in _numbers(one))
        found = f"masks have one number a tooth, and {VOID} beside, which often means that nobody "
        return _doubtful(f"{found}is sure", alike[case], case)
    others, odd = {}, {}
    for case, one in marked.items():
        survey = surveys[case]
        if one == "picture" or (one == "classes" and not _is_colour_a_tooth({case: survey})):
            odd[case] = f"{_several(one, survey)}, where the other masks have {_named(kind)}"
        elif one == "single" and not _is_one_of(survey, numbers):
            others[case] = _coding_of_one(survey)
        elif case in several and (one != kind or survey.lossy != (usual["threshold"] > 0)):
            others[case] = _coding_of_several(cast(Kind, one), [survey])
    found = f"Masks have {_named(kind, numbers)}: whatever is not black is tooth"
    if usual["rims"]:
        found += _OF_RIMS
    if others:
        found += f". {len(others)} of {len(surveys)} are read in another way"
    return _encoding(f"{found}.", usual, others, odd)


def _numbers(survey: MaskSurvey) -> set[int]:
    return {level.number for level in survey.levels}


def _is_colour_a_tooth(surveys: Surveys) -> bool:
    """Tell whether masks have so many colours that each is a tooth, wherever it may be.

    JPEG hides where a colour is; classes are few.
    """
    many = median(len(survey.levels) for survey in surveys.values()) >= FEWEST_TEETH
    return many and any(survey.coloured for survey in surveys.values())


def _coding_of_several(kind: Kind, surveys: Sequence[MaskSurvey]) -> Coding:
    lossy = [survey for survey in surveys if survey.lossy]
    threshold, rims = 0, median(one.plain / one.marked for one in surveys) < LEAST_CRISP
    if 2 * len(lossy) > len(surveys):
        threshold, rims = min(map(_above_noise, lossy)), True
    return Coding(kind=kind, threshold=threshold, level=0, rims=rims)


def _coding_of_one(survey: MaskSurvey) -> Coding:
    level = survey.levels[0].strength
    return Coding(kind="binary", threshold=half(level), level=level, rims=False)


def _named(kind: Kind, numbers: set[int] | frozenset[int] = frozenset()) -> str:
    if kind == "classes":
        return "several colours"
    if numbers and numbers <= FDI:
        return "the FDI number of each tooth"
    return "one number or colour a tooth"


def _is_one_of(survey: MaskSurvey, numbers: set[int]) -> bool:
    return survey.levels[0].number in numbers and mean_spread(survey.levels) <= WIDEST_TOOTH


def _several(one: Character, survey: MaskSurvey) -> str:
    if one == "picture":
        return f"the levels of a photograph ({levels_in_words(survey)}; {SWAPPED})"
    return f"several levels ({levels_in_words(survey)})"


def _above_noise(survey: MaskSurvey) -> int:
    """Return half of the darkest colour that is more than noise, which is less among dark ones."""
    areas = sum(level.pixels for level in survey.levels)
    drawn = [one.strength for one in survey.levels if one.pixels >= LEAST_SHARE * areas]
    return half(max(min(drawn), LEAST_COLOUR if max(drawn) >= 2 * LEAST_COLOUR else 0))


def _main_level(surveys: Surveys, cases: Mapping[str, object] | list[str]) -> int:
    """Return the strength that covers most, of what is most frequent in each mask."""
    pixels: Counter[int] = Counter()
    for case in cases:
        if surveys[case].levels:
            pixels[surveys[case].levels[0].strength] += surveys[case].levels[0].pixels
    return pixels.most_common(1)[0][0] if pixels else USUAL_LEVEL


def _doubtful(found: str, survey: MaskSurvey, case: str) -> MaskEncoding:
    told = f"{found}; in case {case}: {levels_in_words(survey)}"
    remedy = SETTING
    if _has_background(survey):
        remedy = "Make the background black."
    elif _looks_like_xray(survey):
        remedy = "Look which path is which. Otherwise make the background of the masks black."
    elif survey.of_jpeg:
        remedy = f"Export masks as PNG, which keeps their levels. {SETTING}"
    return MaskEncoding(found=told, remedy=remedy, coding=None, others={}, odd={})


def _encoding(
    found: str,
    coding: Coding,
    others: Mapping[str, Coding] | None = None,
    odd: Mapping[str, str] | None = None,
) -> MaskEncoding:
    return MaskEncoding(
        found=found, remedy="", coding=coding, others=dict(others or {}), odd=dict(odd or {})
    )
