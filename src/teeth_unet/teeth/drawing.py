"""Teeth drawn on their X-ray: outlines, boxes, axes, numbers."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage.measure import approximate_polygon, find_contours

from teeth_unet.teeth.captions import Canvas, place_captions
from teeth_unet.teeth.colours import MASK_COLOUR, Colour, colour_teeth
from teeth_unet.teeth.measuring import Tooth

LINE = 1 / 700  # width of an outline, in picture widths; boxes and axes are half as wide
TOLERANCE = 0.3  # how far a drawn outline may lie off the true one, in pixels

Outline = list[tuple[float, float]]


def draw_contour(
    xray: NDArray[np.uint8], mask: NDArray[np.integer], colour: Colour = MASK_COLOUR
) -> Image.Image:
    """Draw the outline of a mask on its X-ray.

    Args:
        xray: (h, w) grey levels, 0 to 255.
        mask: (h, w) tooth where it is not 0.
        colour: Of the outline.

    Returns:
        RGB picture of the X-ray's own size.

    Raises:
        ValueError: The shapes differ, or are not those of one picture.
    """
    picture = _paint(xray, mask)
    draw, width = ImageDraw.Draw(picture), _line_width(picture)
    for outline in _outlines(np.asarray(mask) != 0):
        draw.line(outline, fill=colour, width=width, joint="curve")
    return picture


def draw_teeth(
    xray: NDArray[np.uint8],
    labels: NDArray[np.integer],
    teeth: Sequence[Tooth],
    seed: int = 0,
) -> Image.Image:
    """Draw every tooth on its X-ray: outline, smallest rectangle, both axes, length and width.

    Each tooth carries a caption at its root, with its order in the jaw, its length and its width
    in pixels; where one would cover another, it moves further out and a thin line leads back. The
    number of teeth stands in the upper left corner. Lines and letters grow with the picture.

    Args:
        xray: (h, w) grey levels, 0 to 255.
        labels: (h, w) the teeth that were measured.
        teeth: Their measurements; labels without one are left alone.
        seed: Of the colours; neighbours never share one.

    Returns:
        RGB picture of the X-ray's own size.

    Raises:
        ValueError: The shapes differ, or are not those of one picture.
    """
    picture = _paint(xray, labels)
    draw, width = ImageDraw.Draw(picture), _line_width(picture)
    colours = colour_teeth([tooth.centre for tooth in teeth], seed)
    windows = ndimage.find_objects(labels)
    for tooth, colour in zip(teeth, colours, strict=True):
        window = windows[tooth.number - 1]
        for outline in _outlines(labels[window] == tooth.number, window):
            draw.line(outline, fill=colour, width=width, joint="curve")
    for tooth, colour in zip(teeth, colours, strict=True):
        for line in _box_and_axes(tooth):
            draw.line(line, fill=colour, width=max(1, width // 2))
    place_captions(Canvas.on(picture), teeth, colours)
    return picture


def _paint(xray: NDArray[np.uint8], mask: NDArray[np.integer]) -> Image.Image:
    """Return the X-ray as an RGB picture to draw on."""
    if xray.ndim != 2 or xray.shape != np.shape(mask):
        raise ValueError(
            f"expected an X-ray and a mask of one shape (h, w), received {xray.shape} and "
            f"{np.shape(mask)}"
        )
    return Image.fromarray(xray).convert("RGB")


def _line_width(picture: Image.Image) -> int:
    return max(1, round(LINE * picture.width))


def _outlines(
    mask: NDArray[np.bool_], window: tuple[slice, slice] = (slice(0, None), slice(0, None))
) -> Iterator[Outline]:
    """Yield the outlines of a mask, in the pixels of the picture that it is a window of."""
    corner = np.array([window[0].start, window[1].start])
    # Padded, so that an outline along the picture's rim is closed.
    for outline in find_contours(np.pad(mask, 1).astype(np.float32), 0.5):
        rows, columns = (approximate_polygon(outline, TOLERANCE) + corner - 1).T
        yield list(zip(columns.tolist(), rows.tolist(), strict=True))


def _box_and_axes(tooth: Tooth) -> Iterator[Outline]:
    """Yield the rectangle of a tooth and its two axes."""
    corners = np.array(tooth.corners) - 0.5  # to Pillow, the centre of the first pixel is 0
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    for line in ([*corners, corners[0]], middles[[0, 2]], middles[[1, 3]]):
        yield [tuple(point.tolist()) for point in line]
