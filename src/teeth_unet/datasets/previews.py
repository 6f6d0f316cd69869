"""Small pictures of big things, for kedro-viz."""

import base64
import io
from collections.abc import Iterable, Sequence

import numpy as np
from kedro_datasets._typing import ImagePreview
from numpy.typing import NDArray
from PIL import Image

THUMBNAILS = 6
HEIGHT = 160
GAP = 6


def spread(length: int, count: int = THUMBNAILS) -> list[int]:
    """Return up to `count` indices, spread evenly over a sequence of that length.

    Example:
        >>> spread(11, 3)
        [0, 5, 10]
    """
    return sorted({round(i) for i in np.linspace(0, length - 1, min(count, length))})


def contact_strip(pictures: Iterable[Image.Image | NDArray]) -> ImagePreview:
    """Put pictures side by side.

    Args:
        pictures: PIL images, or arrays as `as_picture` takes them.

    Returns:
        A PNG, base64-encoded, of 160 px height and white where there is no picture.
    """
    thumbnails = [_thumbnail(picture) for picture in pictures]
    width = sum(picture.width + GAP for picture in thumbnails)
    strip = Image.new("RGB", (max(width - GAP, 1), HEIGHT), "white")
    left = 0
    for picture in thumbnails:
        strip.paste(picture, (left, 0))
        left += picture.width + GAP
    return encode_png(strip)


def as_picture(array: NDArray) -> Image.Image:
    """Turn an array into a grey picture.

    Args:
        array: (h, w) or (h, w, 1). Floats are grey levels in [0, 1]; integers are grey levels in
            [0, 255], or a mask where none is above 1.

    Returns:
        A picture of mode L.
    """
    plane = np.asarray(array).reshape(array.shape[0], array.shape[1])
    if np.issubdtype(plane.dtype, np.floating):
        plane = np.clip(plane * 255, 0, 255)
    elif plane.size and plane.max() <= 1:
        plane = plane * 255
    return Image.fromarray(plane.astype(np.uint8))


def encode_png(picture: Image.Image) -> ImagePreview:
    """Return a picture as kedro-viz wants it: a PNG in base64."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return ImagePreview(base64.b64encode(buffer.getvalue()).decode("ascii"))


def pick(items: Sequence, count: int = THUMBNAILS) -> list:
    """Return up to `count` items, spread evenly."""
    return [items[index] for index in spread(len(items), count)]


def _thumbnail(picture: Image.Image | NDArray) -> Image.Image:
    if not isinstance(picture, Image.Image):
        picture = as_picture(picture)
    width = max(1, round(picture.width * HEIGHT / picture.height))
    return picture.convert("RGB").resize((width, HEIGHT))
