"""New X-rays are segmented, and their teeth counted and measured."""

import logging
from collections.abc import Callable, Mapping

import pandas as pd
from PIL import Image

from teeth_unet import inference, teeth
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference, InferenceSummary, ResultStore, make_xray_predictor
from teeth_unet.quality import Quality
from teeth_unet.segmentation import Segmenter

log = logging.getLogger(__name__)

CASE_COLUMNS = ["case", "status", "reason", "warnings", "width", "height", "tooth_share", "teeth"]
CASE_COLUMNS += ["gaps", "uncertainty", "spacing_mm", "spacing_source", "seconds", "network"]

TOOTH_COLUMNS = ["case", *teeth.TOOTH_COLUMNS]
COUNTS = ["width", "height", "teeth", "gaps"]
TEXTS = ["reason", "warnings", "spacing_source", "network"]
MILLIMETRES = ["length_mm", "width_mm", "area_mm2", "mm_uncertainty"]

FORMULAS = ("=", "+", "-", "@")

LISTED = 5


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
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the rows of all X-rays together, in the order in which they were given.

    Returns:
        The table of cases, with `status` done or failed and the reason; and the table of teeth,
        in mm as well if that is known of any X-ray. Both tell which network it was.
    """
    case_rows: list[dict[str, object]] = []
    tooth_rows: list[dict[str, object]] = []
    failures = inference_summary["failures"]
    network = inference_summary.get("network", "")  # summaries of earlier versions have none
    for case in inference_summary["cases"]:
        case_rows.append({"case": case, "status": "done", **dict.fromkeys(TEXTS, "")})
        case_rows[-1]["network"] = network
        if case in failures:
            # It may begin with the name of a file, and a name like a formula of a spreadsheet.
            reason = failures[case]
            reason = f"file {reason}" if reason.startswith(FORMULAS) else reason
            case_rows[-1] |= {"status": "failed", "reason": reason}
            continue
        row, of_teeth = inference_results.rows(case)
        case_rows[-1] |= row
        tooth_rows += [{"case": case, **tooth, "network": network} for tooth in of_teeth]
    # Whole numbers stay whole beside those that a failed X-ray lacks.
    cases = pd.DataFrame(case_rows, columns=CASE_COLUMNS).astype(dict.fromkeys(COUNTS, "Int64"))
    measured = any("length_mm" in row for row in tooth_rows)
    columns = [*TOOTH_COLUMNS, *(MILLIMETRES if measured else []), "network"]
    _tell(cases, inference_summary)
    return cases, pd.DataFrame(tooth_rows, columns=columns)


def _tell(cases: pd.DataFrame, summary: InferenceSummary) -> None:
    log.info(
        "%d of %d X-rays done: %d now (%.2f a second), %d before; %d failed",
        summary["made"] + summary["found"],
        len(cases),
        summary["made"],
        summary["rate"],
        summary["found"],
        len(summary["failures"]),
    )
    warned = cases[cases["warnings"] != ""]
    for case, words in warned[["case", "warnings"]].head(LISTED).itertuples(index=False):
        log.warning("Case %s: %s", case, words)
    if len(warned) > LISTED:
        log.warning("and %d more; see the column warnings", len(warned) - LISTED)


def refuse_failures(inference_cases: pd.DataFrame) -> None:
    """End a run with an error, once all its results are saved, if an X-ray could not be used.

    Raises:
        InputError: Some have failed.
    """
    failed = inference_cases[inference_cases["status"] == "failed"]
    if len(failed):
        shown = [f"{case}: {reason}" for case, reason in failed[["case", "reason"]].to_numpy()]
        more = [f"and {len(failed) - LISTED} more"] if len(failed) > LISTED else []
        raise InputError(
            "new_xrays",
            f"{len(inference_cases)} X-rays that can be used",
            f"{len(failed)} that cannot",
            "\n  ".join(
                [
                    "All other results are there. Put these right and run the same command again: "
                    "nothing is done twice.",
                    *shown[:LISTED],
                    *more,
                ]
            ),
        )
