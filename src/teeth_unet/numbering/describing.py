"""What is known of each object of an X-ray before it gets its number."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from teeth_unet.numbering.classes import KINDS, NUMBERS
from teeth_unet.numbering.network import NumberMaps

Labels = NDArray[np.integer]

_UPPER = np.array([number // 10 in (1, 2, 5, 6) for number in NUMBERS])
_LOWER = np.array([number // 10 in (3, 4, 7, 8) for number in NUMBERS])

_WITHOUT = np.isin(KINDS, ["supernumerary", "bar", "denture"])

SLENDERNESS = 3.0
"""Length of a tooth in widths, in an X-ray that is squeezed to a square."""


@dataclass(frozen=True)
class Described:
    """What the network says of each object, in the order of their labels.

    Attributes:
        numbers: (n, 53) probability of each of `NUMBERS`; that it has none is how probable its
            pixels make a kind without a number. That its rim may be background does not count.
        kinds: (n, 10) mean probability of each of `KINDS`.
        centres: (n, 2) mean row and column.
        areas: (n,) in px.
        upper: (n,) whether more speaks for a number of the upper jaw.
    """

    numbers: NDArray[np.float64]
    kinds: NDArray[np.float64]
    centres: NDArray[np.float64]
    areas: NDArray[np.int64]
    upper: NDArray[np.bool_]

    def in_row(self, upper: bool) -> NDArray[np.int64]:
        """Return the indices of the objects of a jaw from left to right."""
        of_jaw = np.flatnonzero(self.upper == upper)
        return of_jaw[np.argsort(self.centres[of_jaw, 1], kind="stable")]


def describe(objects: Labels, maps: NumberMaps) -> Described:
    """Describe all objects of a picture.

    Args:
        objects: (256, 256) labels 1 to n, 0 elsewhere.
        maps: Of the same X-ray.
    """
    rows, columns = np.nonzero(objects)
    labels = objects[rows, columns] - 1
    count = int(objects.max(initial=0))
    areas = np.bincount(labels, minlength=count)
    kinds = _means(labels, maps.kinds[rows, columns], areas)
    numbers = _of_objects(_means(labels, maps.numbers[rows, columns], areas), kinds)
    places = np.stack([rows, columns], axis=1).astype(float)
    return Described(
        numbers=numbers,
        kinds=kinds,
        centres=_means(labels, places, areas),
        areas=areas,
        upper=numbers @ _UPPER >= numbers @ _LOWER,
    )


def _of_objects(numbers: NDArray[np.float64], kinds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (n, 53) the probability of each number, given that there is an object."""
    objects = np.maximum(kinds[:, 1:].sum(axis=1, keepdims=True), 1e-9)
    without = kinds @ _WITHOUT[:, np.newaxis] / objects
    shares = numbers[:, 1:] / np.maximum(numbers[:, 1:].sum(axis=1, keepdims=True), 1e-9)
    return np.concatenate([without, (1 - without) * shares], axis=1)


def _means(labels: Labels, values: NDArray[np.floating], areas: Labels) -> NDArray[np.float64]:
    """Return the mean of (pixels, channels) values over each label."""
    sums = [np.bincount(labels, channel, len(areas)) for channel in values.T]
    return np.stack(sums, axis=1) / np.maximum(areas, 1)[:, np.newaxis]


def gaps_before(objects: Labels, row: Sequence[int] | Labels, areas: Labels) -> NDArray[np.float64]:
    """Return the free space between each object of a row and the one before it.

    Args:
        objects: (256, 256) labels.
        row: Indices (label - 1) of the objects of a jaw from left to right.
        areas: (n,) of all objects, in px.

    Returns:
        In widths of a tooth as large as the two are on average; 0 if they touch, and for the first.
    """
    trees = [KDTree(np.argwhere(objects == index + 1)) for index in row]
    gaps = np.zeros(len(trees))
    for place in range(1, len(trees)):
        distance = float(np.min(trees[place - 1].query(trees[place].data)[0])) - 1
        area = (areas[row[place - 1]] + areas[row[place]]) / 2
        gaps[place] = max(distance, 0) / np.sqrt(area / SLENDERNESS)
    return gaps
