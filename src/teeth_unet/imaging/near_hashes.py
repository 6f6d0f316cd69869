"""Which of many perceptual hashes are near each other, without comparing each with each."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

ALL_COMPARED = 4_096
"""Up to so many different hashes each is compared with each: 20 ms."""

MISSED = 1e-6
"""Of many hashes: with this probability at most two that differ in just so many bits are missed."""

WORDS = 4
"""A hash is so many numbers of 64 bits."""

_BITS = 64 * WORDS

Pairs = NDArray[np.int64]


def near_pairs(hashes: Sequence[str], most: int) -> Pairs:
    """Find the hashes that differ in few bits.

    Up to `ALL_COMPARED` different ones are compared each with each. Of more, only those are that
    agree in some bits drawn by lot, with as many lots as it takes: bit sampling (Indyk and Motwani,
    "Approximate nearest neighbors", STOC 1998, Section 4.2), whose time grows little faster than
    the number of hashes. A pair of `most` differing bits is missed with probability `MISSED` at
    most, one of fewer bits with far less; no pair is found that is not one. The lots are the same
    each time.

    Args:
        hashes: n hashes of 64 hexadecimal digits; an empty one is near no other.
        most: So many of the 256 bits may differ.

    Returns:
        (k, 2), pairs of positions i < j, in order.
    """
    texts, numbers = np.unique(np.array(list(hashes), dtype=str), return_inverse=True)
    known = [place for place, text in enumerate(texts) if text]
    words = _words([texts[place] for place in known])
    search = _compared if len(known) <= ALL_COMPARED else _sampled
    near = np.concatenate([np.empty((0, 2), np.int64), *search(words, most)])
    near = np.array(known, np.int64)[np.unique(near, axis=0)]
    return _of_all(near, numbers, [len(text) > 0 for text in texts])


def _words(texts: Sequence[str]) -> NDArray[np.uint64]:
    """Return hashes as numbers, (4, n): each word of all of them in one row."""
    content = b"".join(bytes.fromhex(text.rjust(_BITS // 4, "0")) for text in texts)
    return np.ascontiguousarray(np.frombuffer(content, np.uint64).reshape(-1, WORDS).T)


def _compared(words: NDArray[np.uint64], most: int) -> Iterator[Pairs]:
    for place in range(words.shape[1] - 1):
        later = _differing(words[:, place + 1 :], words[:, place : place + 1]) <= most
        others = np.flatnonzero(later) + place + 1
        yield np.stack([np.full_like(others, place), others], axis=1)


def _differing(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.uint16]:
    counts: NDArray[np.uint16] = np.bitwise_count(some ^ others).sum(axis=0, dtype=np.uint16)
    return counts


def _sampled(words: NDArray[np.uint64], most: int) -> Iterator[Pairs]:
    """Yield the near ones of those that agree in a lot of bits, lot by lot."""
    count = words.shape[1]
    # So many bits that hardly any two of `count` unrelated hashes agree in all of them.
    drawn = math.ceil(1.2 * math.log2(max(count, 2)))
    agree = (1 - most / _BITS) ** drawn
    numbers = np.random.default_rng(0)
    for _ in range(math.ceil(math.log(MISSED) / math.log1p(-agree))):
        for pairs in _agreeing(_key(words, numbers.choice(_BITS, drawn, replace=True))):
            one, other = pairs.T
            yield pairs[_differing(words[:, one], words[:, other]) <= most]


def _key(words: NDArray[np.uint64], bits: NDArray[np.int64]) -> NDArray[np.uint64]:
    key = np.zeros(words.shape[1], np.uint64)
    for place, bit in enumerate(bits):
        word, within = divmod(int(bit), 64)
        key |= (words[word] >> np.uint64(within) & np.uint64(1)) << np.uint64(place)
    return key


def _agreeing(keys: NDArray[np.uint64]) -> Iterator[Pairs]:
    """Yield all pairs of equal keys: neighbours after sorting, then those further apart."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.arange(len(keys))
    for apart in range(1, len(keys)):
        starts = starts[starts < len(keys) - apart]
        starts = starts[ordered[starts] == ordered[starts + apart]]
        if not len(starts):
            return
        # The sort is stable: of equal keys the first comes first.
        yield np.stack([order[starts], order[starts + apart]], axis=1)


def _of_all(near: Pairs, numbers: NDArray[np.int64], known: Sequence[bool]) -> Pairs:
    """Return pairs of all hashes, from those of the different ones, and the equal ones."""
    places = np.argsort(numbers, kind="stable")
    members = np.split(places, np.cumsum(np.bincount(numbers, minlength=len(known)))[:-1])
    pairs = [np.empty((0, 2), np.int64)]
    for equal in (members[number] for number, text in enumerate(known) if text):
        if len(equal) > 1:
            pairs.append(equal[np.stack(np.triu_indices(len(equal), 1), axis=1)])
    for one, other in near:
        grid = np.meshgrid(members[one], members[other], indexing="ij")
        pairs.append(np.stack(grid, axis=-1).reshape(-1, 2))
    found = np.sort(np.concatenate(pairs), axis=1)
    return found[np.lexsort(found.T[::-1])]
