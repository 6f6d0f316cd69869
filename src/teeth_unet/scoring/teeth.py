"""Scores of single teeth: how many are found, and how well they are measured."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from teeth_unet.scoring.intervals import (
    interval_of_grouped_mean,
    interval_of_grouped_median,
    interval_of_mean,
    interval_of_share,
    interval_of_signed_mean,
)
from teeth_unet.scoring.records import (
    ErrorOfTeeth,
    Interval,
    MeanOfCases,
    MeanOfSomeCases,
    TeethSummary,
)

LEAST_IOU = 0.5

Sizes = Mapping[int, tuple[float, float]]  # number of a tooth to its length and width


class Match(NamedTuple):
    """A tooth of the truth and the one of the prediction that is taken for it.

    Attributes:
        truth: Its label in the truth.
        predicted: Its label in the prediction.
        iou: Intersection over union of the two, above .5.
    """

    truth: int
    predicted: int
    iou: float


class TeethOfCase(NamedTuple):
    """What was found of the teeth of one case.

    Attributes:
        true_teeth: Number of teeth in the truth.
        predicted_teeth: Number of teeth in the prediction.
        length_errors: Of each matched tooth, (predicted - true) / true length.
        width_errors: The same for its width.
    """

    true_teeth: int
    predicted_teeth: int
    length_errors: tuple[float, ...]
    width_errors: tuple[float, ...]

    @property
    def matched(self) -> int:
        """Number of teeth of the truth that were found."""
        return len(self.length_errors)

    @property
    def count_error(self) -> int:
        """Teeth counted too many; below 0, too few."""
        return self.predicted_teeth - self.true_teeth

    @property
    def sensitivity(self) -> float:
        """Share of the true teeth that are found; of none, 1 if none is predicted, else 0."""
        return _share(self.matched, self.true_teeth, otherwise=not self.predicted_teeth)

    @property
    def precision(self) -> float:
        """Share of the predicted teeth that are right; of none, 1 if there is none, else 0."""
        return _share(self.matched, self.predicted_teeth, otherwise=not self.true_teeth)


def match_teeth(
    truth_labels: NDArray[np.integer], predicted_labels: NDArray[np.integer]
) -> list[Match]:
    """Pair the teeth of two label maps, one to one, by an IoU above .5.

    Above one half no choice is left: no tooth can share more than half with two others.

    Args:
        truth_labels: 0 for background and another number above 0 for each tooth.
        predicted_labels: The same of the prediction, of the same shape; numbers need not agree.

    Returns:
        The pairs by rising number in the truth.

    Raises:
        ValueError: The shapes differ.
    """
    if truth_labels.shape != predicted_labels.shape:
        raise ValueError(
            f"expected two label maps of one shape, received {truth_labels.shape} and "
            f"{predicted_labels.shape}"
        )
    columns = int(predicted_labels.max(initial=0)) + 1
    pairs = truth_labels.ravel().astype(np.int64) * columns + predicted_labels.ravel()
    codes, counts = np.unique(pairs, return_counts=True)
    truth, predicted = np.divmod(codes, columns)
    areas = np.bincount(truth, counts), np.bincount(predicted, counts)
    ious = counts / (areas[0][truth] + areas[1][predicted] - counts)
    found = (truth > 0) & (predicted > 0) & (ious > LEAST_IOU)
    return [
        Match(*pair)
        for pair in zip(
            truth[found].tolist(), predicted[found].tolist(), ious[found].tolist(), strict=True
        )
    ]


def score_matched_teeth(
    truth_sizes: Sizes, predicted_sizes: Sizes, matches: Sequence[Match]
) -> TeethOfCase:
    """Compare the teeth of one case.

    Args:
        truth_sizes: Length and width, in any unit, of every tooth of the truth, by its number.
        predicted_sizes: The same of every tooth of the prediction.
        matches: Which of them are the same teeth, as `match_teeth` returns them.
    """
    errors = [
        tuple(
            (found - true) / true
            for true, found in zip(
                truth_sizes[match.truth], predicted_sizes[match.predicted], strict=True
            )
        )
        for match in matches
    ]
    lengths, widths = zip(*errors, strict=True) if errors else ((), ())
    return TeethOfCase(len(truth_sizes), len(predicted_sizes), lengths, widths)


def summarise_teeth(cases: Sequence[TeethOfCase]) -> TeethSummary:
    """Sum up what was found of the teeth of all cases.

    Args:
        cases: At least one.

    Returns:
        A JSON-able mapping: `cases`, `true_teeth`, `predicted_teeth` and `matched_teeth`;
        `pooled_sensitivity` and `pooled_precision` of all teeth together; and, each with its
        `mean` over the cases and the 95 % `interval` of that, `count_error` (signed),
        `absolute_count_error`, `relative_count_error` (absolute, relative to the true number,
        cases without teeth left out), `exact_count` and `count_within_one` (shares of the cases),
        `sensitivity` and `precision`. Over the matched teeth, `length_error` and `width_error`:
        the `median` of the absolute relative error, with its `interval`, and the `bias`, the mean
        of the signed one, with its `bias_interval`; both intervals are of other cases, not of other
        teeth, since those of one case are alike. What cannot be computed, as no tooth is matched
        or no case has any, is null; so are intervals of fewer than five cases, see `intervals`.
    """
    count_errors = np.array([case.count_error for case in cases])
    absolute = np.abs(count_errors)
    sensitivities = np.array([case.sensitivity for case in cases])
    precisions = np.array([case.precision for case in cases])
    relative = [abs(case.count_error) / case.true_teeth for case in cases if case.true_teeth]
    true, predicted, matched = (
        sum(getattr(case, name) for case in cases)
        for name in ("true_teeth", "predicted_teeth", "matched")
    )
    return {
        "cases": len(cases),
        "true_teeth": true,
        "predicted_teeth": predicted,
        "matched_teeth": matched,
        "count_error": _mean(count_errors, interval_of_signed_mean(count_errors)),
        "absolute_count_error": _mean(absolute, interval_of_mean(absolute, 0)),
        "relative_count_error": _mean_of_some(relative),
        "exact_count": _mean(absolute == 0, interval_of_share(absolute == 0)),
        "count_within_one": _mean(absolute <= 1, interval_of_share(absolute <= 1)),
        "sensitivity": _mean(sensitivities, interval_of_mean(sensitivities, 0, 1)),
        "precision": _mean(precisions, interval_of_mean(precisions, 0, 1)),
        "pooled_sensitivity": _share(matched, true, otherwise=not predicted),
        "pooled_precision": _share(matched, predicted, otherwise=not true),
        "length_error": _errors([case.length_errors for case in cases]),
        "width_error": _errors([case.width_errors for case in cases]),
    }


def _share(part: int, whole: int, *, otherwise: bool) -> float:
    return part / whole if whole else float(otherwise)


def _mean(values: NDArray[np.number | np.bool_], interval: Interval | None) -> MeanOfCases:
    return {"mean": float(np.mean(values)), "interval": interval}


def _mean_of_some(values: Sequence[float]) -> MeanOfSomeCases:
    mean = float(np.mean(values)) if values else None
    return {"mean": mean, "interval": interval_of_mean(values, 0)}


def _errors(errors: Sequence[Sequence[float]]) -> ErrorOfTeeth:
    """Return median and bias of the errors of all teeth, given case by case."""
    of_cases = [np.array(case) for case in errors if len(case)]
    if not of_cases:
        return {"median": None, "interval": None, "bias": None, "bias_interval": None}
    together = np.concatenate(of_cases)
    return {
        "median": float(np.median(np.abs(together))),
        "interval": interval_of_grouped_median([np.abs(case) for case in of_cases]),
        "bias": float(together.mean()),
        "bias_interval": interval_of_grouped_mean(of_cases),
    }
