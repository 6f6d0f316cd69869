"""From which probability on a pixel is tooth."""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
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
    dice = _dice_of_cases(probabilities, truths)
    with_teeth = [each for each in dice if each]
    if not with_teeth:
        return _usual(_why_none(len(dice)))
    return _best(with_teeth, "validation")


def choose_threshold_of_folds(
    probabilities: Iterable[NDArray[np.float32]],
    truths: Iterable[NDArray[np.uint8]],
    folds: Sequence[int],
    fewest: int,
) -> DecisionThreshold:
    """Choose a threshold by cases that were each predicted by a network without them.

    The network that is kept gets the one that all of them choose. The cases of a fold are scored at
    the one that the others choose, so that none has a say in its own score.

    Args:
        probabilities: One array in [0, 1] a case.
        truths: One mask a case.
        folds: The fold of each case, from 1 on.
        fewest: So many cases with teeth can choose one; where there are fewer it is .5.

    Returns:
        As of `choose_threshold`, with `of_folds`.

    Raises:
        ValueError: As of `choose_threshold`.
    """
    dice = _dice_of_cases(probabilities, truths)

    def chosen(but: int) -> DecisionThreshold:
        own = [each for each, fold in zip(dice, folds, strict=True) if each and fold != but]
        few = f"{len(own)} case{'s' * (len(own) != 1)} with teeth cannot choose one"
        return _usual(few) if len(own) < fewest else _best(own, "folds")

    of_folds = [chosen(but=fold)["threshold"] for fold in range(1, max(folds) + 1)]
    return {**chosen(but=0), "of_folds": of_folds}


def thresholds_of_cases(decision: DecisionThreshold, folds: Iterable[int]) -> list[float]:
    """Return the threshold that each case is scored at.

    Args:
        decision: The threshold, and those of folds.
        folds: The fold of each case; 0 where they are in parts.

    Raises:
        InputError: The threshold is not that of these cases.
    """
    own = [decision["threshold"], *decision.get("of_folds", [])]
    found = list(folds)
    if max(found, default=0) >= len(own):
        raise InputError(
            "decision_threshold",
            f"a threshold for each of {max(found)} folds",
            f"{len(own) - 1}",
            "The cases were split again since then: run data_science from its beginning.",
        )
    return [own[fold] for fold in found]


def _best(
    with_teeth: list[list[float]], chosen_on: Literal["validation", "folds"]
) -> DecisionThreshold:
    means = np.array(with_teeth).mean(axis=0)
    if means.min() == means.max():
        which = "validation cases" if chosen_on == "validation" else "cases"
        return _usual(f"the {which} have the same Dice at every one, {means[0]:.4f}")
    order = np.lexsort((np.abs(np.subtract(CANDIDATES, USUAL)), -means))
    return {
        "threshold": CANDIDATES[order[0]],
        "chosen_on": chosen_on,
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


def _dice_of_cases(
    probabilities: Iterable[NDArray[np.float32]], truths: Iterable[NDArray[np.uint8]]
) -> list[list[float]]:
    """Return the Dice of each case at each of the candidates; nothing of those without teeth."""
    told = []
    for probability, truth in zip(probabilities, truths, strict=True):
        dice = _dice_by_threshold(probability, truth)
        told.append(dice if np.any(truth) else [])
    return told


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
