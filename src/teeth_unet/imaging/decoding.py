"""From whatever an image file holds to one channel of 8-bit grey levels.

Which values a pixel can have depends on the picture, not only on its container: sensors give 10 to
14 bits, and programs store them in 16, or move them to the top of these. What stands for white is
found out from the values, up to `FEW` of the pixels, one in a thousand: hot pixels and burnt-in
letters do not decide, and become white.

| stored as | levels |
|---|---|
| 8 bits, palette or 1 bit | as they are; 1 bit gives 0 and 255 |
| whole numbers in a wider container, up to 255 | as they are |
| all of them multiples of 257, or of 256: 8 bits in 16 | value / 257, or / 256 |
| others that need d bits, 9 to 16 | value * 255 / (2^d - 1), rounded |
| with a scale that the file tells (PGM; JPEG 2000 of 9 to 15 bits) | value * 255 / scale, rounded |
| whole numbers or floats, more than a few below 0 | stretched from the lowest to the highest |
| floats in [0, 1], or up to 1.5 | value * 255, rounded, at most 255 |
| floats in [0, 255] | rounded |
| floats up to 65535 | as whole numbers |

A dark picture so comes out as it is or brighter, at most so that it fills the levels: d bits are
needed where a value is above half of white. A few values below 0 become black.

Grey levels count as they are stored: profiles of colour and gamma are not applied.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from teeth_unet.errors import InputError
from teeth_unet.imaging.value_ranges import FEW, bits_needed, usual_range

FULL_SCALE = "full_scale"
"""Key in the `info` of a picture: the value that stands for white, where its file tells it."""

_OVERSHOOT = 1.5
"""What resampling may make of 1 at edges. Floats in [0, 255] that are no larger would be black."""

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
        image: A picture in any mode of a file that `open_picture` reads.

    Returns:
        Grey levels in 0..255, shape (height, width).

    Raises:
        InputError: The values do not fit the table: floats that are not finite, values above
            65535.
    """
    # Only pictures that were opened have a file name.
    subject = getattr(image, "filename", "") or "image"
    upright = turn_upright(image)
    white = upright.info.get(FULL_SCALE)
    if upright.mode == "F":
        return _levels_of_floats(np.asarray(upright), subject)
    if upright.mode == "I" or upright.mode.startswith("I;16"):
        values = np.array(upright)
        if isinstance(clear := upright.info.get("transparency"), int):  # one value of a PNG file
            values[values == clear] = 0
        return _levels_of_wide_integers(values, subject, white)
    if upright.mode in ("1", "L") and not upright.has_transparency_data:
        levels = np.array(upright.convert("L"))
        return levels if white is None else _scaled(levels, white)
    return np.array(opaque_colours(upright).convert("L"))


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


def _levels_of_wide_integers(
    values: NDArray[np.integer],
    subject: str,
    white: int | None = None,
) -> NDArray[np.uint8]:
    """Scale 16-bit and 32-bit whole numbers to 0..255; `white` is 255 where that is known."""
    lowest, peak = int(values.min(initial=0)), int(values.max(initial=0))
    if lowest < 0 and np.count_nonzero(values < 0) > FEW * values.size:
        return _stretched(values)
    if peak > 65535:
        raise _unusable(subject, "whole numbers from 0 to 65535", f"{lowest} to {peak}")
    usable = np.maximum(values, 0).astype(np.uint16)
    return _scaled(usable, _white(usable) if white is None else white)


def _white(values: NDArray[np.uint16]) -> int:
    """Return the value that stands for white."""
    if values.max(initial=0) > 255:
        for factor in (257, 256):  # 8 bits in 16, however dark
            if not (values % factor).any():
                return 255 * factor
    return int(2 ** bits_needed(values) - 1)


def _scaled(values: NDArray[np.unsignedinteger], white: int) -> NDArray[np.uint8]:
    """Bring values from 0 to `white` to 0..255."""
    every = np.minimum(np.arange(np.iinfo(values.dtype).max + 1, dtype=np.int64), white)
    table = ((every * 255 + white // 2) // white).astype(np.uint8)
    levels: NDArray[np.uint8] = table[values]
    return levels


def _stretched(values: NDArray[np.number]) -> NDArray[np.uint8]:
    """Bring values to 0..255, the lowest black and the highest white."""
    low, high = usual_range(values)
    shares = (values.astype(np.float32) - np.float32(low)) / np.float32(max(high - low, 1e-9))
    levels: NDArray[np.uint8] = np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)
    return levels


def _levels_of_floats(values: NDArray[np.float32], subject: str) -> NDArray[np.uint8]:
    """Scale floats in [0, 1], [0, 255] or [0, 65535] to 0..255."""
    if not np.isfinite(values).all():
        found = "values that are infinite or not a number"
        raise _unusable(subject, "finite floats", found)
    lowest, peak = values.min(initial=0), values.max(initial=0)
    if lowest < 0 and np.count_nonzero(values < 0) > FEW * values.size:
        return _stretched(values)
    if peak > 65535:
        expected = "floats in [0, 1], [0, 255] or [0, 65535]"
        raise _unusable(subject, expected, f"{lowest:g} to {peak:g}")
    if np.count_nonzero(values > _OVERSHOOT) <= FEW * values.size:
        values = np.clip(values, 0, 1) * 255
    elif np.count_nonzero(values > 255) > FEW * values.size:
        return _levels_of_wide_integers(np.rint(np.maximum(values, 0)).astype(np.int32), subject)
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def _unusable(subject: str, expected: str, found: str) -> InputError:
    return InputError(subject, expected, found, "Export the picture with 8 or 16 bits per pixel.")
