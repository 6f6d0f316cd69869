"""What a compressed picture inside a DICOM file says of its size, before anything decodes it."""

import struct
from typing import NamedTuple

_JP2 = b"\0\0\0\x0cjP  "
_J2K = b"\xff\x4f\xff\x51"
_JPEG = b"\xff\xd8"
_NO_FRAME_HEADERS = (0xC4, 0xC8, 0xCC)  # of tables, among the numbers of frame headers
_JPEG_LS = 0xF7
_WITHOUT_LENGTH = (0x01, *range(0xD0, 0xD9), 0xFF)


class Announced(NamedTuple):
    """Size of a compressed picture, by its own head."""

    width: int
    height: int
    channels: int


def announced_size(frame: bytes) -> Announced:
    """Read the size from a picture in JPEG, JPEG-LS or JPEG 2000.

    Decoders ask for memory by these numbers, not by those of the DICOM file around them.

    Args:
        frame: The compressed picture.

    Raises:
        ValueError, struct.error, IndexError: It is damaged, or something else.
    """
    if frame.startswith((_JP2, _J2K)):
        return _of_jpeg_2000(frame[_start_of_codestream(frame) :])
    if frame.startswith(_JPEG):
        return _of_jpeg(frame)
    raise ValueError("expected JPEG, JPEG-LS or JPEG 2000")


def _start_of_codestream(frame: bytes) -> int:
    """Return where the codestream begins; boxes before it have a length, lest pydicom hangs."""
    place = 0
    while frame.startswith(_JP2):
        length, kind = struct.unpack_from(">I4s", frame, place)
        if kind == b"jp2c":
            return place + 8
        if length < 8:
            raise ValueError("a box of JPEG 2000 without a length")
        place += length
    return place


def _of_jpeg_2000(codestream: bytes) -> Announced:
    if not codestream.startswith(_J2K):
        raise ValueError("no codestream of JPEG 2000")
    right, bottom, left, top = struct.unpack_from(">4I", codestream, 8)
    (channels,) = struct.unpack_from(">H", codestream, 40)
    return Announced(right - left, bottom - top, channels)


def _of_jpeg(frame: bytes) -> Announced:
    place = 2
    while True:
        while frame[place] != 0xFF:  # fill bytes
            place += 1
        marker = frame[place + 1]
        if marker in _WITHOUT_LENGTH:
            place += 1 if marker == 0xFF else 2
            continue
        if marker == _JPEG_LS or (0xC0 <= marker <= 0xCF and marker not in _NO_FRAME_HEADERS):
            height, width, channels = struct.unpack_from(">HHB", frame, place + 5)
            return Announced(width, height, channels)
        (length,) = struct.unpack_from(">H", frame, place + 2)
        place += 2 + length
