from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from teeth_unet.imaging import near_pairs

MOST = 40
SEARCHES = pytest.mark.parametrize("compared", [-1, 10**6], ids=["by lot", "each with each"])


@pytest.fixture
def searched(monkeypatch):
    """Search up to so many hashes by comparing each with each."""

    def search(hashes, compared, most=MOST):
        monkeypatch.setattr("teeth_unet.imaging.near_hashes.ALL_COMPARED", compared)
        return [tuple(pair) for pair in near_pairs(hashes, most).tolist()]

    return search


def bits_set(count):
    """A hash with so many leading bits set."""
    return f"{(1 << 256) - (1 << (256 - count)):064x}"


def random_hashes(count, seed=0):
    numbers = np.random.default_rng(seed)
    return [numbers.bytes(32).hex() for _ in range(count)]


def changed(text, bits, numbers):
    flipped = int(text, 16)
    for bit in numbers.choice(256, bits, replace=False):
        flipped ^= 1 << int(bit)
    return f"{flipped:064x}"


@SEARCHES
@pytest.mark.parametrize(
    ("hashes", "pairs"),
    [
        ([], []),
        ([""], []),
        (["", ""], []),
        ([bits_set(0)], []),
        ([bits_set(0), bits_set(40)], [(0, 1)]),  # 40 bits are near, 41 are not
        ([bits_set(0), bits_set(41)], []),
        ([bits_set(9), "", bits_set(9)], [(0, 2)]),  # the same one
        ([bits_set(0), bits_set(80), bits_set(40)], [(0, 2), (1, 2)]),
        ([bits_set(5)] * 3, [(0, 1), (0, 2), (1, 2)]),
        ([bits_set(5), bits_set(6), bits_set(5)], [(0, 1), (0, 2), (1, 2)]),
    ],
)
def test_near_pairs_by_hand(searched, compared, hashes, pairs):
    assert searched(hashes, compared) == pairs


@SEARCHES
@given(places=st.lists(st.one_of(st.none(), st.integers(0, 256)), max_size=24))
def test_the_pairs_are_those_of_all_comparisons(compared, places):
    hashes = ["" if count is None else bits_set(count) for count in places]
    expected = [
        (i, j)
        for (i, one), (j, other) in combinations(enumerate(places), 2)
        if None not in (one, other) and abs(one - other) <= MOST
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("teeth_unet.imaging.near_hashes.ALL_COMPARED", compared)
        assert [tuple(pair) for pair in near_pairs(hashes, MOST).tolist()] == expected


def test_copies_are_found_among_many():
    numbers = np.random.default_rng(1)
    hashes = random_hashes(9_000)
    copied = numbers.choice(9_000, 300, replace=False).tolist()
    hashes += [changed(hashes[row], MOST, numbers) for row in copied]
    expected = sorted((row, 9_000 + place) for place, row in enumerate(copied))
    assert [tuple(pair) for pair in near_pairs(hashes, MOST).tolist()] == expected
