"""Numbered teeth of cases as the catalog holds them: paired with the truth, and summed up."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging
from teeth_unet.scoring.number_scores import score_numbers
from teeth_unet.scoring.number_tallies import Kinds, NumberedPair
from teeth_unet.scoring.records import NumberScoreName, ScoresOfNumbers

Openers = Mapping[str, Callable[[], Image.Image]]
COLUMNS = ["case", "true_teeth", "predicted_teeth", *get_args(NumberScoreName)]
"""Of the table of scores by case."""

OpenTruth = Callable[[str, str, tuple[int, int]], NDArray[np.integer] | None]


def number_pairs(
    cases: pd.DataFrame,
    open_truth: OpenTruth,
    predicted_tooth_numbers: Openers,
    numbered_teeth: pd.DataFrame,
) -> Iterator[NumberedPair]:
    """Yield the numbers of cases, true and found; those without a truth are passed over.

    Args:
        cases: Table with `case`, `mask_hash`, `height` and `width`.
        open_truth: Takes name, mask hash and (height, width) of a case, and returns its true label
            map or None.
        predicted_tooth_numbers: Case name to a function that opens what was found.
        numbered_teeth: Table with `case`, `number` and `number_probability`.
    """
    of_case = dict(iter(numbered_teeth.groupby("case")))
    for case, mask_hash, height, width in zip(
        *(cases[name] for name in ("case", "mask_hash", "height", "width")), strict=True
    ):
        truth = open_truth(case, mask_hash, (height, width))
        if truth is None:
            continue
        found = of_case.get(case, numbered_teeth.iloc[:0])
        probabilities = dict(zip(found["number"], found["number_probability"], strict=True))
        predicted = imaging.decode_labels(predicted_tooth_numbers[case]())
        yield NumberedPair(case, truth, predicted, probabilities)


def summarise_numbers(
    pairs: Iterable[NumberedPair], kinds: Kinds
) -> tuple[ScoresOfNumbers | None, pd.DataFrame]:
    """Score numbered teeth, see `score_numbers`.

    Args:
        pairs: The true and the found label map of each X-ray; one is held at a time.
        kinds: What numbers stand for that are no teeth's.

    Returns:
        The summary; None without any case. And the table with one row a case, see
        `NumberScores.by_case`.
    """
    rest = iter(pairs)
    first = next(rest, None)
    if first is None:
        return None, pd.DataFrame(columns=COLUMNS)
    scores = score_numbers(chain([first], rest), kinds)
    by_number = scores.by_number().astype(object)
    table = by_number.where(by_number.notna(), None)
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    taken_for = {
        str(true): {str(taken): int(count) for taken, count in row.items() if count}
        for true, row in scores.confusion_table().iterrows()
    }
    summary: ScoresOfNumbers = {**scores.summary(), "taken_for": taken_for, "by_number": rows}
    return summary, scores.by_case()
