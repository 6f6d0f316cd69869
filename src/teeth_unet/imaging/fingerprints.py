"""Fingerprints of pictures: the same one for the same content, and a near one for a near copy."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.fft import dctn
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from teeth_unet.imaging.near_hashes import near_pairs

THUMBNAIL = 64
"""Height and width in px of what a perceptual hash is computed from."""

FREQUENCIES = 16
"""Waves along each axis that a perceptual hash looks at: 1 to 16 half-waves over the picture."""

NEAR_IDENTICAL_BITS = 40
"""So many of the 256 bits of two perceptual hashes may differ in near-identical X-rays.

Panoramic X-rays are all alike, so this was measured. The two most similar of 105 real X-rays of
different patients differ in 66 bits (median 114), those of 96 phantoms in 66 (median 102). Copies
differ from their original in at most 26: brighter or darker by 30 levels, contrast times 0.7 or
1.3, gamma 0.7 or 1.4, JPEG at quality 10, noise of 8 levels, half the size, 512x512; in at most 30
if 1 % is cut off at every edge. (64 bits do not tell them apart: 10 and 8.)
"""


def content_hash(picture: NDArray[np.uint8]) -> str:
    """Return the SHA-256 of a picture's size and levels, as 64 hexadecimal digits.

    Args:
        picture: Grey levels or a binary mask, shape (height, width).
    """
    header = f"{picture.shape[0]}x{picture.shape[1]}:".encode()
    return hashlib.sha256(header + np.ascontiguousarray(picture).tobytes()).hexdigest()


def perceptual_hash(xray: NDArray[np.uint8]) -> str:
    """Return a hash that small changes of brightness, contrast, size and compression hardly alter.

    A thumbnail's grey levels are replaced by their ranks, which makes all gradation curves the
    same; of its cosine transform (DCT-II) the lowest frequencies but the constant ones count, with
    one bit each: whether it is above the median of them all.

    Args:
        xray: Grey levels in 0..255, shape (height, width).

    Returns:
        256 bits as 64 hexadecimal digits; nothing at all for a picture of one level, in which
        there is nothing to recognise.
    """
    small = Image.fromarray(xray).resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX)
    levels = np.asarray(small)
    if levels.min() == levels.max():
        return ""
    waves = dctn(_ranks(levels), norm="ortho")[1 : FREQUENCIES + 1, 1 : FREQUENCIES + 1]
    return np.packbits(waves > np.median(waves)).tobytes().hex()


def _ranks(levels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return the mean rank of each pixel among all, equal levels sharing theirs."""
    counts = np.bincount(levels.ravel(), minlength=256)
    return (np.cumsum(counts) - counts / 2)[levels]


def differing_bits(hashes: Sequence[str]) -> NDArray[np.int16]:
    """Count the bits in which perceptual hashes differ.

    Args:
        hashes: n hashes; an empty one differs from all others in every bit.

    Returns:
        Counts from 0 to 256, shape (n, n), symmetric, with 0 on the diagonal.
    """
    length = FREQUENCIES**2
    known = [text or "0" * (length // 4) for text in hashes]
    bits = np.array([list(bytes.fromhex(text)) for text in known], np.uint8)
    bits = bits.reshape(len(hashes), length // 8)
    counts = np.empty((len(hashes), len(hashes)), np.int16)  # of thousands of pictures
    for row, own in enumerate(bits):  # row by row: all pairs at once would not fit into memory
        counts[row] = np.bitwise_count(bits ^ own).sum(axis=1, dtype=np.int16)
    empty = np.array([not text for text in hashes], bool)
    counts[empty] = counts[:, empty] = length
    np.fill_diagonal(counts, 0)
    return counts


def group_near_identical(content_hashes: Sequence[str], hashes: Sequence[str]) -> list[int]:
    """Give identical and near-identical pictures the same number.

    What is near the same picture is one group, however long the chain.

    Args:
        content_hashes: One a picture, see `content_hash`.
        hashes: One a picture, see `perceptual_hash`.

    Returns:
        One number a picture, counted from 0 in the order of the first picture of each group.
    """
    contents = np.unique(np.array(list(content_hashes), dtype=str), return_inverse=True)[1]
    firsts = np.unique(contents, return_index=True)[1][contents]
    same = np.stack([firsts, np.arange(len(contents))], axis=1)
    one, other = np.concatenate([same, near_pairs(hashes, NEAR_IDENTICAL_BITS)]).T
    links = coo_array((np.ones(len(one), np.int8), (one, other)), shape=2 * (len(contents),))
    _, numbers = connected_components(links, directed=False)
    return numbers.tolist()
