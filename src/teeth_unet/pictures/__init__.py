"""Picture files, opened with suspicion and only when they are called for."""

from teeth_unet.pictures.kinds import BEGINNING, Kind, open_lazily, recognise
from teeth_unet.pictures.lazy import PICTURE_SUFFIXES, LazyImage, is_picture
from teeth_unet.pictures.opening import (
    FORMATS,
    PIXEL_LIMIT,
    count_pixels,
    open_picture,
    open_png,
    read_content,
)

__all__ = [
    "BEGINNING",
    "FORMATS",
    "PICTURE_SUFFIXES",
    "PIXEL_LIMIT",
    "Kind",
    "LazyImage",
    "count_pixels",
    "is_picture",
    "open_lazily",
    "open_picture",
    "open_png",
    "read_content",
    "recognise",
]
