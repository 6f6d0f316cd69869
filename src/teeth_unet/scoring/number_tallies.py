"""The numbered teeth of one X-ray, found and true: which are the same, and how far they agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from teeth_unet.scoring.teeth import LEAST_IOU
from teeth_unet.tooth_numbers import TEETH, is_milk

Kinds = Mapping[int, str]
"""By number of a label map, what kind of object it is, such as "implant"."""

OTHER = "other"
"""Kind of what has no tooth's number, if nothing else is said of it."""

LARGEST = 2**16
"""Numbers of a label map are below this."""

_SAME_NUMBER_FIRST = 1e-9
"""So much a pair of the same number counts more: it decides between equal totals alone."""

_TEETH = frozenset(TEETH)

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class NumberedPair:
    """An X-ray's label maps: the true one, and the one that was found.

    In both a pixel has the FDI number of its tooth, 0 where nothing is; other numbers (above 100)
    are what is no tooth.

    Attributes:
        case: Case name.
        truth: (h, w) whole numbers from 0 to 65535.
        predicted: The same of what was found.
        probabilities: Of found numbers, in [0, 1]; 1 where nothing is said. They put the teeth in
            order for the average precision.
        true_kinds: What this truth knows better than its numbers tell, such as "germ".
        predicted_kinds: The same of what was found.
    """

    case: str
    truth: NDArray[np.integer]
    predicted: NDArray[np.integer]
    probabilities: Mapping[int, float] = field(default_factory=dict)
    true_kinds: Kinds = field(default_factory=dict)
    predicted_kinds: Kinds = field(default_factory=dict)


@dataclass(frozen=True)
class NumbersOfCase:
    """What was found of the numbered teeth of one X-ray; arrays have one value a number of `TEETH`.

    Attributes:
        case: Case name.
        true: Whether the truth has this tooth.
        predicted: Whether a tooth of this number was found.
        taken_for: Number of the object that was found in the place of the true tooth; 0 for none.
        right_kind: Whether that object is of the tooth's kind.
        ious: Intersection over union of the true tooth and of what has its number.
        dice: Dice of the two.
        probabilities: Of the number that was found; 0 where none was.
        other_objects: Of the true objects that are no teeth, how many were found.
        other_right_kind: How many of these are of the right kind.
    """

    case: str
    true: Flags
    predicted: Flags
    taken_for: NDArray[np.int64]
    right_kind: Flags
    ious: Numbers
    dice: Numbers
    probabilities: Numbers
    other_objects: int
    other_right_kind: int


def tally_numbers(pair: NumberedPair, kinds: Kinds) -> NumbersOfCase:
    """Match what was found with the truth, and compare what has the same number.

    A true object and a found one are the same if their intersection is at least half of their
    union. Each is matched with one other at most, so that the sum of all IoU is the highest
    (`scipy.optimize.linear_sum_assignment`); this matters only where an IoU is exactly .5.

    Args:
        pair: The two label maps.
        kinds: What numbers stand for that are none of teeth, in all X-rays.

    Raises:
        ValueError: The maps are of different shapes, or hold anything but numbers below 65536.
    """
    true, predicted, shared = _overlaps(pair)
    sums = shared.sum(axis=1)[1:, np.newaxis] + shared.sum(axis=0)[1:]
    both = shared[1:, 1:]
    ious = both / (sums - both)
    same = true[:, np.newaxis] == predicted
    profit = np.where(ious >= LEAST_IOU, ious + _SAME_NUMBER_FIRST * same, 0)
    objects = [
        _Found(
            int(true[row]),
            int(predicted[column]),
            _kind(int(true[row]), pair.true_kinds, kinds)
            == _kind(int(predicted[column]), pair.predicted_kinds, kinds),
        )
        for row, column in zip(*linear_sum_assignment(profit, maximize=True), strict=True)
        if profit[row, column] > 0
    ]
    others = [one.right_kind for one in objects if one.true not in _TEETH]
    in_both = true[same.any(axis=1)].tolist()
    return NumbersOfCase(
        case=pair.case,
        true=np.isin(TEETH, true),
        predicted=np.isin(TEETH, predicted),
        taken_for=_by_number({one.true: one.predicted for one in objects}).astype(np.int64),
        right_kind=_by_number({one.true: one.right_kind for one in objects}) > 0,
        ious=_by_number(dict(zip(in_both, ious[same].tolist(), strict=True))),
        dice=_by_number(dict(zip(in_both, (2 * both / sums)[same].tolist(), strict=True))),
        probabilities=_by_number({n: pair.probabilities.get(n, 1.0) for n in predicted.tolist()}),
        other_objects=len(others),
        other_right_kind=sum(others),
    )


class _Found(NamedTuple):
    """A true object, what was found in its place, and whether the two are of one kind."""

    true: int
    predicted: int
    right_kind: bool


def _by_number(values: Mapping[int, float]) -> Numbers:
    """Return one value a number of `TEETH`; 0 where none is given. Others are passed over."""
    return np.array([values.get(number, 0) for number in TEETH], float)


@dataclass(frozen=True)
class Tallies:
    """What was found of the numbered teeth of a set: (n, 52) arrays, a row an X-ray.

    Attributes:
        cases: Names of the X-rays.
        true: As in `NumbersOfCase`; so are all that follow.
        predicted: Whether a tooth of this number was found, wherever.
        taken_for: Number of what was found in the place of the true tooth; 0 for nothing.
        right_kind: Whether that is of the tooth's kind.
        ious: Of what has the same number.
        dice: Of what has the same number.
        probabilities: Of what was found.
        other_objects: (n,), true objects found that are no teeth.
        other_right_kind: (n,), those of them of the right kind.
    """

    cases: list[str]
    true: Flags
    predicted: Flags
    taken_for: NDArray[np.int64]
    right_kind: Flags
    ious: Numbers
    dice: Numbers
    probabilities: Numbers
    other_objects: NDArray[np.int64]
    other_right_kind: NDArray[np.int64]

    @property
    def found(self) -> Flags:
        """Whether something was found in the place of the true tooth."""
        return self.taken_for > 0

    @property
    def right_number(self) -> Flags:
        """Whether what was found there has the tooth's number."""
        right: Flags = self.taken_for == np.array(TEETH)
        return right


def stack(cases: Sequence[NumbersOfCase]) -> Tallies:
    """Put the tallies of all X-rays, at least one, into arrays."""
    names = [each.name for each in fields(NumbersOfCase)][1:]
    arrays = {name: np.array([getattr(one, name) for one in cases]) for name in names}
    return Tallies([one.case for one in cases], **arrays)


def _kind(number: int, own: Kinds, kinds: Kinds) -> str:
    usual = ("milk tooth" if is_milk(number) else "tooth") if number in _TEETH else OTHER
    return own.get(number, kinds.get(number, usual))


def _overlaps(
    pair: NumberedPair,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the true numbers, those found, and the pixels of each pair; 0 comes first in these."""
    if pair.truth.shape != pair.predicted.shape:
        raise ValueError(
            f"expected two label maps of one shape for case {pair.case}, received "
            f"{pair.truth.shape} and {pair.predicted.shape}"
        )
    (true, rows), (predicted, columns) = (
        _ranked(labels, pair.case) for labels in (pair.truth, pair.predicted)
    )
    codes = rows * len(predicted) + columns
    counts = np.bincount(codes, minlength=len(true) * len(predicted))
    return true[1:], predicted[1:], counts.reshape(len(true), len(predicted))


def _ranked(labels: NDArray[np.integer], case: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return 0 and the numbers of a label map, rising, and the place of each pixel's among them."""
    flat = labels.ravel()
    if not np.issubdtype(flat.dtype, np.integer) or (
        flat.size and (flat.min() < 0 or flat.max() >= LARGEST)
    ):
        raise ValueError(f"expected whole numbers from 0 to {LARGEST - 1} for case {case}")
    present = np.bincount(flat, minlength=1) > 0
    present[0] = True
    ranks = np.cumsum(present) - 1
    return np.flatnonzero(present), ranks[flat]
