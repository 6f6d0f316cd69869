"""Raw X-rays and masks become checked, split arrays of one size."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, splits
from teeth_unet.imaging import CaseRecord, Preparation
from teeth_unet.splits import Split

log = logging.getLogger(__name__)

IMPLAUSIBLE_TOOTH_SHARE = 0.5

Loaders = Mapping[str, Callable[[], Image.Image]]


def prepare_cases(
    raw_xrays: Loaders, raw_masks: Loaders, preparation: Preparation
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], pd.DataFrame]:
    """Decode X-rays and masks and bring them to one size.

    Args:
        raw_xrays: Case name to a function that opens the X-ray.
        raw_masks: Case name to a function that opens the mask.
        preparation: The size.

    Returns:
        X-rays (n, size, size, 1) uint8 grey levels; masks (n, size, size, 1) uint8 in {0, 1}; one
        row a case as in `imaging.CaseRecord`. All in natural order of the case names.
    """
    xrays, masks, records = imaging.prepare_cases(raw_xrays, raw_masks, preparation)
    return xrays, masks, pd.DataFrame([asdict(record) for record in records])


def report_quality(inspected_cases: pd.DataFrame) -> dict[str, object]:
    """Sum up what was found in the cases, see `imaging.summarise_quality`."""
    records = [CaseRecord(**row) for row in inspected_cases.to_dict("records")]
    quality = imaging.summarise_quality(records)
    log.info(
        "%d cases; without teeth: %d; masks with grey pixels: %d; groups of identical X-rays: %d",
        quality["cases"],
        len(quality["empty_masks"]),
        len(quality["grey_masks"]),
        len(quality["identical_xrays"]),
    )
    if quality["mean_tooth_share"] > IMPLAUSIBLE_TOOTH_SHARE:
        log.warning(
            "%.0f %% of all pixels are tooth, where about 20 %% are usual: are the masks inverted "
            "(teeth have to be white)?",
            100 * quality["mean_tooth_share"],
        )
    return quality


def split_cases(inspected_cases: pd.DataFrame, split: Split) -> pd.DataFrame:
    """Return the table of cases with a second column `split`: train, validation or test."""
    parts = splits.split_cases(list(inspected_cases["content_hash"]), split)
    log.info("Split: %s", ", ".join(f"{parts.count(part)} {part}" for part in splits.PARTS))
    return pd.concat(
        [inspected_cases["case"], pd.Series(parts, name="split"), inspected_cases.iloc[:, 1:]],
        axis="columns",
    )


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
    rows = np.flatnonzero(cases["split"] == part)
    x = prepared_xrays[rows].astype(np.float32)
    x /= 255
    return x, prepared_masks[rows].astype(np.float32)
