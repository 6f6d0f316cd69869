"""The shape of each kind of tooth, in its own coordinates.

*Across* runs from mesial to distal in units of the tooth's width, with 0 on its axis; *along* runs
from the biting surface (0) to the longest root tip (1), in units of its length. Mean widths and
lengths are those of Wheeler's Dental Anatomy, in millimetres.
"""

from dataclasses import dataclass

import numpy as np

from teeth_unet.phantoms.curves import Points, mirrored


@dataclass(frozen=True)
class ToothShape:
    """One kind of tooth.

    Attributes:
        half_outline: (n, 2) landmarks (across, along) of the half from the middle of the biting
            surface to the lowest point on the axis: the root tip, or the fork between two roots.
        canals: Half of the root canals, each as (n, 2) landmarks from the pulp chamber on.
        neck: Where the crown ends and the root begins, along.
    """

    half_outline: Points
    canals: tuple[Points, ...]
    neck: float

    def outline(self) -> Points:
        """Return the landmarks of both halves as one closed outline."""
        other_half = mirrored(self.half_outline)[1:-1]
        return np.vstack([self.half_outline, other_half])

    def all_canals(self) -> tuple[Points, ...]:
        """Return the canals of both halves; one that runs along the axis is there once."""
        return self.canals + tuple(mirrored(c)[::-1] for c in self.canals if c[-1, 0] != 0)


def _points(*pairs: tuple[float, float]) -> Points:
    return np.array(pairs, dtype=float)


_STRAIGHT_CANAL = _points((0, 0.20), (0, 0.42), (0, 0.96))

INCISOR = ToothShape(
    _points(
        (0, 0), (0.28, 0.005), (0.45, 0.04), (0.5, 0.13), (0.46, 0.27), (0.39, 0.41),
        (0.35, 0.56), (0.28, 0.76), (0.17, 0.94), (0, 1),
    ),
    (_STRAIGHT_CANAL,),
    neck=0.42,
)  # fmt: skip
CANINE = ToothShape(
    _points(
        (0, 0), (0.2, 0.03), (0.42, 0.10), (0.5, 0.19), (0.46, 0.31), (0.41, 0.42),
        (0.38, 0.57), (0.3, 0.77), (0.17, 0.94), (0, 1),
    ),
    (_STRAIGHT_CANAL,),
    neck=0.40,
)  # fmt: skip
PREMOLAR = ToothShape(
    _points(
        (0, 0.02), (0.16, 0.0), (0.38, 0.04), (0.5, 0.15), (0.46, 0.28), (0.39, 0.39),
        (0.36, 0.55), (0.3, 0.75), (0.18, 0.94), (0, 1),
    ),
    (_STRAIGHT_CANAL,),
    neck=0.37,
)  # fmt: skip
UPPER_MOLAR = ToothShape(
    _points(
        (0, 0.04), (0.2, 0.005), (0.42, 0.03), (0.5, 0.17), (0.46, 0.3), (0.42, 0.4),
        (0.43, 0.6), (0.42, 0.8), (0.35, 0.95), (0.25, 0.94), (0.17, 0.83), (0.12, 0.93), (0, 1),
    ),
    (
        _points((0, 0.28), (0.2, 0.36), (0.3, 0.6), (0.32, 0.88)),
        _points((0, 0.28), (0, 0.5), (0, 0.94)),
    ),
    neck=0.38,
)  # fmt: skip
LOWER_MOLAR = ToothShape(
    _points(
        (0, 0.04), (0.22, 0.0), (0.43, 0.03), (0.5, 0.17), (0.46, 0.3), (0.42, 0.41),
        (0.42, 0.6), (0.4, 0.8), (0.32, 0.98), (0.22, 0.96), (0.14, 0.76), (0, 0.57),
    ),
    (_points((0, 0.28), (0.2, 0.36), (0.28, 0.6), (0.28, 0.92)),),
    neck=0.38,
)  # fmt: skip


@dataclass(frozen=True)
class ToothSize:
    """One place in the dental chart.

    Attributes:
        shape: Kind of tooth.
        width: Mean width from mesial to distal, in millimetres.
        length: Mean length from biting surface to root tip, in millimetres.
        lean: Mean angle between root and vertical, root tips outwards, in degrees.
    """

    shape: ToothShape
    width: float
    length: float
    lean: float


# From the midline outwards: two incisors, canine, two premolars, three molars.
UPPER_CHART = (
    ToothSize(INCISOR, 8.5, 23.0, 1),
    ToothSize(INCISOR, 6.6, 22.5, 3),
    ToothSize(CANINE, 7.6, 26.5, 6),
    ToothSize(PREMOLAR, 7.1, 22.5, 4),
    ToothSize(PREMOLAR, 6.9, 22.0, 3),
    ToothSize(UPPER_MOLAR, 10.2, 21.0, 2),
    ToothSize(UPPER_MOLAR, 9.6, 20.0, 4),
    ToothSize(UPPER_MOLAR, 8.6, 17.5, 6),
)
LOWER_CHART = (
    ToothSize(INCISOR, 5.5, 21.0, 0),
    ToothSize(INCISOR, 6.0, 22.5, 2),
    ToothSize(CANINE, 7.0, 26.0, 5),
    ToothSize(PREMOLAR, 7.1, 22.8, 6),
    ToothSize(PREMOLAR, 7.2, 22.5, 9),
    ToothSize(LOWER_MOLAR, 11.0, 21.5, 13),
    ToothSize(LOWER_MOLAR, 10.6, 20.5, 18),
    ToothSize(LOWER_MOLAR, 10.4, 18.5, 24),
)
