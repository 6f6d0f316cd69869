"""DICOM pictures whose values are places in a table of grey."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom.suitability import EXPORT

if TYPE_CHECKING:
    from pydicom import FileDataset


def palette_levels(
    values: NDArray[np.integer], file: "FileDataset", subject: str
) -> NDArray[np.uint8]:
    """Look values up in a palette of grey (PS3.3, C.7.6.3.1.5 and C.7.6.3.1.6).

    Args:
        values: Stored values, (height, width).
        file: Its elements.
        subject: What errors call the file.

    Returns:
        Grey levels in 0..255, (height, width).

    Raises:
        InputError: The palette is missing, stored in segments, or of colours, whose brightness
            says nothing of how much radiation came through.
        Exception: It is damaged.
    """
    red, green, blue = (_table(file, colour) for colour in ("Red", "Green", "Blue"))
    if red is None or green is None or blue is None:
        found = "PALETTE COLOR with a palette in segments, or none"
        raise InputError(subject, "a palette of grey", found, EXPORT)
    if not (np.array_equal(red, green) and np.array_equal(red, blue)):
        raise InputError(subject, "a palette of grey", "one of colours", EXPORT)
    first = file.RedPaletteColorLookupTableDescriptor[1]
    if not file.PixelRepresentation:
        first %= 2**16
    places = np.clip(values.astype(np.int64) - first, 0, len(red) - 1)
    levels: NDArray[np.uint8] = red[places]
    return levels


def _table(file: "FileDataset", colour: str) -> NDArray[np.uint8] | None:
    """Return the levels of a palette; those of 16 bits are cut to 8."""
    descriptor = file.get(f"{colour}PaletteColorLookupTableDescriptor")
    content = file.get(f"{colour}PaletteColorLookupTableData")
    if descriptor is None or not content:
        return None
    entries = descriptor[0] or 2**16
    if len(content) < 2 * entries:
        return np.frombuffer(content, np.uint8, entries)
    wide = np.frombuffer(content, "<u2" if file.original_encoding[1] else ">u2", entries)
    # Some write 8 bits into 16, whatever the descriptor says.
    return (wide >> (8 if wide.max(initial=0) > 255 else 0)).astype(np.uint8)
