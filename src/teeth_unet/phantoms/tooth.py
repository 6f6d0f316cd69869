"""One tooth: its shape, placed in the picture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.curves import Points, smooth_curve
from teeth_unet.phantoms.restorations import draw_restorations
from teeth_unet.phantoms.tooth_shapes import ToothShape

OUTLINE_POINTS = 96
CANAL_POINTS = 16


@dataclass(frozen=True)
class Pose:
    """Maps the coordinates of a tooth (see ``tooth_shapes``) to pixels, x right and y down.

    Attributes:
        origin: (2,) middle of the biting surface.
        axis: (2,) unit vector from the biting surface to the root tip.
        distal: (2,) unit vector away from the midline, at a right angle to the axis.
        width: Width of the tooth in pixels.
        length: Length of the tooth in pixels.
        bend: How far the root tip is bent outwards, in widths.
    """

    origin: Points
    axis: Points
    distal: Points
    width: float
    length: float
    bend: float

    def to_pixels(self, points: Points) -> Points:
        """Return (n, 2) points (across, along) as pixel coordinates (x, y)."""
        across, along = points.T
        across = across + self.bend * np.clip(along - 0.4, 0, None) ** 2 / 0.36
        return (
            self.origin
            + np.outer(across * self.width, self.distal)
            + np.outer(along * self.length, self.axis)
        )

    def on_straight_tooth(
        self, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return (across, along) of pixel coordinates, as if the root were not bent."""
        right, down = x - self.origin[0], y - self.origin[1]
        across = (right * self.distal[0] + down * self.distal[1]) / self.width
        along = (right * self.axis[0] + down * self.axis[1]) / self.length
        return across, along


@dataclass(frozen=True)
class DrawnTooth:
    """One tooth, in pixel coordinates (x to the right, y down).

    Attributes:
        pose: Where it stands, and how large it is.
        outline: (n, 2) closed outline of crown and roots.
        canals: Pulp chamber and root canals, as open (n, 2) curves from the chamber on.
        metal: Fillings and artificial crowns, as (n, 2) closed outlines that may reach beyond
            the tooth's own.
        neck: Where the crown ends, as a share of the length.
        root_filled: Whether the root canals are filled.
        nearness: The larger it is, the further in front the tooth stands where teeth overlap.
    """

    pose: Pose
    outline: Points
    canals: tuple[Points, ...]
    metal: tuple[Points, ...]
    neck: float
    root_filled: bool
    nearness: float


def draw_tooth(
    rng: np.random.Generator, shape: ToothShape, pose: Pose, *, treated: bool
) -> DrawnTooth:
    """Return a tooth whose outline varies a little from its kind's; if treated, with metal."""
    landmarks = shape.outline()
    landmarks = landmarks * rng.normal(1, (0.03, 0.008), landmarks.shape)
    metal = draw_restorations(rng, shape.neck) if treated else ()
    return DrawnTooth(
        pose=pose,
        outline=pose.to_pixels(smooth_curve(landmarks, OUTLINE_POINTS, closed=True)),
        canals=tuple(pose.to_pixels(smooth_curve(c, CANAL_POINTS)) for c in shape.all_canals()),
        metal=tuple(pose.to_pixels(piece) for piece in metal),
        neck=shape.neck,
        root_filled=bool(treated and rng.random() < 0.2),
        nearness=rng.random(),
    )
