"""Pictures that are read when they are called for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image

from teeth_unet.pictures.opening import PIXEL_LIMIT, count_pixels, open_picture, read_content
from teeth_unet.storage import is_litter

PICTURE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff", ".bmp"),
    *(".webp", ".gif", ".jp2", ".j2k", ".j2c", ".jpf", ".jpx", ".pbm", ".pgm", ".ppm", ".pnm"),
)
"""Usual suffixes; a file's content decides what it is."""


@dataclass(frozen=True, slots=True)
class LazyImage:
    """A picture that is read and decoded at each call; safe to call from several threads.

    Attributes:
        name: Name of the file inside its folder or archive, with "/" between the parts.
        origin: The folder or the archive.
        read: Returns the bytes of the file.
        pixel_limit: Most pixels; a larger picture is refused before it is decoded.
    """

    name: str
    origin: Path
    read: Callable[[], bytes]
    pixel_limit: int = PIXEL_LIMIT

    def __str__(self) -> str:
        return f"{self.name} in {self.origin}"

    def count_pixels(self, content: bytes) -> int:
        """Return the pixels that the bytes of the file stand for, 0 if they are no picture."""
        return count_pixels(content, self.pixel_limit)

    def __call__(self) -> Image.Image:
        """Return the picture, fully decoded, in the mode in which it is stored.

        Raises:
            InputError: The file cannot be read, or is not one intact picture, see `open_picture`.
        """
        content = read_content(self.read, str(self))
        return open_picture(content, str(self), self.pixel_limit)


def is_picture(name: str) -> bool:
    """Tell whether a file is a picture, by its name, and no litter."""
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES and not is_litter(name)
