"""Numbers along an arch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from teeth_unet.numbering import NUMBERS
from teeth_unet.numbering.classes import MIRRORED
from teeth_unet.numbering.sequencing import LOWER, SHARPNESS, UPPER, number_sequence
from teeth_unet.tooth_numbers import mirrored


def shares(*objects: dict[int, float]) -> np.ndarray:
    """Return (n, 53) shares; what is left goes to no number."""
    table = np.zeros((len(objects), len(NUMBERS)))
    for row, told in zip(table, objects, strict=True):
        for number, share in told.items():
            row[NUMBERS.index(number)] = share
        row[0] = 1 - row.sum()
    return table


def numbers_of(*objects, gaps=None, upper=True):
    gaps = np.zeros(len(objects)) if gaps is None else np.array(gaps, float)
    return number_sequence(shares(*objects), gaps, upper).numbers.tolist()


@pytest.mark.parametrize(
    ("objects", "gaps", "expected"),
    [
        ([{11: 0.9}, {21: 0.9}], [0, 0], [11, 21]),
        # Both look like 16; the first of them may as well be 17.
        ([{16: 0.6, 17: 0.3}, {16: 0.9}], [0, 0], [17, 16]),
        # A number that is out of order: the weakest claim gives way.
        ([{14: 0.9}, {25: 0.5, 13: 0.4}, {12: 0.9}], [0, 0, 0], [14, 13, 12]),
        # Milk teeth and the germs beside them.
        ([{55: 0.9}, {15: 0.9}, {54: 0.9}, {14: 0.9}], [0, 0, 0, 0], [55, 15, 54, 14]),
        # What is no tooth of the chart has no number.
        ([{12: 0.9}, {}, {11: 0.9}], [0, 0, 0], [12, 0, 11]),
        # Two teeth that cross, as an impacted canine may lie beyond its neighbour.
        ([{14: 0.95}, {12: 0.95}, {13: 0.95}, {11: 0.95}], [0, 0, 0, 0], [14, 12, 13, 11]),
        ([], [], []),
    ],
)
def test_numbers_follow_the_order_of_the_chart(objects, gaps, expected):
    assert numbers_of(*objects, gaps=gaps) == expected


@pytest.mark.parametrize(("gap", "last"), [(0.0, 37), (1.1, 38)])
def test_the_gap_decides_where_the_network_wavers(gap, last):
    undecided = {37: 0.45, 38: 0.45}
    assert numbers_of({36: 0.9}, undecided, gaps=[0, gap], upper=False) == [36, last]


def test_a_lost_neighbour_shifts_nobody():
    row = [{number: 0.8} for number in (18, 17, 15, 14, 12, 11)]
    assert numbers_of(*row, gaps=[0, 0, 1, 0, 1, 0]) == [18, 17, 15, 14, 12, 11]


def test_probabilities_are_counted_over_all_sequences():
    # Each object is 11 or 12, in order or crossed, which costs 3. All else is next to impossible.
    table = shares({11: 0.5, 12: 0.5}, {11: 0.5, 12: 0.5})
    found = number_sequence(table, np.zeros(2), upper=True, sharpness=4)
    assert found.numbers.tolist() == [12, 11]
    right = [found.probabilities[0, NUMBERS.index(12)], found.probabilities[1, NUMBERS.index(11)]]
    assert right == pytest.approx([1 / (1 + np.exp(-3))] * 2, abs=1e-4)


JAWS = st.booleans()
TABLES = st.integers(0, 2**32 - 1).map(
    lambda seed: np.random.default_rng(seed).dirichlet(
        np.full(len(NUMBERS), 0.15), np.random.default_rng(seed).integers(0, 20)
    )
)


@settings(max_examples=30, deadline=None)
@given(TABLES, JAWS, st.integers(0, 99))
def test_each_number_is_given_at_most_once_and_in_order(table, upper, seed):
    gaps = np.random.default_rng(seed).uniform(0, 3, len(table))
    numbers = number_sequence(table, gaps, upper).numbers.tolist()
    given_numbers = [number for number in numbers if number]
    assert len(set(given_numbers)) == len(given_numbers)
    permanent, milk = UPPER if upper else LOWER
    places = [permanent.index(number) for number in numbers if number in permanent]
    in_order = [milk.index(number) for number in numbers if number in milk]
    assert in_order == sorted(in_order)
    turned = np.flatnonzero(np.diff(places) < 0).tolist()
    assert all(places[place] - places[place + 1] == 1 for place in turned)


@settings(max_examples=20, deadline=None)
@given(TABLES, JAWS, st.integers(0, 99))
def test_probabilities_of_an_object_add_up_to_one(table, upper, seed):
    gaps = np.random.default_rng(seed).uniform(0, 3, len(table))
    totals = number_sequence(table, gaps, upper).probabilities.sum(axis=1)
    np.testing.assert_allclose(totals, 1)


@settings(max_examples=20, deadline=None)
@given(TABLES, JAWS, st.integers(0, 99))
def test_a_mirrored_row_has_mirrored_numbers(table, upper, seed):
    gaps = np.random.default_rng(seed).uniform(0, 3, len(table))
    gaps[:1] = 0
    found = number_sequence(table, gaps, upper)
    turned_gaps = np.concatenate([np.zeros(min(1, len(gaps))), gaps[:0:-1]])
    turned = number_sequence(table[::-1][:, MIRRORED], turned_gaps, upper)
    assert turned.numbers[::-1].tolist() == [
        mirrored(each) if each else 0 for each in found.numbers
    ]
    np.testing.assert_allclose(turned.probabilities[::-1][:, MIRRORED], found.probabilities)


def brute_force(table, gaps, upper):
    """Return the best score of all ways to number three objects with a few places."""
    permanent, _ = UPPER if upper else LOWER
    options = [0, *permanent]
    best, score = None, -np.inf
    for a in options:
        for b in options:
            for c in options:
                row = [a, b, c]
                places = [permanent.index(each) for each in row if each]
                if sorted(set(places)) != places:
                    continue
                told = sum(
                    SHARPNESS * np.log(max(table[place, NUMBERS.index(each)], 1e-3))
                    for place, each in enumerate(row)
                )
                for place in (1, 2):
                    if row[place - 1] and row[place]:
                        skipped = permanent.index(row[place]) - permanent.index(row[place - 1]) - 1
                        told -= 0.5 * min(abs(skipped - gaps[place]), 2)
                if told > score:
                    best, score = row, told
    return best


@pytest.mark.parametrize("seed", range(3))
def test_no_other_sequence_is_better(seed, monkeypatch):
    monkeypatch.setattr("teeth_unet.numbering.sequencing.GAP", 0.5)
    rng = np.random.default_rng(seed)
    table = np.zeros((3, len(NUMBERS)))
    table[:, 1:17] = rng.dirichlet(np.full(16, 0.3), 3) * 0.9
    table[:, 0] = 0.1
    # In order, so that nothing crosses.
    order = np.argsort([UPPER[0].index(NUMBERS[int(row[1:17].argmax()) + 1]) for row in table])
    gaps = np.array([0, *rng.uniform(0, 2, 2)])
    found = number_sequence(table[order], gaps, upper=True).numbers.tolist()
    assert found == brute_force(table[order], gaps, upper=True)
