"""One mask file a tooth: `CASE_11.png`, or `CASE/11.png` in a folder a case."""

import posixpath
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from teeth_unet.annotations.formats.reading import Told, cropped, mask_of
from teeth_unet.annotations.model import (
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Shape,
)
from teeth_unet.errors import InputError
from teeth_unet.pictures import read_content
from teeth_unet.tooth_numbers import TEETH

NAME = "one mask file a tooth"

SUFFIXES = (".png", ".tif", ".tiff", ".bmp")
"""Of files that keep a mask as it is; JPEG does not."""

_FDI = set(TEETH)
_UNIVERSAL = set(range(1, 33))

_NAME = re.compile(
    r"(?:(?P<case>.+?)[ _-]+)??(?:(?:tooth|fdi)[ _-]*)?(?P<number>[0-9]{1,2})(?:[ _-]+mask)?",
    re.IGNORECASE,
)

_SHARE = 0.9
"""Of mask files that have a tooth number in their names, at least."""

Teeth = dict[str, dict[int, AnnotationFile]]


def is_document(document: object) -> bool:
    """Tell that no JSON document is of this format."""
    return False


def are_files(names: Sequence[str]) -> bool:
    """Tell by numbers of teeth at the ends of names, if there is nothing but masks.

    Masks that are counted from 1 on, one an X-ray, are none: their numbers are no FDI numbers, and
    no number is in two cases.
    """
    found = [place for place in map(_case_and_number, names) if place is not None]
    numbers = Counter(number for _, number in found)
    cases = {case for case, _ in found}
    return (
        all(map(_is_mask, names))
        and len(found) > max(_SHARE * len(names), len(cases))
        and (numbers.keys() <= _FDI or (numbers.keys() <= _UNIVERSAL and max(numbers.values()) > 1))
    )


def read(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read mask files; every case becomes a picture called after it, with a shape a tooth.

    Raises:
        InputError: A file is damaged, or two are of one tooth.
    """
    told = Told()
    teeth = _teeth(files, told)
    pictures = [
        AnnotatedPicture(f"{case}.png", _size(of_case), partial(_shapes, of_case))
        for case, of_case in teeth.items()
    ]
    labels = Counter(str(number) for of_case in teeth.values() for number in of_case)
    return AnnotatedSet(NAME, pictures, dict(labels), told.sentences())


def _is_mask(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _case_and_number(name: str) -> tuple[str, int] | None:
    """Return the case and the tooth that a file's name tells; None if it tells none."""
    folder, own = posixpath.split(name)
    match = _NAME.fullmatch(posixpath.splitext(own)[0])
    number = int(match["number"]) if match else 0
    if match is None or number not in _FDI | _UNIVERSAL:
        return None
    if match["case"]:
        return posixpath.join(folder, match["case"]), number
    return (folder, number) if folder else None


def _teeth(files: Sequence[AnnotationFile], told: Told) -> Teeth:
    teeth: Teeth = {}
    for file in files:
        if not _is_mask(file.name):
            continue
        place = _case_and_number(file.name)
        if place is None:
            told.add("Masks without a tooth number in their names are left out", file.name)
            continue
        case, number = place
        known = teeth.setdefault(case, {}).setdefault(number, file)
        if known is not file:
            raise InputError(
                file.name,
                f"one mask of tooth {number} of case {case!r}",
                f"another one, {known.name}",
                "Take one of them away.",
            )
    return teeth


def _size(of_case: Mapping[int, AnnotationFile]) -> tuple[int, int]:
    """Return width and height of a case's first mask; the others are compared with it later."""
    height, width = _mask(next(iter(of_case.values()))).shape
    return width, height


def _shapes(of_case: Mapping[int, AnnotationFile]) -> list[Shape]:
    """Return one shape a tooth, each within its own rows and columns."""
    shapes, size = [], None
    for number, file in of_case.items():
        mask = _mask(file)
        size = size or mask.shape
        if mask.shape != size:
            raise InputError(
                file.name,
                f"{size[1]}x{size[0]} px, as the other masks of the case",
                f"{mask.shape[1]}x{mask.shape[0]} px",
                "Export the masks of the case again.",
            )
        shapes.append(Shape(str(number), cropped(mask)))
    return shapes


def _mask(file: AnnotationFile) -> NDArray[np.bool_]:
    return mask_of(read_content(file.read, file.name), file.name)
