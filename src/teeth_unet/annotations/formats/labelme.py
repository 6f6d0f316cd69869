"""LabelMe: one JSON file a picture (https://github.com/wkentaro/labelme).

Coordinates are those of the picture as LabelMe shows it: upright, as its EXIF orientation says.
"""

import itertools
import math
import ntpath
import posixpath
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import FailFast, Field

from teeth_unet.annotations.formats.holes import with_holes
from teeth_unet.annotations.formats.reading import (
    MOST_SHAPES,
    Document,
    Points,
    Size,
    Told,
    document_of,
    ellipse,
    embedded_size,
    from_base64,
    mask_of,
    one_a_picture,
    ring,
)
from teeth_unet.annotations.model import (
    UNKNOWN_SIZE,
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Bitmap,
    Polygons,
    Shape,
)

NAME = "LabelMe"

HOLE = "_background_"
"""Label of what is cut out of the shapes beneath it."""

IGNORED = "__ignore__"

_OF_FOUR_CORNERS = ("rectangle", "oriented_rectangle", "rotation")
"""Rectangles of LabelMe 6 and of X-AnyLabeling."""

_EXPECTED = "a LabelMe file: shapes with label and points"


class _Shape(Document):
    label: str
    points: Points
    kind: str | None = Field(default=None, alias="shape_type")
    group: int | str | None = Field(default=None, alias="group_id")
    mask: str | None = None


class _File(Document):
    path: str | None = Field(default=None, alias="imagePath")
    picture: str | None = Field(default=None, alias="imageData")
    width: Size = Field(default=None, alias="imageWidth")
    height: Size = Field(default=None, alias="imageHeight")
    shapes: Annotated[list[_Shape], FailFast(), Field(max_length=MOST_SHAPES)]


def is_document(document: object) -> bool:
    """Tell of a parsed JSON document whether it is of this format."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("shapes"), list)
        and not {"imagePath", "imageData", "imageHeight"}.isdisjoint(document)
    )


def are_files(names: Sequence[str]) -> bool:
    """Tell nothing by names: LabelMe's are those of its pictures."""
    return False


def read(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read all JSON files.

    Rectangles and circles count as LabelMe fills them; points and lines enclose nothing. Shapes
    called `_background_` are holes in the shapes before them.

    Raises:
        InputError: A file is damaged or of another kind, or two are of one picture.
    """
    told, labels = Told(), Counter[str]()
    pictures = []
    for file in files:
        if file.name.lower().endswith(".json"):
            document = document_of(file, _File, _EXPECTED)
            size = _size(document, file.name, told)
            shapes = _shapes(document, file.name, size, told)
            labels.update(shape.label for shape in shapes)
            picture = AnnotatedPicture(
                _picture_name(document, file.name, told), size, partial(_shapes_of, file, size)
            )
            pictures.append((picture, file.name, len(shapes)))
    return AnnotatedSet(NAME, one_a_picture(pictures, told), dict(labels), told.sentences())


def _shapes_of(file: AnnotationFile, size: tuple[int, int]) -> list[Shape]:
    """Read a file anew, so that the shapes of one picture only are in memory."""
    return _shapes(document_of(file, _File, _EXPECTED), file.name, size, Told())


def _picture_name(document: _File, name: str, told: Told) -> str:
    """Return the picture's name beside its annotation; paths of other computers lose their folders.

    A picture without a name is called as the file is.
    """
    own = posixpath.splitext(name)[0]
    path = (document.path or "").replace("\\", "/").strip()
    if posixpath.basename(path) in ("", ".", ".."):
        return f"{own}.png"
    if ntpath.splitdrive(path)[0] or path.startswith("/"):
        path = posixpath.basename(path)
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
    parts = list(itertools.dropwhile(lambda part: part == "..", beside.split("/")))
    if posixpath.splitext(parts[-1])[0] != posixpath.basename(own):
        told.add("Files that name a picture called otherwise than they are: its name counts", name)
    return "/".join(parts)


def _size(document: _File, name: str, told: Told) -> tuple[int, int]:
    """Return width and height of the picture; those of its own where nothing tells them."""
    width, height = document.width, document.height
    if width is None or height is None:
        return embedded_size(document.picture or "") or UNKNOWN_SIZE
    if width != height and document.shapes:
        corners = [point for shape in document.shapes for point in shape.points]
        right, bottom = np.max(corners, axis=0) if corners else (0.0, 0.0)
        if (right > width + 1 or bottom > height + 1) and right <= height and bottom <= width:
            told.add("Files with width and height exchanged, as their shapes show", name)
            return height, width
    return width, height


def _shapes(document: _File, name: str, size: tuple[int, int], told: Told) -> list[Shape]:
    """Return the shapes that enclose something, holes cut out."""
    shapes: list[Shape] = []
    holes: list[tuple[int, Polygons | Bitmap]] = []  # each with how many shapes are before it
    for place, given in enumerate(document.shapes):
        if given.label == IGNORED:
            told.add(f"Shapes called {IGNORED} are left out", name)
            continue
        region = _region(given, f"{name}, shape {place} ({given.label[:40]!r})", name, told)
        if region is None:
            continue
        if given.label == HOLE:
            told.add(f"Shapes called {HOLE} are holes in the shapes before them", name)
            holes.append((len(shapes), region))
        else:
            thing = "" if given.group is None else str(given.group)
            shapes.append(Shape(given.label, region, thing))
    return with_holes(shapes, holes, size, name) if holes else shapes


def _region(given: _Shape, subject: str, name: str, told: Told) -> Polygons | Bitmap | None:
    """Return what a shape encloses; None, told, if it encloses nothing."""
    kind, points = given.kind or "polygon", given.points
    if kind in ("rectangle", "circle") and len(points) == 2:
        told.add(f"Shapes drawn as {kind}s count as they are filled", name)
        return Polygons((_filled_form(kind, *points),))
    if kind in _OF_FOUR_CORNERS and len(points) == 4:
        told.add("Shapes drawn as rectangles count as they are filled", name)
        return Polygons((ring(points),))
    if kind == "mask" and given.mask and points:
        left, top = (math.floor(value) for value in points[0])
        return Bitmap(left, top, partial(_mask, given.mask, subject))
    if kind != "polygon":
        told.add(f"Shapes drawn as {kind[:40]!r} are left out: they enclose nothing", name)
    elif len(points) < 3:
        told.add("Polygons of fewer than three corners are left out", name)
    else:
        return Polygons((ring(points),))
    return None


def _mask(text: str, subject: str) -> NDArray[np.bool_]:
    return mask_of(from_base64(text, subject), subject)


def _filled_form(
    kind: str, first: tuple[float, float], second: tuple[float, float]
) -> NDArray[np.float32]:
    """Return a rectangle by two corners, or a circle by its middle and a point on it."""
    if kind == "circle":
        radius = math.dist(first, second)
        return ellipse(first, (radius, radius))
    (left, top), (right, bottom) = first, second
    return ring([(left, top), (right, top), (right, bottom), (left, bottom)])
