"""Scores that only a whole set has: average precision and panoptic quality, by number.

Both are computed for many choices of cases at once, given as weights: for all cases, and for all
but each.
"""

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

IOUS = np.linspace(0.5, 0.95, 10)
"""IoU from which on a tooth counts as found, for the average precision (COCO)."""

RECALLS = np.linspace(0, 1, 101)
"""Where precision is read off (COCO)."""


def without_each(cases: int) -> Numbers:
    """Return weights, (1 + cases, cases): of all cases, then of all but each."""
    return np.vstack([np.ones(cases), 1 - np.eye(cases)])


def average_precision(
    weights: Numbers, true: Flags, predicted: Flags, ious: Numbers, probabilities: Numbers
) -> Numbers:
    """Return COCO's average precision of each number, at each of `IOUS`.

    An X-ray has a number once at most, so a found tooth is right if its IoU with the true tooth of
    its number is high enough. Precision is the best at any recall as high or higher, read off at
    `RECALLS` and averaged. Teeth of the same probability are counted together, so that the order
    of the cases decides nothing; where no two have the same, this is COCO's own figure.

    Args:
        weights: (r, n), how often each case counts.
        true: (n, c), whether the case has a tooth of this number.
        predicted: (n, c), whether one was found.
        ious: (n, c), of the two; 0 where there are not both.
        probabilities: (n, c) in [0, 1], of those found.

    Returns:
        (r, c, 10) in [0, 1]; nan where no case has a tooth of this number, as COCO leaves such
        classes out: wrongly found ones of them are not counted.
    """
    wanted = weights @ true
    scores = np.full((*wanted.shape, len(IOUS)), np.nan)
    scores[wanted > 0] = 0
    for number in range(true.shape[1]):
        some = np.flatnonzero(predicted[:, number])
        if not some.size or not wanted[:, number].any():
            continue
        order = some[np.argsort(-probabilities[some, number], kind="stable")]
        ranked = probabilities[order, number]
        last = np.append(ranked[1:] != ranked[:-1], True)  # of those of the same probability
        found = np.cumsum(weights[:, order], axis=1)[:, last]
        known = wanted[:, number] > 0
        for place, least in enumerate(IOUS):
            hits = weights[:, order] * (ious[order, number] >= least)
            right = np.cumsum(hits, axis=1)[:, last]
            scores[known, number, place] = _mean_precision(
                right[known], found[known], wanted[known, number, np.newaxis]
            )
    return scores


def _mean_precision(right: Numbers, found: Numbers, wanted: Numbers) -> Numbers:
    precisions = np.divide(right, found, out=np.zeros_like(right), where=found > 0)
    best = np.maximum.accumulate(precisions[:, ::-1], axis=1)[:, ::-1]
    # How many of the recalls to be read off lie between one tooth's recall and the next one's.
    reached = np.searchsorted(RECALLS, right / wanted, side="right")
    steps = np.diff(reached, axis=1, prepend=0)
    mean: Numbers = (steps * best).sum(axis=1) / len(RECALLS)
    return mean


def panoptic_quality(weights: Numbers, true: Flags, predicted: Flags, ious: Numbers) -> Numbers:
    """Return the panoptic quality of each number (Kirillov 2019, arXiv:1801.00868).

    The sum of the IoU of right teeth, whose IoU is above .5, over their number and half of those
    that are missing or wrong.

    Args:
        weights: (r, n), how often each case counts.
        true: (n, c), whether the case has a tooth of this number.
        predicted: (n, c), whether one was found.
        ious: (n, c), of the two.

    Returns:
        (r, c) in [0, 1]; nan where there is none in truth or prediction.
    """
    right = true & predicted & (ious > 0.5)
    halves = weights @ (true.astype(float) + predicted) / 2
    sums: Numbers = weights @ np.where(right, ious, 0)
    return _divided(sums, halves)


def mean_of_numbers(scores: Numbers) -> Numbers:
    """Return means over the last axis, of what is not nan; nan where nothing is."""
    known = ~np.isnan(scores)
    return _divided(np.where(known, scores, 0).sum(axis=-1), known.sum(axis=-1))


def _divided(parts: Numbers, wholes: Numbers) -> Numbers:
    quotients = np.full(parts.shape, np.nan)
    np.divide(parts, wholes, out=quotients, where=wholes > 0)
    return quotients
