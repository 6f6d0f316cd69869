"""Formats whose stored values Pillow changes, or of which it does not tell why it fails."""

import re
from io import BytesIO

import numpy as np
from PIL import Image, ImageFile
from PIL import TiffImagePlugin as tiff

from teeth_unet.imaging import FULL_SCALE

_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_PGM = re.compile(rb"P[25]" + _GAP + rb"\d{1,9}" + _GAP + rb"\d{1,9}" + _GAP + rb"(\d{1,5})\s")
_NETPBM = re.compile(rb"P[1-6]\s")

_SIZ = b"\xff\x4f\xff\x51"  # start of a codestream, and the marker of its sizes
_PRECISION_AT = 42  # bytes from there; ISO 15444-1, A.5.1

_KINDS_OF_SAMPLES = {1: "whole numbers", 2: "numbers with a sign", 3: "floats"}


def scaled_by_the_container(content: bytes) -> tuple[bytes, int | None]:
    """Make a PGM file say that its values fill 8 or 16 bits, so that Pillow does not scale them.

    It would multiply each value by 255 or 65535 over the highest that the file announces, one by
    one and in Python: numbers of teeth become others, and large pictures take minutes.

    Returns:
        The file, and the highest value that it announced; None where that says nothing, since
        it is that of the container.
    """
    head = _PGM.match(content)
    if head is None:
        return content, None
    highest, container = int(head[1]), b"255" if int(head[1]) < 256 else b"65535"
    if head[1] == container or not 0 < highest < 65536:
        return content, None
    return content[: head.start(1)] + container + content[head.end(1) :], highest


def follows_another(image: ImageFile.ImageFile, content: bytes) -> bool:
    """Tell whether a PBM, PGM or PPM file, opened and not yet decoded, holds a second picture."""
    decoder, _, start, options = image.tile[0]
    deepest = options[1] if isinstance(options, tuple) else 0
    if decoder == "ppm_plain":  # written in words, of which Pillow takes as many as it needs
        return False
    bits = 1 if image.mode == "1" else 8 * len(image.getbands())
    deep = image.mode == "I" or (decoder == "ppm" and int(deepest) > 255)
    row = (image.width * bits + 7) // 8 * (2 if deep else 1)
    return bool(_NETPBM.match(content[start + row * image.height :].lstrip()))


def unshifted(image: Image.Image, content: bytes) -> Image.Image:
    """Undo that Pillow moves grey values of JPEG 2000 to the top of 8 or 16 bits.

    Args:
        image: The picture, decoded.
        content: The file.

    Returns:
        It with the values that are stored; `FULL_SCALE` in its `info` tells the highest of them.
    """
    precision = _precision(content)
    shift = (8 if image.mode == "L" else 16) - precision
    if image.mode not in ("L", "I;16") or not precision or shift <= 0:
        return image
    stored = Image.fromarray(np.asarray(image) >> shift)
    stored.info = {**image.info, FULL_SCALE: 2**precision - 1}
    return stored


def is_cut_to_8_bits(image: ImageFile.ImageFile, content: bytes) -> bool:
    """Tell of a picture, opened and not yet decoded, whether Pillow will drop its lower bits.

    It does so with colours, and grey with transparency, of more than 8 bits.
    """
    if len(image.getbands()) == 1:
        return False
    if image.format == "JPEG2000":
        return _precision(content) > 8
    options = image.tile[0].args if image.tile else ""
    return "16" in str(options[0] if isinstance(options, tuple) else options)


def unknown_tiff(content: bytes) -> str:
    """Say how the values of a TIFF file are stored that Pillow does not know how to read.

    Returns:
        Nothing if it is no TIFF file, or a damaged one.
    """
    try:
        file = BytesIO(content)
        tags = tiff.ImageFileDirectory_v2(file.read(8))
        file.seek(tags.next)
        tags.load(file)
        bits = tags.get(tiff.BITSPERSAMPLE, (1,))
        kind = _KINDS_OF_SAMPLES.get(tags.get(tiff.SAMPLEFORMAT, (1,))[0], "numbers of some kind")
        packing = tiff.COMPRESSION_INFO.get(tags.get(tiff.COMPRESSION, 1), "an unknown compression")
    except MemoryError:
        raise
    except Exception:  # damaged files fail in as many ways as there are tags
        return ""
    if not isinstance(bits, tuple) or tiff.IMAGEWIDTH not in tags:
        return ""
    samples = f"{len(bits)} x {bits[0]} bits" if len(bits) > 1 else f"{bits[0]} bits"
    return f"TIFF of {kind} of {samples} ({packing})"


def _precision(content: bytes) -> int:
    """Return the bits of the first component of a JPEG 2000 picture, 0 if that is not found."""
    place = content.find(_SIZ) + _PRECISION_AT
    return (content[place] & 0x7F) + 1 if _PRECISION_AT <= place < len(content) else 0
