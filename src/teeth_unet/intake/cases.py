"""Pictures by case name, and what lay beside them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from PIL import Image

from teeth_unet.case_names import natural_key, shown_name
from teeth_unet.intake.listing import LazyXray, in_words, without_archives
from teeth_unet.pictures import PICTURE_SUFFIXES
from teeth_unet.pictures.dicom import DICOM_SUFFIXES

SUFFIXES = (*PICTURE_SUFFIXES, *DICOM_SUFFIXES)
"""What does not belong to the name of a case."""

Opener = Callable[[], Image.Image]

Opening = TypeVar("Opening", bound=Opener)


class Cases(dict[str, Opening], Generic[Opening]):
    """What opens the pictures, by case name, in natural order.

    Attributes:
        passed_over: Names of the files beside them that are no pictures, as they can be shown and
            in natural order; without those that operating systems leave behind.
        told: What was decided or left out, in sentences for the log.
    """

    def __init__(
        self,
        cases: Mapping[str, Opening],
        passed_over: Sequence[str] = (),
        told: Sequence[str] = (),
    ) -> None:
        super().__init__({case: cases[case] for case in sorted(cases, key=natural_key)})
        self.passed_over = tuple(sorted(map(shown_name, passed_over), key=natural_key))
        self.told = tuple(told)


@dataclass(frozen=True)
class XraySet:
    """A set for a training.

    Attributes:
        xrays: X-rays by case.
        masks: What is tooth in them; a mask whose X-ray is missing is there as well.
        tooth_labels: Label maps, one number a tooth, of the cases that have one.
    """

    xrays: Cases[LazyXray]
    masks: Cases[Opener]
    tooth_labels: Cases[Opener]


def told_of_others(origin: Path, names: Sequence[str]) -> list[str]:
    """Say how many files of a folder or an archive are no pictures, and name the first."""
    rest, archives = without_archives(names)
    told = [f"{origin}: {len(rest)} file(s) are no pictures: {in_words(rest)}"] if rest else []
    if archives:
        told.append(f"{origin}: archives inside are not opened: {in_words(archives)}")
    return told
