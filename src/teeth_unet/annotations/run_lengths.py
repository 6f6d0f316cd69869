"""Run lengths as COCO has them: down the columns, background and region in turn.

The coding of `pycocotools`, checked before anything is unpacked; that library writes beyond its
memory where the lengths do not add up.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from teeth_unet.annotations.model import Bitmap

MOST_PIXELS = 1 << 28
"""Pixels of the picture that run lengths are of."""

_LONGEST_NUMBER = 7
"""Characters of a number: 35 bits."""


def run_lengths(counts: object, width: int, height: int) -> NDArray[np.uint32]:
    """Return lengths of runs in order, background first.

    Args:
        counts: A list of lengths, or the text or bytes that COCO compresses them to.
        width: Width of the picture.
        height: Its height.

    Raises:
        ValueError: It is none, or does not add up to the picture.
    """
    if width < 1 or height < 1 or width * height > MOST_PIXELS:
        raise ValueError(f"run lengths of {width}x{height} px")
    if isinstance(counts, str):
        counts = counts.encode("latin-1", "replace")
    lengths = _unpacked(counts) if isinstance(counts, bytes) else _whole_numbers(counts)
    if lengths.size and lengths.min() < 0:
        raise ValueError("a run length below 0")
    # Checked one by one first, so that the sum cannot overflow.
    if (lengths > width * height).any() or lengths.sum() != width * height:
        raise ValueError(
            f"run lengths that do not add up to {width}x{height} px = {width * height:,}"
        )
    return lengths.astype(np.uint32)


def _whole_numbers(counts: object) -> NDArray[np.int64]:
    try:
        numbers = np.asarray(counts, dtype=np.float64)
    except (TypeError, ValueError, OverflowError) as failure:
        raise ValueError("run lengths that are no list of numbers") from failure
    if numbers.ndim != 1 or not np.isfinite(numbers).all() or (numbers % 1).any():
        raise ValueError("run lengths that are no whole numbers")
    return np.clip(numbers, -1, MOST_PIXELS + 1).astype(np.int64)


def _unpacked(packed: bytes) -> NDArray[np.int64]:
    """Return the numbers of a compressed text: five bits a character, the lowest first.

    From the fourth on, each is the difference to the number two before it.
    """
    codes = np.frombuffer(packed, dtype=np.uint8).astype(np.int64) - 48
    if codes.size and not ((codes >= 0) & (codes < 64)).all():
        raise ValueError("compressed run lengths with characters that do not belong there")
    goes_on = codes & 32 > 0
    if codes.size and goes_on[-1]:
        raise ValueError("truncated run lengths")
    ends = np.flatnonzero(~goes_on)
    starts = np.concatenate(([0], ends[:-1] + 1)) if ends.size else ends
    sizes = ends - starts + 1
    if (sizes > _LONGEST_NUMBER).any():
        raise ValueError("a run length beyond all measure")
    digit = np.arange(codes.size) - np.repeat(starts, sizes)
    bits = (codes & 31) << (5 * digit)
    numbers: NDArray[np.int64] = np.add.reduceat(bits, starts) if ends.size else bits
    numbers -= np.where(codes[ends] & 16 > 0, np.int64(1) << (5 * sizes), 0)
    for first in (1, 2):
        numbers[first::2] = np.cumsum(numbers[first::2])
    return numbers


def packed(counts: ArrayLike) -> str:
    """Return run lengths as the text that COCO compresses them to."""
    lengths = np.asarray(counts, dtype=np.int64).tolist()
    letters = []
    for place, length in enumerate(lengths):
        rest = length - lengths[place - 2] if place > 2 else length
        while True:
            digit, rest = rest & 31, rest >> 5
            ended = rest == (-1 if digit & 16 else 0)
            letters.append(chr(48 + digit + (0 if ended else 32)))
            if ended:
                break
    return "".join(letters)


def bitmap_of(lengths: NDArray[np.uint32], height: int) -> Bitmap | None:
    """Return the region of run lengths that add up; None if it has no pixel.

    Args:
        lengths: Runs down the columns, background first.
        height: Height of the picture.
    """
    if not lengths[1::2].any():
        return None
    left = int(lengths[0]) // height
    return Bitmap(left, 0, lambda: _pixels(lengths, height, left))


def _pixels(lengths: NDArray[np.uint32], height: int, left: int) -> NDArray[np.bool_]:
    """Return the columns from the first to the last run inside the region."""
    runs = lengths[: lengths.size // 2 * 2].astype(np.int64)
    runs[0] -= left * height
    inside = np.repeat(np.arange(runs.size) % 2 == 1, runs)
    return np.pad(inside, (0, -inside.size % height)).reshape(-1, height).T
