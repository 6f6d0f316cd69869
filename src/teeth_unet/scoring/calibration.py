"""Whether a predicted probability of 70 % means tooth in 70 of 100 pixels."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from teeth_unet.scoring.records import Calibration, CalibrationBin

BINS = 10


def score_calibration(
    probabilities: Iterable[NDArray[np.float32]],
    truths: Iterable[NDArray[np.uint8]],
    bins: int = BINS,
) -> Calibration:
    """Compare predicted probabilities with how often there is tooth, over all pixels of all cases.

    The cases are gone through once, one after the other, and may be memory-mapped: memory does
    not grow with their number.

    Args:
        probabilities: One array in [0, 1] a case.
        truths: One mask a case, of the same shape, at least one; tooth where it is not 0.
        bins: Number of bins of equal width, at least 1. A bin holds its lower end, the last one
            both its ends.

    Returns:
        A JSON-able mapping: `brier`, the mean squared difference between probability and truth
        (0 is best; Brier 1950); `expected_calibration_error`, the mean over pixels of the
        difference between mean probability and share of tooth in their bin (0 is best; Naeini et
        al. 2015); and `bins`, the reliability curve: for each bin `low` and `high`, its number
        of `pixels`, their `mean_probability` and `tooth_share` (null in a bin without pixels).

    Raises:
        ValueError: There is no case, there are more of one than of the other, the shapes of a
            case differ, or a probability is not in [0, 1].
    """
    sums = np.zeros((3, bins))  # pixels, their probabilities, how many of them are tooth
    squares = 0.0
    for probability, truth in zip(probabilities, truths, strict=True):
        predicted, tooth = _checked(probability, truth)
        place = np.searchsorted(_borders(bins, predicted.dtype), predicted, side="right")
        for row, weights in zip(sums, (None, predicted, tooth), strict=True):
            row += np.bincount(place, weights, minlength=bins)
        squares += float(np.square(predicted - tooth.astype(float)).sum())
    pixels = float(sums[0].sum())
    if not pixels:
        raise ValueError("expected at least one case, received none")
    return {
        "brier": squares / pixels,
        "expected_calibration_error": float(np.abs(sums[1] - sums[2]).sum()) / pixels,
        "bins": [_bin(number, bins, *sums[:, number].tolist()) for number in range(bins)],
    }


def _checked(
    probability: NDArray[np.float32], truth: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the pixels of a case in a row."""
    predicted, tooth = np.asarray(probability), np.asarray(truth).astype(bool)
    if predicted.shape != tooth.shape:
        raise ValueError(
            f"expected probabilities and a mask of one shape, received {predicted.shape} and "
            f"{tooth.shape}"
        )
    low, high = predicted.min(), predicted.max()
    if not (low >= 0 and high <= 1):  # this way round for the sake of nan
        raise ValueError(f"expected probabilities in [0, 1], received {low} to {high}")
    return predicted.ravel(), tooth.ravel()


def _borders(bins: int, dtype: np.dtype) -> NDArray[np.floating]:
    """Return the borders between bins, in the precision of the probabilities.

    So a probability of .7 in float32 lies in the bin from .7 on, as it does for a threshold.
    """
    return (np.arange(1, bins) / bins).astype(dtype)


def _bin(number: int, bins: int, pixels: float, probability: float, tooth: float) -> CalibrationBin:
    return {
        "low": number / bins,
        "high": (number + 1) / bins,
        "pixels": int(pixels),
        "mean_probability": probability / pixels if pixels else None,
        "tooth_share": tooth / pixels if pixels else None,
    }
