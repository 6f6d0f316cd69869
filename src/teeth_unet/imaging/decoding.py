"""From whatever an image file holds to one channel of 8-bit grey levels.

Which values a pixel can have depends on the picture, not only on its container:

| stored as | levels |
|---|---|
| 8 bits, palette or 1 bit | as they are; 1 bit gives 0 and 255 |
| whole numbers up to 255 in a wider container | as they are |
| up to 4095 (12 bits, common in X-ray sensors) | value * 255 / 4095, rounded |
| up to 65535 (16 bits) | value / 257, rounded; also if all values are multiples of 257 |
| floats in [0, 1] | value * 255, rounded |
| floats in [0, 255] | rounded |

Grey levels count as they are stored: profiles of colour and gamma are not applied.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from teeth_unet.errors import InputError

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation."""


def decode_xray(image: Image.Image) -> NDArray[np.uint8]:
    """Decode an X-ray to grey levels.

    The orientation noted in EXIF data is applied. Colours become ITU-R 601 luma, so that grey
    stored as colour keeps its level. Transparent pixels are laid on black. Values of more than
    8 bits are scaled as this module's table says.

    Args:
        image: A picture in any mode of a PNG, JPEG, TIFF or BMP file.

    Returns:
        Grey levels in 0..255, shape (height, width).

    Raises:
        InputError: The values do not fit the table: negative ones, floats that are not finite
            or above 255, whole numbers above 65535.
    """
    return _decode(image, lambda colours: np.asarray(colours.convert("L")))


def decode_labels(image: Image.Image) -> NDArray[np.uint16]:
    """Decode a label map: one number a tooth, 0 for background.

    Args:
        image: A picture of one channel; with a palette, the palette's numbers count, not its
            colours. EXIF orientation is applied.

    Returns:
        Labels, shape (height, width).

    Raises:
        InputError: The picture has several channels, or values other than whole numbers from 0
            to 65535.
    """
    upright = turn_upright(image)
    values = np.asarray(upright)
    if upright.mode in ("1", "L", "P"):
        return values.astype(np.uint16)
    if upright.mode not in ("I", "F") and not upright.mode.startswith("I;16"):
        found = f"a picture in mode {upright.mode}"
    elif (values == np.clip(np.rint(values), 0, 65535)).all():
        return values.astype(np.uint16)
    else:
        found = f"values from {values.min()} to {values.max()}"
    raise InputError(
        getattr(image, "filename", "") or "label map",
        "one channel of whole numbers from 0 to 65535, one number a tooth",
        found,
        "Export the label map as an 8-bit or 16-bit grey picture, or with a palette.",
    )


def _decode(
    image: Image.Image, to_grey: Callable[[Image.Image], NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    """Turn a picture upright and decode it; `to_grey` reduces RGB to one channel."""
    # Only pictures that were opened have a file name.
    subject = getattr(image, "filename", "") or "image"
    upright = turn_upright(image)
    if upright.mode == "F":
        return _levels_of_floats(np.asarray(upright), subject)
    if upright.mode == "I" or upright.mode.startswith("I;16"):
        values = np.asarray(upright).astype(np.int64)
        if isinstance(clear := upright.info.get("transparency"), int):  # one value of a PNG file
            values[values == clear] = 0
        return _levels_of_wide_integers(values, subject)
    if upright.mode in ("1", "L") and not upright.has_transparency_data:
        return np.array(upright.convert("L"))
    return np.array(to_grey(opaque_colours(upright)))


def orientation(image: Image.Image) -> int:
    """Return the EXIF orientation of a picture: 1 to 8, 1 (upright) if it has none."""
    try:
        tag = image.getexif().get(ExifTags.Base.Orientation, 1)
    except MemoryError:
        raise
    except Exception:  # What no viewer can read says nothing of the orientation.
        return 1
    return tag if isinstance(tag, int) and tag in range(1, 9) else 1


def turn(picture: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Turn a picture of one channel as programs do whose EXIF orientation this is, 1 to 8."""
    way = _TURNS.get(orientation)
    return picture if way is None else np.array(Image.fromarray(picture).transpose(way))


def turn_back(picture: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo what `turn` does."""
    return turn(picture, {6: 8, 8: 6}.get(orientation, orientation))


def turn_upright(image: Image.Image) -> Image.Image:
    """Turn a picture as its EXIF data say."""
    # Pillow's own `exif_transpose` also writes the EXIF data again, and some cannot be written.
    turn = _TURNS.get(orientation(image))
    return image if turn is None else image.transpose(turn)


def opaque_colours(image: Image.Image) -> Image.Image:
    """Convert any colour mode to RGB, transparent pixels laid on black."""
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = (image.convert("LA") if image.mode == "La" else image).convert("RGBA")
    on_black = Image.new("RGB", image.size)
    on_black.paste(layer.convert("RGB"), mask=layer.getchannel("A"))
    return on_black


def _levels_of_wide_integers(values: NDArray[np.int64], subject: str) -> NDArray[np.uint8]:
    """Scale 16-bit and 32-bit whole numbers to 0..255."""
    lowest, peak = int(values.min(initial=0)), int(values.max(initial=0))
    if lowest < 0 or peak > 65535:
        raise _unusable(subject, "whole numbers from 0 to 65535", f"{lowest} to {peak}")
    if peak > 255:
        # Multiples of 257 throughout: a dark 8-bit picture in 16 bits, not a 12-bit one.
        if peak > 4095 or not (values % 257).any():
            values = (values + 128) // 257
        else:
            values = (values * 255 + 2047) // 4095
    return values.astype(np.uint8)


def _levels_of_floats(values: NDArray[np.float32], subject: str) -> NDArray[np.uint8]:
    """Scale floats in [0, 1] or [0, 255] to 0..255."""
    expected = "finite floats in [0, 1] or [0, 255]"
    if not np.isfinite(values).all():
        raise _unusable(subject, expected, "values that are infinite or not a number")
    lowest, peak = values.min(initial=0), values.max(initial=0)
    if lowest < 0 or peak > 255:
        raise _unusable(subject, expected, f"{lowest:g} to {peak:g}")
    return np.rint(values * 255 if peak <= 1 else values).astype(np.uint8)


def _unusable(subject: str, expected: str, found: str) -> InputError:
    return InputError(subject, expected, found, "Export the picture with 8 or 16 bits per pixel.")
