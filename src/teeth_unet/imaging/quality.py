"""What a set of cases looks like before anything is trained on it."""

from collections import defaultdict
from collections.abc import Sequence
from statistics import median

from teeth_unet.imaging.preparing import CaseRecord


def summarise_quality(records: Sequence[CaseRecord]) -> dict[str, object]:
    """Sum up a set of cases.

    Args:
        records: One a case, at least one.

    Returns:
        A JSON-able mapping: `cases`; `width` and `height` (lowest, median, highest, in px);
        `mean_tooth_share` over all cases; `empty_masks` (case names); `grey_masks` (case name to
        share of pixels that were neither black nor white); `identical_xrays` (one entry a group:
        its cases, and whether their masks are identical too).
    """
    return {
        "cases": len(records),
        "width": _range([record.width for record in records]),
        "height": _range([record.height for record in records]),
        "mean_tooth_share": sum(record.tooth_share for record in records) / len(records),
        "empty_masks": [record.case for record in records if record.tooth_share == 0],
        "grey_masks": {
            record.case: round(record.grey_share, 6) for record in records if record.grey_share
        },
        "identical_xrays": [
            {
                "cases": [record.case for record in group],
                "masks_identical": len({record.mask_hash for record in group}) == 1,
            }
            for group in _groups(records)
            if len(group) > 1
        ],
    }


def _groups(records: Sequence[CaseRecord]) -> list[list[CaseRecord]]:
    groups = defaultdict(list)
    for record in records:
        groups[record.content_hash].append(record)
    return list(groups.values())


def _range(values: list[int]) -> dict[str, float]:
    return {"lowest": min(values), "median": median(values), "highest": max(values)}
