"""From the stored values of a DICOM picture to the grey levels that a viewer shows."""

import contextlib
import math
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from teeth_unet.imaging import usual_range

if TYPE_CHECKING:
    from pydicom import Dataset

Values = NDArray[np.number]
"""Whole numbers as they are stored, or floats after rescaling."""


Window = Literal["file", "none"] | tuple[float, float]
"""Which window is applied: the file's own, none, or one of a given centre and width."""

_UNUSABLE_TABLE = (
    *(AttributeError, LookupError, NotImplementedError, TypeError, ValueError),
    struct.error,
)
"""What pydicom raises at a table that is none."""

_SOME = 500_000
"""Pixels by which a window is judged."""

_FLAT = 0.3
"""Spread of brightness, without the outermost hundredths, that a window has to leave."""


def displayed_levels(values: Values, file: "Dataset", chosen: Window = "file") -> NDArray[np.uint8]:
    """Apply what the file says of how it is to be shown: rescaling, window, polarity, padding.

    DICOM PS3.3, C.11.1 (modality), C.11.2 (values of interest), C.11.6 (shape), C.7.5.1.1.2
    (padding), C.7.6.3.1.2 (MONOCHROME1: the lowest value is white). Where there is neither a usable
    window nor a usable table, values of up to 8 bits are levels as they are, and others are
    stretched from the lowest to the highest, as viewers do, a few hot and dead pixels left out. A
    window that leaves hardly a difference in the picture is meant for other values, and not used.

    Args:
        values: Stored values, (height, width).
        file: Its elements.
        chosen: The window, after rescaling; "none" leaves out tables of the file as well.

    Returns:
        Grey levels in 0..255, (height, width); air dark and bone bright, padding black.

    Raises:
        Exception: Another element than the window has no usable value.
    """
    padding = _padding(values, file)
    shares = _shares(values, file, chosen, None if padding is None else ~padding)
    if _is_inverted(file):
        shares = 1 - shares
    levels = np.rint(shares * 255).astype(np.uint8)
    if padding is not None:
        levels[padding] = 0
    return levels


def _is_inverted(file: "Dataset") -> bool:
    shape = str(file.get("PresentationLUTShape") or "").upper()
    return bool(file.PhotometricInterpretation == "MONOCHROME1" or shape == "INVERSE")


def _padding(values: Values, file: "Dataset") -> NDArray[np.bool_] | None:
    """Find the pixels that fill up the picture; None where there are none, or nothing else."""
    first = _whole_number(file.get("PixelPaddingValue"), file)
    if first is None:
        return None
    last = _whole_number(file.get("PixelPaddingRangeLimit"), file)
    low, high = sorted((first, first if last is None else last))
    padding: NDArray[np.bool_] = (values >= low) & (values <= high)
    return padding if padding.any() and not padding.all() else None


def _whole_number(value: object, file: "Dataset") -> int | None:
    """Return a stored value as one of the picture's, which has a sign or not."""
    if not isinstance(value, int):
        return None
    whole = 1 << int(file.BitsAllocated)
    if file.PixelRepresentation:
        return value - whole if whole // 2 <= value < whole else value
    return value % whole


def _shares(
    values: Values, file: "Dataset", chosen: Window, shown: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """Return brightness in [0, 1] before polarity; `shown` is where there is no padding."""
    rescaled = _rescaled(values, file)
    if isinstance(chosen, tuple):
        return window(rescaled, *chosen, "LINEAR_EXACT")
    if chosen == "file" and file.get("VOILUTSequence"):
        with contextlib.suppress(*_UNUSABLE_TABLE):
            return _looked_up(rescaled, file)
    seen = rescaled.ravel() if shown is None else rescaled[shown]
    are_levels = file.BitsStored <= 8 and rescaled is values and not file.PixelRepresentation
    ends = (0.0, 2.0**file.BitsStored - 1) if are_levels else None
    if chosen == "file":
        with contextlib.suppress(ValueError, TypeError, IndexError):  # without a usable window
            centre, width = _first(file.get("WindowCenter")), _first(file.get("WindowWidth"))
            function = str(file.get("VOILUTFunction") or "LINEAR").upper()
            some = seen[:: max(1, seen.size // _SOME)]
            plain = _stretched(some, *(ends or usual_range(some)))
            if _fits(window(some, centre, width, function), plain, _is_inverted(file)):
                return window(rescaled, centre, width, function)
    return _stretched(rescaled, *(ends or usual_range(seen)))


def _looked_up(values: Values, file: "Dataset") -> NDArray[np.float32]:
    """Apply the file's table of values of interest.

    Raises:
        Exception: One of `_UNUSABLE_TABLE`.
    """
    from pydicom.pixels.processing import apply_voi

    whole = np.rint(values).astype(np.int32)  # a table needs whole numbers
    table = apply_voi(np.array([-(2**15), 2**16 - 1]), file)  # its ends: dark and bright
    return _stretched(apply_voi(whole, file), float(table.min()), float(table.max()))


def _rescaled(values: Values, file: "Dataset") -> Values:
    from pydicom.pixels.processing import apply_modality_lut

    slope, intercept = file.get("RescaleSlope") or 1, file.get("RescaleIntercept")
    if file.get("ModalityLUTSequence"):
        return apply_modality_lut(values, file)
    if slope == 1 and not intercept:
        return values
    return values.astype(np.float32) * np.float32(slope) + np.float32(intercept or 0)


def _fits(windowed: NDArray[np.float32], plain: NDArray[np.float32], inverted: bool) -> bool:
    """Tell whether a window is meant for a picture.

    Args:
        windowed: Brightness in [0, 1] that it gives.
        plain: Brightness without it.
        inverted: Whether 0 is white.

    Returns:
        False where it makes most of the picture white, leaves grey in little of it, or takes
        differences away, which the picture has without it.
    """
    white = np.mean(windowed <= 0 if inverted else windowed >= 1)
    grey, own_grey = (np.mean((each > 0) & (each < 1)) for each in (windowed, plain))
    spread, own_spread = (np.ptp(np.quantile(each, (0.01, 0.99))) for each in (windowed, plain))
    is_cut = white > 1 / 2 or (grey < 1 / 10 and own_grey > 1 / 2)
    return not (is_cut or (spread < _FLAT and own_spread > 2 * spread))


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
