"""What kind of file one is, by its content alone: names of files say too little, or the wrong."""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Literal

from teeth_unet.pictures.dicom import BEGINNING, DICOM_SUFFIXES, LazyDicom, is_dicom
from teeth_unet.pictures.lazy import LazyImage
from teeth_unet.pictures.opening import PIXEL_LIMIT

__all__ = ["BEGINNING", "Kind", "open_lazily", "recognise"]

Kind = Literal["picture", "dicom"]

_PICTURES = re.compile(
    rb"""
      \x89PNG\r\n\x1a\n
    | \xff\xd8\xff                                  # JPEG
    | II[*+]\0 | MM\0[*+]                           # TIFF, BigTIFF
    | BM .{12} [\x0c\x28\x34\x38\x40\x6c\x7c] \0{3} # BMP; length of the header that follows
    | RIFF .{4} WEBP
    | GIF8[79]a
    | \0{3}\x0cjP[ ][ ]\r\n\x87\n                   # JPEG 2000
    | \xff\x4f\xff\x51                              # JPEG 2000, codestream alone
    | P[1-6] [ \t\r\n]+ [#0-9]                      # PBM, PGM, PPM
    """,
    re.VERBOSE | re.DOTALL,
)


def recognise(beginning: bytes) -> Kind | None:
    """Tell whether a file is a picture, or DICOM, by its first `BEGINNING` bytes.

    Args:
        beginning: They, or as many as there are.

    Returns:
        "picture" of a file that `open_picture` may read: PNG, JPEG, TIFF, BMP, WebP, GIF,
        JPEG 2000, PBM, PGM or PPM; "dicom" of a DICOM file, also without the preamble that it
        should have; None of others, and of files that are empty or damaged right there.
    """
    if is_dicom(beginning):  # first: in a preamble may be the head of a TIFF file
        return "dicom"
    return "picture" if _PICTURES.match(beginning) else None


def open_lazily(
    name: str,
    origin: Path,
    read: Callable[[], bytes],
    kind: Kind | None,
    pixel_limit: int = PIXEL_LIMIT,
) -> LazyImage | LazyDicom:
    """Return what reads a file when it is called for, and shows it as a picture.

    Args:
        name: Name of the file inside its folder or archive, with "/" between the parts.
        origin: The folder or the archive.
        read: Returns the bytes of the file.
        kind: What `recognise` says of it. Where it is None, the suffix decides who will say what
            is wrong with it.
        pixel_limit: Most pixels.
    """
    named_dicom = PurePosixPath(name).suffix.lower() in DICOM_SUFFIXES
    if kind == "dicom" or (kind is None and named_dicom):
        return LazyDicom(name, origin, read, pixel_limit)
    return LazyImage(name, origin, read, pixel_limit)
