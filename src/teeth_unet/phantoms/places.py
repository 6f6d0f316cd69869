"""Where in the jaws a tooth stands, and its number in the chart."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.tooth import Pose
from teeth_unet.phantoms.tooth_shapes import LOWER_CHART, UPPER_CHART, ToothSize

WISDOM = 7  # place of the third molar, counted from 0 at the midline
MILLIMETRE = 0.0122  # of tooth length, in picture heights: the length is stretched more

# FDI numbers count the quadrants from the patient's upper right, which is on the picture's left.
_NUMBERS = {(True, -1): 1, (True, 1): 2, (False, 1): 3, (False, -1): 4}


@dataclass(frozen=True)
class Quadrant:
    """One half of one jaw.

    Attributes:
        upper: Whether it belongs to the upper jaw.
        side: -1 for the left of the picture, 1 for the right.
    """

    upper: bool
    side: int

    @classmethod
    def of(cls, fdi: int) -> Self:
        """Return the quadrant of a tooth, permanent (11 to 48) or milk (51 to 85)."""
        number = (fdi // 10 - 1) % 4 + 1
        return next(cls(*place) for place, each in _NUMBERS.items() if each == number)

    @property
    def chart(self) -> tuple[ToothSize, ...]:
        """The permanent teeth of the quadrant, from the midline outwards."""
        return UPPER_CHART if self.upper else LOWER_CHART

    @property
    def arch_width(self) -> float:
        """Sum of the teeth's widths, in millimetres."""
        return sum(place.width for place in self.chart)

    @property
    def rootwards(self) -> int:
        """The direction of y in which the roots point."""
        return -1 if self.upper else 1

    def fdi(self, place: int) -> int:
        """Return the number of a permanent tooth by its place from 0 at the midline."""
        return 10 * _NUMBERS[self.upper, self.side] + place + 1

    def centres(self, arch: float) -> NDArray[np.float64]:
        """Return the distances of the teeth from the midline, in head coordinates."""
        widths = np.array([place.width for place in self.chart])
        centres: NDArray[np.float64] = (np.cumsum(widths) - widths / 2) * arch / widths.sum()
        return centres


@dataclass(frozen=True)
class Stance:
    """Where a tooth stands, counted outwards from the midline.

    Attributes:
        x: Distance of the biting surface from the midline, in head coordinates.
        sunk: How far the biting surface lies in the jaw, in picture heights.
        lean: Angle of the root from the vertical, root tip outwards, in degrees.
        stuck: Whether the tooth has not come through.
    """

    x: float
    sunk: float
    lean: float
    stuck: bool = False


def pose_at(frame: Frame, quadrant: Quadrant, size: ToothSize, stance: Stance) -> Pose:
    """Return where a tooth of a size, its roots straight, lies in the picture."""
    width = frame.arch * frame.width / 2 * size.width / quadrant.arch_width
    length = frame.height * MILLIMETRE * frame.tooth_length * size.length
    outwards, rootwards = quadrant.side, quadrant.rootwards
    half_gap = frame.gap * (0.5 - 0.25 * stance.x / frame.arch)
    y = frame.bite_height(stance.x) + rootwards * (half_gap + stance.sunk)
    sine, cosine = np.sin(np.radians(stance.lean)), np.cos(np.radians(stance.lean))
    return Pose(
        origin=frame.to_pixels([(outwards * stance.x, y)])[0],
        axis=np.array([outwards * sine, rootwards * cosine]),
        distal=np.array([outwards * cosine, -rootwards * sine]),
        width=width,
        length=length,
        bend=0,
    )
