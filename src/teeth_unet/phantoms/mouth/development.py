"""When permanent teeth calcify and come through, and the milk teeth before them.

Ages in years. Those of the permanent teeth are the middles of the ranges of the chronology by Logan
and Kronfeld (1933) as revised by Schour; widths and lengths of milk teeth are Black's means.
"""

from dataclasses import dataclass

import numpy as np

from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.tooth_shapes import CANINE, INCISOR, ToothShape, ToothSize


@dataclass(frozen=True)
class Calendar:
    """Ages at which a permanent tooth reaches its stages.

    Attributes:
        begun: The first of it is calcified.
        crown: Its crown is complete.
        through: It comes through the gum.
        complete: Its root is complete.
        depth: How deep its biting surface lies before it moves, in millimetres below the bite.
    """

    begun: float
    crown: float
    through: float
    complete: float
    depth: float

    def formed(self, age: float, neck: float) -> float:
        """Return the share of the tooth's length that is calcified, from 0 to 1.

        Args:
            age: In years.
            neck: Where the crown ends, as a share of the length.
        """
        ages = (self.begun, self.crown, self.complete)
        return float(np.interp(age, ages, (0, neck, 1)))

    def sunk(self, age: float) -> float:
        """Return how deep its biting surface lies, in millimetres below the bite."""
        return float(np.interp(age, (self.through - RISING, self.through + 0.7), (self.depth, 0)))


RISING = 3.0  # years before a tooth comes through, it begins to move
SHED_BEFORE = 0.3  # years before its successor comes through, a milk tooth is shed

# From the midline outwards.
UPPER_CALENDAR = (
    Calendar(0.3, 4.5, 7.5, 10, 11),
    Calendar(0.9, 4.5, 8.5, 11, 12),
    Calendar(0.4, 6.5, 11.5, 14, 17),
    Calendar(1.6, 5.5, 10.5, 12.5, 12),
    Calendar(2.1, 6.5, 11, 13, 12.5),
    Calendar(0, 2.75, 6.5, 9.5, 7),
    Calendar(2.75, 7.5, 12.5, 15, 10),
    Calendar(8, 14, 19, 21.5, 13),
)
LOWER_CALENDAR = (
    Calendar(0.3, 4.5, 6.5, 9, 9),
    Calendar(0.3, 4.5, 7.5, 10, 10),
    Calendar(0.4, 6.5, 9.5, 13, 15),
    Calendar(1.9, 5.5, 11, 12.5, 12),
    Calendar(2.4, 6.5, 11.5, 13.5, 12.5),
    Calendar(0, 2.75, 6.5, 9.5, 6),
    Calendar(2.75, 7.5, 12, 14.5, 6),
    Calendar(9, 14, 19, 21.5, 5),
)


def _points(*pairs: tuple[float, float]) -> Points:
    return np.array(pairs, dtype=float)


# Roots spread, with the germ between them; the crown is bulbous and short.
MILK_UPPER_MOLAR = ToothShape(
    _points(
        (0, 0.05), (0.2, 0.01), (0.4, 0.03), (0.5, 0.18), (0.46, 0.29), (0.4, 0.36),
        (0.47, 0.55), (0.55, 0.78), (0.53, 0.96), (0.42, 0.97), (0.36, 0.76), (0.24, 0.56),
        (0.12, 0.5), (0, 0.49),
    ),
    (_points((0, 0.26), (0.2, 0.33), (0.36, 0.5), (0.46, 0.86)),),
    neck=0.36,
)  # fmt: skip
MILK_LOWER_MOLAR = ToothShape(
    _points(
        (0, 0.05), (0.22, 0.01), (0.42, 0.03), (0.5, 0.18), (0.46, 0.29), (0.41, 0.36),
        (0.45, 0.55), (0.5, 0.8), (0.47, 0.98), (0.38, 0.98), (0.33, 0.76), (0.22, 0.55),
        (0.1, 0.48), (0, 0.47),
    ),
    (_points((0, 0.26), (0.2, 0.33), (0.33, 0.5), (0.41, 0.88)),),
    neck=0.36,
)  # fmt: skip

# From the midline outwards: two incisors, canine, two molars.
MILK_UPPER = (
    ToothSize(INCISOR, 6.5, 16.0, 1),
    ToothSize(INCISOR, 5.1, 15.8, 3),
    ToothSize(CANINE, 7.0, 19.0, 4),
    ToothSize(MILK_UPPER_MOLAR, 7.3, 15.2, 2),
    ToothSize(MILK_UPPER_MOLAR, 8.2, 17.5, 2),
)
MILK_LOWER = (
    ToothSize(INCISOR, 4.2, 14.0, 0),
    ToothSize(INCISOR, 4.1, 15.0, 1),
    ToothSize(CANINE, 5.0, 17.0, 3),
    ToothSize(MILK_LOWER_MOLAR, 7.7, 15.8, 4),
    ToothSize(MILK_LOWER_MOLAR, 9.9, 18.8, 7),
)
