"""Lists of what each colour of a mask, or each number, stands for."""

import csv
import io
import json
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from teeth_unet.annotations.documents import EXPORT_AGAIN, text_of
from teeth_unet.annotations.model import AnnotationFile
from teeth_unet.errors import InputError

Colour = tuple[int, int, int]

_EXPECTED = "a list of labels and their colours"

_NAMES = (
    "obj_class_to_machine_color",
    "label_?map",
    "label_?colou?rs?",
    "colou?r_?map",
    "_?class_?(names|dict)",
    "_?classes",
    "colou?rs?|palette",
    "dataset_meta",
    "meta",
)
"""How lists are called, without suffix; the surest first, where a set has several."""

_NOTHING = re.compile(r"[ _]*(background|bg|void|ignore|unlabell?ed|none)[ _]*", re.IGNORECASE)
"""Names of what is no object."""


@dataclass(frozen=True)
class ColourList:
    """What a list names.

    Attributes:
        name: Its file.
        labels: In its order, which is that of the numbers in masks without colours.
        colours: Label by colour; empty if the list has none.
        numbers: Label by number.
    """

    name: str
    labels: tuple[str, ...]
    colours: Mapping[Colour, str]
    numbers: Mapping[int, str]


def is_list(name: str) -> bool:
    """Tell by a file's name whether it is a list."""
    return _rank(name) is not None


def _rank(name: str) -> int | None:
    """Return the place of a file's name among `_NAMES`, if it is a list's."""
    stem, suffix = posixpath.splitext(posixpath.basename(name).lower())
    if suffix not in (".txt", ".csv", ".json"):
        return None
    return next((rank for rank, each in enumerate(_NAMES) if re.fullmatch(each, stem)), None)


def only_list(files: Sequence[AnnotationFile]) -> ColourList:
    """Return the list of a set; parts of a set may have a copy each.

    Raises:
        InputError: There is none, or several differ.
    """
    ranked = [(rank, file) for file in files if (rank := _rank(file.name)) is not None]
    if not ranked:
        raise InputError("annotations", _EXPECTED, "none", "Add labelmap.txt to the masks.")
    best = min(rank for rank, _ in ranked)
    lists = [read_list(file) for rank, file in ranked if rank == best]
    for other in lists[1:]:
        if (other.colours, other.numbers) != (lists[0].colours, lists[0].numbers):
            found = f"another one in {lists[0].name}"
            raise InputError(other.name, "one list of labels", found, "Take one of them away.")
    return lists[0]


def is_nothing(label: str) -> bool:
    """Tell whether a label stands for what is no object: the background."""
    return _NOTHING.fullmatch(label) is not None


def voc_colour(number: int) -> Colour:
    """Return the colour of a number in masks of PASCAL VOC: its bits, dealt out from the highest.

    Example:
        >>> voc_colour(1), voc_colour(8)
        ((128, 0, 0), (64, 0, 0))
    """
    red, green, blue = (
        sum(((number >> (3 * step + channel)) & 1) << (7 - step) for step in range(8))
        for channel in range(3)
    )
    return red, green, blue


def read_list(file: AnnotationFile) -> ColourList:
    """Read a list: `labelmap.txt` of CVAT, names by lines, CSV or JSON.

    | file | a line, or an entry |
    |---|---|
    | text | `label:r,g,b:parts:actions`, `r g b label`, or `label`, then numbered from 0 |
    | CSV | `name,r,g,b` or `number,name`, under a line of titles |
    | JSON | `{"label": [r, g, b]}`, or "#rrggbb"; `{"classes": [{"title": …, "color": …}]}` |

    Raises:
        InputError: It is of another kind, or names a colour twice.
    """
    text = text_of(file)
    suffix = posixpath.splitext(file.name)[1].lower()
    try:
        if suffix == ".json":
            pairs = list(_of_json(json.loads(text)))
        elif suffix == ".csv":
            pairs = list(_of_csv(text))
        else:
            pairs = list(_of_lines(text))
    except (ValueError, TypeError, KeyError, RecursionError, csv.Error) as failure:
        raise _refusal(file, f"an entry that is none: {str(failure)[:80]}") from failure
    if not pairs:
        raise _refusal(file, "none")
    return _as_list(file, pairs)


def _as_list(file: AnnotationFile, pairs: list[tuple[str, Colour | int | None]]) -> ColourList:
    colours: dict[Colour, str] = {}
    numbers: dict[int, str] = {}
    for place, (label, code) in enumerate(pairs):
        if isinstance(code, tuple) and colours.setdefault(code, label) != label:
            raise _refusal(file, f"the colour {code} for {colours[code]!r} and {label!r}")
        number = code if isinstance(code, int) else place
        if numbers.setdefault(number, label) != label:
            raise _refusal(file, f"the number {number} for {numbers[number]!r} and {label!r}")
    return ColourList(file.name, tuple(label for label, _ in pairs), colours, numbers)


def _refusal(file: AnnotationFile, found: str) -> InputError:
    return InputError(file.name, _EXPECTED, found, EXPORT_AGAIN)


def _colour(values: Iterable[object]) -> Colour:
    red, green, blue = (int(str(value).strip()) for value in values)
    if not all(0 <= value <= 255 for value in (red, green, blue)):
        raise ValueError(f"the colour {(red, green, blue)}")
    return red, green, blue


def _of_lines(text: str) -> Iterable[tuple[str, Colour | int | None]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith("#")]
    if lines and lines[0] == "__ignore__":  # of LabelMe: stands for -1
        lines = lines[1:]
    for line in lines:
        numbers_first = re.fullmatch(r"(\d+)[ \t]+(\d+)[ \t]+(\d+)[ \t]+(.+)", line)
        if numbers_first:
            yield numbers_first[4], _colour(numbers_first.groups()[:3])
        elif ":" in line:
            label, colour = line.split(":")[:2]
            yield label, _colour(colour.split(",")) if colour.strip() else None
        else:
            yield line, None


def _of_csv(text: str) -> Iterable[tuple[str, Colour | int | None]]:
    dialect = "excel-tab" if "\t" in text.partition("\n")[0] else "excel"
    text = text.replace(";", ",")
    for place, row in enumerate(csv.reader(io.StringIO(text), dialect)):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        try:
            if len(cells) >= 4:
                yield cells[0], _colour(cells[1:4])
            else:
                number, label = cells
                yield label, int(number)
        except ValueError:
            if place:  # below the titles
                raise


def _of_json(document: object) -> Iterable[tuple[str, Colour | int | None]]:
    if isinstance(document, dict):
        if isinstance(document.get("label_map"), dict):  # of Datumaro
            for number, label in document["label_map"].items():
                yield str(label), int(number)
            return
        classes = document.get("classes")
        if not isinstance(classes, list):
            for label, code in document.items():
                yield str(label), _code(code)
            return
        document = classes
    if not isinstance(document, list):
        raise TypeError(f"a {type(document).__name__}")
    for entry in document:
        if isinstance(entry, str):
            yield entry, None
        elif not isinstance(entry, dict):
            raise TypeError(f"{str(entry)[:40]}")
        else:
            label = entry.get("title", entry.get("name", entry.get("label")))
            if not isinstance(label, str):
                raise TypeError(f"{str(entry)[:40]}")
            yield label, _code(entry.get("color", entry.get("colour")))


def _code(code: object) -> Colour | int | None:
    """Return a colour, "#rrggbb" or [r, g, b], or a number."""
    if code is None or (isinstance(code, int) and not isinstance(code, bool)):
        return code
    if isinstance(code, str):
        if not re.fullmatch("#[0-9A-Fa-f]{6}", code):
            raise ValueError(f"the colour {code[:40]!r}")
        return _colour(int(code[place : place + 2], 16) for place in (1, 3, 5))
    if isinstance(code, list):
        return _colour(code[:3])
    raise TypeError(f"the colour {str(code)[:40]}")
