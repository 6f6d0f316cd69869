"""How cases are named after their files, and in which order people expect them.

No other place makes the name of a case.
"""

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

NaturalKey = tuple[tuple[str | tuple[int, str], ...], str]

# ASCII digits only: `\d` also matches digits of other scripts, and characters such as "²"
# count as digits elsewhere in Python; both stay text here.
_NUMBERS = re.compile("([0-9]+)")

_LONGEST = 180
"""Bytes of a name; systems take 255, and a temporary file's name is longer."""

_RESERVED = re.compile(
    r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3]) *(\.|$)", re.IGNORECASE
)
"""Names of devices, on Windows: those of no file, with any suffix.

https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file
"""

_FORMULA = re.compile("^[=+@\uff1d\uff0b\uff20\uff0d-]")
"""What a spreadsheet takes for the beginning of a formula, in a table of cases; wide forms too.

https://owasp.org/www-community/attacks/CSV_Injection
"""


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
    # Text is at even places and numbers at odd ones, so that keys compare like with like.
    pieces = _NUMBERS.split(name)
    return tuple(
        _number_key(piece) if place % 2 else piece for place, piece in enumerate(pieces)
    ), name


def _number_key(digits: str) -> tuple[int, str]:
    """Order digits by value without `int`, which refuses more than 4300 of them."""
    significant = digits.lstrip("0")
    return len(significant), significant


def shown_name(name: str) -> str:
    """Return a file's name as it can be shown and written: it may hold bytes that are no text."""
    letters = os.fsencode(name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "_" for letter in letters)


def printable_name(name: str) -> str:
    """Return a file's name as it can be shown, letters composed: systems differ in their "é"."""
    return unicodedata.normalize("NFC", shown_name(name))


def file_stem(case: str) -> str:
    """Return a name for files of a case that every system takes; that of such a name is itself."""
    plain = re.sub(r'[<>:"/\\|?*]', "_", case)
    if _RESERVED.match(plain):
        plain = f"_{plain}"
    if plain == case and len(case.encode()) <= _LONGEST:
        return case
    shortened = plain.encode()[: _LONGEST - 20].decode("utf-8", "ignore")
    return f"{shortened}-{hashlib.sha256(case.encode()).hexdigest()[:8]}"


def paired_name(file: str, suffixes: Sequence[str]) -> str:
    """Return the case name by which an X-ray and its mask find each other.

    Args:
        file: Name of a file, with "/" between the parts.
        suffixes: What counts as a suffix, in lower case and with its dot.

    Returns:
        The name without folders and suffix, printable, and fit for files of every system: the
        results of a case are named after it.

    Example:
        >>> [paired_name(file, [".png"]) for file in ("patients/17.png", "17.v2.png", "1.2.840")]
        ['17', '17.v2', '1.2.840']
    """
    return file_stem(without_suffix(printable_name(PurePosixPath(file).name), suffixes))


def without_suffix(name: str, suffixes: Sequence[str]) -> str:
    """Return a file's name without its suffix, if that is one of those given."""
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in suffixes else name


def distinct_names(files: Sequence[str], suffixes: Sequence[str]) -> dict[str, str]:
    """Return a case name for each file: the shortest of its forms that no other file has.

    The forms are its name without folders and suffix, without suffix, and with both. None begins
    as a formula of a spreadsheet does. Names that differ in the case of letters count as one: on
    some systems their results would be one file. Two files may still have one name then.

    Args:
        files: Names of files, with "/" between the parts.
        suffixes: What counts as a suffix, in lower case and with its dot.

    Example:
        >>> distinct_names(["a/1.png", "b/1.png", "a/2.png"], [".png"])
        {'a/1.png': 'a_1', 'b/1.png': 'b_1', 'a/2.png': '2'}
    """
    forms = {file: _forms(file, suffixes) for file in files}
    taken = Counter(form.casefold() for some in forms.values() for form in set(some))
    return {
        file: next((form for form in some if taken[form.casefold()] == 1), some[-1])
        for file, some in forms.items()
    }


def _forms(file: str, suffixes: Sequence[str]) -> tuple[str, ...]:
    """Return a file's name without folders and suffix, without suffix, and with both.

    A name that begins like a formula gets another beginning, and a fourth form, which no other
    file has: those above may now be another file's.
    """
    path = PurePosixPath(printable_name(file))
    suffix = path.suffix if path.suffix.lower() in suffixes else ""
    whole = "_".join(path.parts)
    stem = whole.removesuffix(suffix)
    found = path.name.removesuffix(suffix), stem, f"{stem}_{suffix[1:]}" if suffix else stem
    forms = tuple(_FORMULA.sub("_", form) for form in found)
    return forms if forms == found else (*forms, f"{forms[-1]}_{_short_hash(file)}")


def _short_hash(file: str) -> str:
    return hashlib.sha256(os.fsencode(file)).hexdigest()[:8]
