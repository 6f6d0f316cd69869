"""Picture files, opened with suspicion: a stranger may have made them."""

import contextlib
import ctypes
import functools
import io
import re
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageFile, TiffImagePlugin, UnidentifiedImageError, _imaging

from teeth_unet.errors import InputError, in_short
from teeth_unet.imaging import FULL_SCALE, bits_needed
from teeth_unet.pictures.formats import (
    follows_another,
    is_cut_to_8_bits,
    scaled_by_the_container,
    unknown_tiff,
    unshifted,
)
from teeth_unet.storage import OF_ONE_FILE, reading

FORMATS = ("PNG", "JPEG", "TIFF", "BMP", "WEBP", "GIF", "JPEG2000", "PPM")
"""Pillow's names of what is read; PPM is PBM and PGM as well."""

PIXEL_LIMIT = 200_000_000
"""Most pixels of a picture; panoramic X-rays have 2 to 20 million, large scans 100."""

MOST_COUNTED = 100
"""Pictures in one file, of which none is opened."""

_NO_WARNINGS = ("ignore", None, Warning, re.compile(r"PIL\b"), 0)  # as in warnings.filters
Fault = tuple[str, str, str]
"""What was expected, what was found, and what to do."""

_REPLACE = "Replace the file, or take it away."
_GIVE_ACCESS = "See that it is there, and that you may read it."
_EXPORT = "Export the picture again, as a PNG for example."
_AS_GREY = "Export the picture as a grey one of 8 or 16 bits."


def open_picture(
    content: bytes, subject: str = "picture", pixel_limit: int = PIXEL_LIMIT
) -> Image.Image:
    """Decode a picture file, unless it is a trap or holds more than one picture.

    What the file says of itself is checked before a pixel is decoded. Profiles of colour and gamma
    are not applied: grey levels are those that are stored.

    Args:
        content: The bytes of the file.
        subject: What errors, now and later ones, call the picture.
        pixel_limit: Most pixels, width times height.

    Returns:
        The picture, fully decoded, in the mode in which it is stored.

    Raises:
        InputError: The file is damaged, is of none of `FORMATS` by its content, is larger than the
            limit, has no pixels or several frames, or stores levels in a way that Pillow does not
            know or would misread.
        MemoryError: There is not enough for the picture.
    """
    _let_pillow_open(pixel_limit)
    expected = f"an intact picture ({', '.join(FORMATS)})"
    # Damaged files fail in as many ways as there are decoders.
    with reading(subject, lambda why: _unreadable(subject, expected, why, content)):
        _libtiff.said = ""
        content, highest = scaled_by_the_container(content)
        # Pillow tries the decoders of these formats only, whatever the name of the file is.
        file = Image.open(io.BytesIO(content), formats=FORMATS)
        fault = _fault(file, content, pixel_limit) or _decode(file, content)
    if fault:
        raise InputError(subject, *fault)
    image = unshifted(file, content) if file.format == "JPEG2000" else file
    if highest is not None:
        image.info[FULL_SCALE] = highest
    image.filename = subject  # type: ignore[attr-defined]
    return image


def _decode(image: ImageFile.ImageFile, content: bytes) -> Fault | None:
    """Decode a picture; return what is wrong with the levels that Pillow gives."""
    cut = is_cut_to_8_bits(image, content)
    if image.format == "PNG":  # the one that has checksums
        Image.open(io.BytesIO(content), formats=["PNG"]).verify()
    image.load()
    if _libtiff.said:  # and Pillow goes on with wrong pixels, of faxes for example
        raise ValueError(_libtiff.said)
    if image.mode in ("P", "PA") and image.palette is None:
        raise ValueError("a picture without the palette that belongs to it")
    if cut and (bits := bits_needed(np.asarray(image).astype(np.uint16)[..., :3] << 8)) < 15:
        found = f"{bits} bits, of which Pillow reads {bits - 8}"
        return "colours that fill their 16 bits", found, _AS_GREY
    return None


def read_content(read: Callable[[], bytes], subject: str) -> bytes:
    """Return the bytes of a file.

    Args:
        read: Returns them.
        subject: What errors call the file.

    Raises:
        InputError: It has gone, is not for this user, or is a damaged member of an archive; the
            reader's own error is its cause.
        OSError: The disk or drive failed.
        MemoryError: There is not enough for the file.
    """
    expected = "a file that can be read"
    try:
        with reading(subject, lambda why: InputError(subject, expected, in_short(why), _REPLACE)):
            return read()
    except OSError as failure:
        if failure.errno not in OF_ONE_FILE:
            raise
        found = failure.strerror or in_short(failure)
        raise InputError(subject, expected, found, _GIVE_ACCESS) from failure


def count_pixels(content: bytes, pixel_limit: int = PIXEL_LIMIT) -> int:
    """Return the pixels that a picture file says it has, without decoding them; 0 if it is none."""
    _let_pillow_open(pixel_limit)
    try:
        width, height = Image.open(io.BytesIO(content), formats=FORMATS).size
    except Exception:  # what breaks here is reported when it is opened
        return 0
    return width * height


def open_png(file: Path | BinaryIO) -> Image.Image:
    """Open a PNG file that this program has written, fully decoded."""
    _let_pillow_open(PIXEL_LIMIT)
    with Image.open(file, formats=["PNG"]) as picture:
        picture.load()
        return picture


def _let_pillow_open(pixels: int) -> None:
    """Let Pillow, which has one limit for the whole process, open pictures up to ours, and quietly.

    It warns of damaged notes beside a picture that it can open all the same, with a path into
    itself. `warnings.catch_warnings` is no way to keep that back: filters belong to the process,
    and threads that put back the old ones crosswise leave those of each other behind.
    """
    if Image.MAX_IMAGE_PIXELS is not None:
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, pixels)
    if _NO_WARNINGS not in warnings.filters:
        warnings.filterwarnings("ignore", module=_NO_WARNINGS[3].pattern)
    _silence_libtiff()


class _Complaints(threading.local):
    """What libtiff has found wrong in the picture that a thread is opening."""

    said = ""


_libtiff = _Complaints()


def _hear_libtiff(module: bytes | None, form: bytes | None) -> None:
    """Take an error of libtiff; the values that belong to its form are left out."""
    _libtiff.said = f"damaged content: {(form or b'').decode('ascii', 'replace')}"


_LISTENER = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_char_p)(_hear_libtiff)
"""As C calls it; it has to outlive every picture."""


@functools.cache
def _silence_libtiff() -> None:
    """Let libtiff tell its errors to us, and its warnings to nobody.

    It would write both to the error stream, without the name of the file, and Pillow has no way to
    stop it. Where it is no library of its own (Windows), it stays as it is.
    """
    with contextlib.suppress(AttributeError, OSError):
        pillow = ctypes.CDLL(_imaging.__file__)  # through which its libraries are found
        for name, handler in (("Error", _LISTENER), ("Warning", None)):
            set_handler = getattr(pillow, f"TIFFSet{name}Handler")
            set_handler.argtypes, set_handler.restype = [ctypes.c_void_p], ctypes.c_void_p
            set_handler(ctypes.cast(handler, ctypes.c_void_p) if handler else None)


def _fault(image: ImageFile.ImageFile, content: bytes, pixel_limit: int) -> Fault | None:
    """Look for what makes a file unfit, without decoding it."""
    width, height = image.size
    if width * height > pixel_limit:
        remedy = "Make it smaller; the limit is an option of the catalog entry."
        return f"at most {pixel_limit} pixels", f"{width}x{height}", remedy
    if (frames := _frames(image, content)) > 1:
        found = f"{frames}{'' if _is_counted(image, frames) else ' or more'} in one file"
        return "one picture", found, "Save the one that counts by itself."
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return _fault_of_tiff(image)
    return None


def _is_counted(image: Image.Image, frames: int) -> bool:
    return frames < MOST_COUNTED and image.format not in ("GIF", "PPM")


def _frames(image: ImageFile.ImageFile, content: bytes) -> int:
    """Count the pictures in a file, up to a number; of GIF and PPM, tell one from more."""
    if image.format == "PPM":
        return 2 if follows_another(image, content) else 1
    if image.format == "GIF":  # Pillow would go through all of them
        return 2 if getattr(image, "is_animated", False) else 1
    if not isinstance(image, TiffImagePlugin.TiffImageFile):
        return min(getattr(image, "n_frames", 1), MOST_COUNTED)
    # Pillow would go through all pages, in a time that grows with the square of their number.
    frames = 1
    try:
        while frames < MOST_COUNTED:
            image.seek(frames)
            frames += 1
    except EOFError:
        image.seek(0)
    return frames


def _fault_of_tiff(image: TiffImagePlugin.TiffImageFile) -> Fault | None:
    """Look for grey levels that Pillow reads as if they were stored the usual way."""
    if image.tag_v2.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == 0 and (
        image.mode == "F" or image.mode.startswith("I")
    ):
        return "black stored as 0", "white stored as 0, in more than 8 bits", _EXPORT
    if image.mode == "L" and 2 in image.tag_v2.get(TiffImagePlugin.SAMPLEFORMAT, ()):
        return "grey levels from 0 to 255", "numbers from -128 to 127", _EXPORT
    planes = image.tag_v2.get(TiffImagePlugin.PLANAR_CONFIGURATION) == 2 and len(image.getbands())
    if planes > 1 and max(image.tag_v2.get(TiffImagePlugin.BITSPERSAMPLE, (8,))) > 8:
        return "colours pixel by pixel", "a plane for each colour, in more than 8 bits", _EXPORT
    return None


def _unreadable(subject: str, expected: str, failure: Exception, content: bytes) -> InputError:
    """Make an error of what Pillow raises at a file."""
    if not content:
        return InputError(subject, expected, "an empty file", _REPLACE)
    if not isinstance(failure, UnidentifiedImageError):
        return InputError(subject, expected, in_short(failure), _REPLACE)
    if kept := unknown_tiff(content):
        known = "a TIFF file of up to 16 bits, or of 32 bits in floats, in a usual compression"
        return InputError(subject, known, kept, _EXPORT)
    # Pillow's own text shows the address of a buffer.
    return InputError(subject, expected, "a damaged file or one of another kind", _REPLACE)
