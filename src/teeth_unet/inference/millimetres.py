"""Lengths in mm, where it is known how large a pixel is, and how sure they are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from teeth_unet.inference.records import Millimetres
from teeth_unet.inference.settings import Inference
from teeth_unet.teeth import Tooth

AT_DETECTOR = 0.30
"""Relative uncertainty of a spacing at the detector: what it shows is magnified by up to 30 %."""


@dataclass(frozen=True)
class Spacing:
    """The size of a pixel.

    Attributes:
        row: Height in mm.
        column: Width in mm.
        source: Where that is known from.
        uncertainty: Relative.
    """

    row: float
    column: float
    source: str
    uncertainty: float


def spacing_of(
    info: Mapping[str | tuple[int, int], object], inference: Inference
) -> Spacing | None:
    """Return the size of a pixel, if it is known.

    Args:
        info: What a picture tells beside its pixels; of DICOM files `pixel_spacing_mm`, a tuple
            (row, column), and `pixel_spacing_source`.
        inference: Its `pixel_spacing` comes first: who gives it knows the device.
    """
    least = inference.spacing_uncertainty
    if inference.pixel_spacing is not None:
        return Spacing(inference.pixel_spacing, inference.pixel_spacing, "given", least)
    told = info.get("pixel_spacing_mm")
    if not isinstance(told, tuple):  # none, or a text of that name in a PNG, of whatever meaning
        return None
    row, column = told
    source = str(info["pixel_spacing_source"])
    uncertainty = max(least, AT_DETECTOR) if "detector" in source else least
    return Spacing(row, column, source, uncertainty)


def in_millimetres(tooth: Tooth, spacing: Spacing) -> Millimetres:
    """Return the measures of a tooth in mm, with their relative uncertainty.

    Pixels need not be square: each side is measured along its own direction.
    """
    tilt = np.radians(tooth.tilt)
    along = np.hypot(np.sin(tilt) * spacing.column, np.cos(tilt) * spacing.row)
    across = np.hypot(np.cos(tilt) * spacing.column, np.sin(tilt) * spacing.row)
    return {
        "length_mm": round(float(tooth.length * along), 2),
        "width_mm": round(float(tooth.width * across), 2),
        "area_mm2": round(float(tooth.area * spacing.row * spacing.column), 2),
        "mm_uncertainty": spacing.uncertainty,
    }
