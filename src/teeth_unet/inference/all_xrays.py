"""All X-rays of a run: segmented at once, or in shards that may be on several machines."""

import hashlib
import logging
from collections.abc import Iterable, Mapping, Sequence

from teeth_unet.case_names import natural_key
from teeth_unet.inference.annotating import write_of_all
from teeth_unet.inference.cases import Loader
from teeth_unet.inference.dicom_segmentations import refuse_without_dicom
from teeth_unet.inference.predicting import XrayPredictor
from teeth_unet.inference.progress import Progress
from teeth_unet.inference.protocol import ResultStore
from teeth_unet.inference.records import InferenceSummary
from teeth_unet.inference.segmenting import segment_some
from teeth_unet.inference.settings import Inference
from teeth_unet.quality import Quality
from teeth_unet.text import LISTED

log = logging.getLogger(__name__)


def segment_all(
    xrays: Mapping[str, Loader],
    predictor: XrayPredictor,
    inference: Inference,
    judged_by: Quality,
    store: ResultStore,
    progress: Progress | None = None,
) -> InferenceSummary:
    """Segment X-rays, and write each one's result as soon as it is there.

    What an earlier run has done with the same network, settings and X-ray is left as it is, and so
    is what it has made of other X-rays, unless they are to be removed: one that has the name of
    such a one, and is another, fails. An X-ray that cannot be used is reported and left out. Memory
    does not grow with the number of X-rays.

    Args:
        xrays: Case name to a function that opens the X-ray.
        predictor: The network.
        inference: What is made of an X-ray.
        judged_by: What speaks against a picture.
        store: Where the results go.
        progress: Counts the cases, and tells how far it is; without it the log does.

    Returns:
        JSON-able: `cases`, all names; `failures`, reason by name; `made`, `found` (done before)
        and `removed`, counts; `rate`, X-rays a second; and more, see `InferenceSummary`.

    Raises:
        InputError: A format is asked for that none of the X-rays can have, or whose extra is
            missing.
        OSError: The disk is full or cannot be written, or the place of the X-rays is lost.
    """
    refuse_without_dicom(xrays, inference)
    store.begin()
    removed = _look_at_others(xrays, inference, store)
    summary = segment_some(xrays, predictor, inference, judged_by, store, progress)
    passed_over = getattr(xrays, "passed_over", ())
    return summary | {
        "removed": removed,
        "not_written": summary["not_written"]
        | write_of_all(_done_files(summary), inference, store),
        "passed_over": len(passed_over),
        "passed_over_first": list(passed_over[:LISTED]),
    }


def shard_of(case: str, shards: int) -> int:
    """Return the number of the shard that a case belongs to, from 1 on.

    It depends on the name of the case alone: other X-rays that come or go move nothing.
    """
    name = hashlib.sha256(case.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(name[:8]) % shards + 1


def segment_shard(
    xrays: Mapping[str, Loader],
    predictor: XrayPredictor,
    inference: Inference,
    judged_by: Quality,
    store: ResultStore,
    shard: int,
) -> InferenceSummary:
    """Segment the X-rays of one shard, and write each one's result as soon as it is there.

    Args:
        xrays: All X-rays, of all shards.
        predictor: The network.
        inference: What is made of an X-ray; `shards`.
        judged_by: What speaks against a picture.
        store: Where the results go; other shards may write there at the same time.
        shard: Its number, from 1 on. The first one refuses for all, and tells what lies there.

    Raises:
        InputError: As `segment_all` does.
    """
    if shard == 1:
        refuse_without_dicom(xrays, inference)
    store.begin()
    own = {case: load for case, load in xrays.items() if shard_of(case, inference.shards) == shard}
    summary = segment_some(own, predictor, inference, judged_by, store)
    passed_over = getattr(xrays, "passed_over", ()) if shard == 1 else ()
    return summary | {
        "passed_over": len(passed_over),
        "passed_over_first": list(passed_over[:LISTED]),
    }


def join_shards(
    summaries: Sequence[InferenceSummary], inference: Inference, store: ResultStore
) -> InferenceSummary:
    """Put the summaries of all shards together, and do what is done for all X-rays at once.

    Args:
        summaries: In the order of the shards.
        inference: What was made of an X-ray.
        store: Where the results are.

    Returns:
        As `segment_all` does, with the X-rays in natural order.
    """
    files = {case: file for each in summaries for case, file in each["files"].items()}
    failures = {case: why for each in summaries for case, why in each["failures"].items()}
    cases = sorted(files, key=natural_key)
    joined = summaries[0] | {
        "cases": cases,
        "failures": {case: failures[case] for case in cases if case in failures},
        "made": sum(each["made"] for each in summaries),
        "found": sum(each["found"] for each in summaries),
        "rate": round(sum(each["rate"] for each in summaries), 3),
        "files": {case: files[case] for case in cases},
        "removed": _look_at_others(cases, inference, store),
    }
    not_written = {name: why for each in summaries for name, why in each["not_written"].items()}
    of_all = write_of_all(_done_files(joined), inference, store)
    return joined | {"not_written": not_written | of_all}


def _done_files(summary: InferenceSummary) -> dict[str, str]:
    """Return the files of the X-rays that are done, by case."""
    return {
        case: file for case, file in summary["files"].items() if case not in summary["failures"]
    }


def _look_at_others(xrays: Iterable[str], inference: Inference, store: ResultStore) -> int:
    """Remove the results of other X-rays if that is asked for, and return of how many."""
    if not inference.remove_others:
        if others := store.count_others(xrays):
            log.info("Results of %d other X-rays in %s are left as they are", others, store)
        return 0
    removed = store.keep_only(xrays)
    if removed:
        log.info("Removed the results of %d X-rays that are not among the given ones", removed)
    return removed
