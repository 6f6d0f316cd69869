"""From the maps of one X-ray to single objects: what belongs together, and what does not.

Two things tell objects apart: a valley in the distances, and another number. Each fails where the
other one serves: neighbours that overlap have no valley, and in a molar that stands where a
neighbour was lost the network wavers between two numbers. So a picture is first cut along both,
and the pieces are joined where both together say that they are one object.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, label
from skimage.measure import label as label_values
from skimage.morphology import local_maxima
from skimage.segmentation import watershed

from teeth_unet.numbering.network import NumberMaps

Labels = NDArray[np.integer]
Pair = tuple[int, int]

BLUR = 1.0
"""Standard deviation in px by which distances are smoothed: single pixels make no peaks."""

SPECK = 12
"""Pieces of fewer px join the rest of their basin, if there is any."""

FRAGMENT = 0.2
"""What has less than this share of the median object's area is no object of its own."""

PASS, LIKENESS, TOGETHER = 4.6, 19.0, 20.0
"""Two pieces are one object if PASS * pass + LIKENESS * likeness > TOGETHER.

From 2,380 pairs of pieces of 40 drawings, by logistic regression (`calibrating.fit_joining`); the
likeness of their numbers tells 96 % of them right, the pass alone 93 %.
"""


@dataclass
class _Pieces:
    """What joining looks at, by the number of the piece; row 0 is unused.

    Attributes:
        areas: (n,) in px.
        numbers: (n, 52) sums of the probabilities of each number over the piece.
        heights: (n,) largest smoothed distance.
        passes: Highest smoothed distance on the border of two pieces that touch.
    """

    areas: NDArray[np.float64]
    numbers: NDArray[np.float64]
    heights: NDArray[np.float64]
    passes: dict[Pair, float]

    def compared(self, pair: Pair) -> tuple[float, float]:
        """Return the pass between two pieces, and how alike their numbers are, both up to 1.

        The pass is relative to the lower of their peaks; likeness is Bhattacharyya's coefficient.
        """
        one, other = pair
        lower = max(min(self.heights[one], self.heights[other]), 1e-3)
        a, b = self.numbers[one], self.numbers[other]
        alike = np.sqrt(a * b).sum() / max(np.sqrt(a.sum() * b.sum()), 1e-9)
        return self.passes[pair] / lower, float(alike)

    def join(self, pair: Pair) -> list[Pair]:
        """Make one piece of two, under the first number; return its pairs with neighbours."""
        kept, gone = pair
        self.areas[kept] += self.areas[gone]
        self.numbers[kept] += self.numbers[gone]
        self.heights[kept] = max(self.heights[kept], self.heights[gone])
        del self.passes[pair]
        touching = [each for each in self.passes if kept in each or gone in each]
        for each in touching:
            (other,) = set(each) - {kept, gone}
            new = min(kept, other), max(kept, other)
            height = self.passes.pop(each)
            self.passes[new] = max(height, self.passes.get(new, 0))
        return [each for each in self.passes if kept in each]


def divide(maps: NumberMaps, inside: NDArray[np.bool_]) -> Labels:
    """Divide what is in the mouth into objects.

    Pieces are the basins of the distances (watershed), cut where another number is the likeliest.
    Of all neighbours those that are one object for the most certain are joined, until none is.

    Args:
        maps: Of one X-ray.
        inside: (256, 256) where there is any object.

    Returns:
        (256, 256): 0 background, 1 to n the objects, in the order of rows.
    """
    pieces, described = _pieces(maps, inside)
    owner = np.arange(pieces.max(initial=0) + 1)
    for kept, gone in _joined(described):
        owner[owner == gone] = kept
    return _without_fragments(owner[pieces])


def neighbours(
    maps: NumberMaps, inside: NDArray[np.bool_]
) -> tuple[Labels, dict[Pair, tuple[float, float]]]:
    """Cut a picture into pieces, and compare those that touch; nothing is joined.

    Args:
        maps: Of one X-ray.
        inside: (256, 256) where there is any object.

    Returns:
        (256, 256) labels of the pieces; by pair the pass between them and the likeness.
    """
    pieces, described = _pieces(maps, inside)
    return pieces, {pair: described.compared(pair) for pair in described.passes}


def strongest_neighbour(
    objects: Labels, maps: NumberMaps, inside: NDArray[np.bool_], label: int
) -> tuple[int, float]:
    """Return the object that another one hangs on most, and the pass between them.

    Args:
        objects: (256, 256) labels.
        maps: Of the same X-ray.
        inside: (256, 256) where there is any object.
        label: Of the object.

    Returns:
        The other label, and the pass relative to the lower peak; 0 and 0 if nothing touches it.
    """
    described = _described(objects, maps, _smoothed(maps, inside))
    passes = {
        sum(pair) - label: described.compared(pair)[0] for pair in described.passes if label in pair
    }
    other = max(passes, key=lambda each: (passes[each], -each), default=0)
    return other, passes.get(other, 0.0)


def _smoothed(maps: NumberMaps, inside: NDArray[np.bool_]) -> NDArray[np.floating]:
    return np.where(inside, gaussian_filter(maps.distances, BLUR), 0)


def _pieces(maps: NumberMaps, inside: NDArray[np.bool_]) -> tuple[Labels, _Pieces]:
    distances = _smoothed(maps, inside)
    pieces = _cut(maps, distances, inside)
    return pieces, _described(pieces, maps, distances)


def _cut(maps: NumberMaps, distances: NDArray[np.floating], inside: NDArray[np.bool_]) -> Labels:
    """Return the basins of the distances, cut by the likeliest number, without specks."""
    peaks, _ = label(local_maxima(distances) & inside, np.ones((3, 3)))
    basins = watershed(-distances, peaks, mask=inside)
    likeliest = maps.numbers[..., 1:].argmax(axis=-1) + 1
    codes = np.where(basins > 0, basins.astype(np.int64) * maps.numbers.shape[-1] + likeliest, 0)
    pieces: Labels = label_values(codes, background=0, connectivity=2)
    specks = np.bincount(pieces.ravel()) < SPECK
    large = np.where(specks[pieces], 0, pieces)
    whole = np.bincount(basins[large > 0], minlength=basins.max(initial=0) + 1) == 0
    seeds = np.where(whole[basins], pieces, large)  # a basin of specks alone stays as it is
    cut: Labels = watershed(np.zeros(inside.shape, np.uint8), seeds, mask=inside)
    return cut


def _described(pieces: Labels, maps: NumberMaps, distances: NDArray[np.floating]) -> _Pieces:
    count = int(pieces.max(initial=0)) + 1
    flat = pieces.ravel()
    heights = np.zeros(count)
    np.maximum.at(heights, flat, distances.ravel())
    inside = np.flatnonzero(flat)  # what is between the pieces is most of a picture
    of_pieces, shares = flat[inside], maps.numbers.reshape(len(flat), -1)[inside, 1:]
    numbers = [np.bincount(of_pieces, share, count) for share in shares.T]
    areas = np.bincount(flat, minlength=count).astype(float)
    return _Pieces(areas, np.stack(numbers, axis=1), heights, _passes(pieces, distances))


def _passes(pieces: Labels, distances: NDArray[np.floating]) -> dict[Pair, float]:
    """Return the highest pass between any two pieces that touch."""
    found: dict[Pair, float] = {}
    for one, other in (
        (np.s_[:, :-1], np.s_[:, 1:]),
        (np.s_[:-1, :], np.s_[1:, :]),
        (np.s_[:-1, :-1], np.s_[1:, 1:]),
        (np.s_[:-1, 1:], np.s_[1:, :-1]),
    ):
        a, b = pieces[one], pieces[other]
        where = (a != b) & (a > 0) & (b > 0)
        low = np.minimum(distances[one], distances[other])[where]
        for first, second, height in zip(
            a[where].tolist(), b[where].tolist(), low.tolist(), strict=True
        ):
            pair = (min(first, second), max(first, second))
            found[pair] = max(found.get(pair, 0.0), height)
    return found


def _joined(pieces: _Pieces) -> Iterator[Pair]:
    """Yield the pieces that are one object, the most certain first, and join them."""
    scores = {pair: _score(*pieces.compared(pair)) for pair in pieces.passes}
    while scores:
        best = max(scores, key=lambda pair: (scores[pair], pair))
        if scores[best] <= 0:
            return
        yield best
        touching = pieces.join(best)
        scores = {pair: score for pair, score in scores.items() if not set(pair) & set(best)}
        scores |= {pair: _score(*pieces.compared(pair)) for pair in touching}


def _score(passing: float, alike: float) -> float:
    return PASS * passing + LIKENESS * alike - TOGETHER


def _without_fragments(labels: Labels) -> Labels:
    """Return labels renumbered from 1 without gaps, without what is too small for an object."""
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    if not areas.any():
        return np.zeros_like(labels)
    kept = areas >= FRAGMENT * np.median(areas[areas > 0])
    kept[0] = False
    numbers: Labels = (np.cumsum(kept) * kept).astype(np.int32)
    return numbers[labels]
