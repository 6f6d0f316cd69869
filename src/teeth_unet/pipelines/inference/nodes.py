"""New X-rays are segmented, and their teeth counted, measured and numbered."""

import logging
from collections.abc import Callable, Mapping

import pandas as pd
from PIL import Image

from teeth_unet import inference
from teeth_unet.inference import (
    Inference,
    InferenceSummary,
    ResultStore,
    ToothTable,
    XrayPredictor,
    make_xray_predictor,
)
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
    predictor = _predictor(segmenter, fold_segmenters, settings)
    log.info("X-rays: %d; network taught on: %s", len(new_xrays), segmenter.taught_on)
    return inference.segment_all(new_xrays, predictor, settings, judged_by, inference_results)


def segment_shard(
    new_xrays: Mapping[str, Callable[[], Image.Image]],
    segmenter: Segmenter,
    fold_segmenters: Mapping[str, Callable[[], Segmenter]],
    settings: Inference,
    judged_by: Quality,
    inference_results: ResultStore,
    *,
    shard: int,
) -> InferenceSummary:
    """Segment the X-rays of one shard, see `segment_xrays` and `inference.segment_shard`.

    Args:
        new_xrays: All of them.
        segmenter: The network.
        fold_segmenters: Those of a cross-validation.
        settings: What is made of an X-ray.
        judged_by: What speaks against a picture.
        inference_results: Where the results go.
        shard: Number of the shard, from 1 on.
    """
    predictor = _predictor(segmenter, fold_segmenters, settings)
    own = sum(inference.shard_of(case, settings.shards) == shard for case in new_xrays)
    log.info("X-rays: %d of %d; network: %s", own, len(new_xrays), segmenter.taught_on)
    return inference.segment_shard(
        new_xrays, predictor, settings, judged_by, inference_results, shard
    )


def join_shards(
    settings: Inference, inference_results: ResultStore, *summaries: InferenceSummary
) -> InferenceSummary:
    """Put the summaries of all shards together, see `inference.join_shards`."""
    return inference.join_shards(summaries, settings, inference_results)


def _predictor(
    segmenter: Segmenter,
    fold_segmenters: Mapping[str, Callable[[], Segmenter]],
    settings: Inference,
) -> XrayPredictor:
    asked_for = fold_segmenters.values() if settings.uncertainty == "folds" else ()
    return make_xray_predictor(segmenter, [load() for load in asked_for], settings)


def gather_tables(
    inference_summary: InferenceSummary, inference_results: ResultStore
) -> tuple[pd.DataFrame, ToothTable, pd.DataFrame]:
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
