"""What lies around the teeth, and how each of it is drawn.

Each is drawn from a random stream of its own, on one small canvas. Where it lies follows the usual
descriptions of panoramic anatomy: single images, double images on both sides of what lies in the
middle behind the centre of rotation, and ghosts, which lie higher, wider and on the other side.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from teeth_unet.phantoms.brush import Brush, Field
from teeth_unet.phantoms.curves import Points, mirrored, smooth_curve
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.jaws import vary
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream


@dataclass(frozen=True)
class Canvas:
    """A small canvas over the whole drawing.

    Attributes:
        brush: Draws on it.
        frame: Where the head is.
    """

    brush: Brush
    frame: Frame

    @property
    def x(self) -> Field:
        """Head coordinates of the columns, (1, columns)."""
        return np.linspace(-1, 1, self.brush.shape[1], dtype=np.float32)[None]

    @property
    def y(self) -> Field:
        """Head coordinates of the rows, (rows, 1)."""
        return np.linspace(0, 1, self.brush.shape[0], dtype=np.float32)[:, None]

    def fill(self, shapes: list[Points], softness: float) -> Field:
        """Return shapes in head coordinates, filled; softness in picture heights."""
        return self.brush.fill([self.frame.to_pixels(shape) for shape in shapes], softness)

    def stroke(self, lines: list[Points], thickness: float) -> Field:
        """Return lines in head coordinates; thickness in picture heights."""
        drawn = self.brush.stroke([self.frame.to_pixels(line) for line in lines], thickness)
        return self.brush.blurred(drawn, thickness / 3)


Drawer = Callable[[np.random.Generator, Canvas], Field]


def surroundings(
    settings: PhantomSettings, case: int, frame: Frame, objects: dict[str, Drawer]
) -> Field | None:
    """Return the density of all objects that a phantom shows, or None for none.

    Args:
        settings: The scene, with a share for each object, and the seed.
        case: Number of the phantom, from 0.
        frame: Where the head is.
        objects: What draws each of them, by the name of its share.
    """
    canvas = Canvas(Brush(frame.height, frame.width, max(1, frame.height / 200)), frame)
    field = None
    for name, draw in objects.items():
        rng = object_stream(settings, case, name)
        if rng.random() < getattr(settings.scene, name):
            shadow = draw(rng, canvas)
            field = shadow if field is None else field + shadow
    return None if field is None else canvas.brush.enlarged(field.astype(np.float32))


def both_sides(rng: np.random.Generator, *landmarks: tuple[float, float]) -> list[Points]:
    """Return smooth closed outlines through landmarks of the right side, on both sides."""
    points = np.array(landmarks, dtype=float)
    left, right = (smooth_curve(vary(rng, points), 60, closed=True) for _ in range(2))
    return [mirrored(left), right]


def lines_of_both_sides(rng: np.random.Generator, *landmarks: tuple[float, float]) -> list[Points]:
    """Return smooth open lines through landmarks of the right side, on both sides."""
    points = np.array(landmarks, dtype=float)
    left, right = (smooth_curve(vary(rng, points), 60) for _ in range(2))
    return [mirrored(left), right]
