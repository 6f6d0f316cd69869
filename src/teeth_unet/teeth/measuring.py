"""Teeth measured: where each one is, and how large it is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from teeth_unet.teeth.arches import Bite, find_bite, number_from_left
from teeth_unet.teeth.rectangles import Points, Rectangle, enclose

Jaw = Literal["upper", "lower"]
Point = tuple[float, float]  # (x, y) in pixels, where pixel i reaches from i to i + 1

# A whole tooth is at least 1.7 times as long as it is wide, its crown alone at most 1.4 times as
# wide as long (phantoms, cut at 40 % of the length and more). So between the two a rectangle's
# longer side is the tooth's length for certain; below, the side that rises from the arch is.
SURELY_LENGTH = 1.5

_EIGHT_NEIGHBOURS = np.ones((3, 3), dtype=bool)


@dataclass(frozen=True)
class Tooth:
    """One tooth, in pixels of the picture that it was measured in.

    Attributes:
        number: Its label.
        jaw: "upper" or "lower".
        order: Its place among the teeth of its jaw, 1 for the one furthest left in the picture.
        centre: (x, y) centre of its smallest rectangle.
        area: Pixels of its largest piece.
        length: Along the long axis, from crown to root.
        width: At a right angle to it.
        tilt: Angle of the long axis from the vertical in degrees, above -90 and up to 90; above 0
            if the upper end leans to the right of the picture.
        corners: The four corners (x, y) of its smallest rectangle, in order around it.
    """

    number: int
    jaw: Jaw
    order: int
    centre: Point
    area: int
    length: float
    width: float
    tilt: float
    corners: tuple[Point, Point, Point, Point]

    @property
    def rising_axis(self) -> Point:
        """Unit vector (x, y) along the long axis, towards its upper end."""
        tilt = np.radians(self.tilt)
        return float(np.sin(tilt)), float(-np.cos(tilt))


@dataclass(frozen=True)
class _Piece:
    """The largest piece of a label.

    Attributes:
        number: The label.
        rectangle: The smallest one around it.
        centroid: (2,) mean of its pixels' centres (x, y).
        area: In pixels.
    """

    number: int
    rectangle: Rectangle
    centroid: Points
    area: int

    @property
    def height(self) -> float:
        """How many rows the rectangle reaches over."""
        return float(np.ptp(self.rectangle.corners()[:, 1]))

    @property
    def taper(self) -> float:
        """How far the centroid lies below the rectangle's centre, in heights."""
        return float(self.centroid[1] - self.rectangle.centre[1]) / self.height


def measure_label_map(labels: NDArray[np.integer]) -> list[Tooth]:
    """Measure every tooth of a label map along its own axes.

    The axes are those of the smallest rectangle around the tooth's true outline. Its longer side
    is the length, unless it is less than 1.5 times the other one, as where only the crown of a
    molar is seen: then the side that rises more steeply from the arch is the length. A label of
    several pieces is measured by its largest one.

    Args:
        labels: (h, w) 0 for background and another number above 0 for each tooth.

    Returns:
        The upper teeth from left to right, then the lower ones; none if there is no tooth.

    Raises:
        ValueError: The labels are not a picture of whole numbers from 0 on.
    """
    _refuse_other_than_labels(labels)
    pieces = list(_largest_pieces(labels))
    if not pieces:
        return []
    bite = find_bite(
        np.array([piece.rectangle.centre for piece in pieces]),
        [piece.height for piece in pieces],
        [piece.taper for piece in pieces],
        labels.shape[0] / 2,
    )
    x, y = np.array([piece.rectangle.centre for piece in pieces]).T
    upper = y < bite.at(x)
    orders = number_from_left(x, upper)
    teeth = [
        _describe(piece, "upper" if above else "lower", order, bite)
        for piece, above, order in zip(pieces, upper.tolist(), orders.tolist(), strict=True)
    ]
    return sorted(teeth, key=lambda tooth: (tooth.jaw == "lower", tooth.order))


def _refuse_other_than_labels(labels: NDArray[np.integer]) -> None:
    whole_numbers = np.issubdtype(labels.dtype, np.integer)
    if labels.ndim != 2 or not whole_numbers or (labels.size and labels.min() < 0):
        raise ValueError(
            f"expected (h, w) labels, whole numbers from 0 on, received {labels.dtype} "
            f"{labels.shape}"
        )


def _largest_pieces(labels: NDArray[np.integer]) -> Iterator[_Piece]:
    """Yield the largest piece of every label, by rising number."""
    windows: Sequence[tuple[slice, ...] | None] = (
        ndimage.find_objects(labels) if labels.size else []
    )
    for number, window in enumerate(windows, start=1):
        if window is None:
            continue
        mask, area = _largest_piece(labels[window] == number)
        corner = np.array([window[1].start, window[0].start], dtype=float)
        rows, columns = np.nonzero(mask)
        centroid = corner + np.array([columns.mean() + 0.5, rows.mean() + 0.5])
        yield _Piece(number, enclose(mask).moved(corner), centroid, area)


def _largest_piece(mask: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], int]:
    """Return the largest 8-connected piece of a mask, and its area."""
    pieces, _ = ndimage.label(mask, _EIGHT_NEIGHBOURS)
    areas = np.bincount(pieces.ravel())[1:]
    largest = int(areas.argmax())
    return pieces == largest + 1, int(areas[largest])


def _describe(piece: _Piece, jaw: Jaw, order: int, bite: Bite) -> Tooth:
    rectangle = _stood_up(piece.rectangle, bite)
    right, down = rectangle.axis if rectangle.axis[1] <= 0 else -rectangle.axis
    tilt = float(np.degrees(np.arctan2(right, -down)))
    first, second, third, fourth = ((x, y) for x, y in rectangle.corners().tolist())
    return Tooth(
        number=piece.number,
        jaw=jaw,
        order=order,
        centre=tuple(rectangle.centre.tolist()),
        area=piece.area,
        length=rectangle.length,
        width=rectangle.width,
        tilt=90.0 if tilt == -90 else tilt,
        corners=(first, second, third, fourth),
    )


def _stood_up(rectangle: Rectangle, bite: Bite) -> Rectangle:
    """Return the rectangle with the side as its length that is the tooth's length."""
    if rectangle.length >= SURELY_LENGTH * rectangle.width:
        return rectangle
    along_the_arch = abs(rectangle.axis @ bite.direction(rectangle.centre[0]))
    return rectangle.turned() if along_the_arch > np.sqrt(0.5) else rectangle
