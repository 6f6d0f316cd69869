"""YOLO segmentation labels: a text file a picture, a line a region, and a table of classes.

See https://docs.ultralytics.com/datasets/segment/. Coordinates are shares of width and height.
"""

import itertools
import posixpath
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import PurePosixPath

import numpy as np
import yaml
from numpy.typing import NDArray

from teeth_unet.annotations.documents import EXPORT_AGAIN, text_of
from teeth_unet.annotations.model import (
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Polygons,
    Shape,
)
from teeth_unet.errors import InputError, in_short

NAME = "YOLO"

_CLASS_LISTS = ("classes.txt", "obj.names", "labels.txt", "predefined_classes.txt")
"""Files that name a class a line."""

_LISTS_OF_PICTURES = re.compile(r"(readme.*|train|val|valid|test|autosplit_.*|requirements)\.txt")

_NUMBER = re.compile(r"[+-]?\d*[.,]?\d+(e[+-]?\d+)?", re.IGNORECASE)

_CLASS = re.compile(r"[+-]?\d")

_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(e[+-]?\d+)?", re.IGNORECASE)

_BEYOND = 0.5
"""How far outside the picture a share may lie; more are pixels, or no coordinates."""

_EXPECTED = "lines of a class and shares of width and height, x and y in turn, 0 to 1"


def is_document(document: object) -> bool:
    """Tell nothing of JSON: there is none in this format."""
    return False


def are_files(names: Sequence[str]) -> bool:
    """Tell by a table of classes beside text files, or by text files in a folder `labels`."""
    has_table = any(_is_table(name) for name in names)
    texts = [name for name in names if _is_label(name)]
    in_labels = any("labels" in PurePosixPath(name.lower()).parts[:-1] for name in texts)
    return bool(texts) and (has_table or in_labels)


def is_text(text: str) -> bool:
    """Tell whether the first lines have a class and at least four numbers each."""
    lines = [line.split() for line in text[:10_000].splitlines()[:3] if line.strip()]
    return bool(lines) and all(
        len(line) >= 5 and all(_NUMBER.fullmatch(word) for word in line[:5]) for line in lines
    )


def read(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read all label files and the table of classes.

    A line of four numbers is a box, which marks no region. An empty file says that nothing is
    marked in its picture; a picture without a file is not annotated. Classes without a name are
    called "class 0" and so on.

    Raises:
        InputError: A file is damaged, or its numbers are no shares.
    """
    names = _class_names(files)
    notes: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    pictures = []
    for file in files:
        if not _is_label(file.name):
            continue
        lines = text_of(file).strip("\ufeff").splitlines()
        words = [line.split(maxsplit=1)[0] for line in lines if line.strip()]
        if words and not any(_CLASS.match(word) for word in words):
            notes["Text files without a line that begins with a number are left out"] += 1
            continue
        shapes = _shapes(file.name, lines, names, notes)
        labels.update(shape.label for shape in shapes)
        pictures.append(AnnotatedPicture(_picture_name(file.name), None, partial(list, shapes)))
    if not names and labels:
        notes["Classes without names, since there is no data.yaml or classes.txt"] = len(labels)
    return AnnotatedSet(
        NAME, pictures, dict(labels), [f"{what}: {count:,}." for what, count in notes.items()]
    )


def _is_label(name: str) -> bool:
    path = PurePosixPath(name.lower())
    return (
        path.suffix == ".txt"
        and path.name not in _CLASS_LISTS
        and not _LISTS_OF_PICTURES.fullmatch(path.name)
    )


def _is_table(name: str) -> bool:
    return posixpath.basename(name.lower()) in (*_CLASS_LISTS, "data.yaml", "data.yml")


def _picture_name(name: str) -> str:
    """Return the name of a label file's picture; its ending is not told, and is a guess."""
    folders = list(PurePosixPath(name).parts[:-1])
    if "labels" in folders:
        folders[len(folders) - 1 - folders[::-1].index("labels")] = "images"
    return posixpath.join(*folders, f"{PurePosixPath(name).stem}.png")


def _class_names(files: Sequence[AnnotationFile]) -> Mapping[str, str]:
    """Return the names of classes by number, as text.

    Raises:
        InputError: Two tables differ, or the labels are of points.
    """
    tables = [(file.name, _table(file)) for file in files if _is_table(file.name)]
    for (one, names), (other, others) in itertools.pairwise(tables):
        if names != others:
            raise InputError(other, f"the classes of {one}", "others", "Leave the right one.")
    return tables[0][1] if tables else {}


def _table(file: AnnotationFile) -> Mapping[str, str]:
    text = text_of(file)
    if not file.name.lower().endswith((".yaml", ".yml")):
        lines = text.strip("\ufeff\r\n").splitlines()
        return {str(place): line.strip() for place, line in enumerate(lines)}
    try:
        # Everything stays text: `011` is no octal number, and `no` is no truth value.
        content = yaml.load(text, Loader=yaml.BaseLoader) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as failure:
        raise InputError(file.name, "YAML", in_short(failure), EXPORT_AGAIN) from failure
    names = content.get("names", {}) if isinstance(content, dict) else None
    if isinstance(names, list):
        names = {str(place): name for place, name in enumerate(names)}
    if not isinstance(names, dict) or not all(isinstance(name, str) for name in names.values()):
        raise InputError(file.name, "names of classes", "something else", EXPORT_AGAIN)
    if "kpt_shape" in content:
        remedy = "Export the outlines of the teeth."
        raise InputError(file.name, "labels of regions", "labels of points: kpt_shape", remedy)
    return {key: name.strip() for key, name in names.items() if isinstance(key, str)}


def _shapes(
    name: str, lines: Sequence[str], names: Mapping[str, str], notes: Counter[str]
) -> list[Shape]:
    """Return the regions of a label file."""
    shapes = []
    for place, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        subject = f"{name}, line {place}"
        key, shares = _numbers(line, subject, notes)
        if shares.size in (4, 5):
            notes["Lines with a box, which marks no region, are left out"] += 1
            continue
        if shares.size % 2:
            notes["Lines with one number more, taken for a confidence"] += 1
            shares = shares[:-1]
        corners = shares.reshape(-1, 2).astype(np.float32)
        shapes.append(Shape(names.get(key) or f"class {key}", Polygons((corners,))))
    return shapes


def _numbers(line: str, subject: str, notes: Counter[str]) -> tuple[str, NDArray[np.float64]]:
    """Return class and shares of a line."""
    first, *words = line.split()
    if words and all(_DECIMAL_COMMA.fullmatch(word) for word in words):
        notes["Lines with decimal commas"] += 1
        words = [word.replace(",", ".") for word in words]
    elif "," in line or ";" in line:
        first, *words = re.split(r"[,;\s]+", line.strip(" \t,;")) or [""]
    try:
        key = float(first)
        shares = np.array(words, dtype=np.str_).astype(np.float64)
    except (ValueError, OverflowError) as failure:
        raise InputError(subject, _EXPECTED, f"{line.strip()[:60]!r}", EXPORT_AGAIN) from failure
    if not (0 <= key < 1e6 and key % 1 == 0) or shares.size < 4:
        raise InputError(subject, _EXPECTED, f"{line.strip()[:60]!r}", EXPORT_AGAIN)
    if not np.isfinite(shares).all() or shares.min() < -_BEYOND or shares.max() > 1 + _BEYOND:
        found = f"{shares.min():g} to {shares.max():g}"
        remedy = "Divide x by the picture's width and y by its height, or export again."
        raise InputError(subject, _EXPECTED, found, remedy)
    return str(int(key)), shares
