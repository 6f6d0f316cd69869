"""The numbers of teeth that were found out of fold are scored."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

import pandas as pd
from PIL import Image

from teeth_unet import scoring, splits
from teeth_unet.numbering import KIND_OF_CODE
from teeth_unet.preparation import MaskEncoding, TrueLabels
from teeth_unet.scoring import CrossValidationTeeth

log = logging.getLogger(__name__)

Openers = Mapping[str, Callable[[], Image.Image]]


def score_numbers(
    folds: pd.DataFrame,
    raw_tooth_labels: Openers,
    raw_masks: Openers,
    mask_encoding: MaskEncoding,
    inspected_tooth_numbers: Sequence[Mapping[str, Any]],
    *of_folds: object,
) -> tuple[CrossValidationTeeth, pd.DataFrame]:
    """Score the numbers of all cases whose truth has some, each found by its own fold's networks.

    Args:
        folds: Table with `case`, `fold`, `content_hash`, `mask_hash`, `height` and `width`.
        raw_tooth_labels: Case name to a function that opens the true label map.
        raw_masks: Case name to a function that opens the mask, which may be a label map as well.
        mask_encoding: How masks are read.
        inspected_tooth_numbers: One mapping for each case whose label map has FDI numbers.
        *of_folds: What was found: for every fold, the label maps with FDI numbers; then, for every
            fold, the table of numbered teeth; then the records of the networks that tell numbers.

    Returns:
        `numbers`, see `scoring.summarise_numbers`; null where no truth has FDI numbers. And one row
        a case with such a truth: case, fold, `content_hash`, `mask_hash` and the scores.

    Raises:
        InputError: A network has seen a case of its own fold.
    """
    count = len(of_folds) // 3
    maps = cast("Sequence[Openers]", of_folds[:count])
    tables = cast("Sequence[pd.DataFrame]", of_folds[count : 2 * count])
    records = cast("Sequence[Mapping[str, Any]]", of_folds[2 * count :])
    for fold, record in enumerate(records, 1):
        own = folds[folds["fold"] == fold].assign(split="test")
        splits.refuse_seen_cases(own, record)
    numbered = {one["case"] for one in inspected_tooth_numbers}
    truths = TrueLabels(raw_tooth_labels, raw_masks, mask_encoding)
    pairs = scoring.number_pairs(
        folds[folds["case"].isin(numbered)],
        truths.open,
        {case: opened for each in maps for case, opened in each.items()},
        pd.concat(tables, ignore_index=True),
    )
    summary, of_cases = scoring.summarise_numbers(pairs, KIND_OF_CODE)
    identity = folds[["case", "fold", "content_hash", "mask_hash"]]
    if summary:
        log.info(
            "Numbers of %d cases, each by a network that never saw it: exact charts %.0f %%",
            summary["cases"],
            100 * summary["exact_chart"]["mean"],
        )
    return {"numbers": summary}, identity.merge(of_cases, on="case", validate="one_to_one")
