"""Whether a set of cases is fit to train on: what was found in it, and how serious that is."""

from collections.abc import Iterable, Iterator, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.machine import map_in_threads
from teeth_unet.quality.alignment import ALIGNMENT_BYTES, Alignment, measure_alignment
from teeth_unet.quality.duplicates import duplicate_findings, masks_by_xray
from teeth_unet.quality.findings import LISTED, Finding, UnusableCase, unusable_findings
from teeth_unet.quality.inspection import CaseRecord
from teeth_unet.quality.misfitting import misfitting_findings
from teeth_unet.quality.misplaced import misplaced_findings
from teeth_unet.quality.records import DataQuality, Range, WeighedFinding
from teeth_unet.quality.settings import Quality, Severities
from teeth_unet.quality.single_cases import (
    inverted_findings,
    level_findings,
    mask_findings,
    orientation_findings,
    size_findings,
)
from teeth_unet.quality.tooth_numbers import NumberedCase, number_findings

ORDER = ("error", "warning", "note")


def summarise_quality(
    records: Sequence[CaseRecord],
    unusable: Sequence[UnusableCase],
    xrays: NDArray[np.uint8],
    masks: NDArray[np.uint8],
    quality: Quality,
    *,
    masks_are: str = "",
    numbered: Sequence[NumberedCase] = (),
) -> DataQuality:
    """Sum up a set of cases, and tell what is wrong with it.

    Args:
        records: One a case that can be used.
        unusable: The cases that cannot.
        xrays: (n, size, size, 1) uint8 grey levels, in the order of the records.
        masks: (n, size, size, 1) uint8 in {0, 1}.
        quality: What counts, and how much.
        masks_are: How the masks say what is tooth, as a sentence.
        numbered: Where FDI numbers are in label maps, of the cases that have one.

    Returns:
        A JSON-able mapping: `cases` (that can be used); `masks` (that sentence); `left_out`
        (names of the others); `findings`, errors first, each with `check`, `severity`, `cases`,
        `found`, `remedy`; `width` and `height` (lowest, median, highest, in px);
        `mean_tooth_share` over all cases;
        `alignment` (number of masks compared with their X-ray, lowest and median correlation);
        `empty_masks` (case names); `identical_xrays` (one entry a group: its cases, and whether
        their masks are identical too); `grey_masks` (case name to share of pixels that were
        neither black nor the level of tooth). Ranges and means of nothing are None.
    """
    alignments = map_in_threads(
        lambda row: measure_alignment(xrays[row, ..., 0], masks[row, ..., 0]),
        range(len(xrays)),
        lambda row: 2 * (xrays[row].nbytes + masks[row].nbytes) + ALIGNMENT_BYTES,
    )
    findings = [
        *_findings(records, unusable, xrays, masks, alignments, quality),
        *number_findings(numbered),
    ]
    fits = [one.fit for one in alignments if one is not None]
    return {
        "cases": len(records),
        "masks": masks_are,
        "left_out": [one.case for one in unusable],
        "findings": _weighed(findings, quality.severity),
        "width": _range([record.width for record in records]),
        "height": _range([record.height for record in records]),
        "mean_tooth_share": float(np.mean([record.tooth_share for record in records]))
        if records
        else None,
        "alignment": {
            "masks": len(fits),
            "lowest": round(min(fits), 3) if fits else None,
            "median": round(median(fits), 3) if fits else None,
        },
        "empty_masks": [record.case for record in records if record.tooth_share == 0],
        "identical_xrays": masks_by_xray(records),
        "grey_masks": {
            record.case: round(record.grey_share, 6) for record in records if record.grey_share
        },
    }


def refuse_errors(data_quality: DataQuality) -> None:
    """Stop where a set of cases cannot be trained on.

    Args:
        data_quality: As `summarise_quality` returns it.

    Raises:
        InputError: There are findings of severity `error`, or no case can be used.
    """
    usable, left_out = data_quality["cases"], data_quality["left_out"]
    problems = data_quality["findings"]
    if usable:
        problems = [one for one in problems if one["severity"] == "error"]
        if not problems:
            return
    at_fault = {case for one in problems for case in one["cases"]} or left_out
    listed = [f"\n  {one['check']}: {one['found']}. {one['remedy']}" for one in problems[:LISTED]]
    if len(problems) > LISTED:
        listed.append(f"\n  and {len(problems) - LISTED} more")
    what = "these problems:" if usable else "no case that can be used:"
    raise InputError(
        f"{len(at_fault)} of {usable + len(left_out)} cases",
        "X-rays and masks to train on",
        (what + "".join(listed)).rstrip(".:"),
        "\nMend these files or take them away. All findings are in "
        "data_quality.json, in 02_intermediate of this environment's results; quality.severity in "
        "the parameters says which of them stop a run.",
    )


def _findings(
    records: Sequence[CaseRecord],
    unusable: Iterable[UnusableCase],
    xrays: NDArray[np.uint8],
    masks: NDArray[np.uint8],
    alignments: Sequence[Alignment | None],
    quality: Quality,
) -> Iterator[Finding]:
    yield from unusable_findings(unusable)
    yield from mask_findings(records, quality.most_tooth)
    yield from level_findings(
        records, quality.blank_span, quality.dark_level, quality.clipped_share
    )
    visible = [
        one
        if record.level_span >= quality.blank_span and record.tooth_share <= quality.most_tooth
        else None
        for record, one in zip(records, alignments, strict=True)
    ]
    misfitting = list(misfitting_findings(records, xrays, masks, visible))
    yield from misfitting
    told = {case for finding in misfitting for case in finding.cases}
    if not told:  # teeth that lie beside the teeth may well be darker than the rest
        yield from inverted_findings(records, xrays, quality.most_tooth)
    yield from size_findings(records, quality.size_ratio)
    yield from orientation_findings(records)
    yield from duplicate_findings(records, masks)
    # What fits nowhere because it is a negative, blank or too full has its own finding.
    plain = [
        one if record.tooth_contrast > 0 and record.case not in told else None
        for record, one in zip(records, visible, strict=True)
    ]
    yield from misplaced_findings(records, xrays, masks, plain)


def _weighed(findings: Iterable[Finding], severity: Severities) -> list[WeighedFinding]:
    """Give every finding its severity and put them in order, without those to be ignored."""
    checks = list(Severities.model_fields)
    weighed: list[WeighedFinding] = [
        {
            "check": one.check,
            "severity": getattr(severity, one.check),
            "cases": list(one.cases),
            "found": one.found,
            "remedy": one.remedy,
        }
        for one in findings
        if getattr(severity, one.check) != "ignore"
    ]
    return sorted(
        weighed, key=lambda one: (ORDER.index(one["severity"]), checks.index(one["check"]))
    )


def _range(values: list[int]) -> Range:
    if not values:
        return {"lowest": None, "median": None, "highest": None}
    return {"lowest": min(values), "median": median(values), "highest": max(values)}
