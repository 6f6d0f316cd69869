"""COCO JSON: polygons or run lengths of many pictures in a file.

As CVAT, Label Studio, Roboflow, FiftyOne, LabelMe's and Supervisely's converters write it; see
https://cocodataset.org/#format-data.
"""

import posixpath
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from teeth_unet.annotations.documents import EXPORT_AGAIN, parsed, text_of
from teeth_unet.annotations.formats.coco_annotations import Annotation, Unusable, key_of, slim
from teeth_unet.annotations.model import (
    UNKNOWN_SIZE,
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Shape,
)
from teeth_unet.errors import InputError

NAME = "COCO"

_EXPECTED = "COCO annotations: images, annotations, categories"


@dataclass
class _Picture:
    """A picture in the making.

    Attributes:
        file: Its name.
        size: Width and height in px.
        source: The JSON file that it is in.
        annotations: What is marked in it.
    """

    file: str
    size: tuple[int, int]
    source: str
    annotations: list[Annotation] = field(default_factory=list)


def is_document(document: object) -> bool:
    """Tell of a parsed JSON document whether it is of this format."""
    return (
        isinstance(document, dict)
        and isinstance(document.get("images"), list)
        and not {"annotations", "categories"}.isdisjoint(document)
    )


def are_files(names: Sequence[str]) -> bool:
    """Tell nothing by names: they are anything, and no two tools agree."""
    return False


def read(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read all files, such as one each for training, validation and test.

    Polygons of an annotation are parts of one region, as COCO has it. Annotations with a box or
    points alone mark no region.

    Raises:
        InputError: A file is damaged or no COCO, a region is unusable, or a picture has
            annotations twice.
    """
    notes: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    folders = {posixpath.dirname(file.name) for file in files}
    chosen: dict[str, _Picture] = {}
    for file in files:
        document = _document(file)
        folder = posixpath.dirname(file.name) if len(folders) > 1 else ""
        for picture in _pictures(document, file.name, folder, notes):
            labels.update(annotation.label for annotation in picture.annotations)
            _choose(picture, chosen, notes)
    pictures = [
        AnnotatedPicture(each.file, each.size, partial(_shapes, each.annotations))
        for each in chosen.values()
    ]
    sentences = [f"{what}: {count:,}." for what, count in notes.items()]
    return AnnotatedSet(NAME, pictures, dict(labels), sentences)


def _document(file: AnnotationFile) -> Mapping[str, Any]:
    """Return what a file holds; the dispatcher has parsed it already."""
    document = getattr(file, "document", None)
    if document is None:
        document = parsed(text_of(file), file.name, slim)
    if not isinstance(document, dict) or not is_document(document):
        raise InputError(file.name, _EXPECTED, "something else", EXPORT_AGAIN)
    return document


def _entries(document: Mapping[str, Any], key: str, name: str) -> list[Any]:
    entries = document.get(key) or []
    if not isinstance(entries, list):
        raise InputError(name, f"a list of {key}", f"{type(entries).__name__}", EXPORT_AGAIN)
    return entries


def _choose(picture: _Picture, chosen: dict[str, _Picture], notes: Counter[str]) -> None:
    """Keep one annotation a picture: of several, the one in which something is marked."""
    known = chosen.setdefault(picture.file, picture)
    if known is picture:
        return
    if known.annotations and picture.annotations:
        raise InputError(
            picture.source,
            f"one annotation of {picture.file!r}",
            "two of them" if known.source == picture.source else f"another one in {known.source}",
            "Take away the one that does not count, or give the pictures different names.",
        )
    notes["Second entries of a picture, in which nothing is marked, are left out"] += 1
    if picture.annotations:
        chosen[picture.file] = picture


def _pictures(
    document: Mapping[str, Any], name: str, folder: str, notes: Counter[str]
) -> Iterator[_Picture]:
    """Yield the pictures of a file with their annotations."""
    pictures: dict[str, _Picture] = {}
    for entry in _entries(document, "images", name):
        key, picture = _picture(entry, name, folder)
        if pictures.setdefault(key, picture).file != picture.file:
            found = f"it for {pictures[key].file!r} and {picture.file!r}"
            raise InputError(name, f"the id {key} for one picture", found, EXPORT_AGAIN)
    categories = _categories(document, name)
    for annotation in _entries(document, "annotations", name):
        if not isinstance(annotation, Annotation):
            notes["Annotations that belong to no picture are left out"] += 1
        elif annotation.picture not in pictures:
            notes["Annotations of pictures that the file does not list are left out"] += 1
        elif annotation.is_empty:
            notes["Annotations of a box or points, which mark no region, are left out"] += 1
        else:
            picture = pictures[annotation.picture]
            subject = f"{name}, annotation {annotation.id} of {picture.file}"
            try:
                annotation.check(picture.size)
            except Unusable as failure:
                raise InputError(subject, failure.expected, failure.found, failure.remedy) from None
            annotation.label = categories(annotation.category)
            picture.annotations.append(annotation)
    yield from pictures.values()


def _picture(entry: object, name: str, folder: str) -> tuple[str, _Picture]:
    """Return the key and the picture of an entry of `images`."""
    file = entry.get("file_name") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(file, str) or not file.strip():
        raise InputError(name, "a file_name of each image", f"{str(entry)[:80]}", EXPORT_AGAIN)
    size = tuple(_pixels(entry.get(side)) for side in ("width", "height"))
    known = UNKNOWN_SIZE if 0 in size else (size[0], size[1])
    return key_of(entry.get("id")), _Picture(posixpath.join(folder, _relative(file)), known, name)


def _pixels(value: object) -> int:
    """Return a number of pixels; 0 where there is none."""
    try:
        pixels = float(str(value))
        return int(pixels) if 1 <= pixels <= 1e6 else 0
    except ValueError:
        return 0


def _relative(file: str) -> str:
    r"""Return a name inside the set: without the way to it on the computer that it is from.

    Label Studio writes `..\..\media\upload\4\x.png`, for example.
    """
    parts = file.strip().replace("\\", "/").split("/")
    outside = [
        place for place, part in enumerate(parts[:-1]) if part in ("", ".", "..") or ":" in part
    ]
    return "/".join(parts[outside[-1] + 1 :] if outside else parts)


def _categories(document: Mapping[str, Any], name: str) -> Callable[[str], str]:
    """Return what gives a category's name by its id; by the id where the file has no name."""
    names = {}
    for entry in _entries(document, "categories", name):
        if isinstance(entry, dict) and entry.get("name") not in (None, ""):
            names[key_of(entry.get("id"))] = str(entry["name"]).strip()

    def name_of(key: str) -> str:
        return names.get(key) or (f"category {key}" if key else "no category")

    return name_of


def _shapes(annotations: Sequence[Annotation]) -> list[Shape]:
    """Return the shapes of a picture; parts of an annotation have its place as `thing`."""
    return [
        Shape(annotation.label, region, thing=str(place), crowd=annotation.crowd)
        for place, annotation in enumerate(annotations, start=1)
        for region in annotation.regions()
    ]
