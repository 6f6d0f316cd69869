"""Soft shapes and textures, from which shadows are composed.

Shapes are drawn at a reduced size, where blurring is cheap, and enlarged once at the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from teeth_unet.phantoms.curves import Points

Field = NDArray[np.floating]  # (height, width); float32, or float64 on the way


@dataclass(frozen=True)
class Brush:
    """Draws on a canvas that is smaller than the picture.

    Attributes:
        height: Height of the picture in pixels.
        width: Width of the picture in pixels.
        reduction: How many times smaller the canvas is, at least 1.
    """

    height: int
    width: int
    reduction: float

    @property
    def shape(self) -> tuple[int, int]:
        """Shape of the canvas."""
        return (
            max(1, round(self.height / self.reduction)),
            max(1, round(self.width / self.reduction)),
        )

    def fill(self, outlines: Sequence[Points], softness: float) -> Field:
        """Return filled shapes.

        Args:
            outlines: (n, 2) closed outlines in pixels of the picture.
            softness: Blur of their edges (standard deviation) in picture heights.

        Returns:
            Field of the canvas' shape, 1 inside and 0 outside; the shapes are one where they meet.
        """
        picture = Image.new("L", self.shape[::-1])
        pen = ImageDraw.Draw(picture)
        for outline in outlines:
            pen.polygon(self._on_canvas(outline), fill=1)
        return self.blurred(np.asarray(picture, dtype=np.float32), softness)

    def stroke(self, lines: Sequence[Points], thickness: float) -> Field:
        """Return lines that fade towards their ends, 1 in the middle; thickness in picture heights.

        A line thinner than a pixel of the canvas becomes fainter, not thinner.
        """
        pixels = thickness * self.shape[0]
        picture = Image.new("L", self.shape[::-1])
        pen = ImageDraw.Draw(picture)
        for line in lines:
            points = self._on_canvas(line)
            shades = 255 * np.sin(np.linspace(0, np.pi, len(points) + 1)[1:-1]) ** 0.7
            for start, end, shade in zip(points, points[1:], shades, strict=False):
                pen.line([start, end], fill=round(shade), width=max(1, round(pixels)))
        return np.asarray(picture, dtype=np.float32) * np.float32(min(1.0, pixels) / 255)

    def blurred(self, field: Field, softness: float) -> Field:
        """Return a field of the canvas, blurred by a standard deviation in picture heights."""
        return gaussian_filter(field, softness * self.shape[0], truncate=2.5)

    def enlarged(self, field: Field) -> Field:
        """Return a field of the canvas at the size of the picture."""
        return resized(field, (self.height, self.width))

    def _on_canvas(self, points: Points) -> list[tuple[float, float]]:
        rows, columns = self.shape
        scaled = points * (columns / self.width, rows / self.height)
        return [(x, y) for x, y in scaled.tolist()]


def resized(field: Field, shape: tuple[int, int]) -> Field:
    """Return a field at another (height, width), by bicubic interpolation."""
    size = (shape[1], shape[0])
    return np.asarray(Image.fromarray(field).resize(size, Image.Resampling.BICUBIC))


def smooth_noise(
    rng: np.random.Generator, shape: tuple[int, int], grain: tuple[float, float]
) -> Field:
    """Return smooth random values of mean 0 and standard deviation about 0.7.

    Args:
        rng: Source of the values.
        shape: (height, width) to return.
        grain: Size (high, wide) of its lumps, in pixels of that shape.
    """
    return resized(coarse_noise(rng, shape, grain), shape)


def coarse_noise(
    rng: np.random.Generator, shape: tuple[int, int], grain: tuple[float, float]
) -> Field:
    """Return the values that `smooth_noise` makes smooth: one for each lump."""
    rows, columns = (max(2, round(size / lump)) for size, lump in zip(shape, grain, strict=True))
    return rng.standard_normal((rows, columns), dtype=np.float32)


def smooth_step(values: Field) -> Field:
    """Return a smooth step from 0 (values well below zero) over 1/2 (at zero) to 1."""
    return 1 / (1 + np.exp(-2 * np.clip(values, -20, 20)))
