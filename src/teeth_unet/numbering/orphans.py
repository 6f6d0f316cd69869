"""Numbers for the objects of a picture, and a second look at those that no number suits.

A root whose lower half looks like the neighbour's is cut there by dividing. In the row such a
piece is one too many: it takes a number that nothing in it speaks for, such as that of a milk tooth
in the mouth of a grown-up, or pushes a neighbour from its own. It is joined to what it hangs on.
"""

import numpy as np
from numpy.typing import NDArray

from teeth_unet.numbering.classes import KINDS, NUMBERS
from teeth_unet.numbering.describing import Described, describe, gaps_before
from teeth_unet.numbering.dividing import strongest_neighbour
from teeth_unet.numbering.network import NumberMaps
from teeth_unet.numbering.sequencing import number_sequence
from teeth_unet.tooth_numbers import MILK

Labels = NDArray[np.integer]
Found = tuple[Labels, Described, NDArray[np.int64], NDArray[np.float64]]

UNSUITED = 0.1
"""Probability of an object's number, by its own looks, below which it may be a piece of another."""

HANGING = 0.75
"""Pass to a neighbour, relative to the lower peak, from which on an unsuited object is part of it.

On every other X-ray of ufba three of four such objects are parts of that neighbour (the fourth is
no tooth), and of six below it one is.
"""

CHILD = 0.5
"""Probability of any milk number from which on a mouth is a child's.

There are germs and milk teeth over each other, which hang together and are two: none of 9 unsuited
objects of 60 drawings was part of its neighbour.
"""

_IS_MILK = np.isin(NUMBERS, MILK)
_NATURAL = np.isin(KINDS, ["tooth", "milk tooth", "germ"])


def number_objects(objects: Labels, maps: NumberMaps, inside: NDArray[np.bool_]) -> Found:
    """Give objects their numbers, and join those that are pieces of others.

    Args:
        objects: (256, 256) labels 1 to n, 0 elsewhere, see `divide`.
        maps: Of one X-ray.
        inside: (256, 256) where there is any object.

    Returns:
        The objects; what is known of them; (n,) the number of each; and (n, 53) the probability of
        each of `NUMBERS`.
    """
    while True:
        described = describe(objects, maps)
        numbers, shares = _numbered(objects, described)
        pair = _orphan(objects, described, numbers, maps, inside)
        if pair is None:
            return objects, described, numbers, shares
        gone, kept = pair
        joined = np.where(objects == gone, kept, objects)
        objects = joined - (joined > gone)  # labels stay without gaps


def _orphan(
    objects: Labels,
    described: Described,
    numbers: NDArray[np.int64],
    maps: NumberMaps,
    inside: NDArray[np.bool_],
) -> tuple[int, int] | None:
    """Return the label of the least suited object and of what it hangs on, if there is one."""
    if not len(numbers) or (described.numbers @ _IS_MILK >= CHILD).any():
        return None
    columns = [NUMBERS.index(number) for number in numbers.tolist()]
    suited = described.numbers[np.arange(len(numbers)), columns]
    natural = _NATURAL[described.kinds[:, 1:].argmax(axis=1) + 1]
    for index in np.argsort(suited, kind="stable").tolist():
        if suited[index] >= UNSUITED:
            break
        other, passing = strongest_neighbour(objects, maps, inside, index + 1)
        if natural[index] and passing >= HANGING:
            return index + 1, other
    return None


def _numbered(
    objects: Labels, described: Described
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return (n,) the number of each object, and (n, 53) the probability of each of `NUMBERS`."""
    numbers = np.zeros(len(described.areas), np.int64)
    shares = np.zeros(described.numbers.shape)
    for upper in (True, False):
        row = described.in_row(upper)
        gaps = gaps_before(objects, row, described.areas)
        found = number_sequence(described.numbers[row], gaps, upper)
        numbers[row], shares[row] = found.numbers, found.probabilities
    return numbers, shares
