"""From which probability on a pixel is tooth."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from teeth_unet.imaging import Overlap

CANDIDATES = tuple(round(0.05 * step, 2) for step in range(1, 20))


def best_threshold(
    probabilities: Iterable[NDArray[np.float32]], truths: Iterable[NDArray[np.uint8]]
) -> tuple[float, float]:
    """Choose the probability from which on a pixel is tooth, by the mean Dice over cases.

    The cases are gone through once, one after the other: memory does not grow with their number.

    Args:
        probabilities: One array in [0, 1] a case.
        truths: One mask a case, at least one.

    Returns:
        The threshold among .05, .10, ... .95 with the highest mean Dice (of equal ones the
        nearest to .5), and that Dice.

    Raises:
        ValueError: There are more of one than of the other, or the shapes of a case differ.
    """
    cases = zip(probabilities, truths, strict=True)
    dice = np.array([_dice_by_threshold(*case) for case in cases]).mean(axis=0)
    order = np.lexsort((np.abs(np.subtract(CANDIDATES, 0.5)), -dice))
    return CANDIDATES[order[0]], float(dice[order[0]])


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
