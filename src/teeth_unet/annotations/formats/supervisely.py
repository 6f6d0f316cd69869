"""Supervisely: `meta.json`, and `DATASET/ann/PICTURE.json` for `DATASET/img/PICTURE`.

https://docs.supervisely.com/data-organization/00_ann_format_navi

Corners in whole numbers are pixels, as in all that is exported from Supervisely, and not the edges
between them: their middles are meant (`_to_subpixel_coordinate_system_json` of its library).
"""

import posixpath
from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import FailFast, Field

from teeth_unet.annotations.formats.reading import (
    MOST_SHAPES,
    Coordinate,
    Document,
    Points,
    Size,
    Told,
    document_of,
    from_base64,
    mask_of,
    numbered,
    one_a_picture,
    ring,
    unpacked,
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
from teeth_unet.errors import InputError

NAME = "Supervisely"

_EXPECTED = "an annotation of Supervisely: size and objects"
_PNG = b"\x89PNG"


class _Rings(Document):
    exterior: Points
    interior: Annotated[list[Points], FailFast(), Field(max_length=MOST_SHAPES)] = Field(default=[])


class _Mask(Document):
    data: str
    origin: tuple[Coordinate, Coordinate]


class _Tag(Document):
    name: str = ""
    value: str | None = None


class _Object(Document):
    label: str = Field(alias="classTitle")
    kind: str = Field(default="", alias="geometryType")
    points: _Rings | None = None
    parts: Annotated[list[_Rings], FailFast(), Field(max_length=MOST_SHAPES)] = Field(default=[])
    bitmap: _Mask | None = None
    instance: str | None = None
    tags: Annotated[list[_Tag], FailFast(), Field(max_length=MOST_SHAPES)] = Field(default=[])


class _Size(Document):
    width: Size = None
    height: Size = None


class _Annotation(Document):
    size: _Size
    objects: Annotated[list[_Object], FailFast(), Field(max_length=MOST_SHAPES)]


def is_document(document: object) -> bool:
    """Tell of a parsed JSON document whether it is of this format."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("size"), dict)
        and isinstance(document.get("objects"), list)
    )


def are_files(names: Sequence[str]) -> bool:
    """Tell by folders called `ann` with JSON files in them."""
    return any(_is_annotation(name) for name in names)


def read(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read the annotations in folders called `ann`; of a set without such folders, all JSON files.

    Polygons with holes, bitmaps and alpha masks count; boxes, lines and points are left out.

    Raises:
        InputError: A file is damaged or of another kind, or two are of one picture.
    """
    told, labels = Told(), Counter[str]()
    pictures = []
    for file in _annotations(files):
        document = document_of(file, _Annotation, _EXPECTED)
        shapes = _shapes(document, file.name, told)
        labels.update(shape.label for shape in shapes)
        width, height = document.size.width, document.size.height
        size = (width, height) if width and height else UNKNOWN_SIZE
        picture = AnnotatedPicture(_picture_name(file.name), size, partial(_shapes_of, file))
        pictures.append((picture, file.name, len(shapes)))
    return AnnotatedSet(NAME, one_a_picture(pictures, told), dict(labels), told.sentences())


def _annotations(files: Sequence[AnnotationFile]) -> list[AnnotationFile]:
    found = [file for file in files if _is_annotation(file.name)]
    return found or [
        file
        for file in files
        if file.name.lower().endswith(".json")
        and posixpath.basename(file.name).lower() not in _OF_PROJECTS
    ]


_OF_PROJECTS = {"meta.json", "obj_class_to_machine_color.json", "key_id_map.json"}


def _is_annotation(name: str) -> bool:
    return name.lower().endswith(".json") and posixpath.dirname(f"/{name}").endswith("/ann")


def _picture_name(name: str) -> str:
    """Return the picture's name: `d/ann/7.jpg.json` is of `d/img/7.jpg`."""
    folder, own = posixpath.split(name)
    if posixpath.basename(folder) == "ann":
        folder = posixpath.join(posixpath.dirname(folder), "img")
    picture = posixpath.splitext(own)[0]
    # The oldest files are called after the picture without its suffix.
    if not posixpath.splitext(picture)[1]:
        picture = f"{picture}.png"
    return posixpath.join(folder, picture)


def _shapes_of(file: AnnotationFile) -> list[Shape]:
    """Read a file anew, so that the shapes of one picture only are in memory."""
    return _shapes(document_of(file, _Annotation, _EXPECTED), file.name, Told())


def _shapes(document: _Annotation, name: str, told: Told) -> list[Shape]:
    shapes = []
    for place, given in enumerate(document.objects):
        subject = f"{name}, object {place} ({given.label[:40]!r})"
        region = _region(given, subject, name, told)
        if region is not None:
            tags = [(tag.name, tag.value) for tag in given.tags if tag.value is not None]
            label = numbered(given.label, tags, name, told)
            shapes.append(Shape(label, region, given.instance or ""))
    return shapes


def _region(given: _Object, subject: str, name: str, told: Told) -> Polygons | Bitmap | None:
    """Return what an object encloses; None, told, if it encloses nothing."""
    if given.bitmap is not None:
        left, top = (int(np.floor(value)) for value in given.bitmap.origin)
        return Bitmap(left, top, partial(_mask, given.bitmap.data, subject))
    kind = given.kind or "polygon"
    if kind not in ("polygon", "multipolygon"):
        told.add(f"Objects drawn as {kind[:40]!r} are left out: they enclose nothing", name)
        return None
    given_rings = [given.points] if given.points else given.parts
    if not given_rings:
        raise InputError(subject, "points, parts or a bitmap", "none", "Draw it anew.")
    if any(len(rings.exterior) < 3 for rings in given_rings):
        told.add("Polygons of fewer than three corners are left out", name)
        return None
    return Polygons(
        tuple(
            _in_edges(points)
            for rings in given_rings
            for points in (rings.exterior, *rings.interior)
            if len(points) >= 3
        )
    )


def _in_edges(points: list[tuple[float, float]]) -> NDArray[np.float32]:
    corners = ring(points)
    return corners + np.float32(0.5) if (corners % 1 == 0).all() else corners


def _mask(text: str, subject: str) -> NDArray[np.bool_]:
    """Decode a mask: a PNG file, packed by zlib unless it is from the labelling tool itself."""
    content = from_base64(text, subject)
    png = content if content.startswith(_PNG) else unpacked(content, subject)
    return mask_of(png, subject, by_opacity=True)
