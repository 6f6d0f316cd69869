"""The letter that tells the patient's right from left."""

import numpy as np
from PIL import Image, ImageDraw

from teeth_unet.phantoms.brush import Field

# Lines of the letters within a box of 1 by 1, y down.
_LETTERS = {
    "R": (
        [(0, 1), (0, 0), (0.75, 0), (1, 0.2), (1, 0.4), (0.75, 0.58), (1, 1), (0.68, 1),
         (0.45, 0.62), (0.3, 0.62), (0.3, 1), (0, 1)],
        [(0.3, 0.2), (0.68, 0.2), (0.68, 0.42), (0.3, 0.42), (0.3, 0.2)],
    ),
    "L": ([(0, 0), (0.3, 0), (0.3, 0.78), (1, 0.78), (1, 1), (0, 1), (0, 0)],),
}  # fmt: skip


def draw_marker(rng: np.random.Generator, grey: Field) -> Field:
    """Return a picture with the outline of an R at its left edge, or of an L at its right one.

    Args:
        rng: Source of the place.
        grey: (height, width) grey levels; left as it is.
    """
    height, width = grey.shape
    letter = rng.choice(["R", "L"], p=[0.85, 0.15])
    size = np.array([0.75, 1.0]) * height * rng.uniform(0.05, 0.07)
    x = rng.uniform(0.01, 0.06) * width
    corner = np.array([x if letter == "R" else width - x - size[0], height * rng.uniform(0.7, 0.9)])
    picture = Image.new("L", (width, height))
    pen = ImageDraw.Draw(picture)
    for line in _LETTERS[letter]:
        points = [tuple(corner + size * point) for point in line]
        pen.line(points, fill=1, width=max(1, round(height / 320)))
    return np.maximum(grey, np.asarray(picture, dtype=np.float32))
