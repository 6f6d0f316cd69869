"""Small pictures of big things, for kedro-viz."""

import base64
import functools
import html
import io
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

import numpy as np
from kedro_datasets._typing import HTMLPreview, ImagePreview
from numpy.typing import NDArray
from PIL import Image, ImageOps

from teeth_unet.sampling import spread_evenly

Item = TypeVar("Item")

THUMBNAILS = 6

# Kedro-viz stretches a picture to its panel of about 3:2, and cuts off what is wider than the
# window when the preview is expanded. A sheet of that shape is shown whole and undistorted.
WIDTH, HEIGHT = 1200, 800
GAP = 8

_UNSEEN_BREAK = "\\1<i hidden>\n</i>"


def of_what_is_there(preview: Callable[..., Any]) -> Callable[..., Any]:
    """Make a dataset's `preview` show nothing, rather than log a warning, where nothing exists.

    Kedro-viz picks the display by the annotated return type, which therefore cannot say that
    None may be returned.
    """

    @functools.wraps(preview)
    def preview_if_there(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return preview(self, *args, **kwargs) if self.exists() else None

    return preview_if_there


def contact_sheet(pictures: Iterable[Image.Image | NDArray[Any]]) -> ImagePreview:
    """Put pictures on one sheet, in rows, as large as they fit.

    Args:
        pictures: PIL images, or arrays as `as_picture` takes them.

    Returns:
        A PNG of 1200 x 800 px, base64-encoded, transparent where there is no picture; None, so
        that kedro-viz shows nothing, where there are no pictures.
    """
    images = [each if isinstance(each, Image.Image) else as_picture(each) for each in pictures]
    if not images:
        return cast(ImagePreview, None)
    mode = "LA" if all(image.mode == "L" for image in images) else "RGBA"
    columns = _columns(len(images), images[0].width / images[0].height)
    cell = (WIDTH // columns, HEIGHT // math.ceil(len(images) / columns))
    sheet = Image.new(mode, (WIDTH, HEIGHT))
    for number, image in enumerate(images):
        thumbnail = ImageOps.contain(image.convert(mode), (cell[0] - GAP, cell[1] - GAP))
        row, column = divmod(number, columns)
        left = column * cell[0] + (cell[0] - thumbnail.width) // 2
        top = row * cell[1] + (cell[1] - thumbnail.height) // 2
        sheet.paste(thumbnail, (left, top))
    return encode_png(sheet)


def as_picture(array: NDArray[Any]) -> Image.Image:
    """Turn an array into a picture.

    Args:
        array: (h, w) or (h, w, 1). Floats are grey levels in [0, 1]; integers are grey levels in
            [0, 255], or a mask where none is above 1. Or (h, w, 3): red, green and blue, uint8.

    Returns:
        A picture of mode L, or RGB.
    """
    if array.shape[2:] == (3,):
        return Image.fromarray(np.asarray(array, np.uint8))
    plane = np.asarray(array).reshape(array.shape[0], array.shape[1])
    if np.issubdtype(plane.dtype, np.floating):
        plane = np.clip(plane * 255, 0, 255)
    elif plane.size and plane.max() <= 1:
        plane = plane * 255
    return Image.fromarray(plane.astype(np.uint8))


def preformatted(text: str) -> HTMLPreview:
    """Return a text as kedro-viz shows it line by line, in letters of one width."""
    # Kedro-viz takes a pair of _ or * in one line for Markdown's emphasis, even here: an unseen
    # line break after each keeps them apart.
    return HTMLPreview(f"<pre>{re.sub('([_*])', _UNSEEN_BREAK, html.escape(text))}</pre>")


def encode_png(picture: Image.Image) -> ImagePreview:
    """Return a picture as kedro-viz wants it: a PNG in base64."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return ImagePreview(base64.b64encode(buffer.getvalue()).decode("ascii"))


def pick(items: Sequence[Item], count: int = THUMBNAILS) -> list[Item]:
    """Return up to `count` items, spread evenly."""
    return [items[index] for index in spread_evenly(len(items), count)]


def _columns(count: int, aspect: float) -> int:
    """Return the number of columns with which `count` pictures come out largest on a sheet."""

    def size(columns: int) -> float:
        return min(WIDTH / columns, aspect * HEIGHT / math.ceil(count / columns))

    return max(range(1, count + 1), key=size)
