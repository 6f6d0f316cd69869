"""Masks that do not lie where the teeth of their X-ray are."""

from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np
from numpy.typing import NDArray

from teeth_unet.quality.alignment import Alignment, best_fitting_xrays
from teeth_unet.quality.findings import Finding, measured_finding
from teeth_unet.quality.inspection import CaseRecord

WEAK_FIT = 0.18
"""A fit below this is weak, whatever the set; masks of other cases reach .14 on real X-rays."""

WEAK_SHARE = 0.5
"""A fit below this share of the set's median is weak: .75 and more in masks that are right."""

GAIN = 1.2
"""So many times better a mask has to fit elsewhere to be called misplaced.

Of real masks shifted by 1.5 % of the width all gain more, by 1 % 97 of 103; the most that a mask
gains which is right is 1.04.
"""


def misplaced_findings(
    records: Sequence[CaseRecord],
    xrays: NDArray[np.uint8],
    masks: NDArray[np.uint8],
    alignments: Sequence[Alignment | None],
) -> Iterator[Finding]:
    """Look for masks that would fit better if shifted, or on the X-ray of another case.

    Args:
        records: One a case.
        xrays: (n, size, size, 1) grey levels, in the order of the records.
        masks: (n, size, size, 1) in {0, 1}.
        alignments: One a case, see `alignment.measure_alignment`.
    """
    known = {row: one for row, one in enumerate(alignments) if one is not None}
    if not known:
        return
    weak = max(WEAK_FIT, WEAK_SHARE * median(one.fit for one in known.values()))
    suspects = [row for row, one in known.items() if one.fit < weak]
    others = best_fitting_xrays(xrays, masks, suspects)
    foreign, shifted, poor = [], [], []
    for row, one in known.items():
        other, other_fit = others.get(row, (row, -1.0))
        enough = GAIN * max(one.fit, weak if row in others else 0)
        if other_fit > max(enough, one.best_fit):
            correlations = f"(correlation {other_fit:.2f}, own {one.fit:.2f})"
            told = f"X-ray of case {records[other].case} {correlations}"
            foreign.append((records[row], told))
        elif one.best_fit > enough:
            shifted.append((records[row], _shift(one, records[row])))
        elif row in others:
            poor.append((records[row], f"{one.fit:.2f}"))
    usual = f"where {median(one.fit for one in known.values()):.2f} is the median"
    look = "Look at the mask on its X-ray; "
    yield from measured_finding(
        "mask_of_another_case",
        foreign,
        "is what the mask fits far better",
        look + "rename it if it belongs to the other case.",
    )
    yield from measured_finding(
        "shifted_mask",
        shifted,
        "would make the mask fit its X-ray better (correlation after and before)",
        look + "export both at the same size and place.",
    )
    yield from measured_finding(
        "poor_alignment",
        poor,
        f"is all the correlation of the mask with its X-ray, {usual}",
        look + "it may belong to an X-ray outside the set, be mirrored, or be drawn coarsely.",
    )


def _shift(alignment: Alignment, record: CaseRecord) -> str:
    moves = (
        (round(alignment.right * record.width), "right", "left"),
        (round(alignment.down * record.height), "down", "up"),
    )
    told = [f"{abs(by)} px {ahead if by > 0 else back}" for by, ahead, back in moves if by]
    return f"{' and '.join(told)} ({alignment.best_fit:.2f}, {alignment.fit:.2f})"
