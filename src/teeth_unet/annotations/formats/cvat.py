"""CVAT for images 1.1: one XML file of many pictures (https://docs.cvat.ai).

Read by the standard library's expat, piece by piece. It fetches nothing; a document type, in which
entities that multiply (https://docs.python.org/3/library/xml.html#xml-security) would be declared,
is refused, and CVAT writes none.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from xml.parsers import expat

import numpy as np
from numpy.typing import NDArray

from teeth_unet.annotations.documents import EXPORT_AGAIN
from teeth_unet.annotations.formats.reading import (
    FARTHEST,
    MOST_CORNERS,
    MOST_SHAPES,
    Told,
    ellipse,
    numbered,
    one_a_picture,
)
from teeth_unet.annotations.model import (
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Bitmap,
    Polygons,
    Shape,
)
from teeth_unet.errors import InputError, in_short
from teeth_unet.pictures import PIXEL_LIMIT, read_content

NAME = "CVAT for images"

DEEPEST = 20
"""Elements within each other; CVAT's files have eight."""

_OUTLINES = ("polygon", "mask", "ellipse")
"""What encloses a tooth and nothing else; boxes, lines, points and tags do not."""

_CHUNK = 1 << 20

_ROOT = re.compile(
    r"\ufeff?\s*(<\?[^>]{0,200}>\s*)?(<!--.{0,2000}?-->\s*)*<annotations\b", re.DOTALL
)
_PAIRS = re.compile("[^,;]+,[^,;]+(?:;[^,;]+,[^,;]+)*+")

_IMAGES = "CVAT for images 1.1"


def is_document(document: object) -> bool:
    """Tell that no JSON document is of this format."""
    return False


def are_files(names: Sequence[str]) -> bool:
    """Tell nothing by names: other tools write XML as well."""
    return False


def is_text(text: str) -> bool:
    """Tell by the beginning of a file that is no JSON whether it is of this format."""
    return _ROOT.match(text) is not None


def read(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read all XML files.

    Shapes are in the order in which they lie upon each other, and those of a group are one object.
    Boxes, lines and points are left out.

    Raises:
        InputError: A file is damaged or of another kind, or a picture is in it twice.
    """
    told, pictures = Told(), []
    labels = Counter[str]()
    for file in files:
        if _is_xml(file.name):
            for picture, shapes in _File(file, told).pictures():
                labels.update(shape.label for shape in shapes)
                pictures.append((picture, file.name, len(shapes)))
    return AnnotatedSet(NAME, one_a_picture(pictures, told), dict(labels), told.sentences())


def _is_xml(name: str) -> bool:
    return name.lower().endswith(".xml")


class _File:
    """One file, as its elements come."""

    def __init__(self, file: AnnotationFile, told: Told) -> None:
        self._file, self._told = file, told
        self._found: list[tuple[AnnotatedPicture, Sequence[Shape]]] = []
        self._path: list[str] = []
        self._image: Mapping[str, str] | None = None
        self._shapes: list[tuple[int, Shape, list[tuple[str, str]]]] = []
        self._values: list[tuple[str, str]] | None = None  # of the shape at hand, if it counts
        self._attribute: list[str] | None = None
        self._attribute_name = ""

    def pictures(self) -> Sequence[tuple[AnnotatedPicture, Sequence[Shape]]]:
        """Read the file."""
        content = read_content(self._file.read, self._file.name)
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            for start in range(0, len(content), _CHUNK):
                parser.Parse(content[start : start + _CHUNK], False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as failure:
            if isinstance(failure, InputError):
                raise
            raise self._refusal(in_short(failure)) from failure
        return self._found

    def _refusal(self, found: str) -> InputError:
        return InputError(self._file.name, f"a file of {_IMAGES}", found, EXPORT_AGAIN)

    def _refuse_doctype(self, *_: object) -> None:
        raise self._refusal("a document type, which CVAT does not write")

    def _start(self, element: str, attributes: dict[str, str]) -> None:
        if not self._path and element != "annotations":
            raise self._refusal(f"XML that begins with <{element[:40]}>")
        self._path.append(element)
        if len(self._path) > DEEPEST:
            raise self._refusal(f"more than {DEEPEST} elements within each other")
        if element == "track":
            raise InputError(
                self._file.name,
                f"a file of {_IMAGES}",
                "one of CVAT for video",
                f'Export the task as "{_IMAGES}".',
            )
        if len(self._path) == 2 and element == "image":
            self._image, self._shapes = attributes, []
        elif self._image is not None and len(self._path) == 3:
            self._add(element, attributes)
        elif self._image is not None and len(self._path) == 4 and element == "attribute":
            self._attribute, self._attribute_name = [], attributes.get("name", "")

    def _text(self, text: str) -> None:
        if self._attribute is not None:
            self._attribute.append(text)

    def _end(self, element: str) -> None:
        if self._attribute is not None and len(self._path) == 4:
            if self._values is not None:
                self._values.append((self._attribute_name, "".join(self._attribute)))
            self._attribute = None
        elif self._image is not None and len(self._path) == 2:
            self._found.append(self._picture(self._image))
            self._image = None
        self._path.pop()

    def _picture(self, image: Mapping[str, str]) -> tuple[AnnotatedPicture, Sequence[Shape]]:
        name = image.get("name", "").replace("\\", "/").lstrip("/")
        if not name:
            raise self._refusal("a picture without name")
        number = self._numbers(image, f"picture {name!r}")
        size = (int(number("width")), int(number("height")))
        if min(size) < 1:
            raise self._refusal(f"picture {name!r} of {size[0]}x{size[1]} px")
        shapes = tuple(
            Shape(numbered(shape.label, values, name, self._told), shape.region, shape.thing)
            for _, shape, values in sorted(self._shapes, key=lambda each: each[0])
        )
        return AnnotatedPicture(name, size, partial(tuple, shapes)), shapes

    def _numbers(self, attributes: Mapping[str, str], subject: str) -> Callable[[str], float]:
        """Return what gives a number among attributes, or refuses it."""

        def number(name: str, default: str = "") -> float:
            text = attributes.get(name, default)
            try:
                value = float(text)
            except ValueError:
                value = math.nan
            if not abs(value) <= FARTHEST:
                raise self._refusal(f"{subject} with {name}={text[:40]!r}")
            return value

        return number

    def _add(self, element: str, attributes: dict[str, str]) -> None:
        """Keep a shape of the picture at hand."""
        assert self._image is not None
        name, self._values = self._image.get("name", ""), None
        if element not in _OUTLINES:
            self._told.add(f"Shapes drawn as {element[:40]!r} are left out: no outlines", name)
            return
        if len(self._shapes) >= MOST_SHAPES:
            raise self._refusal(f"more than {MOST_SHAPES:,} shapes in picture {name!r}")
        label = attributes.get("label", "")
        subject = f"{element} {label[:40]!r} of picture {name!r}"
        number = self._numbers({"z_order": "0", **attributes}, subject)
        region = self._region(element, attributes, subject, name)
        if region is not None:
            shape = Shape(label, region, _group(attributes))
            self._values = []
            self._shapes.append((int(number("z_order")), shape, self._values))

    def _region(
        self, element: str, attributes: Mapping[str, str], subject: str, name: str
    ) -> Polygons | Bitmap | None:
        number = self._numbers(attributes, subject)
        if element == "ellipse":
            turn = self._numbers({"rotation": "0", **attributes}, subject)("rotation")
            radii = (abs(number("rx")), abs(number("ry")))
            return Polygons((ellipse((number("cx"), number("cy")), radii, turn),))
        if element == "mask":
            size = (int(number("width")), int(number("height")))
            runs = self._runs(attributes.get("rle", ""), size, subject)
            return Bitmap(int(number("left")), int(number("top")), partial(_decode, runs, size))
        corners = self._corners(attributes.get("points", ""), subject)
        if len(corners) < 3:
            self._told.add("Polygons of fewer than three corners are left out", name)
            return None
        return Polygons((corners,))

    def _corners(self, text: str, subject: str) -> NDArray[np.float32]:
        """Return the corners of "x,y;x,y" as an array (n, 2)."""
        if text.count(";") >= MOST_CORNERS:
            raise self._refusal(f"{subject} with more than {MOST_CORNERS:,} corners")
        pairs = text.strip(" ;")
        if not pairs:
            return np.zeros((0, 2), dtype=np.float32)
        try:
            corners = np.array([float(value) for value in pairs.replace(";", ",").split(",")])
        except ValueError as failure:
            raise self._refusal(f"{subject} with points={text[:40]!r}") from failure
        if not _PAIRS.fullmatch(pairs) or not (np.abs(corners) <= FARTHEST).all():
            raise self._refusal(f"{subject} with points={text[:40]!r}")
        return corners.astype(np.float32).reshape(-1, 2)

    def _runs(self, text: str, size: tuple[int, int], subject: str) -> NDArray[np.int32]:
        """Return the lengths of runs, the first one outside; those of some versions end early."""
        try:
            runs = np.array(text.split(","), dtype=np.int64) if text.strip() else np.zeros(0, int)
        except (ValueError, OverflowError) as failure:
            raise self._refusal(f"{subject} with rle={text[:40]!r}") from failure
        pixels = size[0] * size[1]
        if not 0 < pixels <= PIXEL_LIMIT or min(size) < 1:
            raise self._refusal(f"{subject} of {size[0]}x{size[1]} px")
        if (runs < 0).any() or (runs > pixels).any() or int(runs.sum()) > pixels:
            found = f"{subject} whose runs do not fit into its {size[0]}x{size[1]} px"
            raise self._refusal(found)
        return runs.astype(np.int32)


def _group(attributes: Mapping[str, str]) -> str:
    group = attributes.get("group_id", "").strip()
    return "" if group in ("", "0") else group


def _decode(runs: NDArray[np.int32], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return (h, w) bool, True inside, of runs along rows."""
    width, height = size
    inside = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return np.concatenate((inside, np.zeros(width * height - len(inside), bool))).reshape(
        height, width
    )
