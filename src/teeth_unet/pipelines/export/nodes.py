"""A fitted network is converted for other programs, compared with itself, and described."""

import json
import logging

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet import exporting, splits, unet
from teeth_unet.errors import InputError
from teeth_unet.exporting import DESCRIPTION, FORMATS, Export, ExportComparison
from teeth_unet.reporting import CARD, Report, describe_network, write_model_card
from teeth_unet.sampling import spread_evenly
from teeth_unet.segmentation import Segmenter
from teeth_unet.unet import Prediction

log = logging.getLogger(__name__)


def convert_network(
    segmenter: Segmenter, x_train: NDArray[np.float32], export: Export
) -> dict[str, bytes]:
    """Convert the network of a segmenter into each of the formats.

    Args:
        segmenter: The network, and what belongs to it.
        x_train: (n, size, size, 1) grey levels in [0, 1] of the training cases, of which some
            calibrate int8.
        export: Which formats.

    Returns:
        Path within a folder -> content: the models, and `unet.json`, which says how to use them.

    Raises:
        InputError: Modules are missing, or the X-rays are of another size than the network's.
    """
    exporting.refuse_missing_modules(export.formats)
    _refuse_other_size("x_train", x_train, segmenter)
    description = describe_network(segmenter)
    calibration = x_train[spread_evenly(len(x_train), export.calibration_cases)]
    files = {DESCRIPTION: json.dumps(description, indent=2).encode()}
    for name in export.formats:
        log.info("Converting to %s", FORMATS[name].title)
        files |= exporting.convert(
            segmenter.model,
            name,
            mirror=segmenter.settings.mirror,
            description=description,
            calibration=calibration,
        )
    return files


def compare_formats(
    unchecked_models: dict[str, bytes],
    segmenter: Segmenter,
    x_test: NDArray[np.float32],
    y_test: NDArray[np.float32],
    cases: pd.DataFrame,
    export: Export,
) -> ExportComparison:
    """Load every model again in its own runtime, and compare it with the network in Keras.

    Args:
        unchecked_models: The models by path.
        segmenter: The network that they come from.
        x_test: (n, size, size, 1) grey levels in [0, 1].
        y_test: (n, size, size, 1) masks in {0, 1}.
        cases: Table with `case`, `split` and `content_hash`.
        export: How many cases, and how often to time one.

    Returns:
        See `exporting.compare_networks`; with `learned_from`, if the network has seen the cases.

    Raises:
        InputError: A format that computes in float32 differs; the models are of another network,
            or the cases not fit to score this one.
    """
    if json.loads(unchecked_models[DESCRIPTION])["fingerprint"] != segmenter.fingerprint:
        raise InputError(
            "unchecked_models",
            "models of the network in the segmenter",
            "models of another one",
            "Run the whole pipeline: kedro run --pipeline export",
        )
    _refuse_other_size("x_test", x_test, segmenter)
    splits.refuse_seen_cases(cases, segmenter.settings.training)
    settings = segmenter.settings
    keras = unet.make_predictor(segmenter.model, Prediction(mirror=settings.mirror))
    names = [name for name in FORMATS if exporting.files_of(unchecked_models, name)]
    compared = exporting.compare_networks(
        {"keras": keras} | {name: exporting.run(unchecked_models, name) for name in names},
        {name: exporting.files_of(unchecked_models, name) for name in names},
        (x_test, y_test, spread_evenly(len(x_test), export.cases)),
        settings.threshold,
        export.repeats,
    )
    if splits.has_seen_test_cases(cases, settings.training):
        compared["learned_from"] = True
    for line in exporting.comparison_lines(compared):
        log.info("%s", line)
    exporting.refuse_differences(compared)
    return compared


def add_model_card(
    unchecked_models: dict[str, bytes],
    export_comparison: ExportComparison,
    segmenter: Segmenter,
    report: Report,
) -> dict[str, bytes]:
    """Put a model card next to the models that were compared.

    Args:
        unchecked_models: The models by path.
        export_comparison: How they compare: it is only there if they do.
        segmenter: What they come from.
        report: Whose X-rays the formats were compared on.

    Returns:
        The models, and `model_card.md`.
    """
    text = write_model_card(segmenter, export_comparison, report)
    return {**unchecked_models, CARD: text.encode()}


def _refuse_other_size(entry: str, x: NDArray[np.float32], segmenter: Segmenter) -> None:
    size = segmenter.settings.size
    if not len(x) or x.shape[1:] != (size, size, 1):
        raise InputError(
            entry,
            f"X-rays of {size} x {size} px, which the network of the segmenter takes",
            f"{len(x)} of {' x '.join(map(str, x.shape[1:3]))} px",
            "Take the segmenter that was fitted to these cases, or run training again.",
        )
