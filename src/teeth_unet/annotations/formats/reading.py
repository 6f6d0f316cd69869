"""What several readers need: JSON of a known form, masks in it, and what is told of a set."""

import base64
import io
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field, ValidationError

from teeth_unet import imaging
from teeth_unet.annotations.documents import EXPORT_AGAIN, text_of
from teeth_unet.annotations.model import AnnotatedPicture, AnnotationFile, Bitmap
from teeth_unet.errors import InputError
from teeth_unet.pictures import open_picture

MOST_CORNERS = 1_000_000
"""Corners that a shape may have; a tooth drawn by hand has some dozens."""

MOST_SHAPES = 100_000
"""Shapes that a picture may have; one of all teeth, with findings, has some hundreds."""

MOST_UNPACKED = 64 << 20
"""Bytes that a compressed mask of one shape may unpack to; one of a tooth takes some hundreds."""

OPAQUE = 255

_BEGINNING = 1 << 16
"""Letters of an embedded picture in which its size is looked for; four of them are three bytes."""

FARTHEST = 1e7
"""How far from the corner of a picture a coordinate may lie, in px."""

_TOOTH = re.compile(r"\s*(tooth|teeth|dent|diente|dente|zahn)\s*", re.IGNORECASE)

_TOOTH_NUMBER = re.compile("(?!id$|$)(tooth)?(fdi|iso|universal|palmer)?(number|num|no|nr|id)?")
"""Names of attributes that hold a tooth number, in small letters and these alone."""

_NOTATIONS = {"fdi": "FDI", "iso": "FDI", "universal": "Universal"}
"""What an attribute's name tells of its numbers; those in Palmer's notation are clear without."""

_SHORT = re.compile(r"\s*\w{1,4}\s*")

Coordinate = Annotated[float, Field(ge=-FARTHEST, le=FARTHEST, allow_inf_nan=False)]

Points = Annotated[list[tuple[Coordinate, Coordinate]], FailFast(), Field(max_length=MOST_CORNERS)]
"""Corners, x and y in px."""


class Document(BaseModel):
    """A part of a JSON file, of which the rest is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True, coerce_numbers_to_str=True)


AnyDocument = TypeVar("AnyDocument", bound=Document)


def _or_none(size: object) -> int | None:
    """Take a size that is no number of pixels for one that is not told."""
    if isinstance(size, bool) or not isinstance(size, (int, float)):
        return None
    return int(size) if 1 <= size <= FARTHEST else None


Size = Annotated[int | None, BeforeValidator(_or_none)]
"""Width or height in px, None if the file does not tell it."""


class Told:
    """What was left out or decided while a set was read, each kind once, with its number."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def add(self, what: str, where: str, count: int = 1) -> None:
        """Note something, by a phrase that is the same each time, and the file it is in."""
        self._counts[what] += count
        self._first.setdefault(what, where)

    def sentences(self) -> list[str]:
        """Return one sentence a kind, in the order in which they came up."""
        return [
            f"{what}: {n} in all, first in {self._first[what]}." for what, n in self._counts.items()
        ]


def document_of(file: AnnotationFile, kind: type[AnyDocument], expected: str) -> AnyDocument:
    """Return what a JSON file holds.

    Args:
        file: The file.
        kind: What it has to hold.
        expected: The same in words.

    Raises:
        InputError: It cannot be read, is no JSON, or holds something else; it names the place.
    """
    text = text_of(file)
    if not text.strip("\0 \t\r\n"):
        raise InputError(file.name, expected, "an empty file", EXPORT_AGAIN)
    try:
        return kind.model_validate_json(text)
    except ValidationError as failure:
        error = failure.errors(include_url=False, include_context=False)[0]
        found = error["msg"][:1].lower() + error["msg"][1:]
        if place := ".".join(map(str, error["loc"])):
            found = f"at {place}: {found}"
        raise InputError(file.name, expected, found, EXPORT_AGAIN) from failure


def ring(points: Sequence[tuple[float, float]]) -> NDArray[np.float32]:
    """Return corners as an array (n, 2)."""
    return np.array(points, dtype=np.float32).reshape(-1, 2)


def ellipse(
    middle: tuple[float, float], radii: tuple[float, float], degrees: float = 0.0
) -> NDArray[np.float32]:
    """Return an ellipse as a ring that leaves it by no more than a fiftieth of a pixel.

    Args:
        middle: x and y in px.
        radii: Along x and y in px, before it is turned.
        degrees: By how much it is turned, clockwise as it is seen.
    """
    # A chord leaves its arc by r (1 - cos(pi / n)), which is about r (pi / n)² / 2.
    corners = int(np.clip(np.ceil(np.pi * np.sqrt(max(*radii, 1) / 0.04)), 12, 5000))
    angles = np.arange(corners) * (2 * np.pi / corners)
    along = np.stack((radii[0] * np.cos(angles), radii[1] * np.sin(angles)), axis=1)
    turn = np.deg2rad(degrees)
    turned = along @ np.array(((np.cos(turn), np.sin(turn)), (-np.sin(turn), np.cos(turn))))
    return (turned + middle).astype(np.float32)


def from_base64(text: str, subject: str) -> bytes:
    """Return what a text in base64 stands for.

    Raises:
        InputError: It is none.
    """
    try:
        return base64.b64decode(text)
    except ValueError as failure:
        raise _damaged_mask(subject, f"no base64: {failure}") from failure


def unpacked(content: bytes, subject: str) -> bytes:
    """Return what zlib has packed.

    Raises:
        InputError: It is damaged, or unpacks to more than `MOST_UNPACKED`.
    """
    unpacking = zlib.decompressobj()
    try:
        whole = unpacking.decompress(content, MOST_UNPACKED)
    except zlib.error as failure:
        raise _damaged_mask(subject, str(failure)) from failure
    if unpacking.unconsumed_tail:
        raise _damaged_mask(subject, f"one of more than {MOST_UNPACKED >> 20} MiB")
    if not unpacking.eof:
        raise _damaged_mask(subject, "a truncated one")
    return whole


def mask_of(content: bytes, subject: str, by_opacity: bool = False) -> NDArray[np.bool_]:
    """Return (h, w) bool: which pixels of a picture are marked.

    Opaque ones if some are transparent; else those of more than half of the brightest level.

    Args:
        content: A picture file.
        subject: What errors call it.
        by_opacity: Whether opaque pixels are marked even if all are.

    Raises:
        InputError: It is damaged, or no picture.
    """
    picture = imaging.turn_upright(open_picture(content, subject))
    if picture.has_transparency_data:
        opacity = np.asarray(picture.convert("RGBA").getchannel("A"))
        if by_opacity or (opacity < OPAQUE).any():
            return opacity > OPAQUE / 2
    levels = imaging.decode_mask(picture).strength
    marked: NDArray[np.bool_] = levels > levels.max(initial=0) / 2
    return marked


def cropped(mask: NDArray[np.bool_]) -> Bitmap:
    """Return a mask of a whole picture as the part of it that is marked."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return Bitmap(0, 0, lambda: np.zeros((1, 1), dtype=bool))
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()
    return Bitmap(int(columns[0]), int(rows[0]), lambda: part)


def embedded_size(text: str) -> tuple[int, int] | None:
    """Return width and height of a picture in base64, by its beginning; None if it tells none."""
    try:
        beginning = base64.b64decode(text[:_BEGINNING])
        return Image.open(io.BytesIO(beginning), formats=("PNG", "JPEG", "BMP")).size
    except Exception:  # the size is then not known
        return None


def _damaged_mask(subject: str, found: str) -> InputError:
    return InputError(subject, "a mask in base64", found, "Draw the shape anew, or take it away.")


def numbered(label: str, attributes: Iterable[tuple[str, str]], name: str, told: Told) -> str:
    """Return a shape's label with the number that an attribute gives: "tooth 11" for "tooth".

    Only attributes whose name says that they are tooth numbers count, and only for labels that say
    "tooth" or nothing more: a caries with the number of its tooth is no tooth.

    Args:
        label: The shape's label.
        attributes: Names and values.
        name: The file's name.
        told: Gets what was decided.
    """
    if _TOOTH.fullmatch(label):
        for attribute, value in attributes:
            plain = re.sub("[^a-z]", "", attribute.lower())
            if _TOOTH_NUMBER.fullmatch(plain) and _SHORT.fullmatch(value):
                told.add(f"Shapes whose number is in their attribute {attribute!r}", name)
                notation = next((name for key, name in _NOTATIONS.items() if key in plain), "")
                return f"{label} {value.strip()} {notation}".rstrip()
    return label


def one_a_picture(
    pictures: Sequence[tuple[AnnotatedPicture, str, int]], told: Told
) -> list[AnnotatedPicture]:
    """Return one annotation a picture: of several, the one that has shapes.

    Args:
        pictures: Each with the name of the file it is from, and how many shapes it has.
        told: Gets what is left out.

    Raises:
        InputError: Several annotations of one picture have shapes.
    """
    chosen: dict[str, tuple[AnnotatedPicture, str, int]] = {}
    for each in pictures:
        picture, source, count = each
        known = chosen.setdefault(picture.file, each)
        if known is each:
            continue
        if known[2] and count:
            raise InputError(
                source,
                f"one annotation of {picture.file!r}",
                f"another one, in {known[1]}" if known[1] != source else "two of them",
                "Take away the one that does not count, or give the pictures different names.",
            )
        told.add("Second annotations of a picture, without shapes, are left out", source)
        chosen[picture.file] = each if count else known
    return [picture for picture, _, _ in chosen.values()]
