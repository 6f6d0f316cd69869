"""How well a numbering network tells the numbers of drawings that it has not seen."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from teeth_unet.numbering.classes import KINDS, NUMBERS
from teeth_unet.numbering.network import NumberMaps

PRESENT_SHARE = 20 / 256**2
"""Share of a picture's pixels from which on a number counts as present."""

FOUND_IOU = 0.5


class NumberScores(TypedDict):
    """Scores of one drawing, or of many. Every pixel has the number that is likeliest there.

    Attributes:
        cases: Drawings.
        teeth: Numbers that are shown in them.
        dice: Mean Dice of a number's pixels over the numbers of a drawing, and the mean of that
            over the drawings that show any; None where there are none.
        found: Share of all numbers shown whose pixels are found with an IoU of .5 or more.
        kinds: Share of all numbers shown on whose pixels the likeliest kind is mostly the right
            one.
        precision: Share of the numbers found to be present that are shown.
        recall: Share of the numbers shown that are found to be present.
        f1: Of both.
    """

    cases: int
    teeth: int
    dice: float | None
    found: float | None
    kinds: float | None
    precision: float | None
    recall: float | None
    f1: float | None


class Counted(TypedDict):
    """What is counted in one drawing; names as in `NumberScores`."""

    teeth: int
    dice: float
    found: int
    kinds: int
    present: int
    present_rightly: int


def score_number_maps(maps: NumberMaps, truth: NDArray[np.uint8]) -> Counted:
    """Count what is right in what a network says of one drawing.

    Args:
        maps: What it says, (size, size).
        truth: (size, size, 3), see `number_maps`.
    """
    numbers, true_numbers = maps.numbers.argmax(axis=-1), truth[..., 0]
    kinds, true_kinds = maps.kinds.argmax(axis=-1), truth[..., 1]
    found, shown = (_areas(each) for each in (numbers, true_numbers))
    both = _areas(np.where(numbers == true_numbers, numbers, 0))
    teeth = np.flatnonzero(shown)
    present = found >= PRESENT_SHARE * numbers.size
    dice = 2 * both[teeth] / (found + shown)[teeth]
    iou = both[teeth] / (found + shown - both)[teeth]
    right_kinds = [
        _most_frequent(kinds[pixels]) == _most_frequent(true_kinds[pixels])
        for pixels in (true_numbers == number + 1 for number in teeth)
    ]
    return {
        "teeth": len(teeth),
        "dice": float(dice.mean()) if len(teeth) else np.nan,
        "found": int((iou >= FOUND_IOU).sum()),
        "kinds": sum(map(bool, right_kinds)),
        "present": int(present.sum()),
        "present_rightly": int(present[teeth].sum()),
    }


def _areas(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return how many pixels each number has, without the background."""
    return np.bincount(labels.ravel(), minlength=len(NUMBERS))[1:]


def _most_frequent(kinds: NDArray[np.integer]) -> int:
    return int(np.bincount(kinds, minlength=len(KINDS)).argmax())


def sum_up_scores(counted: Sequence[Counted]) -> NumberScores:
    """Sum up the scores of many drawings."""
    dice = [each["dice"] for each in counted if each["teeth"]]
    teeth = sum(each["teeth"] for each in counted)
    found, kinds = sum(each["found"] for each in counted), sum(each["kinds"] for each in counted)
    present = sum(each["present"] for each in counted)
    rightly = sum(each["present_rightly"] for each in counted)
    return {
        "cases": len(counted),
        "teeth": teeth,
        "dice": float(np.mean(dice)) if dice else None,
        "found": _share(found, teeth),
        "kinds": _share(kinds, teeth),
        "precision": _share(rightly, present),
        "recall": _share(rightly, teeth),
        "f1": _share(2 * rightly, present + teeth),
    }


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
