"""Pictures that travel inside a page, as data: addresses."""

import base64
import io
from dataclasses import dataclass

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

POINTS_PER_INCH = 72

LARGEST_WIDTH = 1200
"""Pixels: two such X-rays side by side fill a large screen, and six need less than a megabyte."""

JPEG_QUALITY = 85

DRAWING_COLOURS = 128


@dataclass(frozen=True)
class Picture:
    """What an `img` element needs.

    Attributes:
        source: A data: address.
        width: In px, for the shape.
        height: In px.
        alt: What the picture shows, for those who do not see it.
    """

    source: str
    width: int
    height: int
    alt: str


def embed_figure(figure: Figure, alt: str) -> Picture:
    """Turn a figure into an SVG whose letters are outlines: sharp, and the same everywhere.

    Args:
        figure: What to draw.
        alt: What it shows.

    Returns:
        The same bytes for the same drawing.
    """
    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.fonttype": "path", "svg.hashsalt": "report"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    width, height = (round(POINTS_PER_INCH * inches) for inches in figure.get_size_inches())
    return Picture(_address("image/svg+xml", buffer), width, height, alt)


def embed_xray(
    pixels: NDArray[np.floating | np.integer], native_size: tuple[int, int], alt: str
) -> Picture:
    """Turn an array into a JPEG of the native shape, at most 1200 px wide.

    Args:
        pixels: (h, w) grey levels or (h, w, 3) colours in [0, 1], of any shape.
        native_size: Width and height in px of the X-ray that it was made from.
        alt: What it shows.
    """
    width = min(LARGEST_WIDTH, native_size[0])
    height = max(1, round(width * native_size[1] / native_size[0]))
    levels = np.round(255 * np.clip(np.asarray(pixels, np.float32), 0, 1)).astype(np.uint8)
    picture = Image.fromarray(levels).resize((width, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    # At full resolution of the colours too: they mark single pixels.
    picture.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
    return Picture(_address("image/jpeg", buffer), width, height, alt)


def embed_drawing(drawing: Image.Image, alt: str) -> Picture:
    """Turn a drawing into a PNG as it is.

    Args:
        drawing: Lines, letters and few colours.
        alt: What it shows.
    """
    buffer = io.BytesIO()
    drawing.quantize(DRAWING_COLOURS, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    return Picture(_address("image/png", buffer), drawing.width, drawing.height, alt)


def _address(kind: str, buffer: io.BytesIO) -> str:
    return f"data:{kind};base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
