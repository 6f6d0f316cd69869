"""New X-rays are segmented, and their teeth counted, measured and numbered."""

import logging
from collections.abc import Callable, Mapping

import pandas as pd
from PIL import Image

from teeth_unet import inference
from teeth_unet.inference import Inference, InferenceSummary, ResultStore, make_xray_predictor
from teeth_unet.quality import Quality
from teeth_unet.segmentation import Segmenter

log = logging.getLogger(__name__)


def segment_xrays(
    new_xrays: Mapping[str, Callable[[], Image.Image]],
    segmenter: Segmenter,
    fold_segmenters: Mapping[str, Callable[[], Segmenter]],
    settings: Inference,
    judged_by: Quality,
    inference_results: ResultStore,
) -> InferenceSummary:
    """Segment X-rays and write each result as it comes, see `inference.segment_all`.

    Args:
        new_xrays: Case name to a function that opens the X-ray.
        segmenter: The network.
        fold_segmenters: Those of a cross-validation, opened only for the uncertainty `folds`.
        settings: What is made of an X-ray.
        judged_by: What speaks against a picture.
        inference_results: Where the results go.

    Returns:
        The summary: names, failures, counts.

    Raises:
        InputError: The uncertainty asked for needs segmenters that are not there.
    """
    asked_for = fold_segmenters.values() if settings.uncertainty == "folds" else ()
    predictor = make_xray_predictor(segmenter, [load() for load in asked_for], settings)
    log.info("X-rays: %d; network taught on: %s", len(new_xrays), segmenter.taught_on)
    return inference.segment_all(new_xrays, predictor, settings, judged_by, inference_results)


def gather_tables(
    inference_summary: InferenceSummary, inference_results: ResultStore
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Put the rows of all X-rays together, see `inference.gather_tables`, and tell of them.

    Returns:
        The tables of cases, of teeth and of charts.
    """
    cases, teeth, charts = inference.gather_tables(inference_summary, inference_results)
    inference.tell(cases, inference_summary)
    return cases, teeth, charts


def refuse_failures(inference_cases: pd.DataFrame, inference_summary: InferenceSummary) -> None:
    """End a run with an error, once all its results are saved, if something is not there.

    Raises:
        InputError: Some X-rays have failed, or a file of all of them could not be written.
    """
    inference.refuse_failures(inference_cases, inference_summary)
