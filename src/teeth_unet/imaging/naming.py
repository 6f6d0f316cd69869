"""The order of names that people expect: case 2 before case 10."""

import re

NaturalKey = tuple[tuple[str | tuple[int, str], ...], str]

# ASCII digits only: `\d` also matches digits of other scripts, and characters such as "²"
# count as digits elsewhere in Python; both stay text here.
_NUMBERS = re.compile("([0-9]+)")


def natural_key(name: str) -> NaturalKey:
    """Return a key that sorts names by their numbers' values instead of digit by digit.

    The order is total: names that differ only in leading zeros ("1", "01") have different keys
    and are ordered as text. Numbers may be of any length.

    Args:
        name: Any text, such as a case name.

    Returns:
        A key that compares with the key of every other name.

    Example:
        >>> sorted(["case-10", "case-2", "case-1"], key=natural_key)
        ['case-1', 'case-2', 'case-10']
    """
    # Text stands at even places and numbers at odd ones, so that keys compare like with like.
    pieces = _NUMBERS.split(name)
    return tuple(
        _number_key(piece) if place % 2 else piece for place, piece in enumerate(pieces)
    ), name


def _number_key(digits: str) -> tuple[int, str]:
    """Order digits by value without `int`, which refuses more than 4300 of them."""
    significant = digits.lstrip("0")
    return len(significant), significant
