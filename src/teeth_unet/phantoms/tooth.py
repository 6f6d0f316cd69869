"""One tooth: its shape, placed in the picture."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.clipping import Limit, clip_outline
from teeth_unet.phantoms.curves import Points, smooth_curve
from teeth_unet.phantoms.restorations import Restorations, draw_restorations
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

    def to_tooth(self, points: Points) -> Points:
        """Return pixel coordinates (x, y) as (n, 2) points (across, along): undo `to_pixels`."""
        across, along = self.on_straight_tooth(*points.T)
        across = across - self.bend * np.clip(along - 0.4, 0, None) ** 2 / 0.36
        return np.column_stack([across, along])

    def turned(self, degrees: float, about: float = 0.3) -> Self:
        """Return the pose turned around a point on the axis, root tip outwards if above 0.

        Args:
            degrees: Angle.
            about: Where on the axis the tooth is held, along.
        """
        held = self.origin + about * self.length * self.axis
        sine, cosine = np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
        axis = cosine * self.axis + sine * self.distal
        distal = cosine * self.distal - sine * self.axis
        return replace(self, origin=held - about * self.length * axis, axis=axis, distal=distal)

    def moved(self, distally: float, rootwards: float) -> Self:
        """Return the pose moved along its own directions, by pixels."""
        return replace(self, origin=self.origin + distally * self.distal + rootwards * self.axis)

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
        crowned: Whether the metal is an artificial crown.
        stuck: Whether the tooth has not come through.
        sac: (n, 2) closed outline of the sac that a growing tooth lies in; None for other teeth.
        fdi: Its number in the chart, from 11 to 48, or from 51 to 85 for a milk tooth; 0 for none.
    """

    pose: Pose
    outline: Points
    canals: tuple[Points, ...]
    metal: tuple[Points, ...]
    neck: float
    root_filled: bool
    nearness: float
    crowned: bool = False
    stuck: bool = False
    sac: Points | None = None
    fdi: int = 0

    def at(self, pose: Pose) -> Self:
        """Return the tooth in another pose."""
        return self._mapped(lambda points: pose.to_pixels(self.pose.to_tooth(points)), pose)

    def reshaped(self, change: Callable[[Points], Points]) -> Self:
        """Return the tooth with all its points changed, in its own coordinates."""
        return self._mapped(
            lambda points: self.pose.to_pixels(change(self.pose.to_tooth(points))), self.pose
        )

    def clipped(self, limit: Limit, *, keep_crown: bool) -> Self:
        """Return what is left of the tooth on one side of a line across it.

        Args:
            limit: Of the line, along, for places across.
            keep_crown: Whether the part towards the biting surface stays, and not the root.

        Raises:
            ValueError: Nothing is left.
        """
        outline = clip_outline(self.pose.to_tooth(self.outline), limit, keep_below=keep_crown)
        if len(outline) < 3:
            raise ValueError("limit: expected a line that leaves some of the tooth, found none.")
        canals = []
        for canal in map(self.pose.to_tooth, self.canals):
            left = canal[(canal[:, 1] <= limit(canal[:, 0])) == keep_crown]
            if len(left) > 1:
                canals.append(self.pose.to_pixels(left))
        return replace(self, outline=self.pose.to_pixels(outline), canals=tuple(canals))

    def _mapped(self, change: Callable[[Points], Points], pose: Pose) -> Self:
        return replace(
            self,
            pose=pose,
            outline=change(self.outline),
            canals=tuple(map(change, self.canals)),
            metal=tuple(map(change, self.metal)),
        )


def draw_tooth(
    rng: np.random.Generator, shape: ToothShape, pose: Pose, *, treated: bool
) -> DrawnTooth:
    """Return a tooth whose outline varies a little from its kind's; if treated, with metal."""
    landmarks = shape.outline()
    landmarks = landmarks * rng.normal(1, (0.03, 0.008), landmarks.shape)
    metal = draw_restorations(rng, shape.neck) if treated else Restorations((), crowned=False)
    return DrawnTooth(
        pose=pose,
        outline=pose.to_pixels(smooth_curve(landmarks, OUTLINE_POINTS, closed=True)),
        canals=tuple(pose.to_pixels(smooth_curve(c, CANAL_POINTS)) for c in shape.all_canals()),
        metal=tuple(pose.to_pixels(piece) for piece in metal.outlines),
        neck=shape.neck,
        root_filled=bool(treated and rng.random() < 0.2),
        nearness=rng.random(),
        crowned=metal.crowned,
    )
