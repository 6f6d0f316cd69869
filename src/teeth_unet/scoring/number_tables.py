"""Tables of numbered teeth: by number, by X-ray, and what is taken for what."""

from collections import Counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet.scoring.intervals import interval_of_mean
from teeth_unet.scoring.number_tallies import Numbers, Tallies
from teeth_unet.tooth_numbers import PERMANENT, TEETH, group

NO_TOOTH, NOT_FOUND = "no tooth", "not found"
"""What a tooth was taken for, if not for a tooth."""

Counts = NDArray[np.number]


def by_number(tallies: Tallies, precisions: Numbers, qualities: Numbers) -> pd.DataFrame:
    """Return a row for each number that occurs, in truth or prediction.

    Args:
        tallies: Of all X-rays.
        precisions: (52, 10), see `set_scores.average_precision`.
        qualities: (52,), see `set_scores.panoptic_quality`.

    Returns:
        `number`, `group`, `true_teeth`, `predicted_teeth`, `found`, `right_number`, `right_kind`,
        `dice` with the ends of its 95 % interval, `dice_low` and `dice_high`, `precision`,
        `recall`, `average_precision_50`, `average_precision`, `panoptic_quality`; nan where there
        is nothing to compute one of.
    """
    true, predicted, found, both = (
        flags.sum(axis=0)
        for flags in (
            tallies.true,
            tallies.predicted,
            tallies.found,
            tallies.true & tallies.predicted,
        )
    )
    ends = [_ends(tallies.dice[tallies.true[:, row], row]) for row in range(len(TEETH))]
    table = pd.DataFrame(
        {
            "number": TEETH,
            "group": [group(number) for number in TEETH],
            "true_teeth": true,
            "predicted_teeth": predicted,
            "found": _divided(found, true),
            "right_number": _divided(tallies.right_number.sum(axis=0), found),
            "right_kind": _divided(tallies.right_kind.sum(axis=0), found),
            "dice": _divided(tallies.dice.sum(axis=0), true),
            "dice_low": [low for low, _ in ends],
            "dice_high": [high for _, high in ends],
            "precision": _divided(both, predicted),
            "recall": _divided(both, true),
            "average_precision_50": precisions[:, 0],
            "average_precision": precisions.mean(axis=-1),
            "panoptic_quality": qualities,
        }
    )
    occurring: pd.DataFrame = table[true + predicted > 0].reset_index(drop=True)
    return occurring


def by_case(tallies: Tallies) -> pd.DataFrame:
    """Return a row for each X-ray.

    Returns:
        `case`, `true_teeth`, `predicted_teeth`, `found`, `right_number`, `dice`, `exact_chart`,
        `precision`, `recall`, `f1`, `missing_sensitivity`, `missing_specificity`,
        `panoptic_quality`. A share of nothing is 1 where truth and prediction agree on it, else 0;
        but `right_number` is nan where no tooth is found.
    """
    true, predicted, found, both, either = (
        flags.sum(axis=1)
        for flags in (
            tallies.true,
            tallies.predicted,
            tallies.found,
            tallies.true & tallies.predicted,
            tallies.true | tallies.predicted,
        )
    )
    places = tallies.true[:, : len(PERMANENT)], tallies.predicted[:, : len(PERMANENT)]
    present, told = (flags.sum(axis=1) for flags in places)
    absent, not_told = len(PERMANENT) - present, len(PERMANENT) - told
    right, gaps = ((places[0] & places[1]).sum(axis=1), (~places[0] & ~places[1]).sum(axis=1))
    overlap = np.where(tallies.ious > 0.5, tallies.ious, 0).sum(axis=1)
    return pd.DataFrame(
        {
            "case": tallies.cases,
            "true_teeth": true,
            "predicted_teeth": predicted,
            "found": _agreed(found, true, predicted),
            "right_number": _divided(tallies.right_number.sum(axis=1), found),
            "dice": _agreed(tallies.dice.sum(axis=1), true, predicted),
            "exact_chart": (tallies.true == tallies.predicted).all(axis=1),
            "precision": _agreed(both, predicted, true),
            "recall": _agreed(both, true, predicted),
            "f1": _agreed(2 * both, true + predicted, either),
            "missing_sensitivity": _agreed(gaps, absent, not_told),
            "missing_specificity": _agreed(right, present, told),
            "panoptic_quality": _agreed(overlap, either, either),
        }
    )


def confusion_table(tallies: Tallies) -> pd.DataFrame:
    """Count what the teeth of each number were taken for.

    Returns:
        A row a number that occurs, in truth or in place of a true tooth; a column for each of
        these, and at last `NO_TOOTH` and `NOT_FOUND`. Rows are what is true.
    """
    taken = {
        number: Counter(tallies.taken_for[tallies.true[:, row], row].tolist())
        for row, number in enumerate(TEETH)
    }
    seen = set().union(*taken.values()) | {number for number in TEETH if taken[number]}
    occurring = [number for number in TEETH if number in seen]
    rows = [
        [*(taken[number][other] for other in occurring), *_without_number(taken[number])]
        for number in occurring
    ]
    columns = [*map(str, occurring), NO_TOOTH, NOT_FOUND]
    return pd.DataFrame(rows, index=pd.Index(map(str, occurring), name="number"), columns=columns)


def _without_number(taken: Counter[int]) -> tuple[int, int]:
    """Return how many teeth were taken for what has no number, and how many for nothing."""
    numbered = sum(taken[number] for number in TEETH)
    return taken.total() - numbered - taken[0], taken[0]


def _ends(values: Numbers) -> tuple[float, float]:
    low, high = interval_of_mean(values, 0, 1) or (np.nan, np.nan)
    return low, high


def _divided(parts: Counts, wholes: Counts) -> Numbers:
    quotients = np.full(np.shape(wholes), np.nan)
    np.divide(parts, wholes, out=quotients, where=wholes > 0)
    return quotients


def _agreed(parts: Counts, wholes: Counts, others: Counts) -> Numbers:
    """Return shares; of nothing 1 where the other side has nothing either, else 0."""
    return np.where(wholes > 0, _divided(parts, wholes), others == 0).astype(float)
