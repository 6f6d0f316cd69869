"""What speaks against the teeth that were found."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from teeth_unet.teeth import Tooth

MOST_TEETH = 60
"""Teeth beyond which a picture is no X-ray of a person: 20 milk teeth and 32 others make 52."""

MOST_IN_A_JAW = 16
"""Teeth of a grown-up's jaw; in a child's there may be more, which have not come through yet."""

LONGEST = 1.6
"""Times the median length; a longer one is mostly two teeth, an upper and a lower one, in one."""

NAMED = 3
"""Teeth called by their names; where there are more, the picture has to be looked at anyway."""

TEETH_ENOUGH = 8
"""Teeth in one jaw from which on none in the other is more likely a fault than true."""


def teeth_warnings(found: Sequence[Tooth], names: Mapping[int, str] | None = None) -> list[str]:
    """Return what a person should look at, in words, none if the teeth are as they mostly are.

    Args:
        found: The teeth of an X-ray.
        names: What they are called, by their labels; others by jaw, and by their order in it.
    """
    if not found:
        return ["no teeth"]
    return [*_about_counts(found), *_about_lengths(found, names or {})]


def _about_counts(found: Sequence[Tooth]) -> Iterator[str]:
    if len(found) > MOST_TEETH:
        yield f"{len(found)} teeth, more than a person has"
    upper = sum(tooth.jaw == "upper" for tooth in found)
    in_jaws = {"upper": upper, "lower": len(found) - upper}
    for jaw, count in in_jaws.items():
        if count > MOST_IN_A_JAW:
            yield f"{count} {jaw} teeth, more than a grown-up has"
        if count == 0 and len(found) >= TEETH_ENOUGH:
            yield f"no {jaw} teeth"


def _about_lengths(found: Sequence[Tooth], names: Mapping[int, str]) -> Iterator[str]:
    usual = median(tooth.length for tooth in found)
    long = [
        names.get(each.number) or f"{each.jaw} {each.order}"
        for each in found
        if each.length > LONGEST * usual
    ]
    if long:
        noun = "tooth" if len(long) == 1 else "teeth"
        rest = f" and {len(long) - NAMED} more" if len(long) > NAMED else ""
        yield f"{noun} {', '.join(long[:NAMED])}{rest} over {LONGEST} times as long as most"
