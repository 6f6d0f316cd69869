"""The teeth of the test cases are compared with the truth: counted, measured and numbered."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from teeth_unet import imaging, scoring, splits, teeth
from teeth_unet.numbering import KIND_OF_CODE, NO_TEETH, OTHERS
from teeth_unet.preparation import MaskEncoding, TrueLabels
from teeth_unet.scoring import TeethOfCase, TeethScores
from teeth_unet.tooth_numbers import TEETH

log = logging.getLogger(__name__)

Openers = Mapping[str, Callable[[], Image.Image]]
Labels = NDArray[np.integer]

NO_TOOTH = [OTHERS[kind] for kind in NO_TEETH]
"""What objects that are no teeth bear in a label map."""


def score_teeth(
    predicted_tooth_labels: Openers,
    predicted_tooth_numbers: Openers,
    numbered_teeth: pd.DataFrame,
    predicted_probabilities: NDArray[np.float32],
    raw_tooth_labels: Openers,
    raw_masks: Openers,
    mask_encoding: MaskEncoding,
    inspected_tooth_numbers: Sequence[Mapping[str, Any]],
    cases: pd.DataFrame,
    case_scores: pd.DataFrame,
    numbering_record: Mapping[str, Any],
) -> tuple[TeethScores, pd.DataFrame]:
    """Compare the teeth with the truth, for the cases that have a true label map.

    Args:
        predicted_tooth_labels: Case name to a function that opens the predicted label map.
        predicted_tooth_numbers: The same with FDI numbers.
        numbered_teeth: Table with `case`, `number` and `number_probability`.
        predicted_probabilities: (n, size, size, 1) in [0, 1], of the test cases.
        raw_tooth_labels: Case name to a function that opens the true label map.
        raw_masks: Case name to a function that opens the mask, which is a label map as well where
            it has one number or colour a tooth.
        mask_encoding: How masks are read.
        inspected_tooth_numbers: One mapping for each case whose label map has FDI numbers.
        cases: Table with `case`, `split`, `width`, `height`, `content_hash` and `mask_hash`.
        case_scores: Table with `case`: whom the probabilities are of, row by row.
        numbering_record: What the network that tells numbers was fitted with; empty if nothing
            was learned.

    Returns:
        `teeth_a_case`, the mean count, and the number of `cases`; `against_truth`, the summary of
        `scoring.summarise_teeth` over the cases with a truth; `erosion`, the same for the simple
        method that telling teeth apart began with; and `numbers`, those of `scoring.score_numbers`
        over the cases whose truth has FDI numbers. The last three are null without a truth. And the
        table of the scores of numbers, one row a case, with `content_hash` and `mask_hash`.

    Raises:
        InputError: The probabilities are of other cases than the test part holds now, a true label
            map is of another size than its X-ray, or the network that tells numbers has seen a
            test case.
    """
    splits.refuse_seen_cases(cases, numbering_record)
    tested = splits.tested_cases(cases, case_scores)
    truths = TrueLabels(raw_tooth_labels, raw_masks, mask_encoding)
    ours, simple, counts = [], [], []
    for (case, mask_hash, shape), probabilities in zip(
        _rows(tested), predicted_probabilities, strict=True
    ):
        numbers = imaging.decode_labels(predicted_tooth_numbers[case]())
        labels = imaging.decode_labels(predicted_tooth_labels[case]())
        labels = np.where(np.isin(numbers, NO_TOOTH), 0, labels)
        counts.append(len(np.unique(labels[labels > 0])))
        truth = truths.open(case, mask_hash, shape)
        if truth is None:
            continue
        native = imaging.resize_probabilities(probabilities[..., 0], *labels.shape)
        ours.append(_compared(truth, labels))
        simple.append(_compared(truth, teeth.separate_by_erosion(native)))
    numbered = {one["case"] for one in inspected_tooth_numbers}
    pairs = scoring.number_pairs(
        tested[tested["case"].isin(numbered)], truths.open, predicted_tooth_numbers, numbered_teeth
    )
    of_numbers, of_cases = scoring.summarise_numbers(pairs, KIND_OF_CODE)
    summary: TeethScores = {
        "cases": len(tested),
        "teeth_a_case": float(np.mean(counts)),
        "against_truth": scoring.summarise_teeth(ours) if ours else None,
        "erosion": scoring.summarise_teeth(simple) if simple else None,
        "numbers": of_numbers,
    }
    _tell(summary)
    identity = tested[["case", "content_hash", "mask_hash"]]
    return summary, identity.merge(of_cases, on="case", validate="one_to_one")


Row = tuple[str, str, tuple[int, int]]


def _rows(cases: pd.DataFrame) -> Iterator[Row]:
    """Yield name, hash of the mask, and (height, width) of cases."""
    for case, mask_hash, height, width in zip(
        *(cases[name] for name in ("case", "mask_hash", "height", "width")), strict=True
    ):
        yield case, mask_hash, (height, width)


def _compared(truth: Labels, labels: Labels) -> TeethOfCase:
    """Compare single teeth: what of the truth is no tooth does not count."""
    truth = single_teeth(truth)
    matches = scoring.match_teeth(truth, labels)
    return scoring.score_matched_teeth(_sizes(truth), _sizes(labels), matches)


def single_teeth(labels: Labels) -> Labels:
    """Return a true label map without what is no tooth, with one number for each tooth.

    Teeth without a number of their own share one, that of their kind: each piece is one.
    """
    if not np.isin(labels, list(KIND_OF_CODE)).any() or not np.isin(labels, TEETH).any():
        return labels
    single = np.where(np.isin(labels, list(KIND_OF_CODE)), 0, labels).astype(np.int64)
    for code in set(KIND_OF_CODE) - set(NO_TOOTH):
        pieces, _ = ndimage.label(labels == code, np.ones((3, 3)))
        single[pieces > 0] = pieces[pieces > 0] + single.max(initial=0)
    return single


def _sizes(labels: NDArray[np.integer]) -> dict[int, tuple[float, float]]:
    return {tooth.number: (tooth.length, tooth.width) for tooth in teeth.measure_label_map(labels)}


def _tell(summary: TeethScores) -> None:
    found = summary["against_truth"]
    if found is None:
        log.info("%.1f teeth a case; no true label maps to compare with", summary["teeth_a_case"])
        return
    log.info(
        "Teeth counted exactly in %.0f %% of %d cases, off by %.2f on average; "
        "length off by %s, width by %s (median)",
        100 * found["exact_count"]["mean"],
        found["cases"],
        found["absolute_count_error"]["mean"],
        _percent(found["length_error"]["median"]),
        _percent(found["width_error"]["median"]),
    )

    numbers = summary["numbers"]
    if numbers is not None:
        log.info(
            "Numbered teeth of %d cases: %s found, %s of these with the right number, mean Dice a "
            "tooth %s",
            numbers["cases"],
            _percent(numbers["found"]["mean"]),
            _percent(numbers["right_number"]["mean"]),
            "-" if numbers["dice"]["mean"] is None else f"{numbers['dice']['mean']:.3f}",
        )


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
