"""How well the teeth of a set of X-rays are found and numbered."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet.scoring import number_tables
from teeth_unet.scoring.intervals import (
    interval_of_ratio,
    interval_of_share,
    interval_without_each,
)
from teeth_unet.scoring.number_tallies import (
    Flags,
    Kinds,
    NumberedPair,
    Numbers,
    Tallies,
    stack,
    tally_numbers,
)
from teeth_unet.scoring.records import (
    MeanOfCases,
    MeanOfSomeCases,
    MissingScores,
    NumberSummary,
    PresenceScores,
)
from teeth_unet.scoring.set_scores import (
    average_precision,
    mean_of_numbers,
    panoptic_quality,
    without_each,
)
from teeth_unet.tooth_numbers import GROUPS, PERMANENT, TEETH, Confusion, confusion, group

_TEETH = np.array(TEETH)


def score_numbers(pairs: Iterable[NumberedPair], kinds: Kinds | None = None) -> "NumberScores":
    """Score numbered teeth against the truth.

    Args:
        pairs: The true and the found label map of each X-ray; one is held at a time.
        kinds: What numbers stand for that are no teeth's, such as {101: "implant"}. Those that are
            not named are all of one kind.

    Raises:
        ValueError: There is no X-ray, or two maps do not fit each other.
    """
    cases = [tally_numbers(pair, kinds or {}) for pair in pairs]
    if not cases:
        raise ValueError("expected at least one X-ray with numbered teeth")
    return NumberScores(stack(cases))


@dataclass(frozen=True)
class NumberScores:
    """Scores of numbered teeth; their definitions are in README.md of this folder.

    Attributes:
        tallies: What was found in each X-ray.
    """

    tallies: Tallies

    def summary(self) -> NumberSummary:
        """Sum up all X-rays.

        Returns:
            A JSON-able mapping. Shares are of all teeth of all X-rays together, with 95 % intervals
            over X-rays: teeth of one are alike. None where there is nothing to compute one of.
        """
        all_of = self.tallies
        true, predicted, found = all_of.true, all_of.predicted, all_of.found
        precisions, qualities = self._average_precisions, self._panoptic_qualities
        return {
            "cases": len(all_of.cases),
            "true_teeth": int(true.sum()),
            "predicted_teeth": int(predicted.sum()),
            "found": _ratio(found, true),
            "right_number": _ratio(all_of.right_number, found),
            "right_kind": _ratio(
                np.column_stack([all_of.right_kind, all_of.other_right_kind]),
                np.column_stack([found, all_of.other_objects]),
            ),
            "dice": _ratio(all_of.dice, true),
            "dice_by_group": self._dice_by_group(),
            "confusions": self.confusions(),
            "exact_chart": _share((true == predicted).all(axis=1)),
            "presence": _presence(true, predicted),
            "missing": _missing(~true[:, : len(PERMANENT)], ~predicted[:, : len(PERMANENT)]),
            "average_precision_50": _of_set(mean_of_numbers(precisions[..., 0])),
            "average_precision": _of_set(mean_of_numbers(precisions.mean(axis=-1))),
            "panoptic_quality": _of_set(mean_of_numbers(qualities)),
        }

    def by_number(self) -> pd.DataFrame:
        """Return a row for each number, see `number_tables.by_number`."""
        precisions, qualities = self._average_precisions[0], self._panoptic_qualities[0]
        return number_tables.by_number(self.tallies, precisions, qualities)

    def by_case(self) -> pd.DataFrame:
        """Return a row for each X-ray, see `number_tables.by_case`."""
        return number_tables.by_case(self.tallies)

    def confusion_table(self) -> pd.DataFrame:
        """Return what the teeth of each number were taken for, see `number_tables`."""
        return number_tables.confusion_table(self.tallies)

    def confusions(self) -> dict[str, int]:
        """Count the found teeth of a wrong number by how it differs from the right one.

        Returns:
            Counts of `neighbour`, `other_side`, `other_jaw`, `milk_or_permanent`, `other` (see
            `tooth_numbers.confusion`), and `no_tooth`: taken for what has no number of a tooth.
        """
        wrong = self.tallies.found & ~self.tallies.right_number
        pairs = zip(
            np.broadcast_to(_TEETH, wrong.shape)[wrong].tolist(),
            self.tallies.taken_for[wrong].tolist(),
            strict=True,
        )
        counts = Counter(
            confusion(true, taken) if taken in TEETH else "no_tooth" for true, taken in pairs
        )
        return {kind: counts[kind] for kind in (*get_args(Confusion), "no_tooth")}

    def _dice_by_group(self) -> dict[str, MeanOfSomeCases]:
        groups = np.array([group(number) for number in TEETH])
        dice, true = self.tallies.dice, self.tallies.true
        return {name: _ratio(dice[:, groups == name], true[:, groups == name]) for name in GROUPS}

    @cached_property
    def _average_precisions(self) -> Numbers:
        """Return (1 + n, 52, 10): of all X-rays, and of all but each."""
        one = self.tallies
        weights = without_each(len(one.cases))
        return average_precision(weights, one.true, one.predicted, one.ious, one.probabilities)

    @cached_property
    def _panoptic_qualities(self) -> Numbers:
        """Return (1 + n, 52): of all X-rays, and of all but each."""
        one = self.tallies
        return panoptic_quality(without_each(len(one.cases)), one.true, one.predicted, one.ious)


Values = NDArray[np.number | np.bool_]


def _ratio(parts: Values, wholes: Values) -> MeanOfSomeCases:
    """Return the ratio of two sums over all X-rays, (n, k) each."""
    of_cases = parts.sum(axis=1), wholes.sum(axis=1)
    whole = of_cases[1].sum()
    if not whole:
        return {"mean": None, "interval": None}
    return {"mean": float(of_cases[0].sum() / whole), "interval": interval_of_ratio(*of_cases)}


def _share(values: Flags) -> MeanOfCases:
    return {"mean": float(values.mean()), "interval": interval_of_share(values)}


def _presence(true: Flags, predicted: Flags) -> PresenceScores:
    both = true & predicted
    return {
        "precision": _ratio(both, predicted),
        "recall": _ratio(both, true),
        "f1": _ratio(2 * both, true.astype(int) + predicted),
    }


def _missing(absent: Flags, told: Flags) -> MissingScores:
    return {
        "sensitivity": _ratio(absent & told, absent),
        "specificity": _ratio(~absent & ~told, ~absent),
    }


def _of_set(scores: Numbers) -> MeanOfSomeCases:
    """Return a score of the whole set, given of all X-rays and then of all but each."""
    whole, without = float(scores[0]), scores[1:]
    if np.isnan(whole):
        return {"mean": None, "interval": None}
    return {"mean": whole, "interval": interval_without_each(whole, without[~np.isnan(without)])}
