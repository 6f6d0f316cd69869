"""Labels that hold numbers of teeth, in the notations that are in use, see `tooth_numbers`."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from teeth_unet.annotations import label_words as words
from teeth_unet.tooth_numbers import LETTERS, TEETH

FDI = frozenset(TEETH)
"""All FDI numbers of teeth."""


_QUADRANTS = {"ur": 1, "ul": 2, "ll": 3, "lr": 4}

# The angle that a tooth's number stands in, as the dentist sees the patient.
_ANGLES = {"⏌": 1, "┘": 1, "⎿": 2, "└": 2, "⎾": 3, "┌": 3, "⏋": 4, "┐": 4}

_PALMER = re.compile("(ur|ul|ll|lr) ?([1-8a-e])")
_WITH_ANGLE = re.compile(f"([1-8a-e])? *([{''.join(_ANGLES)}]) *([1-8a-e])?")
_WORD = re.compile(r"\d(?:st|nd|rd|th)\b|\d+|[^\W\d_]+|#")
_DOTTED = re.compile(r"[1-8][.\-][1-8]")


Kind = Literal[
    "number", "fdi", "universal", "letter", "tooth", "teeth", "anything", "none", "unknown"
]  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """What a label says by itself.

    Attributes:
        kind: `number`, of a notation that only the whole set tells; `fdi`; `universal`; `letter`,
            A to T; `tooth`; `teeth`; `anything`, a word such as "object"; `none`, what is no
            tooth; or `unknown`.
        number: The number, if it is one.
    """

    kind: Kind
    number: int = 0


def read_label(label: str) -> Reading:
    """Return what a label says by itself.

    Example:
        >>> read_label("Tooth_11"), read_label("upper left first molar")
        (Reading(kind='number', number=11), Reading(kind='fdi', number=26))
    """
    text = unicodedata.normalize("NFKC", label).casefold().strip()
    return _palmer(text) or _of_words(text)


def _palmer(text: str) -> Reading | None:
    """Return the tooth of a label in Palmer's notation, or in FDI's with a dot."""
    if _DOTTED.fullmatch(text):
        number = int(text[0] + text[2])
        return Reading("fdi", number) if number in FDI else Reading("unknown")
    for word in (*words.ONE_TOOTH, "palmer"):
        text = text.removeprefix(word).strip(" _-:#")
    if found := _PALMER.fullmatch(re.sub("[_-]", " ", text)):
        return _in_quadrant(_QUADRANTS[found[1]], found[2])
    found = _WITH_ANGLE.fullmatch(text)
    if found and (found[1] is None) != (found[3] is None):
        quadrant = _ANGLES[found[2]]
        # The number stands on the side that the angle is open to.
        if (found[1] is None) == (quadrant in (2, 3)):
            return _in_quadrant(quadrant, found[1] or found[3])
    return None


def _in_quadrant(quadrant: int, place: str) -> Reading:
    if place.isdigit():
        return Reading("fdi", 10 * quadrant + int(place))
    return Reading("fdi", 10 * (quadrant + 4) + "abcde".index(place) + 1)


def _of_words(text: str) -> Reading:
    """Return what the words of a label say together."""
    text = re.sub(r"(\d)\.0+$", r"\1", text).replace("_", " ")
    parts = _WORD.findall(text)
    if any(unicodedata.category(letter)[0] not in "PZC" for letter in _WORD.sub("", text)):
        return Reading("unknown")
    said = set(parts)
    numbers = [part for part in parts if part.isdecimal() and part != "3950"]
    if said & words.NO_TOOTH:
        return Reading("unknown") if numbers and said & words.ONE_TOOTH else Reading("none")
    letters = [part for part in parts if len(part) == 1 and part in LETTERS]
    if len(numbers) == 1 and len(numbers[0]) <= 2:
        return _numbered(int(numbers[0]), parts)
    if (
        not numbers
        and len(letters) == 1
        and said <= {*letters, *words.BESIDE_A_NUMBER, *words.ONE_TOOTH}
    ):
        return Reading("letter", LETTERS[letters[0]])
    if numbers or not said:
        return Reading("unknown")
    return _named(said)


_KNOWN = {
    *words.ONE_TOOTH, *words.SEVERAL_TEETH, *words.KINDS, *words.ORDER, *words.UPPER,
    *words.LOWER, *words.SIDES, *words.OF_TEETH, *words.OF_MILK_TEETH,
}  # fmt: skip


def _numbered(number: int, parts: Sequence[str]) -> Reading:
    """Return the number of a label whose words say nothing else."""
    said = {part for part in parts if not part.isdecimal()}
    # A category without a name is called so: its number is none of a tooth.
    if said & {"class", "category", "id", "label"} or said - _KNOWN - words.BESIDE_A_NUMBER:
        return Reading("unknown")
    place = _quadrant(said)
    if place and number in range(1, 9) and not said & set(words.KINDS):
        return _in_quadrant(place, str(number))
    if said & {"fdi", "iso"}:
        return Reading("fdi", number)
    return Reading("universal" if said & {"universal", "ada"} else "number", number)


def _named(said: set[str]) -> Reading:
    """Return the tooth that words without a number tell."""
    if said <= words.ANYTHING:
        return Reading("anything")
    if said - _KNOWN or not said & {*words.ONE_TOOTH, *words.SEVERAL_TEETH, *words.KINDS}:
        return Reading("unknown")
    quadrant, kinds = _quadrant(said), [words.KINDS[word] for word in said if word in words.KINDS]
    order = [words.ORDER[word] for word in said if word in words.ORDER]
    if quadrant and len(set(kinds)) == 1 and not said & words.OF_MILK_TEETH:
        places = kinds[0]
        if len(places) == 1:
            return Reading("fdi", 10 * quadrant + places[0])
        if len(order) == 1 and order[0] < len(places):
            return Reading("fdi", 10 * quadrant + places[order[0]])
    return Reading("teeth" if said & words.SEVERAL_TEETH else "tooth")


def _quadrant(said: set[str]) -> int:
    """Return the quadrant that words tell, 1 to 4; 0 if they do not."""
    upper, left = said & words.UPPER, "left" in said
    if bool(upper) == bool(said & words.LOWER) or len(said & words.SIDES) != 1:
        return 0
    return (2 if left else 1) if upper else (3 if left else 4)
