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

CASE_COLUMNS = ["case", "status", "reason", "warnings", "file", "mask", "width", "height"]
CASE_COLUMNS += ["tooth_share", "teeth", "gaps", "uncertainty", "spacing_mm", "spacing_source"]
CASE_COLUMNS += ["seconds", "network"]

TOOTH_COLUMNS = ["case", *teeth.TOOTH_COLUMNS, "file"]
COUNTS = ["width", "height", "teeth", "gaps"]
TEXTS = ["mask", "reason", "warnings", "spacing_source", "network"]
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
        The table of cases, with the X-ray's file and that of its mask (inside the folders of both),
        `status` done or failed and the reason; and the table of teeth, in mm as well if that is
        known of any X-ray. Both tell what the network was taught on.
    """
    case_rows: list[dict[str, object]] = []
    tooth_rows: list[dict[str, object]] = []
    failures = inference_summary["failures"]
    network = inference_summary.get("network", "")  # summaries of earlier versions have none
    for case in inference_summary["cases"]:
        # An earlier version has not told files. "./" before a name is the same file.
        file = _no_formula(inference_summary.get("files", {}).get(case, ""), "./")
        case_rows.append({"case": case, "file": file, "status": "done", **dict.fromkeys(TEXTS, "")})
        case_rows[-1]["network"] = network
        if case in failures:
            # It may begin with the name of a file.
            case_rows[-1] |= {"status": "failed", "reason": _no_formula(failures[case], "file ")}
            continue
        row, of_teeth = inference_results.rows(case)
        masks = [name for name in inference_results.files(case) if name.startswith("masks/")]
        case_rows[-1] |= {**row, "mask": masks[0]}
        tooth_rows += [
            {"case": case, **tooth, "file": file, "network": network} for tooth in of_teeth
        ]
    # Whole numbers stay whole beside those that a failed X-ray lacks.
    cases = pd.DataFrame(case_rows, columns=CASE_COLUMNS).astype(dict.fromkeys(COUNTS, "Int64"))
    measured = any("length_mm" in row for row in tooth_rows)
    columns = [*TOOTH_COLUMNS, *(MILLIMETRES if measured else []), "network"]
    _tell(cases, inference_summary)
    return cases, pd.DataFrame(tooth_rows, columns=columns)


def _no_formula(text: str, before: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"{before}{text}" if text.startswith(FORMULAS) else text


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


def refuse_failures(inference_cases: pd.DataFrame, inference_summary: InferenceSummary) -> None:
    """End a run with an error, once all its results are saved, if something is not there.

    Raises:
        InputError: Some X-rays have failed, or a file of all of them could not be written.
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
    for name, reason in inference_summary.get("not_written", {}).items():
        raise InputError(
            "inference.formats",
            f"a place for {name}",
            reason,
            "All other results are there. Put this right and run the same command again.",
        )
