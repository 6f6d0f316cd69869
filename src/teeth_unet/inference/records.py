"""What a run over new X-rays leaves: JSON in files, plain dictionaries in the program."""

from typing import TypedDict

from teeth_unet.teeth import ToothRow


class InferenceSummary(TypedDict):
    """What became of all X-rays.

    Attributes:
        cases: All names.
        failures: Reason by name.
        made: How many were done now.
        found: How many were done before.
        removed: Of how many others the results were removed.
        rate: X-rays a second.
        network: Which network it was, in a few words.
        files: Name of each X-ray's file, by case.
        not_written: Why a file of all X-rays together, or a DICOM Segmentation, could not be
            written, by its name.
        passed_over: How many files beside the X-rays are none.
        passed_over_first: The first of them.
    """

    cases: list[str]
    failures: dict[str, str]
    made: int
    found: int
    removed: int
    rate: float
    network: str
    files: dict[str, str]
    not_written: dict[str, str]
    passed_over: int
    passed_over_first: list[str]


class OptionalMeasures(TypedDict, total=False):
    """What is left out of the row of an X-ray if it was not asked for, or is not known.

    Attributes:
        teeth: Their number.
        gaps: Number of gaps between them.
        uncertainty: The mean over the X-ray.
        spacing_mm: Side of a square pixel of the same area.
        spacing_source: Where that is known from.
        dentition: Permanent, mixed, milk or unsure.
        missing: Numbers of the missing teeth, a space between them.
        review: Why a person should look at the numbers, in sentences; empty if for no reason.
        chart: What is at each of the 32 places, by its FDI number.
    """

    teeth: int
    gaps: int
    uncertainty: float
    spacing_mm: float
    spacing_source: str
    dentition: str
    missing: str
    review: str
    chart: dict[str, str]


class CaseRow(OptionalMeasures):
    """An X-ray in the table of cases.

    Attributes:
        width: In px.
        height: In px.
        threshold: Probability from which on a pixel is tooth.
        tooth_share: Share of the pixels that are tooth.
        doubt: What the network itself expects the mask to lack to a Dice of 1, see `doubt_of`.
        warnings: What a person should look at, in words.
        seconds: What all of it took.
    """

    width: int
    height: int
    threshold: float
    tooth_share: float
    doubt: float
    warnings: str
    seconds: float


class Millimetres(TypedDict):
    """The measures of a tooth in mm, with their relative uncertainty."""

    length_mm: float
    width_mm: float
    area_mm2: float
    mm_uncertainty: float


class Numbers(TypedDict, total=False):
    """What is known of an object where numbers are asked for.

    Attributes:
        fdi: FDI number; that of the tooth it replaces for an implant or a pontic; 0 for none.
        universal: The number in this notation, if that is asked for; empty for none.
        palmer: Likewise.
        kind: One of `numbering.KINDS`.
        number_probability: That the number is right, or that there is none.
        kind_probability: That the kind is right.
    """

    fdi: int
    universal: str
    palmer: str
    kind: str
    number_probability: float
    kind_probability: float


class NumberedToothRow(ToothRow, Numbers):
    """A tooth in the table of teeth where numbers are asked for."""


class MeasuredToothRow(ToothRow, Millimetres):
    """A tooth in the table of teeth where the size of a pixel is known."""
