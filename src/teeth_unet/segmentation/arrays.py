"""X-rays that come as arrays: what their numbers mean, or why nobody can know."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging
from teeth_unet.errors import InputError

EXPECTED = (
    "a PIL picture, or an array: (height, width), (height, width, 1), or colours (height, width, 3 "
    "or 4); or a batch of such, (n, height, width) and so on"
)
_AXES = "Name the axes by their order: colours last, as in array.transpose(1, 2, 0)."
_SCALE = (
    "Divide by the number that stands for white; of grey levels from 0 to 255 make whole numbers: "
    "array.astype('uint8')."
)

CHANNELS = (1, 3, 4)
"""Length of a last axis that holds no columns: grey, RGB, and RGB with opacity."""


def grey_batch(image: object) -> tuple[NDArray[np.uint8], bool]:
    """Return X-rays as grey levels, and whether they were a batch.

    | numbers | are taken for |
    |---|---|
    | uint8 | grey levels, 0 to 255 |
    | other whole numbers from 0 to 65535 | as of a file: `imaging.decode_xray`; one scale a batch |
    | floats from 0 to 1 | shares of white |

    Anything else is refused: floats above 1 may be of any scale, truth values are a mask, and of
    three planes before height and width nobody can tell colours from three X-rays.

    Args:
        image: An array, see `EXPECTED`. Colours are uint8 or floats, in the order red, green, blue.

    Returns:
        (n, height, width) grey levels; n is 1 of a single X-ray, and may be 0 of a batch.

    Raises:
        InputError: It is none of these.
    """
    if not isinstance(image, np.ndarray):
        raise _refused(f"{type(image).__module__}.{type(image).__qualname__}", "Make an array.")
    array, is_batch = _with_all_axes(image)
    if image.dtype.kind == "f":
        array = _of_shares(array)
    elif image.dtype.kind not in "iu":
        remedy = "Masks are what comes out: give the X-ray." if image.dtype == bool else _SCALE
        raise _refused(_shown(image), remedy)
    if array.shape[-1] > 1:
        return _of_colours(array), is_batch
    return _of_levels(array[..., 0]), is_batch


def _with_all_axes(image: NDArray[np.generic]) -> tuple[NDArray[np.generic], bool]:
    """Return an array (n, height, width, channels), and whether it was a batch."""
    shape = image.shape
    has_channels = image.ndim in (3, 4) and shape[-1] in CHANNELS
    if image.ndim == 3 and not has_channels and shape[0] in CHANNELS[1:]:
        remedy = f"Of {shape[0]} X-rays give array[..., None], of colours array.transpose(1, 2, 0)."
        raise _refused(f"{_shown(image)}, which may be colours or X-rays", remedy)
    array = image if has_channels else image[..., np.newaxis]
    if array.ndim not in (3, 4) or (image.ndim == 4 and not has_channels):
        raise _refused(_shown(image), _AXES)
    is_batch = array.ndim == 4
    array = array if is_batch else array[np.newaxis]
    if not all(array.shape[1:]):
        raise _refused(f"{_shown(image)}, without a pixel", "Look at how it was cut out.")
    return array, is_batch


def _of_shares(array: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return shares of white as grey levels."""
    if not np.isfinite(array).all():
        raise _refused("values that are infinite or not a number", "Replace them.")
    low, high = _ends(array)
    if low < 0 or high > 1:
        raise _refused(f"floats from {low:g} to {high:g}", _SCALE)
    return np.rint(array.astype(np.float32) * 255).astype(np.uint8)


def _of_levels(array: NDArray[np.generic]) -> NDArray[np.uint8]:
    if array.dtype == np.uint8:
        return np.asarray(array, np.uint8)
    low, high = _ends(array)
    if low < 0 or high > 65535:
        raise _refused(f"whole numbers from {low} to {high}", _SCALE)
    count, height, width = array.shape
    if not count:
        return np.zeros(array.shape, np.uint8)
    stacked = array.astype(np.uint16).reshape(count * height, width)
    return imaging.decode_xray(Image.fromarray(stacked)).reshape(count, height, width)


def _of_colours(array: NDArray[np.generic]) -> NDArray[np.uint8]:
    if array.dtype != np.uint8:
        remedy = "Bring them to 8 bits or to shares of 1; of equal channels give the first."
        raise _refused(f"colours of {array.dtype}", remedy)
    grey = [imaging.decode_xray(Image.fromarray(np.ascontiguousarray(each))) for each in array]
    return np.array(grey, np.uint8).reshape(array.shape[:-1])


def _ends(array: NDArray[Any]) -> tuple[Any, Any]:
    """Return the lowest and the highest number, as Python has them; 0 of an empty batch."""
    return (array.min().item(), array.max().item()) if array.size else (0, 0)


def _shown(array: NDArray[np.generic]) -> str:
    return f"{array.dtype} {array.shape}"


def _refused(found: str, remedy: str) -> InputError:
    return InputError("image", EXPECTED, found, remedy)
