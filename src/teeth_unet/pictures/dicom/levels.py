"""From the stored values of a DICOM picture to the grey levels that a viewer shows."""

import contextlib
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pydicom import Dataset

Values = NDArray[np.number]
"""Whole numbers as they are stored, or floats after rescaling."""


def displayed_levels(values: Values, file: "Dataset") -> NDArray[np.uint8]:
    """Apply what the file says of how it is to be shown: rescaling, window, polarity.

    DICOM PS3.3, C.11.1 (modality), C.11.2 (values of interest), C.7.6.3.1.2 (MONOCHROME1: the
    lowest value is white). Where there is neither a usable window nor a table, values of up to 8
    bits are levels as they are, and others are stretched from the lowest to the highest, as
    viewers do.

    Args:
        values: Stored values, (height, width).
        file: Its elements.

    Returns:
        Grey levels in 0..255, (height, width); air dark and bone bright.

    Raises:
        Exception: Another element than the window has no usable value.
    """
    shares = _shares(values, file)
    if file.PhotometricInterpretation == "MONOCHROME1":
        shares = 1 - shares
    return np.rint(shares * 255).astype(np.uint8)


def _shares(values: Values, file: "Dataset") -> NDArray[np.float32]:
    """Return brightness in [0, 1] before polarity."""
    from pydicom.pixels.processing import apply_modality_lut, apply_voi

    slope, intercept = file.get("RescaleSlope"), file.get("RescaleIntercept")
    if file.get("ModalityLUTSequence"):
        rescaled = apply_modality_lut(values, file)
    elif slope in (None, 1) and not intercept:
        rescaled = values
    else:
        factor = np.float32(1 if slope is None else slope)
        rescaled = values.astype(np.float32) * factor + np.float32(intercept or 0)
    if file.get("VOILUTSequence"):
        whole = np.rint(rescaled).astype(np.int32)  # a table needs whole numbers
        ends = apply_voi(np.array([-(2**15), 2**16 - 1]), file)  # of the table: dark and bright
        return _stretched(apply_voi(whole, file), float(ends.min()), float(ends.max()))
    with contextlib.suppress(ValueError, TypeError, IndexError):  # without a usable window
        centre, width = _first(file.get("WindowCenter")), _first(file.get("WindowWidth"))
        function = str(file.get("VOILUTFunction") or "LINEAR").upper()
        return window(rescaled, centre, width, function)
    if file.BitsStored <= 8 and rescaled is values and not file.PixelRepresentation:
        return _stretched(values, 0, 2**file.BitsStored - 1)
    return _stretched(rescaled, float(rescaled.min()), float(rescaled.max()))


def window(
    values: Values, centre: float, width: float, function: str = "LINEAR"
) -> NDArray[np.float32]:
    """Map a window of values to brightness.

    Args:
        values: Values after rescaling.
        centre: Middle of the window.
        width: Its width; 1 or more for LINEAR, else above 0.
        function: LINEAR, LINEAR_EXACT or SIGMOID, as PS3.3 C.11.2.1 defines them.

    Returns:
        Brightness in [0, 1], of the same shape.

    Raises:
        ValueError: The centre, the width or the function is none of these. Of a function of
            another name the two are parameters that say nothing of a line (C.11.2.1.3), so that
            LINEAR must not take its place.
    """
    usable = width >= 1 if function == "LINEAR" else width > 0
    if not (usable and math.isfinite(centre) and math.isfinite(width)):
        raise ValueError(f"window of {width:g} around {centre:g} for {function}")
    levels = values.astype(np.float32)
    if function == "LINEAR":
        shares = (levels - (centre - 0.5)) / max(width - 1, 1e-6) + 0.5
    elif function == "LINEAR_EXACT":
        shares = (levels - centre) / width + 0.5
    elif function == "SIGMOID":
        shares = 1 / (1 + np.exp(np.clip(-4 * (levels - centre) / width, -80, 80)))
    else:
        raise ValueError(f"window function {function!r}")
    brightness: NDArray[np.float32] = np.clip(shares, 0, 1)
    return brightness


def _stretched(values: Values, low: float, high: float) -> NDArray[np.float32]:
    span = high - low
    shares = (values.astype(np.float32) - low) / (span if span > 0 else 1)
    brightness: NDArray[np.float32] = np.clip(shares, 0, 1)
    return brightness


def _first(value: float | str | Sequence[float]) -> float:
    """Return the first of several windows, which is the one to begin with.

    Raises:
        TypeError, ValueError, IndexError: There is none, or it is no number.
    """
    return float(value if isinstance(value, int | float | str) else value[0])
