"""Shapes that others are cut out of."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from teeth_unet.annotations.filling import TooIntricate, filled
from teeth_unet.annotations.model import UNKNOWN_SIZE, Bitmap, Polygons, Shape
from teeth_unet.errors import InputError
from teeth_unet.pictures import PIXEL_LIMIT

MOST_HOLES = 100
"""Holes that a picture may have."""

Region = Polygons | Bitmap
Box = tuple[float, float, float, float]


def with_holes(
    shapes: Sequence[Shape],
    holes: Sequence[tuple[int, Region]],
    size: tuple[int, int],
    subject: str,
) -> list[Shape]:
    """Return shapes without what later regions cover.

    Args:
        shapes: In the order in which they were drawn.
        holes: Each with the number of shapes that were drawn before it.
        size: Width and height of the picture; `UNKNOWN_SIZE` if it is not told.
        subject: What errors call the annotation.

    Raises:
        InputError: There are too many holes, or the picture is too large.
    """
    if len(holes) > MOST_HOLES:
        raise InputError(subject, f"at most {MOST_HOLES} holes", str(len(holes)), "Draw it anew.")
    boxes = [_box(region) for _, region in holes]
    cut: list[Shape] = []
    for place, shape in enumerate(shapes):
        box = _box(shape.region)
        inside = [
            hole
            for (before, hole), hole_box in zip(holes, boxes, strict=True)
            if place < before and _meet(box, hole_box)
        ]
        if inside:
            canvas = size if size != UNKNOWN_SIZE else _extent(shape.region)
            if canvas[0] * canvas[1] > PIXEL_LIMIT:
                found = f"{canvas[0]}x{canvas[1]}"
                raise InputError(subject, f"at most {PIXEL_LIMIT} pixels", found, "Draw it anew.")
            decode = partial(_rest, shape.region, inside, canvas, subject)
            shape = Shape(shape.label, Bitmap(0, 0, decode), shape.thing, shape.crowd)
        cut.append(shape)
    return cut


def _rest(
    region: Region, holes: Sequence[Region], size: tuple[int, int], subject: str
) -> NDArray[np.bool_]:
    """Return (h, w) bool of a picture: what a region covers and none of the holes."""
    canvas = np.zeros(size[::-1], dtype=bool)
    _paint(canvas, region, True, subject)
    for hole in holes:
        _paint(canvas, hole, False, subject)
    return canvas


def _paint(canvas: NDArray[np.bool_], region: Region, value: bool, subject: str) -> None:
    height, width = canvas.shape
    if isinstance(region, Bitmap):
        marked = region.decode()
        top, left = max(region.top, 0), max(region.left, 0)
        marked = marked[top - region.top :, left - region.left :]
        window = canvas[top : top + marked.shape[0], left : left + marked.shape[1]]
        window[marked[: window.shape[0], : window.shape[1]]] = value
        return
    try:
        place, marked = filled(region.rings, width, height)
    except TooIntricate as failure:
        remedy = "Draw it anew."
        raise InputError(subject, "the outline of a tooth", str(failure), remedy) from failure
    canvas[place][marked] = value


def _box(region: Region) -> Box:
    """Return left, top, right and bottom; of a bitmap as if it went on for ever."""
    if isinstance(region, Bitmap):
        return region.left, region.top, np.inf, np.inf
    corners = np.concatenate(region.rings)
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _extent(region: Region) -> tuple[int, int]:
    """Return the width and height that hold a region."""
    if isinstance(region, Bitmap):
        height, width = region.decode().shape
        return max(region.left + width, 0), max(region.top + height, 0)
    _, _, right, bottom = _box(region)
    return int(max(right, 0)) + 1, int(max(bottom, 0)) + 1


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
