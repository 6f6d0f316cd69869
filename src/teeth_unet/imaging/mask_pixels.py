"""From whatever an image file holds to how strongly each pixel of a mask is marked, and as what.

| stored as | strength | number |
|---|---|---|
| grey, 1 to 16 bits, whole numbers in 32 bits | the value as it is stored | the same |
| colours | the largest channel | the colour, 0xRRGGBB |
| with a palette | of the colour | the index; 256 for index 0, should it not be black |
| floats in [0, 1] | value * 255, rounded | the same |
| other floats | rounded | the same |

Black is background: strength 0, number 0. Transparent pixels are laid on black. Which strength is
tooth the masks of a whole set decide, see `preparation.deciding`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.imaging.decoding import opaque_colours, turn_upright

OF_INDEX_0 = 256
"""The number of a palette's index 0 where it is not black: 0 stands for background."""


@dataclass(frozen=True)
class MaskPixels:
    """A mask as it is stored.

    Attributes:
        strength: How bright each pixel is, 0 to 65535, shape (height, width).
        numbers: What it is marked as, of the same shape: 0 where the strength is 0.
        coloured: Whether there is any colour that is not grey.
    """

    strength: NDArray[np.uint16]
    numbers: NDArray[np.uint32]
    coloured: bool = False


def decode_mask(image: Image.Image) -> MaskPixels:
    """Decode a mask, see this module's table; orientation noted in EXIF data is applied.

    Args:
        image: A picture in any mode of a PNG, JPEG, TIFF or BMP file.

    Raises:
        InputError: Values below 0 or above 65535, or floats that are not finite.
    """
    # Only pictures that were opened have a file name.
    subject = getattr(image, "filename", "") or "mask"
    upright = turn_upright(image)
    if upright.mode == "F":
        values = np.asarray(upright)
        if not np.isfinite(values).all():
            raise _unusable(subject, "values that are infinite or not a number")
        scale = 255 if _in_range(values, subject).max(initial=0) <= 1 else 1
        return _grey(np.rint(values * scale))
    if upright.mode == "I" or upright.mode.startswith("I;16"):
        values = np.array(upright)
        if isinstance(clear := upright.info.get("transparency"), int):  # one value of a PNG file
            values[values == clear] = 0
        return _grey(_in_range(values, subject))
    if upright.mode in ("1", "L") and not upright.has_transparency_data:
        return _grey(np.asarray(upright.convert("L")))
    channels = [np.asarray(channel) for channel in opaque_colours(upright).split()]
    strength: NDArray[np.uint8] = np.maximum.reduce(channels)
    coloured = any((channel != strength).any() for channel in channels)
    if upright.mode in ("P", "PA"):
        index = np.asarray(upright.convert("PA") if upright.mode == "PA" else upright)
        index = index[..., 0] if index.ndim == 3 else index
        numbers = index.astype(np.uint32)
        numbers[index == 0] = OF_INDEX_0
        numbers[strength == 0] = 0
        return MaskPixels(strength.astype(np.uint16), numbers, coloured)
    if not coloured:
        return _grey(strength)
    return MaskPixels(strength.astype(np.uint16), _packed(channels), coloured)


def unpacked(numbers: NDArray[np.uint32], coloured: bool) -> NDArray[np.uint8]:
    """Return the channels of numbers: (…, 3) of colours, (…, 1) of grey levels up to 255."""
    shifts = (16, 8, 0) if coloured else (0,)
    return np.stack([(numbers >> shift & 255).astype(np.uint8) for shift in shifts], axis=-1)


def _packed(channels: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint32]:
    packed = np.zeros(channels[0].shape, np.uint32)
    for channel in channels:
        packed *= np.uint32(256)
        packed += channel
    return packed


def _grey(levels: NDArray[np.number]) -> MaskPixels:
    strength = levels.astype(np.uint16)
    return MaskPixels(strength, strength.astype(np.uint32))


def _in_range(values: NDArray[np.number], subject: str) -> NDArray[np.number]:
    lowest, peak = values.min(initial=0), values.max(initial=0)
    if lowest < 0 or peak > 65535:
        raise _unusable(subject, f"{lowest:g} to {peak:g}")
    return values


def _unusable(subject: str, found: str) -> InputError:
    return InputError(
        subject, "values from 0 to 65535", found, "Export the mask with 8 or 16 bits per pixel."
    )


def in_areas(numbers: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Tell which pixels lie in a square of 2x2 px of one number."""
    below = numbers[:-1] == numbers[1:]
    square = below[:, :-1] & below[:, 1:] & (numbers[:-1, :-1] == numbers[:-1, 1:])
    return in_squares(square, numbers.shape)


def in_squares(square: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Tell which pixels of a picture belong to at least one of its squares of 2x2 px."""
    inside = np.zeros(shape, bool)
    for rows in (slice(None, -1), slice(1, None)):
        for columns in (slice(None, -1), slice(1, None)):
            inside[rows, columns] |= square
    return inside
