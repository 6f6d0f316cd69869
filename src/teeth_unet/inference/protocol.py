"""What the room needs of the place where results are kept."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.inference.records import CaseRow
from teeth_unet.teeth import ToothRow


@dataclass(frozen=True)
class Source:
    """Which X-ray a result is of.

    Attributes:
        place: Path of its file, through the archive if it is in one; empty if that is not known.
        content: Hash of its bytes, or of its pixels if it has no file.
    """

    place: str
    content: str

    def is_of_another(self, other: "Source") -> bool:
        """Tell whether both are of different X-rays: neither one moved nor one edited in place."""
        known = bool(self.place and other.place)
        return known and self.place != other.place and self.content != other.content


@dataclass(frozen=True)
class CaseResult:
    """All that was found in an X-ray.

    Attributes:
        case: Case name.
        fingerprint: Of what it was made with and from; see `look_at`.
        row: Its row in the table of cases, JSON-able.
        teeth: Its rows in the table of teeth, JSON-able.
        pictures: By kind: `masks`, `labels`, `instances` and `uncertainty` at the X-ray's own size,
            `overlays` at that size up to `MOST_PIXELS`, `odontograms` at theirs.
        documents: Files of annotation tools by format, as texts.
        source: Which X-ray it is of.
    """

    case: str
    fingerprint: str
    row: CaseRow
    teeth: list[ToothRow] = field(default_factory=list)
    pictures: dict[str, Image.Image] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    source: Source = Source("", "")


class ResultStore(Protocol):
    """A place for the results of X-rays. Different cases may be written by several threads.

    Its text, `str(store)`, says where it is.
    """

    def begin(self) -> None:
        """Make the place one for results, before any is there: a run may fail at every X-ray."""
        ...

    def has(self, case: str, fingerprint: str, kinds: Collection[str] = ()) -> bool:
        """Tell whether a case is done, with this fingerprint, and all its files are there.

        Args:
            case: Case name.
            fingerprint: Of what it would be made from now.
            kinds: Kinds of pictures and documents that have to be among the files.
        """
        ...

    def source(self, case: str) -> Source | None:
        """Return which X-ray the result of a case is of, or None if there is none."""
        ...

    def write(self, result: CaseResult) -> None:
        """Put the result of a case in place of an older one; it is done when all is written.

        Raises:
            InputError: A file of somebody else has the name of one of the pictures.
        """
        ...

    def add(self, case: str, documents: Mapping[str, str | bytes]) -> None:
        """Write files of other programs, by format, beside what there is of a case.

        Raises:
            InputError: A file of somebody else has the name of one of them.
        """
        ...

    def instances(self, case: str) -> NDArray[np.uint16]:
        """Return the label map of a case: (h, w), one number an object."""
        ...

    def instances_checksum(self, case: str) -> str:
        """Return a checksum of the label map's file."""
        ...

    def write_of_all(self, name: str, fingerprint: str, pieces: Iterable[str]) -> None:
        """Write a file that is of all cases together, unless it is there with this fingerprint.

        Args:
            name: Its name, with "/" between the parts.
            fingerprint: Of what it is made from.
            pieces: Its text, piece by piece.

        Raises:
            InputError: A file of somebody else has this name.
        """
        ...

    def discard_of_all(self, name: str) -> None:
        """Remove a file that is of all cases together, if there is one that was written here."""
        ...

    def files(self, case: str) -> list[str]:
        """Return the files of a case that is done, with "/" between the parts."""
        ...

    def name_of(self, kind: str, case: str) -> str:
        """Return the name of a picture or document of a case, with "/" between the parts."""
        ...

    def rows(self, case: str) -> tuple[CaseRow, list[ToothRow]]:
        """Return the rows of a case that is done: its own, and those of its teeth."""
        ...

    def discard(self, case: str) -> None:
        """Remove the result of a case, if there is one."""
        ...

    def count_others(self, cases: Iterable[str]) -> int:
        """Return of how many other cases there are results."""
        ...

    def keep_only(self, cases: Iterable[str]) -> int:
        """Remove the results of all other cases, and return how many cases these were."""
        ...
