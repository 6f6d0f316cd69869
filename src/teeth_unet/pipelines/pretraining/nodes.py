"""Thousands of X-rays are drawn once, and the network that they teach is made small."""

import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import preparation, segmentation, splits, storage, unet
from teeth_unet.configuration import Settings
from teeth_unet.errors import InputError
from teeth_unet.preparation import MaskEncoding, Preparation, ShardStore
from teeth_unet.segmentation import Segmenter
from teeth_unet.splits import Split
from teeth_unet.unet import (
    Fitting,
    Model,
    Network,
    StartRecord,
    Training,
    TrainingHistory,
    TrainingRecord,
)
from teeth_unet.version import VERSION

log = logging.getLogger(__name__)

DRAWN_BY = ("phantoms", "imaging", "preparation", "quality")
"""Rooms whose code decides what a drawing is: with other code all are drawn again."""

Drawn = NDArray[np.uint8]


def draw_cases(
    raw_xrays: Mapping[str, Callable[[], Image.Image]],
    raw_masks: Mapping[str, Callable[[], Image.Image]],
    preparation_settings: Preparation,
    split: Split,
    drawings: ShardStore,
) -> tuple[Drawn, Drawn, Drawn, Drawn, Drawn, Drawn, pd.DataFrame, MaskEncoding, dict[str, Any]]:
    """Draw all cases, some at a time, and split them.

    What a killed run has drawn is not drawn again. Memory holds a few dozen of them.

    Args:
        raw_xrays: Case name to a function that draws the X-ray; and the settings of all of them.
        raw_masks: The same for their masks.
        preparation_settings: The size, and how the masks are read.
        split: How many are for validation and for testing.
        drawings: Where they are kept until all are there.

    Returns:
        X and Y of the training, validation and test part, (n, size, size, 1), grey levels in 0..255
        and masks in {0, 1}, uint8; the table of cases with the column `split`; how their masks are
        read; and what they were drawn by: `settings`, `cases`, `version` and `code`.

    Raises:
        InputError: There are too few for the split, or they are not drawn alike.
    """
    code = code_that_draws()
    settings = _settings_of(raw_xrays, raw_masks)
    key = f"{preparation_settings.model_dump_json()}, code {code}, {settings.model_dump_json()}"
    encoding = preparation.decide_encoding({}, preparation_settings.masks)
    made = preparation.prepare_in_shards(
        raw_xrays, raw_masks, encoding, preparation_settings, drawings, key
    )
    if made.unusable:
        log.warning("%d drawings are of no use, and left out", len(made.unusable))
    cases = pd.DataFrame([asdict(record) for record in made.records])
    parts = splits.assign_parts(list(cases["group"]), list(cases["tooth_share"]), split)
    cases.insert(1, "split", parts)
    drawn_by = {
        "settings": settings.model_dump(mode="json"),
        "cases": len(cases),
        "version": VERSION,
        "code": code,
    }
    x, y = (
        [rows_of(stack, cases["split"] == part) for part in splits.PARTS]
        for stack in (made.xrays, made.masks)
    )
    return x[0], y[0], x[1], y[1], x[2], y[2], cases, encoding, drawn_by


def _settings_of(xrays: object, masks: object) -> Settings:
    settings = getattr(xrays, "settings", None)
    if not isinstance(settings, Settings) or settings != getattr(masks, "settings", None):
        raise InputError(
            "pretraining.raw_xrays and pretraining.raw_masks",
            "drawings of this program, with the same settings",
            "others",
            "Put both entries of the catalog right. To train on X-rays of your own: "
            "kedro run --pipeline training --env folder",
        )
    return settings


def rows_of(stack: Drawn, chosen: "pd.Series[bool]") -> Drawn:
    """Return rows of a stack, without a copy where they follow each other."""
    rows = np.flatnonzero(chosen)
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1:
        return stack[rows[0] : rows[-1] + 1]
    return stack[rows]


def code_that_draws() -> str:
    """Return a checksum of all code that decides what a drawing is."""
    content = hashlib.sha256()
    for room in DRAWN_BY:
        package = resources.files("teeth_unet") / room
        for name, text in sorted(storage.python_sources(package, room)):
            content.update(f"{name} {len(text)}\n".encode() + text)
    return content.hexdigest()


def discard_drawings(cases: pd.DataFrame, drawings: ShardStore) -> None:
    """Forget the drawings in pieces, once they are all in the catalog.

    Args:
        cases: The table of the cases that are there.
        drawings: The store.
    """
    drawings.clear()


def record_training(
    training_history: TrainingHistory,
    training_versions: dict[str, str],
    cases: pd.DataFrame,
    drawn_by: dict[str, Any],
    preparation_settings: Preparation,
    network: Network,
    training: Training,
    start: Segmenter | None,
) -> TrainingRecord:
    """Record what the network was fitted with, see `unet.record_training`.

    Returns:
        The record, with `drawings`: by which settings and code the cases were drawn.
    """
    return record_fitting(
        training_history,
        training_versions,
        cases,
        drawn_by,
        preparation_settings,
        network,
        training,
        segmentation.record_start(start),
    )


def record_fitting(
    history: TrainingHistory,
    versions: dict[str, str],
    cases: pd.DataFrame,
    drawn_by: dict[str, Any],
    preparation_settings: Preparation,
    network: Network,
    training: Fitting,
    start: StartRecord | None = None,
) -> TrainingRecord:
    """Record what any network of drawings was fitted with, as `record_training` does."""
    content = {part: cases.loc[cases["split"] == part, "content_hash"] for part in splits.PARTS}
    record = unet.record_training(
        history,
        versions,
        preparation_settings,
        network,
        training,
        content["train"].to_list(),
        content["validation"].to_list(),
        start,
    )
    return {**record, "drawings": drawn_by}


def round_weights(full_unet: Model) -> Model:
    """Round the weights, so that the packed segmenter is small, see `unet.round_weights`.

    Threshold and scores are those of the rounded network.
    """
    rounded: Model = unet.round_weights(full_unet)
    return rounded
