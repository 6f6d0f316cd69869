"""From which probability on a pixel is tooth."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from teeth_unet.imaging import Overlap
from teeth_unet.scoring.records import DecisionThreshold

CANDIDATES = tuple(round(0.05 * step, 2) for step in range(1, 20))

USUAL = 0.5
"""The threshold where none can be chosen."""


def choose_threshold(
    probabilities: Iterable[NDArray[np.float32]], truths: Iterable[NDArray[np.uint8]]
) -> DecisionThreshold:
    """Choose the probability from which on a pixel is tooth, by the mean Dice over cases.

    Cases without teeth have no say: their Dice is 1 or 0, by a single pixel, and a network that
    finds nothing has 1 at every threshold. The cases are gone through once, one after the other:
    memory does not grow with their number.

    Args:
        probabilities: One array in [0, 1] a case.
        truths: One mask a case.

    Returns:
        The threshold among .05, .10, ... .95 with the highest mean Dice (of equal ones the
        nearest to .5), and that Dice; or .5, and why: there are no cases, none of them has teeth,
        or every threshold gives the same Dice.

    Raises:
        ValueError: There are more of one than of the other, or the shapes of a case differ.
    """
    cases, with_teeth = 0, []
    for probability, truth in zip(probabilities, truths, strict=True):
        dice = _dice_by_threshold(probability, truth)
        cases += 1
        if np.any(truth):
            with_teeth.append(dice)
    if not with_teeth:
        return _usual(_why_none(cases))
    means = np.array(with_teeth).mean(axis=0)
    if means.min() == means.max():
        return _usual(f"the validation cases have the same Dice at every one, {means[0]:.4f}")
    order = np.lexsort((np.abs(np.subtract(CANDIDATES, USUAL)), -means))
    return {
        "threshold": CANDIDATES[order[0]],
        "chosen_on": "validation",
        "dice": float(means[order[0]]),
    }


def _usual(note: str) -> DecisionThreshold:
    return {"threshold": USUAL, "chosen_on": "nothing", "dice": None, "note": note}


def _why_none(cases: int) -> str:
    if cases == 0:
        return "there are no validation cases to choose one by"
    if cases == 1:
        return "the only validation case has no teeth"
    return f"none of the {cases} validation cases has teeth"


def _dice_by_threshold(probability: NDArray[np.float32], truth: NDArray[np.uint8]) -> list[float]:
    """Return the Dice of one case at each of the candidates."""
    tooth = np.asarray(truth).astype(bool)
    if tooth.shape != probability.shape:
        raise ValueError(
            f"expected probabilities and a mask of one shape, received {probability.shape} and "
            f"{tooth.shape}"
        )
    on_teeth = probability[tooth]
    dice = []
    for threshold in CANDIDATES:
        # Python floats, as a threshold from a JSON file is: NumPy then compares in float32.
        predicted = int(np.count_nonzero(probability >= threshold))
        hits = int(np.count_nonzero(on_teeth >= threshold))
        misses = on_teeth.size - hits
        overlap = Overlap(hits, predicted - hits, misses, tooth.size - predicted - misses)
        dice.append(overlap.dice)
    return dice
