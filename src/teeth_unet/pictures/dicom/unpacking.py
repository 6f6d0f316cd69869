"""From the pixel data of a DICOM file to its stored values."""

import contextlib
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom.codestreams import announced_size
from teeth_unet.pictures.dicom.suitability import EXPORT
from teeth_unet.storage import is_out_of_memory

if TYPE_CHECKING:
    from pydicom import FileDataset

DECODERS = ("libjpeg", "openjpeg")
"""Modules of the extra `dicom`: they unpack JPEG that is lossless or of 12 bits, and JPEG-LS."""

_MOST_CHANNELS = 4

_INSTALL = 'Install what unpacks it: pip install -e ".[dicom]".'


def stored_values(file: "FileDataset", subject: str) -> NDArray[np.integer]:
    """Unpack the picture, in RGB where it is in colours.

    Args:
        file: Its elements.
        subject: What errors call the file.

    Returns:
        Values, (height, width) or (height, width, 3), of as many bits as `BitsStored` says.

    Raises:
        InputError: It cannot be unpacked here, or ends before the picture does.
        MemoryError: There is not enough for it.
        Exception: It is damaged.
    """
    fault: InputError | MemoryError
    syntax = file.file_meta.get("TransferSyntaxUID")
    if syntax is None:
        found = "packed pixels, and no word (TransferSyntaxUID) of how"
        raise InputError(subject, "a known compression", found, EXPORT)
    if not syntax.is_compressed:
        _refuse_missing_pixels(file, subject)
        return _native(file)
    _refuse_without_decoder(file, subject)
    _refuse_another_size(file, subject)
    try:
        return np.asarray(file.pixel_array)
    except ImportError:
        raise
    except Exception as failure:
        memory = is_out_of_memory(failure)
        fault = MemoryError() if memory else _not_unpacked(file, subject)
    raise fault  # out here, so that pydicom's own error is not chained to it


def _native(file: "FileDataset") -> NDArray[np.integer]:
    """Return values that are not compressed, from the bits that hold them.

    `HighBit` tells where they are, which is as a rule at the bottom, and pydicom takes for granted.
    """
    stored, allocated = int(file.BitsStored), int(file.BitsAllocated)
    shift = int(file.get("HighBit") or 0) + 1 - stored
    if shift <= 0 or allocated not in (8, 16, 32) or stored + shift > allocated:
        return np.asarray(file.pixel_array)
    file.BitsStored, file.HighBit = allocated, allocated - 1  # as they are, for now
    whole = np.asarray(file.pixel_array)
    file.BitsStored, file.HighBit = stored, stored - 1
    unused = allocated - stored - shift
    unsigned = whole.view(f"u{whole.dtype.itemsize}")
    if not (unsigned >> stored).any() and (unsigned & (2**shift - 1)).any():
        return whole  # the values are at the bottom all the same, and HighBit is wrong
    values: NDArray[np.integer] = (whole << unused) >> (unused + shift)
    return values


def _refuse_missing_pixels(file: "FileDataset", subject: str) -> None:
    bits = file.Rows * file.Columns * file.SamplesPerPixel * file.BitsAllocated
    if file.PhotometricInterpretation == "YBR_FULL_422":
        bits = bits * 2 // 3
    needed, there = (bits + 7) // 8, len(file.PixelData or b"")
    if there < needed:
        found = f"{there} (a truncated file)"
        remedy = "Replace the file, or take it away."
        raise InputError(subject, f"{needed} bytes of pixels", found, remedy)


def _refuse_without_decoder(file: "FileDataset", subject: str) -> None:
    from pydicom.pixels.decoders.base import get_decoder

    try:
        available = get_decoder(file.file_meta.TransferSyntaxUID).is_available
    except NotImplementedError:
        found = f"{_compression(file)}, for which there is no decoder"
        raise InputError(subject, "a compression that can be unpacked", found, EXPORT) from None
    if not available:
        raise _not_unpacked(file, subject)


def _refuse_another_size(file: "FileDataset", subject: str) -> None:
    """Refuse a compressed picture that is larger than the file around it says.

    Raises:
        InputError: It has another size, or tells none.
    """
    from pydicom.encaps import generate_frames
    from pydicom.uid import RLELossless

    if file.file_meta.TransferSyntaxUID == RLELossless:  # has no size of its own
        return
    own = None
    with contextlib.suppress(Exception):  # damaged ones fail in as many ways as there are bytes
        own = announced_size(next(generate_frames(file.PixelData, number_of_frames=1)))
    if own is None:
        raise _not_unpacked(file, subject)
    if (own.width, own.height) != (file.Columns, file.Rows) or own.channels > _MOST_CHANNELS:
        expected = f"a picture of {file.Columns}x{file.Rows}, as the file says"
        found = f"{own.width}x{own.height} in {own.channels} channel(s)"
        raise InputError(subject, expected, found, EXPORT)


def _not_unpacked(file: "FileDataset", subject: str) -> InputError:
    expected = "a compression that can be unpacked here"
    found = f"{_compression(file)} of {int(file.BitsStored)} bits"
    if all(map(find_spec, DECODERS)):
        found = f"{found} that is damaged or unusual"
        return InputError(subject, expected, found, f"See whether others show it. {EXPORT}")
    remedy = f"{_INSTALL} {EXPORT.replace('Export', 'Or export')}"
    return InputError(subject, expected, found, remedy)


def _compression(file: "FileDataset") -> str:
    syntax = file.file_meta.TransferSyntaxUID
    if not re.fullmatch(r"[0-9.]+", syntax):  # it may be anything, a name too
        return "a compression without a number"
    return f"{syntax.name} ({syntax})" if syntax.name != syntax else str(syntax)
