"""How a finished drawing is moved: X-ray and truth alike, and exactly.

A warp says for a mesh of points of the picture to come where in the drawing they lie; in between
it is bilinear. Every map goes through the same mesh: grey levels by bilinear interpolation, whole
numbers by taking the pixel in which the point lies, and outlines by the inverse.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.phantoms.brush import Field
from teeth_unet.phantoms.curves import Points

Whole = TypeVar("Whole", bound=np.integer)

CELLS = (10, 28)  # rows and columns of the mesh
LEAST, GREATEST = -(2**31), 2**31 - 1  # what Pillow's whole numbers hold
INVERSION_ROUNDS = 40  # fixed-point steps; each shrinks the error to less than half


@dataclass(frozen=True)
class Warp:
    """Where in a drawing the pixels of the picture come from.

    Attributes:
        shape: (height, width) of the picture in pixels.
        drawn: (height, width) of the drawing in pixels.
        mesh: Points (x, y) of the drawing, in its pixels, for those of `even_mesh(shape)`.
    """

    shape: tuple[int, int]
    drawn: tuple[int, int]
    mesh: NDArray[np.float64]

    @cached_property
    def is_identity(self) -> bool:
        """Whether the picture is the drawing as it is."""
        return self.shape == self.drawn and bool(np.allclose(self.mesh, self._own_mesh, atol=1e-9))

    def of_numbers(self, numbers: NDArray[Whole]) -> NDArray[Whole]:
        """Return a map of whole numbers as it is in the picture.

        Args:
            numbers: (height, width) of the drawing, any integer type, each number from -2**31 to
                2**31 - 1.

        Returns:
            Map of the picture's shape and the same type: each pixel has the number of the drawing's
            pixel that its centre lies in, and 0 outside the drawing. No other number appears.

        Raises:
            ValueError: The map has another shape than the drawing, or a number out of range.
        """
        self._check_shape(numbers)
        if self.is_identity:
            return numbers
        if numbers.size and not (numbers.min() >= LEAST and numbers.max() <= GREATEST):
            raise ValueError(f"numbers: expected {LEAST} to {GREATEST}, found others.")
        small = numbers.dtype == np.uint8
        picture = Image.fromarray(numbers if small else numbers.astype(np.int32))
        moved = self._transformed(picture, Image.Resampling.NEAREST)
        return np.asarray(moved).astype(numbers.dtype)

    def of_shadows(self, field: Field) -> Field:
        """Return a field of the drawing as it is in the picture.

        Beyond the edge of the drawing the nearest value of its edge goes on.

        Args:
            field: (height, width) of the drawing, float32.

        Raises:
            ValueError: The field has another shape than the drawing.
        """
        self._check_shape(field)
        if self.is_identity:
            return field
        margin = self._overhang()
        padded = np.pad(field.astype(np.float32, copy=False), margin, mode="edge")
        picture = Image.fromarray(padded)
        return np.asarray(self._transformed(picture, Image.Resampling.BILINEAR, margin))

    def of_points(self, points: Points) -> Points:
        """Return where points (x, y) of the drawing lie in the picture, in its pixels.

        Args:
            points: (n, 2) in pixels of the drawing; from far outside of it they are not exact.
        """
        linear, offset = self._nearest_affine()
        at = (points - offset) @ np.linalg.inv(linear)
        for _ in range(INVERSION_ROUNDS):
            at = at + (points - self._source(at)) @ np.linalg.inv(linear)
        return at

    @cached_property
    def _own_mesh(self) -> NDArray[np.float64]:
        return even_mesh(self.shape)

    def _check_shape(self, drawing: NDArray[np.generic]) -> None:
        if drawing.shape != self.drawn:
            raise ValueError(f"drawing: expected the shape {self.drawn}, found {drawing.shape}.")

    def _overhang(self) -> int:
        """Return by how many pixels the picture reaches beyond the drawing at most."""
        height, width = self.drawn
        beyond = max(0.0, -self.mesh.min(), *(self.mesh.max(axis=(0, 1)) - (width, height)))
        return min(int(np.ceil(beyond)) + 2, max(self.drawn))

    def _transformed(
        self, picture: Image.Image, resampling: Image.Resampling, margin: int = 0
    ) -> Image.Image:
        height, width = self.shape
        rows, columns = (
            knots(size, points - 1).tolist()
            for size, points in zip(self.shape, self.mesh.shape[:2], strict=True)
        )
        mesh = self.mesh + margin
        cells = []
        for i, (top, bottom) in enumerate(pairwise(rows)):
            for j, (left, right) in enumerate(pairwise(columns)):
                corners = mesh[[i, i + 1, i + 1, i], [j, j, j + 1, j + 1]]
                cells.append(((left, top, right, bottom), tuple(corners.ravel().tolist())))
        return picture.transform((width, height), Image.Transform.MESH, cells, resampling)

    def _source(self, points: Points) -> Points:
        """Return where in the drawing points of the picture lie."""
        cells = [size - 1 for size in self.mesh.shape[1::-1]]
        cell, share = [], []
        for size, count, values in zip(self.shape[::-1], cells, points.T, strict=True):
            edges = knots(size, count)
            first = np.clip(np.searchsorted(edges, values, "right") - 1, 0, count - 1)
            cell.append(first)
            share.append((values - edges[first]) / (edges[first + 1] - edges[first]))
        (column, row), (x, y) = cell, (one[:, None] for one in share)
        above = (1 - x) * self.mesh[row, column] + x * self.mesh[row, column + 1]
        below = (1 - x) * self.mesh[row + 1, column] + x * self.mesh[row + 1, column + 1]
        source: Points = (1 - y) * above + y * below
        return source

    def _nearest_affine(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the scale (2, 2) and the shift (2,) that come nearest to the warp."""
        own, mesh = self._own_mesh.reshape(-1, 2), self.mesh.reshape(-1, 2)
        columns = np.column_stack([own, np.ones(len(own))])
        solution = np.asarray(np.linalg.lstsq(columns, mesh, rcond=None)[0], dtype=np.float64)
        return solution[:2], solution[2]


def knots(size: int, cells: int) -> NDArray[np.int64]:
    """Return the borders of the cells of a mesh along one side, in whole pixels from 0 to size."""
    return np.arange(cells + 1) * size // cells


def even_mesh(shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return (rows + 1, columns + 1, 2) points (x, y), evenly spread over a picture.

    There are as many cells as `CELLS` says, or as pixels where those are fewer.

    Args:
        shape: (height, width) of the picture in pixels.
    """
    y, x = (knots(size, min(size, cells)) for size, cells in zip(shape, CELLS, strict=True))
    return np.stack(np.meshgrid(x, y), axis=-1).astype(float)
