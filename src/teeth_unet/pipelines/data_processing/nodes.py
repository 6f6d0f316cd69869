"""Raw X-rays and masks become checked, split arrays of one size."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import preparation, quality, splits
from teeth_unet.numbering import NumberLearning
from teeth_unet.preparation import MaskEncoding, Preparation
from teeth_unet.quality import CaseRecord, DataQuality, NumberedCase, Quality, Region, UnusableCase
from teeth_unet.splits import Split

log = logging.getLogger(__name__)

LOGGED = 20
"""So many warnings are shown one by one."""

Loaders = Mapping[str, Callable[[], Image.Image]]


def survey_masks(raw_masks: Loaders, settings: Preparation) -> MaskEncoding:
    """Find out how the masks of the set say what is tooth, see `preparation.decide_encoding`.

    Args:
        raw_masks: Case name to a function that opens the mask.
        settings: What the user says of the masks.
    """
    encoding = preparation.survey_masks(raw_masks, settings.masks)
    log.info("%s", encoding["found"])
    return encoding


def prepare_cases(
    raw_xrays: Loaders, raw_masks: Loaders, mask_encoding: MaskEncoding, settings: Preparation
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], pd.DataFrame, list[dict[str, str]]]:
    """Decode X-rays and masks and bring them to one size.

    Args:
        raw_xrays: Case name to a function that opens the X-ray.
        raw_masks: Case name to a function that opens the mask.
        mask_encoding: How masks are read.
        settings: The size.

    Returns:
        X-rays (n, size, size, 1) uint8 grey levels; masks (n, size, size, 1) uint8 in {0, 1}; one
        row a case as in `quality.CaseRecord`; the cases that cannot be used, as in
        `quality.UnusableCase`. All in natural order of the case names.
    """
    made = preparation.prepare_set(raw_xrays, raw_masks, mask_encoding, settings)
    columns = [field.name for field in fields(CaseRecord)]
    records = pd.DataFrame([asdict(record) for record in made.records], columns=columns)
    return made.xrays, made.masks, records, [asdict(case) for case in made.unusable]


def inspect_tooth_numbers(
    raw_tooth_labels: Loaders, raw_masks: Loaders, mask_encoding: MaskEncoding
) -> list[dict[str, Any]]:
    """Find out where FDI numbers are in label maps, see `preparation.measure_tooth_numbers`.

    Args:
        raw_tooth_labels: Case name to a function that opens the label map.
        raw_masks: Case name to a function that opens the mask, which may be one as well.
        mask_encoding: How masks are read.

    Returns:
        One mapping a case as in `quality.NumberedCase`; none where there are no FDI numbers.
    """
    numbered = preparation.measure_tooth_numbers(raw_tooth_labels, raw_masks, mask_encoding)
    if numbered:
        log.info("%d label maps have FDI numbers", len(numbered))
    return [
        {"case": one.case, "regions": [asdict(region) for region in one.regions]}
        for one in numbered
    ]


def prepare_tooth_numbers(
    raw_tooth_labels: Loaders,
    raw_masks: Loaders,
    mask_encoding: MaskEncoding,
    inspected_cases: pd.DataFrame,
    inspected_tooth_numbers: Sequence[Mapping[str, Any]],
    settings: Preparation,
    learning: NumberLearning,
) -> NDArray[np.uint8]:
    """Bring label maps with FDI numbers to one size, see `preparation.prepare_tooth_numbers`.

    Returns:
        (n, size, size, 1) numbers, in the order of `inspected_cases`; no rows where no label map
        has FDI numbers, or where nothing is to be learned from them.
    """
    numbered = {one["case"] for one in inspected_tooth_numbers} if learning.learn else set()
    return preparation.prepare_tooth_numbers(
        raw_tooth_labels,
        raw_masks,
        mask_encoding,
        list(inspected_cases["case"]),
        numbered,
        settings.size,
    )


def report_quality(
    inspected_cases: pd.DataFrame,
    unusable_cases: list[dict[str, str]],
    prepared_xrays: NDArray[np.uint8],
    prepared_masks: NDArray[np.uint8],
    mask_encoding: MaskEncoding,
    inspected_tooth_numbers: Sequence[Mapping[str, Any]],
    settings: Quality,
) -> DataQuality:
    """Sum up what was found in the cases, see `quality.summarise_quality`; log the warnings."""
    records = [
        CaseRecord(**{str(name): value for name, value in row.items()})
        for row in inspected_cases.to_dict("records")
    ]
    report = quality.summarise_quality(
        records,
        [UnusableCase(**row) for row in unusable_cases],
        prepared_xrays,
        prepared_masks,
        settings,
        masks_are=mask_encoding["found"],
        numbered=[
            NumberedCase(one["case"], tuple(Region(**region) for region in one["regions"]))
            for one in inspected_tooth_numbers
        ],
    )
    log.info(
        "%d cases; left out: %d; without teeth: %d; masks with grey pixels: %d; "
        "groups of identical X-rays: %d",
        report["cases"],
        len(report["left_out"]),
        len(report["empty_masks"]),
        len(report["grey_masks"]),
        len(report["identical_xrays"]),
    )
    warnings = [one for one in report["findings"] if one["severity"] == "warning"]
    for finding in warnings[:LOGGED]:
        log.warning("%s: %s. %s", finding["check"], finding["found"], finding["remedy"])
    if len(warnings) > LOGGED:
        log.warning("%d more warnings are in data_quality.json.", len(warnings) - LOGGED)
    return report


def split_cases(
    inspected_cases: pd.DataFrame, data_quality: DataQuality, settings: Split
) -> pd.DataFrame:
    """Return the table of cases with a second column `split`: train, validation or test.

    Where there are too few for parts it is a fold, see `splits.divide_cases`. What parts and folds
    cannot serve for is a warning, see `splits.split_warnings`.

    Raises:
        InputError: The data have errors, there are too few cases for the split, or one X-ray is
            in two parts.
    """
    quality.refuse_errors(data_quality)
    tooth_shares = list(inspected_cases["tooth_share"])
    parts = splits.divide_cases(list(inspected_cases["group"]), tooth_shares, settings)
    log.info("Split: %s", splits.describe_parts(parts))
    for warning in splits.split_warnings(parts, tooth_shares, settings):
        log.warning("%s", warning)
    cases = inspected_cases.copy()
    cases.insert(1, "split", parts)
    splits.refuse_leaks(cases)
    return cases


def draw_mask_images(
    prepared_masks: NDArray[np.uint8], cases: pd.DataFrame
) -> dict[str, Callable[[], Image.Image]]:
    """Return, for each case, a function that makes a picture of its mask: white teeth on black."""
    return {
        case: partial(_mask_image, prepared_masks, row) for row, case in enumerate(cases["case"])
    }


def _mask_image(masks: NDArray[np.uint8], row: int) -> Image.Image:
    return Image.fromarray(masks[row, ..., 0] * np.uint8(255))


Part = tuple[NDArray[np.float32], NDArray[np.float32]]


def select_train_cases(
    prepared_xrays: NDArray[np.uint8], prepared_masks: NDArray[np.uint8], cases: pd.DataFrame
) -> Part:
    """Return X and Y of the training part, see `select_part`."""
    return select_part("train", prepared_xrays, prepared_masks, cases)


def select_validation_cases(
    prepared_xrays: NDArray[np.uint8], prepared_masks: NDArray[np.uint8], cases: pd.DataFrame
) -> Part:
    """Return X and Y of the validation part, see `select_part`."""
    return select_part("validation", prepared_xrays, prepared_masks, cases)


def select_test_cases(
    prepared_xrays: NDArray[np.uint8], prepared_masks: NDArray[np.uint8], cases: pd.DataFrame
) -> Part:
    """Return X and Y of the test part, see `select_part`."""
    return select_part("test", prepared_xrays, prepared_masks, cases)


def select_part(
    part: str,
    prepared_xrays: NDArray[np.uint8],
    prepared_masks: NDArray[np.uint8],
    cases: pd.DataFrame,
) -> Part:
    """Return the X-rays and masks of one part as the network takes them.

    Args:
        part: `train`, `validation` or `test`.
        prepared_xrays: (n, size, size, 1) uint8 grey levels.
        prepared_masks: (n, size, size, 1) uint8 in {0, 1}.
        cases: Table with the column `split`.

    Returns:
        X, grey levels in [0, 1], and Y, masks in {0, 1}: float32, (k, size, size, 1). Row i is
        the i-th case of that part in `cases`; k may be 0 for the validation part.
    """
    rows = np.flatnonzero(splits.in_part(cases, part))
    x = prepared_xrays[rows].astype(np.float32)
    x /= 255
    return x, prepared_masks[rows].astype(np.float32)


def select_tooth_numbers(
    prepared_tooth_numbers: NDArray[np.uint8], cases: pd.DataFrame
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the tooth numbers of the training and of the validation part.

    Args:
        prepared_tooth_numbers: (n, size, size, 1), or none at all.
        cases: Table with the column `split`.

    Returns:
        Rows as of `select_part`; none where there are none.
    """
    if not len(prepared_tooth_numbers):
        return prepared_tooth_numbers, prepared_tooth_numbers
    train, validation = (
        prepared_tooth_numbers[np.flatnonzero(splits.in_part(cases, part))]
        for part in ("train", "validation")
    )
    return train, validation
