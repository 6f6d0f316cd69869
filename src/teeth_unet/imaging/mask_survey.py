"""What one mask is marked with: few plain levels, as masks have, or many, as photographs have.

Areas of one level are what counts: rims that resampling leaves are of all levels between those on
both sides, and one pixel wide. JPEG leaves noise; there, levels that hardly differ are one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.imaging.mask_pixels import (
    MaskPixels,
    decode_mask,
    in_areas,
    in_squares,
    unpacked,
)

MOST_LEVELS = 64
"""So many levels are told of; 52 teeth have an FDI number."""

NOISE = 15
"""Levels that JPEG leaves in the black around white."""

SAME = 24
"""Levels of JPEG that differ by less, in every channel, are of one level of what was drawn."""

PLAIN = 6
"""So near to it most of its pixels are."""

LEAST_PLAIN = 0.6
"""Share of the marked pixels that lie in areas of one level, in masks without noise.

Of masks of 512x512 px with 32 teeth .9 and more do, of a tenth of that size .6.
"""


@dataclass(frozen=True)
class MarkedLevel:
    """One of the levels, colours or indices that a mask is marked with.

    Attributes:
        number: What is stored, see `MaskPixels.numbers`.
        strength: How bright it is.
        pixels: In areas of this level.
        spread: How wide it is, in shares of the picture's width: twice the distance between the
            quartiles of its columns, which a few pixels at rims of other levels do not change. Of
            one tooth a tenth at most. 1 where JPEG makes it unknown.
    """

    number: int
    strength: int
    pixels: int
    spread: float


@dataclass(frozen=True)
class MaskSurvey:
    """What a mask is marked with.

    Attributes:
        coloured: Whether there is any colour that is not grey.
        lossy: Whether it has gone through JPEG, or something like it: by its file, or by levels
            that run into each other.
        of_jpeg: Whether its file is JPEG or WebP, which need not keep levels.
        pixels: All of them.
        marked: Those that are not background.
        plain: Those of them that lie in areas of one level.
        levels: The most frequent ones, the first of them first.
    """

    coloured: bool
    lossy: bool
    of_jpeg: bool
    pixels: int
    marked: int
    plain: int
    levels: tuple[MarkedLevel, ...]


def survey_mask(image: Image.Image) -> MaskSurvey:
    """Survey a mask.

    Args:
        image: A picture as `decode_mask` takes it.

    Raises:
        InputError: It cannot be decoded.
    """
    mask = decode_mask(image)
    marked = mask.strength > 0
    areas = in_areas(mask.numbers) & marked
    counts = int(np.count_nonzero(marked)), int(np.count_nonzero(areas))
    if not counts[1]:  # single pixels and lines
        areas, counts = marked, (counts[0], counts[0])
    of_jpeg = image.format in ("JPEG", "WEBP")
    lossy = image.format == "JPEG"
    if not lossy and (image.format == "WEBP" or counts[1] < LEAST_PLAIN * counts[0]):
        lossy = len(np.unique(mask.numbers[marked])) > MOST_LEVELS
    # Of more than 8 bits there is no JPEG that Pillow would open.
    if lossy and mask.strength.max(initial=0) < 256:
        return _survey_lossy(mask, of_jpeg)
    levels = tuple(_levels(mask, areas))
    return MaskSurvey(mask.coloured, lossy, of_jpeg, mask.strength.size, *counts, levels)


def _in_flat_areas(channels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which pixels lie in a square of 2x2 px that JPEG may have made of one colour."""
    square = np.ones(tuple(np.array(channels.shape[:2]) - 1), bool)
    for channel in np.moveaxis(channels, -1, 0):
        corners = [channel[:-1, :-1], channel[:-1, 1:], channel[1:, :-1], channel[1:, 1:]]
        highest, lowest = np.maximum.reduce(corners), np.minimum.reduce(corners)
        square &= highest - lowest <= 2 * PLAIN
    return in_squares(square, channels.shape[:2])


def _levels(mask: MaskPixels, areas: NDArray[np.bool_]) -> Iterator[MarkedLevel]:
    rows, columns = np.nonzero(areas)
    found, first, inverse, pixels = np.unique(
        mask.numbers[rows, columns], return_index=True, return_inverse=True, return_counts=True
    )
    # Sorted by level and then by column, so that quartiles are found by counting.
    sorted_columns = columns[np.lexsort((columns, inverse))]
    start = np.cumsum(pixels) - pixels
    left, right = sorted_columns[start + pixels // 4], sorted_columns[start + 3 * pixels // 4]
    for one in np.argsort(-pixels, kind="stable")[:MOST_LEVELS]:
        yield MarkedLevel(
            number=int(found[one]),
            strength=int(mask.strength[rows[first[one]], columns[first[one]]]),
            pixels=int(pixels[one]),
            spread=2.0 * float(right[one] - left[one]) / mask.numbers.shape[1],
        )


def _survey_lossy(mask: MaskPixels, of_jpeg: bool) -> MaskSurvey:
    # Where all is as dark as noise, it may be numbers.
    marked = mask.strength > (NOISE if mask.strength.max(initial=0) > 4 * NOISE else 0)
    found, inverse, counts = np.unique(
        mask.numbers[marked], return_inverse=True, return_counts=True
    )
    channels = unpacked(found, mask.coloured).astype(np.int16)
    areas = _in_flat_areas(unpacked(mask.numbers, mask.coloured))[marked]
    unclaimed = np.bincount(inverse[areas], minlength=len(found))
    plain = np.zeros(len(found), bool)
    levels: list[MarkedLevel] = []
    while len(levels) < MOST_LEVELS and unclaimed.any():
        most = int(unclaimed.argmax())
        distance = np.abs(channels - channels[most]).max(axis=1)
        claimed = int(unclaimed[distance <= SAME].sum())
        unclaimed[distance <= SAME] = 0
        plain |= distance <= PLAIN
        levels.append(MarkedLevel(int(found[most]), int(channels[most].max()), claimed, spread=1.0))
    return MaskSurvey(
        coloured=mask.coloured,
        lossy=True,
        of_jpeg=of_jpeg,
        pixels=mask.strength.size,
        marked=int(counts.sum()),
        plain=int(counts[plain].sum()),
        levels=tuple(sorted(levels, key=lambda one: -one.pixels)),
    )
