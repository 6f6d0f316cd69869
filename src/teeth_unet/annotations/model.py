"""What an annotation says of a picture, whichever tool wrote it.

Coordinates are in pixels of the picture, x to the right and y down, and count pixel edges: the
first pixel of a row covers x from 0 to 1. A pixel belongs to a region if its middle does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

UNKNOWN_SIZE = (0, 0)
"""Size of an annotated picture that the annotation does not tell."""


class AnnotationFile(Protocol):
    """A file that nobody has read yet.

    Attributes:
        name: Its name inside its folder or archive, with "/" between the parts.
        read: Returns its bytes.
    """

    @property
    def name(self) -> str:  # noqa: D102
        ...

    @property
    def read(self) -> Callable[[], bytes]:  # noqa: D102
        ...


@dataclass(frozen=True)
class Polygons:
    """A region within closed rings, filled by the even-odd rule: a ring inside another is a hole.

    Attributes:
        rings: Corners (n, 2), x and y, finite; the last one is joined to the first.
    """

    rings: tuple[NDArray[np.float32], ...]


@dataclass(frozen=True)
class Bitmap:
    """A region as pixels.

    Attributes:
        left: Column of the bitmap's first column in the picture; may be negative.
        top: Row of its first row.
        decode: Returns (h, w) bool, True inside the region; called anew each time.
    """

    left: int
    top: int
    decode: Callable[[], NDArray[np.bool_]]


@dataclass(frozen=True)
class Shape:
    """One marked region.

    Attributes:
        label: Its category, in the tool's words.
        region: Where it is.
        thing: Shapes of a picture with the same text, unless it is empty, are parts of one object.
        crowd: Whether it marks several objects that nobody has told apart.
    """

    label: str
    region: Polygons | Bitmap
    thing: str = ""
    crowd: bool = False


@dataclass(frozen=True)
class AnnotatedPicture:
    """What was marked in one picture.

    Attributes:
        file: Name of the picture's file, as the annotation has it.
        size: Width and height in px that coordinates are counted in; None where they are shares in
            [0, 1] of width and height; `UNKNOWN_SIZE` where the annotation does not say, and they
            are taken for pixels of the X-ray.
        read_shapes: Returns the shapes; none of a picture in which nothing was marked.
    """

    file: str
    size: tuple[int, int] | None
    read_shapes: Callable[[], Sequence[Shape]]


@dataclass(frozen=True)
class AnnotatedSet:
    """All annotations of a set.

    Attributes:
        format: The format's name, as people know it.
        pictures: One a picture.
        labels: How many shapes there are, by label.
        notes: What was left out or decided, in sentences that a person can read.
    """

    format: str
    pictures: Sequence[AnnotatedPicture]
    labels: dict[str, int]
    notes: Sequence[str] = field(default=())


class Format(Protocol):
    """A format of annotation files: what each module of `formats` offers by these names.

    One of text files that are no JSON may offer `is_text(text: str) -> bool` too, which tells by a
    file's text; `read` then gets all files, as it does where `are_files` is true. Else it gets
    those whose document is of the format.
    """

    NAME: str

    def is_document(self, document: object) -> bool:
        """Tell of a parsed JSON document whether it is of this format."""
        ...

    def are_files(self, names: Sequence[str]) -> bool:
        """Tell by the names of all files of a folder, an archive, or of one file alone."""
        ...

    def read(self, files: Sequence[AnnotationFile]) -> AnnotatedSet:
        """Read all files.

        Raises:
            InputError: With the file's name, what was expected and found, and what to do.
        """
        ...
