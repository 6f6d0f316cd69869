"""Teeth drawn on their X-ray: tinted and named, or measured."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from teeth_unet.teeth.boxes import bounding_box
from teeth_unet.teeth.captions import Captions, write_captions
from teeth_unet.teeth.colours import MASK_COLOUR, Colour, colour_labels, colour_teeth
from teeth_unet.teeth.measuring import Tooth
from teeth_unet.teeth.names import write_names

LINE = 1 / 700  # width of an outline, in picture widths; boxes and axes are half as wide
TINT = 0.2  # share of its colour in a tooth: what is in the tooth is seen as well as without it

Line = list[tuple[float, float]]


def draw_contour(xray: NDArray[np.uint8], mask: NDArray[np.integer]) -> Image.Image:
    """Draw the outline of a mask on its X-ray.

    Args:
        xray: (h, w) grey levels, 0 to 255.
        mask: (h, w) tooth where it is not 0.

    Returns:
        RGB picture of the X-ray's own size.

    Raises:
        ValueError: The shapes differ, or are not those of one picture.
    """
    picture = _as_colours(xray, mask)
    picture[_rims(mask != 0, _line_width(picture))] = MASK_COLOUR
    return Image.fromarray(picture)


def draw_teeth(
    xray: NDArray[np.uint8], labels: NDArray[np.integer], names: Mapping[int, str]
) -> Image.Image:
    """Draw every tooth on its X-ray so that both are seen at first glance: tint, outline, name.

    Neighbours have different colours, see `colour_labels`; names are written in the teeth or
    beside them, see `write_names`. Lines and letters grow with the picture.

    Args:
        xray: (h, w) grey levels, 0 to 255.
        labels: (h, w) 0 for background and another number above 0 for each tooth.
        names: Of the teeth, by label, such as "36"; the others remain without.

    Returns:
        RGB picture of the given X-ray's size.

    Raises:
        ValueError: The shapes differ, or are not those of one picture.
    """
    pixels = _as_colours(xray, labels)
    colours = colour_labels(labels)
    if colours:
        _tint(pixels, xray, labels, colours)
    picture = Image.fromarray(pixels)
    write_names(picture, labels, names, colours)
    return picture


def draw_measures(
    xray: NDArray[np.uint8],
    labels: NDArray[np.integer],
    teeth: Sequence[Tooth],
    enlarged: float = 1.0,
    counted: Sequence[Tooth] | None = None,
) -> Image.Image:
    """Draw every tooth on its X-ray: outline, smallest rectangle, both axes, length and width.

    Neighbours have different colours, see `colour_teeth`. Each tooth carries a caption at its
    root, with its order in the jaw, its length and its width in pixels; where one would cover
    another, it moves further out and a thin line leads back. The number of teeth is written in
    the upper left corner. Lines and letters grow with the picture.

    Args:
        xray: (h, w) grey levels, 0 to 255.
        labels: (h, w) the teeth that were measured.
        teeth: Their measurements; labels without one are left alone.
        enlarged: How many times as large the X-ray is of which this one is a smaller copy: in its
            pixels the captions are.
        counted: Those that count as teeth, as implants do not; None for all.

    Returns:
        RGB picture of the given X-ray's size.

    Raises:
        ValueError: The shapes differ, or are not those of one picture.
    """
    pixels = _as_colours(xray, labels)
    width = _line_width(pixels)
    colours = colour_teeth(teeth)
    of_label = np.zeros((int(labels.max(initial=0)) + 1, 3), dtype=np.uint8)
    of_label[[tooth.number for tooth in teeth]] = np.array(colours).reshape(-1, 3)
    is_measured = np.asarray(of_label.any(axis=1))
    rims = _rims(labels, width) & is_measured[labels]
    pixels[rims] = of_label[labels[rims]]
    picture = Image.fromarray(pixels)
    draw = ImageDraw.Draw(picture)
    for tooth, colour in zip(teeth, colours, strict=True):
        for line in _box_and_axes(tooth):
            draw.line(line, fill=colour, width=max(1, width // 2))
    write_captions(Captions(picture, np.asarray(labels) != 0), teeth, colours, enlarged, counted)
    return picture


def _tint(
    pixels: NDArray[np.uint8],
    xray: NDArray[np.uint8],
    labels: NDArray[np.integer],
    colours: Mapping[int, Colour],
) -> None:
    """Tint and outline labels, of which there is one at least, in place."""
    palette = [*dict.fromkeys(colours.values())]
    of_label = np.zeros(max(colours) + 1, np.uint8)
    of_label[[*colours]] = [1 + palette.index(colour) for colour in colours.values()]
    tints = np.repeat(np.arange(256.0)[np.newaxis, :, np.newaxis], 1 + len(palette), axis=0)
    tints = np.repeat(tints, 3, axis=2)
    tints[1:] += TINT * (np.array(palette)[:, np.newaxis] - tints[1:])
    box = bounding_box(labels != 0)
    pixels[box] = np.rint(tints).astype(np.uint8)[of_label[labels[box]], xray[box]]
    rims = _rims(labels, _line_width(pixels))
    pixels[rims] = np.array(palette, np.uint8)[of_label[labels[rims]] - 1]


def _as_colours(xray: NDArray[np.uint8], mask: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the X-ray as (h, w, 3) red, green and blue."""
    if xray.ndim != 2 or xray.shape != mask.shape:
        raise ValueError(
            f"expected an X-ray and a mask of one shape (h, w), received {xray.shape} and "
            f"{mask.shape}"
        )
    return np.repeat(xray[..., np.newaxis], 3, axis=2)


def _line_width(picture: NDArray[np.uint8]) -> int:
    return int(max(1, round(LINE * picture.shape[1])))


def _rims(labels: NDArray[np.integer] | NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Return which pixels of teeth lie that near to another label or to the picture's rim."""
    rims = np.zeros(labels.shape, dtype=bool)
    if not labels.any():
        return rims
    box = bounding_box(labels != 0)
    teeth = labels[box]
    if teeth.max() < 256:
        teeth = teeth.astype(np.uint8)  # quicker to compare
    padded = np.pad(teeth, width)
    height, breadth = teeth.shape
    within = rims[box]
    for reach in range(1, width + 1):
        aside = max(1, round(reach * np.sqrt(0.5)))  # so that slanting lines are as thick
        steps = [(0, reach), (reach, 0), (aside, aside), (aside, -aside)]
        for down, right in steps + [(-down, -right) for down, right in steps]:
            top, left = width + down, width + right
            within |= padded[top : top + height, left : left + breadth] != teeth
    within &= teeth != 0
    return rims


def _box_and_axes(tooth: Tooth) -> Iterator[Line]:
    """Yield the rectangle of a tooth and its two axes."""
    corners = np.array(tooth.corners) - 0.5  # to Pillow, the centre of the first pixel is 0
    middles = (corners + np.roll(corners, -1, axis=0)) / 2
    for line in ([*corners, corners[0]], middles[[0, 2]], middles[[1, 3]]):
        yield [tuple(point.tolist()) for point in line]
