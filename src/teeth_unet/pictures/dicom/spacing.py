"""How large a pixel is, as a DICOM file tells it."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pydicom import FileDataset

_PLAUSIBLE_SPACING = (0.005, 2.0)  # mm
_PLAUSIBLE_MAGNIFICATION = (0.8, 3.0)
_ROUNDED = 1e-3  # two spacings that differ by less are one, written with fewer digits


def pixel_spacing(file: "FileDataset") -> dict[str, object]:
    """Return the mm that a pixel is high and wide, and where that is known from.

    DICOM PS3.3, 10.7.1.3: `PixelSpacing` is calibrated where the file says so, or where it differs
    from the spacing at the detector. Else it is as a rule a copy of that one, also where that one
    is not given: at the detector everything is larger than in the patient.

    Returns:
        `pixel_spacing_mm`, (row, column), and `pixel_spacing_source`; nothing if the file does not
        tell, or nothing plausible.
    """
    own, detector = _pair(file, "PixelSpacing"), _pair(file, "ImagerPixelSpacing")
    calibrated = file.get("PixelSpacingCalibrationType") or (
        own and detector and not np.allclose(own, detector, rtol=_ROUNDED, atol=0)
    )
    if own and calibrated:
        return {"pixel_spacing_mm": own, "pixel_spacing_source": "PixelSpacing, calibrated"}
    if own and not detector:
        source = "PixelSpacing, uncalibrated, as at detector"
        return {"pixel_spacing_mm": own, "pixel_spacing_source": source}
    if not detector:
        return {}
    if factor := _magnification(file):
        return {
            "pixel_spacing_mm": (detector[0] / factor, detector[1] / factor),
            "pixel_spacing_source": f"ImagerPixelSpacing, magnification {factor:g}",
        }
    return {"pixel_spacing_mm": detector, "pixel_spacing_source": "ImagerPixelSpacing, at detector"}


def _pair(file: "FileDataset", name: str) -> tuple[float, float] | None:
    try:
        row, column = (float(value) for value in file.get(name) or ())
    except (ValueError, TypeError):  # no pair of numbers
        return None
    low, high = _PLAUSIBLE_SPACING
    return (row, column) if low <= row <= high and low <= column <= high else None


def _magnification(file: "FileDataset") -> float | None:
    try:
        factor = float(file.get("EstimatedRadiographicMagnificationFactor"))
    except (ValueError, TypeError):  # no number, or several
        return None
    low, high = _PLAUSIBLE_MAGNIFICATION
    return factor if low <= factor <= high else None
