"""How the patient lies in a picture, as a DICOM file tells it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydicom import FileDataset

LIES_MIRRORED = "lies_mirrored"
"""Key in the `info` of a picture: True if the patient's left is on the left; False if, as is usual,
on the right. Without it the file does not tell."""

LIES_UPSIDE_DOWN = "lies_upside_down"
"""Key in the `info` of a picture: True if the patient's head is below."""

WAS_FLIPPED = "was_flipped"
"""Key in the `info` of a picture: True if it was flipped, and nothing tells whether that has put it
right or wrong."""


def patient_orientation(file: "FileDataset") -> dict[str, object]:
    """Return where the patient's sides and head are.

    DICOM PS3.3, C.7.6.1.1.1: `PatientOrientation` names where rows lead to, and where columns do:
    a panoramic X-ray has L and F, to the patient's left and to the feet. Of letters put together,
    such as LF, the first one counts. `FieldOfViewHorizontalFlip` tells what was done to the picture
    of the detector, which may well have put it right: with a `PatientOrientation` it says nothing
    more.

    Returns:
        `LIES_MIRRORED`, `LIES_UPSIDE_DOWN` and `WAS_FLIPPED`, as far as the file tells.
    """
    row, column = _directions(file)
    told: dict[str, object] = {}
    if row in ("L", "R"):
        told[LIES_MIRRORED] = row == "R"
    elif str(file.get("FieldOfViewHorizontalFlip") or "").strip().upper() == "YES":
        told[WAS_FLIPPED] = True
    if column == "H":
        told[LIES_UPSIDE_DOWN] = True
    return told


def _directions(file: "FileDataset") -> tuple[str, str]:
    """Return the first letters of both directions; empty ones if there is no such pair."""
    given = file.get("PatientOrientation") or ()
    if isinstance(given, str) or len(given) != 2:
        return "", ""
    row, column = (str(direction).strip().upper()[:1] for direction in given)
    return row, column
