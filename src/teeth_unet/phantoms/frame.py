"""The patient's position in the picture: where each part of the head is projected to."""

from dataclasses import dataclass
from typing import Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.settings import PhantomSettings


@dataclass(frozen=True)
class Frame:
    """Maps head coordinates to pixels.

    Head coordinates (x, y) do not depend on the picture's size: x runs from -1 at the left edge
    over 0 at the midline to 1 at the right edge, y from 0 at the top to 1 at the bottom.

    Attributes:
        height: Height of the picture in pixels.
        width: Width of the picture in pixels.
        midline: Shift of the midline to the right, in head units.
        turn: How much larger the right side is than the left one, as the head turns; 0 for none.
        roll: How much lower the right edge lies than the midline, in head units.
        smile: How much higher the bite lies at the last molars than at the midline, in head units.
        bite: y of the bite at the midline.
        gap: Distance between upper and lower crowns at the midline, in head units.
        arch: x of the outer end of the tooth rows.
        tooth_length: Of all teeth, relative to the usual length.
    """

    height: int
    width: int
    midline: float
    turn: float
    roll: float
    smile: float
    bite: float
    gap: float
    arch: float
    tooth_length: float = 1

    @classmethod
    def draw(cls, rng: np.random.Generator, settings: PhantomSettings) -> Self:
        """Return a random frame within the sizes of the settings."""
        width = int(rng.integers(settings.width[0], settings.width[1] + 1))
        return cls(
            height=round(width / rng.uniform(*settings.aspect)),
            width=width,
            midline=rng.normal(0, 0.015),
            turn=rng.normal(0, 0.025),
            roll=rng.normal(0, 0.012),
            smile=rng.normal(0.035, 0.022),
            bite=rng.normal(0.475, 0.015),
            gap=rng.uniform(*settings.mouth.gap),
            arch=rng.uniform(*settings.mouth.arch),
        )

    def to_pixels(self, points: ArrayLike) -> Points:
        """Return (n, 2) head coordinates as pixel coordinates (x, y)."""
        x, y = np.asarray(points, dtype=float).T
        across = x + self.turn * (1 - x**2) * x**2 + self.midline * (1 - x**2)
        return np.column_stack([self.width * (1 + across) / 2, self.height * (y + self.roll * x)])

    @overload
    def bite_height(self, x: float) -> np.float64: ...
    @overload
    def bite_height(self, x: NDArray[np.float64]) -> NDArray[np.float64]: ...
    def bite_height(self, x: float | NDArray[np.float64]) -> np.float64 | NDArray[np.float64]:
        """Return y of the middle between the arches at x, in head coordinates."""
        return self.bite - self.smile * (np.asarray(x) / self.arch) ** 2
