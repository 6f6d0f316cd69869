"""How a network is taught, and by what: copies of X-rays and label maps in a folder."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.review.answers import png
from teeth_unet.review.corrections import checksum
from teeth_unet.review.xrays import XrayFile
from teeth_unet.storage import free_space_beside

LEARNED, XRAYS, LABELS = "learned.json", "xrays", "labels"

START = "start.zip"
"""There if it does not begin with the network of the package: a copy of what it begins with."""

BYTES, BYTES_A_CASE = 150_000_000, 25_000_000
"""Of the disk, that a training takes meanwhile."""


@dataclass(frozen=True)
class Training:
    """How a network is fitted.

    Attributes:
        command: Returns a module and what it is given, run in a folder that has `xrays` and
            `labels`, for the name of the segmenter there that it begins with; empty for that of
            the package. Raises InputError where this program lacks something for it.
        segmenter: The file that it leaves there, the last of all.
        scores: The table that it leaves there, of cases that the networks scored have not seen:
            `case` and `native_dice`.
        files: Text files that it needs in that folder, by name.
    """

    command: Callable[[str], tuple[str, ...]]
    segmenter: str
    scores: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A case to learn from.

    Attributes:
        file: Where it is from.
        xray: (h, w) its grey levels.
        labels: (h, w) its label map.
    """

    file: XrayFile
    xray: NDArray[np.uint8]
    labels: NDArray[np.uint8]


@dataclass(frozen=True)
class Taught:
    """A training that has ended well.

    Attributes:
        segmenter: Its file, which is gone when `Teaching.taught` returns.
        cases: What it has learned from: `key`, `name`, and `labels`, the checksum of its label map.
        dice: By key, at the size of the X-ray, each by a network that has not seen that case.
        seconds: How long it took; None of one that was cut off in between.
    """

    segmenter: Path
    cases: list[dict[str, str]]
    dice: dict[str, float]
    seconds: float | None


def write_lessons(folder: Path, lessons: Iterable[Lesson], start: Path | None) -> None:
    """Copy what is learned from into a folder, under names that tell nothing of patients.

    Args:
        folder: Of the training.
        lessons: The cases, one after the other.
        start: The segmenter that it begins with; None for that of the package.

    Raises:
        InputError: One of them cannot be opened.
        OSError: They cannot be written.
    """
    learned = []
    for each in (XRAYS, LABELS):
        (folder / each).mkdir(parents=True)
    for lesson in lessons:
        name = f"{lesson.file.key}.png"
        (folder / XRAYS / name).write_bytes(png(lesson.xray))
        (folder / LABELS / name).write_bytes(png(lesson.labels))
        about = {"key": lesson.file.key, "name": lesson.file.case}
        learned.append({**about, "labels": checksum(lesson.labels)})
    if start is not None:
        _copy_start(start, folder)
    (folder / LEARNED).write_text(json.dumps(learned), "utf-8")


def _copy_start(start: Path, folder: Path) -> None:
    if not start.is_file():
        raise InputError(
            start.name,
            "the network that this page was started with",
            "none in its place",
            "Put it back, or start the page with another one.",
        )
    shutil.copyfile(start, folder / START)


def read_learned(folder: Path) -> list[dict[str, str]]:
    """Return what a folder's training learns from; nothing of one that is not there, or damaged."""
    try:
        learned: list[dict[str, str]] = json.loads((folder / LEARNED).read_text("utf-8"))
        return learned
    except (OSError, ValueError):
        return []


def refuse_full_disk(place: Path, cases: int) -> None:
    """Refuse to begin where the disk has no room for a training.

    Raises:
        InputError: It has none.
    """
    needed, free = BYTES + cases * BYTES_A_CASE, free_space_beside(place)
    if free < needed:
        raise InputError(
            "The disk of the corrections",
            f"{needed / 1e9:.1f} GB for a training of {cases} X-rays",
            f"{free / 1e9:.1f} GB",
            "Make room: all but the network is removed again when it is done.",
        )
