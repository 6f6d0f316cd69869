"""How well one mask agrees with another: true and false positives, counted once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Overlap:
    """Pixels of one case, or of several added up, by truth and prediction.

    Attributes:
        true_positives: Tooth in both masks.
        false_positives: Tooth in the prediction only: false alarms.
        false_negatives: Tooth in the truth only: misses.
        true_negatives: Background in both.
    """

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def truth(self) -> int:
        """Pixels of tooth in the truth."""
        return self.true_positives + self.false_negatives

    @property
    def predicted(self) -> int:
        """Pixels of tooth in the prediction."""
        return self.true_positives + self.false_positives

    @property
    def dice(self) -> float:
        """2 tp / (2 tp + fp + fn); 1 where both masks are empty."""
        return _ratio(2 * self.true_positives, self.truth + self.predicted, both_agree=True)

    @property
    def iou(self) -> float:
        """Intersection over union, tp / (tp + fp + fn); 1 where both masks are empty."""
        union = self.truth + self.false_positives
        return _ratio(self.true_positives, union, both_agree=True)

    @property
    def precision(self) -> float:
        """Share of the prediction that is right, tp / (tp + fp)."""
        return _ratio(self.true_positives, self.predicted, both_agree=not self.truth)

    @property
    def sensitivity(self) -> float:
        """Share of the truth that is found, tp / (tp + fn)."""
        return _ratio(self.true_positives, self.truth, both_agree=not self.predicted)

    @property
    def specificity(self) -> float:
        """Share of the background that is left alone, tn / (tn + fp)."""
        background = self.true_negatives + self.false_positives
        return _ratio(self.true_negatives, background, both_agree=not self.false_negatives)

    def __add__(self, other: "Overlap") -> "Overlap":
        return Overlap(
            self.true_positives + other.true_positives,
            self.false_positives + other.false_positives,
            self.false_negatives + other.false_negatives,
            self.true_negatives + other.true_negatives,
        )


def count_overlap(truth: ArrayLike, prediction: ArrayLike) -> Overlap:
    """Compare two masks pixel by pixel.

    Args:
        truth: Mask of any shape; tooth where it is not 0.
        prediction: Mask of the same shape.

    Raises:
        ValueError: The shapes differ.
    """
    truth, prediction = _as_mask(truth), _as_mask(prediction)
    if truth.shape != prediction.shape:
        raise ValueError(
            f"expected two masks of one shape, received {truth.shape} and {prediction.shape}"
        )
    both = int(np.count_nonzero(truth & prediction))
    of_truth, of_prediction = int(np.count_nonzero(truth)), int(np.count_nonzero(prediction))
    either = of_truth + of_prediction - both
    return Overlap(both, of_prediction - both, of_truth - both, truth.size - either)


def _as_mask(values: ArrayLike) -> NDArray[np.bool_]:
    return np.asarray(values).astype(bool)


def _ratio(numerator: int, denominator: int, *, both_agree: bool) -> float:
    """Divide; 0/0 is 1 where both masks agree on it, else 0."""
    if denominator:
        return numerator / denominator
    return float(both_agree)
