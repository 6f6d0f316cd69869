"""How the head stood in the apparatus, and which part of the picture was kept.

What an error of positioning looks like is told in every textbook of dental radiography: with the
chin down the bite curves upwards at its ends, with the chin up downwards; too far in front, the
front teeth are narrow, too far back, wide; turned, one side is wider than the other; moved, what
was taken meanwhile is shifted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.brush import Field, smooth_step
from teeth_unet.phantoms.curves import Points
from teeth_unet.phantoms.scene.settings import Scene
from teeth_unet.phantoms.scene.warp import Warp, Whole, even_mesh
from teeth_unet.phantoms.settings import PhantomSettings
from teeth_unet.phantoms.streams import object_stream

BITE = 0.475  # y of the bite, about which the head is turned and cut to
FRONT = 0.22  # half the width of the front teeth, in head units


@dataclass(frozen=True)
class Position:
    """How a drawing becomes the picture: X-ray and truth alike.

    Attributes:
        warp: What is moved.
        margins: Pixels added above, below, on the left and on the right, where there is no X-ray.
    """

    warp: Warp
    margins: tuple[int, int, int, int]

    def of_numbers(self, numbers: NDArray[Whole]) -> NDArray[Whole]:
        """Return a map of whole numbers as it is in the picture; see `Warp.of_numbers`."""
        above, below, left, right = self.margins
        moved = self.warp.of_numbers(numbers)
        return np.pad(moved, ((above, below), (left, right))) if any(self.margins) else moved

    def of_points(self, points: Points) -> Points:
        """Return where points (x, y) of the drawing lie in the picture, in its pixels."""
        above, _, left, _ = self.margins
        moved: Points = self.warp.of_points(points) + np.array((left, above))
        return moved

    def of_shadows(self, field: Field) -> Field:
        """Return a field without the margins; see `Warp.of_shadows`."""
        return self.warp.of_shadows(field)


def draw_position(settings: PhantomSettings, case: int, drawn: tuple[int, int]) -> Position:
    """Return how the drawing of a phantom becomes the picture.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        drawn: (height, width) of the drawing in pixels.
    """
    window = _window(settings, case, drawn)
    left, top, right, bottom = window
    shape = (bottom - top, right - left)
    pixels = even_mesh(shape) + np.array((left, top))
    rng = object_stream(settings, case, "position")
    mesh = _displaced(rng, settings.scene, pixels, drawn)
    shaken = object_stream(settings, case, "movement")
    if shaken.random() < settings.scene.movement:
        mesh = _shaken(shaken, mesh, drawn)
    return Position(Warp(shape, drawn, mesh), _margins(settings, case, shape))


def place_numbers(settings: PhantomSettings, case: int, numbers: NDArray[Whole]) -> NDArray[Whole]:
    """Return a map of whole numbers of a drawing as it is in the picture.

    Args:
        settings: The scene and the seed.
        case: Number of the phantom, from 0.
        numbers: (height, width) of the drawing; each number from -2**31 to 2**31 - 1.

    Returns:
        Map of the X-ray's shape: 0 outside the drawing, and no number that was not there.
    """
    return draw_position(settings, case, numbers.shape).of_numbers(numbers)


def _displaced(
    rng: np.random.Generator, scene: Scene, pixels: Points, drawn: tuple[int, int]
) -> Points:
    """Return where in the drawing points of the picture lie, as the head stands."""
    turn, smile = rng.uniform(*scene.turn), rng.uniform(*scene.smile)
    depth, tilt = rng.uniform(*scene.depth), np.radians(rng.uniform(*scene.tilt))
    height, width = drawn
    x, y = 2 * pixels[..., 0] / width - 1, pixels[..., 1] / height
    # All lengths in picture heights: a tilt keeps angles.
    across, down = x * width / height / 2, y - BITE
    cosine, sine = np.cos(tilt), np.sin(tilt)
    across, down = cosine * across + sine * down, cosine * down - sine * across
    x = across * height / width * 2
    near_bite = np.exp(-((down / 0.5) ** 2))
    down = down + smile * near_bite * (np.clip(x / 0.6, -1.5, 1.5) ** 2 - 0.4)
    x = x - 1.3 * turn * x**2 * (1 - np.clip(x, -1, 1) ** 2)
    front = np.tanh(x / FRONT) * FRONT
    x = x + (1 / depth - 1) * front * np.exp(-((x / 0.8) ** 4))
    return np.stack([width * (1 + x) / 2, height * (down + BITE)], axis=-1)


def _shaken(rng: np.random.Generator, mesh: Points, drawn: tuple[int, int]) -> Points:
    """Return a mesh shifted in a strip: the picture is taken from one side to the other."""
    height, width = drawn
    x = 2 * mesh[..., 0] / width - 1
    begin, length = rng.uniform(-0.7, 0.5), rng.uniform(0.05, 0.5)
    strip = smooth_step((x - begin) / 0.05) * smooth_step((begin + length - x) / 0.05)
    jump = rng.normal(0, (0.006, 0.012), 2) * height
    shake = np.sin(x * rng.uniform(15, 40) + rng.uniform(0, 6)) * rng.uniform(0, 0.004) * height
    return mesh + strip[..., None] * (jump + shake[..., None] * (0, 1))


def _window(
    settings: PhantomSettings, case: int, drawn: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return the part of the drawing's pixels that is kept: left, top, right, bottom."""
    height, width = drawn
    rng = object_stream(settings, case, "cropped")
    if rng.random() >= settings.scene.cropped:
        return 0, 0, width, height
    low, high = settings.scene.crop_aspect
    aspect = float(np.exp(rng.uniform(np.log(low), np.log(high))))
    widest = min(1.0, height * aspect / width)
    across = max(8, round(width * widest * rng.uniform(0.85, 1)))
    along = max(8, min(height, round(across / aspect)))
    across, along = min(across, width), min(along, height)
    middle = rng.normal(0.5, 0.06) * width, rng.normal(BITE, 0.05) * height
    left = int(np.clip(round(middle[0] - across / 2), 0, width - across))
    top = int(np.clip(round(middle[1] - along / 2), 0, height - along))
    return left, top, left + across, top + along


def _margins(
    settings: PhantomSettings, case: int, shape: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return the pixels added above, below, on the left and on the right."""
    margins = np.zeros(4)
    for name, widest in (("border", 0.12), ("collimator", 0.05)):
        rng = object_stream(settings, case, name)
        if rng.random() < getattr(settings.scene, name):
            sides = rng.random(4) < 0.7
            margins += sides * rng.uniform(0.005, widest, 4)
    above, below, left, right = np.rint(margins * np.repeat(shape, 2)).astype(int).tolist()
    return above, below, left, right
