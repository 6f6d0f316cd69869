"""How much memory it takes to prepare a picture."""

from collections.abc import Callable

from PIL import Image

BYTES_A_PIXEL = 16
"""What each pixel of an X-ray or a mask takes at its peak, in any mode: 12 to 16 were measured."""

USUAL_PIXELS = 4_000_000


def needed_bytes(load: Callable[[], Image.Image]) -> float:
    """Return about how many bytes it takes to prepare a picture, from what its file says of it.

    Args:
        load: Opens the picture. A file has the methods `read` and `count_pixels`; of anything else
            the usual size is assumed.
    """
    read = getattr(load, "read", None)
    if read is None:
        return BYTES_A_PIXEL * USUAL_PIXELS
    try:
        content = read()
    except Exception:  # it will break again, and be told of, when the case is prepared
        return 0
    pixels: int = getattr(load, "count_pixels", len)(content)
    return len(content) + BYTES_A_PIXEL * pixels
