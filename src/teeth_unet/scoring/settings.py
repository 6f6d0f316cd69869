"""How results are scored."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from teeth_unet.configuration import Settings
from teeth_unet.scoring.surfaces import TOLERANCE


class Scoring(Settings):
    """How results are scored.

    The two tolerances are given apart because none follows from the other: shrinking a panoramic
    X-ray to a square shortens its width more than its height. For a picture of 1,250 rows and
    2,900 columns, 2 px of 512 are 4.9 native pixels up and down, and 11.3 sideways.

    Attributes:
        tolerance: How far, in pixels of the network's size, the boundary of a prediction may lie
            from the true one and still count as right in NSD.
        native_tolerance: The same in pixels of the X-ray's own size.
        calibration_bins: Number of bins of the reliability curve, of equal width.
    """

    removed: ClassVar[Mapping[str, str]] = {
        "seed": "intervals are computed now, and no longer drawn: take it out"
    }

    tolerance: float = Field(default=TOLERANCE, ge=0, allow_inf_nan=False)
    native_tolerance: float = Field(default=5.0, ge=0, allow_inf_nan=False)
    calibration_bins: int = Field(default=10, ge=1)
