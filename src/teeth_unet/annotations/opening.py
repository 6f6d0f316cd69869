"""Which format files of annotations have, by what is in them."""

import itertools
import posixpath
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from teeth_unet.annotations.documents import EXPORT_AGAIN, is_json, parsed, text_of
from teeth_unet.annotations.formats import FORMATS, coco
from teeth_unet.annotations.formats.coco_annotations import slim
from teeth_unet.annotations.model import AnnotatedSet, AnnotationFile, Format
from teeth_unet.errors import InputError
from teeth_unet.pictures import PICTURE_SUFFIXES
from teeth_unet.text import listed

_NO_TEXT = {*PICTURE_SUFFIXES, ".dcm", ".zip", ".npy", ".npz", ".pt", ".onnx", ".cache"}
"""Endings of files that are not looked into, since there are many or large ones."""

_TEXT = {".json", ".txt", ".xml", ".yaml", ".yml"}
"""Endings of files that have to be readable."""


class UnknownFormat(InputError):
    """There are no annotations, or of no format that is known."""


@dataclass(frozen=True)
class ParsedFile:
    """A JSON file that has been parsed, so that a large one is parsed once.

    Attributes:
        name: Its name inside its folder or archive.
        read: Returns its bytes.
        document: What it holds, as `coco_annotations.slim` leaves it.
    """

    name: str
    read: Callable[[], bytes]
    document: object


def open_annotations(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read a set of annotations of whichever format.

    Args:
        files: All files of a folder or an archive, or one file alone. What is no annotation, such
            as pictures and notes, is left out and told.

    Raises:
        UnknownFormat: No file has a format that is known.
        InputError: Several formats are there, or a file is damaged.
    """
    files = [file for file in files if not _is_of_the_system(file.name)]
    names = [file.name for file in files]
    found: dict[str, list[AnnotationFile]] = {
        form.NAME: [] for form in FORMATS if form.are_files(names)
    }
    for file in files:
        form, opened = _look(file)
        if form is not None:
            found.setdefault(form.NAME, []).append(opened)
    if len(found) != 1:
        raise _several(found) if found else _none(names)
    ((name, recognised),) = found.items()
    form = next(form for form in FORMATS if name == form.NAME)
    if form.are_files(names) or _is_text_format(form):
        return form.read(files)
    annotations = form.read(recognised)
    rest = [name for name in names if name not in {file.name for file in recognised}]
    return replace(annotations, notes=[*annotations.notes, *_told(rest)])


def _look(file: AnnotationFile) -> tuple[Format | None, AnnotationFile]:
    """Return the format of a file, and the file; that of COCO as it has been parsed."""
    suffix = PurePosixPath(file.name).suffix.lower()
    if suffix in _NO_TEXT:
        return None, file
    try:
        text = text_of(file)
        if suffix == ".json" and not text.strip():
            raise InputError(file.name, "annotations", "an empty file", EXPORT_AGAIN)
        if not is_json(text):
            return next((form for form in FORMATS if _is_text(form, text)), None), file
        document = parsed(text, file.name, slim)
    except InputError:
        if suffix in _TEXT:
            raise
        return None, file
    form = next((form for form in FORMATS if form.is_document(document)), None)
    is_coco = form is not None and form.NAME == coco.NAME
    return form, ParsedFile(file.name, file.read, document) if is_coco else file


def _is_of_the_system(name: str) -> bool:
    """Tell whether a file is one that a system keeps beside others: `__MACOSX/._1.json`."""
    path = PurePosixPath(name)
    return path.name.startswith(".") or path.name.lower() in ("thumbs.db", "desktop.ini")


def _is_text_format(form: Format) -> bool:
    """Tell whether a format is one of several files that are no JSON; it then gets all files."""
    return hasattr(form, "is_text")


def _is_text(form: Format, text: str) -> bool:
    return _is_text_format(form) and form.is_text(text)  # type: ignore[attr-defined]


def _told(names: Sequence[str]) -> list[str]:
    """Return a sentence on files that are no annotations, by their endings."""
    if not names:
        return []
    endings = Counter(PurePosixPath(name).suffix.lower() or "without ending" for name in names)
    counted = [f"{count:,} {ending}" for ending, count in endings.most_common()]
    return [f"Files beside the annotations that are left out: {listed(counted)}."]


def _several(found: dict[str, list[AnnotationFile]]) -> InputError:
    named = [f"{name} ({files[0].name})" if files else name for name, files in found.items()]
    return InputError(
        "annotations",
        "files of one format",
        " and ".join(named),
        _choice([_place(files) for files in found.values()]),
    )


def _place(files: Sequence[AnnotationFile]) -> str:
    """Return the folder of all files of a format, or the only file if it is one by itself."""
    folder = posixpath.commonpath([posixpath.dirname(file.name) for file in files] or [""])
    alone = len(files) == 1 and files[0].name.lower().endswith((".json", ".xml"))
    return folder or (files[0].name if alone else "")


def _choice(places: Sequence[str]) -> str:
    """Say how one format is chosen: by its own place, where each has one."""
    ordered = sorted(f"{place}/" for place in places)
    nested = any(inner.startswith(outer) for outer, inner in itertools.pairwise(ordered))
    if "" in places or nested:
        return "Leave those of one format, and move the others elsewhere."
    return f"Give one of these in it, by its own path: {', '.join(places)}."


def _none(names: Sequence[str]) -> UnknownFormat:
    known = ", ".join(form.NAME for form in FORMATS)
    return UnknownFormat(
        "annotations",
        f"files of one of these formats: {known}",
        listed(names) if names else "no file",
        "Export the annotations in one of them.",
    )
