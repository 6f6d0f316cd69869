"""Numbers of teeth: which there are, what they have in common, how they are written.

FDI: ISO 3950. Universal: American Dental Association. Palmer: quadrant and place.
"""

from typing import Literal, get_args

PERMANENT = tuple(10 * quadrant + place for quadrant in (1, 2, 3, 4) for place in range(1, 9))
"""Numbers of the 32 permanent teeth: 11 to 18, 21 to 28, 31 to 38, 41 to 48."""

MILK = tuple(10 * quadrant + place for quadrant in (5, 6, 7, 8) for place in range(1, 6))
"""Numbers of the 20 milk teeth: 51 to 55, 61 to 65, 71 to 75, 81 to 85."""

TEETH = (*PERMANENT, *MILK)
"""Numbers of all teeth, in order."""

Group = Literal["incisors", "canines", "premolars", "molars"]

GROUPS: tuple[Group, ...] = get_args(Group)

_PLACES_OF_PERMANENT: tuple[Group, ...] = (
    "incisors", "incisors", "canines", "premolars", "premolars", "molars", "molars", "molars",
)  # fmt: skip
_PLACES_OF_MILK: tuple[Group, ...] = ("incisors", "incisors", "canines", "molars", "molars")

Confusion = Literal["neighbour", "other_side", "other_jaw", "milk_or_permanent", "other"]
"""How a wrong number differs from the right one, see `confusion`."""


def _around(quadrants: tuple[int, int, int, int], places: int) -> list[int]:
    """Return FDI numbers from the upper right to the left, and back below."""
    first, second, third, fourth = quadrants
    outwards = range(1, places + 1)
    return [
        *(10 * first + place for place in reversed(outwards)),
        *(10 * second + place for place in outwards),
        *(10 * third + place for place in reversed(outwards)),
        *(10 * fourth + place for place in outwards),
    ]


UNIVERSAL = dict(enumerate(_around((1, 2, 3, 4), 8), start=1))
"""FDI numbers by Universal ones, 1 … 32."""

LETTERS = dict(zip("abcdefghijklmnopqrst", _around((5, 6, 7, 8), 5), strict=True))
"""FDI numbers of milk teeth by Universal letters."""

Notation = Literal["fdi", "universal", "palmer"]

_UNIVERSAL_OF = {fdi: str(number) for number, fdi in UNIVERSAL.items()} | {
    fdi: letter.upper() for letter, fdi in LETTERS.items()
}


def is_milk(number: int) -> bool:
    """Tell whether a number is one of a milk tooth."""
    return number > PERMANENT[-1]


def is_upper(number: int) -> bool:
    """Tell whether a tooth is in the upper jaw."""
    return number // 10 in (1, 2, 5, 6)


def is_right(number: int) -> bool:
    """Tell whether a tooth is on the patient's right, which X-rays show on the left."""
    return number // 10 in (1, 4, 5, 8)


def group(number: int) -> Group:
    """Return which kind of tooth a number is of; milk teeth have no premolars.

    Example:
        >>> group(14), group(54)
        ('premolars', 'molars')
    """
    return (_PLACES_OF_MILK if is_milk(number) else _PLACES_OF_PERMANENT)[number % 10 - 1]


def milk_tooth_before(number: int) -> int | None:
    """Return the number of the milk tooth that a permanent tooth replaces; none before molars.

    Example:
        >>> milk_tooth_before(15), milk_tooth_before(16)
        (55, None)
    """
    return number + 40 if number % 10 <= 5 else None


def mirrored(number: int) -> int:
    """Return the number of the same tooth on the other side.

    Example:
        >>> mirrored(11), mirrored(48), mirrored(75)
        (21, 38, 85)
    """
    across = {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5, 7: 8, 8: 7}
    return 10 * across[number // 10] + number % 10


def confusion(true: int, taken: int) -> Confusion:
    """Tell how a wrong number differs from the right one.

    Args:
        true: The right number.
        taken: Another one.

    Returns:
        The first that fits: `milk_or_permanent`, one of each; `other_jaw`; `neighbour`, the next
        place of the arch, so the two middle incisors too; `other_side`; `other`, farther off in
        the same quadrant.

    Example:
        >>> [confusion(11, taken) for taken in (21, 12, 25, 13, 41, 51)]
        ['neighbour', 'neighbour', 'other_side', 'other', 'other_jaw', 'milk_or_permanent']
    """
    if is_milk(true) != is_milk(taken):
        return "milk_or_permanent"
    if is_upper(true) != is_upper(taken):
        return "other_jaw"
    if abs(_place_in_arch(true) - _place_in_arch(taken)) == 1:
        return "neighbour"
    return "other" if is_right(true) == is_right(taken) else "other_side"


def _place_in_arch(number: int) -> int:
    """Return the place along the jaw, from 0 on to the patient's left, below 0 to the right."""
    place = number % 10
    return -place if is_right(number) else place - 1


def write_number(fdi: int, notation: Notation) -> str:
    """Write the number of a tooth in a notation.

    Palmer's angles are written as two letters, upper right and so on, which every font has.

    Args:
        fdi: One of `TEETH`.
        notation: The notation.

    Raises:
        ValueError: There is no such tooth.

    Example:
        >>> [write_number(55, notation) for notation in ("fdi", "universal", "palmer")]
        ['55', 'A', 'URE']
    """
    if fdi not in TEETH:
        raise ValueError(f"expected the FDI number of a tooth, received {fdi}")
    if notation == "fdi":
        return str(fdi)
    if notation == "universal":
        return _UNIVERSAL_OF[fdi]
    quadrant, place = divmod(fdi, 10)
    milk, side = divmod(quadrant - 1, 4)
    return ("UR", "UL", "LL", "LR")[side] + (" ABCDE"[place] if milk else str(place))
