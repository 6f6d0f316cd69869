"""Whether numbered teeth bear the right numbers: what a label map tells by itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from teeth_unet.quality.findings import LISTED, Finding
from teeth_unet.tooth_numbers import TEETH, is_right, is_upper

LEAST_SHARE = 0.8
"""Share of a set's numbers that are FDI's where numbers are FDI's; of 1 to 32 it is .56."""

LAST_NUMBER = 100
"""Numbers above are of what is no tooth."""

LEAST_PIECE = 0.1
"""Share of a tooth that a piece of it has to have: what is smaller is a slip of the hand."""

MOST_CASES = 0.9
"""From this share of the cases on, something is said of the set, not of each case."""


@dataclass(frozen=True)
class Region:
    """Where a number is in a label map, in px.

    Attributes:
        number: The number.
        row: Mean row of its pixels.
        column: Mean column of its pixels.
        width: Width of the largest piece of it.
        apart: How far the farthest other piece is away from that one; 0 if there is none.
    """

    number: int
    row: float
    column: float
    width: int
    apart: float


@dataclass(frozen=True)
class NumberedCase:
    """The numbers of one case's teeth.

    Attributes:
        case: Case name.
        regions: One for each number from 1 to `LAST_NUMBER`.
    """

    case: str
    regions: tuple[Region, ...]


def measure_numbers(case: str, labels: NDArray[np.integer]) -> NumberedCase:
    """Find out where the numbers of a label map are.

    Args:
        case: Case name.
        labels: (h, w), the number of each pixel's tooth, 0 elsewhere.
    """
    boxes = ndimage.find_objects(np.where(labels <= LAST_NUMBER, labels, 0).astype(np.int32))
    regions = (
        _region(number, labels[box] == number, (box[0].start, box[1].start))
        for number, box in enumerate(boxes, start=1)
        if box is not None
    )
    return NumberedCase(case, tuple(regions))


def are_fdi_numbers(cases: Sequence[NumberedCase]) -> bool:
    """Tell whether the numbers of a set are FDI's; teeth may also be counted from 1 on."""
    numbers = [region.number for one in cases for region in one.regions]
    return bool(numbers) and float(np.isin(numbers, TEETH).mean()) >= LEAST_SHARE


def number_findings(cases: Sequence[NumberedCase]) -> Iterator[Finding]:
    """Look for numbers that do not exist, that are in two places, or on the wrong side.

    Args:
        cases: One a case with a label map; if their numbers are not FDI's, nothing is said.
    """
    if not are_fdi_numbers(cases):
        return
    yield from _told_of_numbers(
        "unknown_number",
        [(one.case, _unknown(one)) for one in cases],
        "is no number of a tooth (FDI: 11 to 18 … 41 to 48, milk teeth 51 to 55 … 81 to 85)",
        "Give these teeth their numbers; what is no tooth has a number above 100.",
    )
    yield from _told_of_numbers(
        "number_twice",
        [(one.case, _in_two_places(one)) for one in cases],
        "is in two places that are more than the width of a tooth apart",
        "Give one of the two its own number, or erase what does not belong to the tooth.",
    )
    yield from _of_places(
        "swapped_sides",
        len(cases),
        [
            (one.case, f"{one.case} ({' and '.join(jaws)} jaw)")
            for one in cases
            if (jaws := _swapped_sides(one))
        ],
        "the patient's left and right are exchanged: numbers 1x, 4x, 5x and 8x belong on the left "
        "of the picture",
        "Look for the side marker in the X-ray: mirror X-ray and label map if they lie mirrored, "
        "else exchange the numbers of left and right (11 and 21, 41 and 31 …).",
    )
    yield from _of_places(
        "swapped_jaws",
        len(cases),
        [(one.case, one.case) for one in cases if _are_jaws_swapped(one)],
        "upper and lower jaw are exchanged: numbers 1x, 2x, 5x and 6x belong above the others",
        "Turn X-ray and label map if they are upside down, else exchange the numbers of the jaws "
        "(11 and 41, 21 and 31 …).",
    )


def _region(number: int, here: NDArray[np.bool_], corner: tuple[int, int]) -> Region:
    rows, columns = np.nonzero(here)
    pieces, count = ndimage.label(here, np.ones((3, 3)))
    largest, apart = np.ones_like(here), 0.0
    if count > 1:
        sizes = np.bincount(pieces.ravel())[1:]
        largest = pieces == sizes.argmax() + 1
        others = np.flatnonzero(sizes >= LEAST_PIECE * len(rows)) + 1
        distances = ndimage.distance_transform_edt(~largest)
        nearest = ndimage.minimum(distances, pieces, others) if len(others) else [0]
        apart = float(np.max(nearest))
    across = np.flatnonzero((here & largest).any(axis=0))
    return Region(
        number,
        float(rows.mean()) + corner[0],
        float(columns.mean()) + corner[1],
        int(across[-1] - across[0] + 1),
        apart,
    )


def _in_two_places(case: NumberedCase) -> list[int]:
    width = median([region.width for region in case.regions] or [0])
    return [region.number for region in case.regions if region.apart > width]


def _swapped_sides(case: NumberedCase) -> list[str]:
    """Return the jaws in which the patient's right is on the right of the picture."""
    columns: dict[tuple[bool, bool], list[float]] = {}
    for region in _teeth(case):
        place = is_upper(region.number), is_right(region.number)
        columns.setdefault(place, []).append(region.column)
    jaws = {"upper": True, "lower": False}
    return [
        name
        for name, upper in jaws.items()
        if _is_before(columns.get((upper, False), []), columns.get((upper, True), []))
    ]


def _are_jaws_swapped(case: NumberedCase) -> bool:
    teeth = _teeth(case)
    return _is_before(
        [region.row for region in teeth if not is_upper(region.number)],
        [region.row for region in teeth if is_upper(region.number)],
    )


def _unknown(case: NumberedCase) -> list[int]:
    return [region.number for region in case.regions if region.number not in TEETH]


def _teeth(case: NumberedCase) -> list[Region]:
    return [region for region in case.regions if region.number in TEETH]


def _is_before(first: Sequence[float], second: Sequence[float]) -> bool:
    """Tell whether one side lies before the other; False where one of them is not there."""
    return bool(first) and bool(second) and median(first) < median(second)


def _told_of_numbers(
    check: str, found: Sequence[tuple[str, list[int]]], meaning: str, remedy: str
) -> Iterator[Finding]:
    """Make one finding, or none, of the cases that have such numbers."""
    told = [(case, numbers) for case, numbers in found if numbers]
    if not told:
        return
    shown = [f"case {case}: {_listed(numbers)}" for case, numbers in told[:LISTED]]
    if len(told) > LISTED:
        shown.append(f"and {len(told) - LISTED} more")
    yield Finding(check, tuple(case for case, _ in told), f"{', '.join(shown)} {meaning}", remedy)


def _listed(numbers: Sequence[int]) -> str:
    shown = list(map(str, numbers[:LISTED]))
    if len(numbers) > LISTED:
        shown.append(f"{len(numbers) - LISTED} more")
    return " and ".join(shown)


def _of_places(
    check: str, cases: int, told: Sequence[tuple[str, str]], meaning: str, remedy: str
) -> Iterator[Finding]:
    """Make one finding, or none, of the cases whose teeth are in the wrong places.

    Args:
        check: Name of the check.
        cases: How many there are in all.
        told: Names of the cases, each with how it is called in the sentence.
        meaning: What is wrong.
        remedy: What to do about it.
    """
    if not told:
        return
    who = f"in {len(told)} of {cases} label maps"
    if len(told) < MOST_CASES * cases:
        more = [f"{len(told) - LISTED} more"] * (len(told) > LISTED)
        who += f", cases {', '.join([*(shown for _, shown in told[:LISTED]), *more])},"
    yield Finding(check, tuple(case for case, _ in told), f"{who} {meaning}", remedy)
