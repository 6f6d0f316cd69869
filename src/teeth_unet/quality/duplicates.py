"""The same X-ray or the same mask under several names."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from teeth_unet.imaging import NEAR_IDENTICAL_BITS, count_overlap, differing_bits
from teeth_unet.quality.findings import Finding, case_names, grouped, named
from teeth_unet.quality.inspection import CaseRecord
from teeth_unet.quality.records import IdenticalXrays


def duplicate_findings(
    records: Sequence[CaseRecord], masks: NDArray[np.uint8]
) -> Iterator[Finding]:
    """Look for the same X-ray or the same mask under several names.

    Args:
        records: One a case, with `group`.
        masks: (n, size, size, 1) in {0, 1}, in the order of the records.
    """
    together = "They stay in one part of every split; keep the better of them."
    rows = {record.case: row for row, record in enumerate(records)}
    for _, group in grouped(records, lambda one: one.content_hash):
        if len(group) > 1:
            dice = min(
                count_overlap(masks[rows[group[0].case]], masks[rows[one.case]]).dice
                for one in group[1:]
            )
            same = len({one.mask_hash for one in group}) == 1
            told = "identical masks" if same else f"different masks (Dice {dice:.3f})"
            cases = case_names(group)
            found = f"{named(cases)} are the same X-ray, with {told}"
            yield Finding("identical_xrays", cases, found, together)
    for _, group in grouped(records, lambda one: one.group):
        contents = {one.content_hash: one for one in group}
        if len(contents) > 1:
            bits = differing_bits([one.perceptual_hash for one in contents.values()])
            cases = case_names(group)
            yield Finding(
                "near_identical_xrays",
                cases,
                f"{named(cases)} are nearly the same X-ray: at most {bits.max()} of the "
                f"256 bits of their fingerprints differ (near is up to {NEAR_IDENTICAL_BITS})",
                together,
            )
    for _, group in grouped([one for one in records if one.tooth_share], lambda one: one.mask_hash):
        if len({one.group for one in group}) > 1:
            cases = case_names(group)
            yield Finding(
                "identical_masks",
                cases,
                f"{named(cases)} have the same mask, pixel for pixel, but different X-rays",
                "Look which X-ray the mask belongs to, and find the others' own masks.",
            )


def masks_by_xray(records: Sequence[CaseRecord]) -> list[IdenticalXrays]:
    """Return one entry for each group of identical X-rays.

    Returns:
        Mappings with `cases` and `masks_identical` (whether their masks are identical too).
    """
    return [
        {
            "cases": list(case_names(group)),
            "masks_identical": len({one.mask_hash for one in group}) == 1,
        }
        for _, group in grouped(records, lambda one: one.content_hash)
        if len(group) > 1
    ]
