"""Whether most masks of a set miss the teeth of their X-rays, and why: found by trying causes.

What happens to one mask is told by `misplaced`. What happens to most of them has one cause: a
program that ignored EXIF data, a picture that was mirrored, names that are one off. Masks that are
right fit with .36 and more (see `alignment`), those of other X-rays or turned with .29 at most,
and .1 on average. Causes are tried where the median is below `DOUBTFUL`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray

from teeth_unet.imaging import turn, turn_back
from teeth_unet.quality.alignment import Alignment, best_fitting_xrays, measure_alignment
from teeth_unet.quality.findings import Finding, case_names
from teeth_unet.quality.inspection import CaseRecord
from teeth_unet.quality.misplaced import GAIN, WEAK_FIT
from teeth_unet.sampling import spread_evenly

DOUBTFUL = 0.3
"""A set whose median fit is below this is looked at."""

TRIED = 24
"""So many masks are tried, evenly chosen."""

FEWEST = 3
"""Of fewer masks each is told of by itself."""

SAME_SHIFT = 0.01
"""Shifts that differ by less, in shares of width and height, are one."""

TURNED = {
    2: "mirrored left to right",
    3: "turned by 180 degrees",
    4: "mirrored top to bottom",
    5: "transposed",
    6: "turned by a quarter clockwise",
    7: "transposed across the other diagonal",
    8: "turned by a quarter counterclockwise",
}
"""What the EXIF orientations do to a picture."""

EXIF_IGNORED = (
    "The masks were drawn in a program that ignores EXIF orientation, on the pixels as they are "
    "stored. Turn the masks as the X-rays are turned; or, if the X-rays are upright as they are "
    "stored, take the tag out of them (exiftool -Orientation= FILES)."
)

SEVERITY = "If they are right as they are, set quality.severity.misfitting_masks to warning."


@dataclass(frozen=True)
class Cause:
    """What would make masks fit.

    Attributes:
        rows: The masks that it makes fit.
        told: What it is, to follow "masks do not lie on the teeth of their X-rays: ".
        fit: Median correlation with it.
        remedy: What to do about it.
    """

    rows: tuple[int, ...]
    told: str
    fit: float
    remedy: str


def misfitting_findings(
    records: Sequence[CaseRecord],
    xrays: NDArray[np.uint8],
    masks: NDArray[np.uint8],
    alignments: Sequence[Alignment | None],
) -> Iterator[Finding]:
    """Look for a cause that makes most masks of the set misfit; there is one finding, or none.

    Args:
        records: One a case.
        xrays: (n, size, size, 1) grey levels, in the order of the records.
        masks: (n, size, size, 1) in {0, 1}.
        alignments: One a case, see `alignment.measure_alignment`.
    """
    # Masks that fit the negative of their X-ray are right, and the X-rays have their own finding.
    known = {row: one for row, one in enumerate(alignments) if one and -one.fit < one.best_fit}
    turned = [row for row in known if _turn_of(records[row]) != (1, 1)]
    exif = _exif(turned, known, records, xrays, masks)
    if exif and 2 * len(exif.rows) > len(turned):
        yield _finding(exif, exif.rows, records, known)
        return
    if len(known) < FEWEST:
        return
    tried = [list(known)[index] for index in spread_evenly(len(known), TRIED)]
    causes = [_shift(tried, known)]
    if median(one.fit for one in known.values()) < DOUBTFUL:
        causes += _turns(tried, known, xrays, masks)
        causes.append(_order(tried, known, records, xrays, masks))
    if 2 * len(causes[0].rows) > len(tried) or len(causes) > 1:
        best = max(causes, key=lambda cause: (len(cause.rows), cause.fit))
        if 2 * len(best.rows) > len(tried):
            yield _finding(best, tuple(known), records, known)
        elif 2 * sum(known[row].fit < WEAK_FIT for row in tried) > len(tried):
            yield _finding(_UNKNOWN, tuple(known), records, known)


_UNKNOWN = Cause(
    (),
    "nor do they when turned, mirrored, shifted or laid on the X-rays of other cases",
    0.0,
    "Look at a few masks on their X-rays; they may be drawn coarsely, belong to other X-rays, or "
    "mark something else.",
)


def _finding(
    cause: Cause,
    rows: Sequence[int],
    records: Sequence[CaseRecord],
    known: Mapping[int, Alignment],
) -> Finding:
    fit = median(known[row].fit for row in rows)
    correlation = f"correlation {fit:.2f}"
    if cause.rows:
        correlation = f"correlation {cause.fit:.2f}, as they lie {fit:.2f}"
    told = f"{len(rows)} of {len(records)} masks do not lie on the teeth of their X-rays"
    return Finding(
        "misfitting_masks",
        case_names(records[row] for row in rows),
        f"{told}: {cause.told} (median {correlation})",
        f"{cause.remedy} {SEVERITY}",
    )


def _fits(fit: float, own: Alignment) -> bool:
    return fit > max(WEAK_FIT, GAIN * own.fit)


def _turn_of(record: CaseRecord) -> tuple[int, int]:
    """Return the orientations that tell a mask on stored pixels from one on upright ones."""
    pair = record.orientation, record.mask_orientation
    return (1, 1) if pair[0] == pair[1] else pair


def _turned_fit(xray: NDArray[np.uint8], mask: NDArray[np.uint8]) -> float:
    alignment = measure_alignment(xray[..., 0], mask)
    return alignment.fit if alignment else -1.0


def _exif(
    turned: Sequence[int],
    known: Mapping[int, Alignment],
    records: Sequence[CaseRecord],
    xrays: NDArray[np.uint8],
    masks: NDArray[np.uint8],
) -> Cause | None:
    fits = {}
    for row in turned:
        ahead, back = _turn_of(records[row])
        fit = _turned_fit(xrays[row], turn(turn_back(masks[row, ..., 0], back), ahead))
        if _fits(fit, known[row]):
            fits[row] = fit
    if not fits:
        return None
    orientations = Counter(_turn_of(records[row]) for row in fits)
    shown = ", ".join(f"{xray} of the X-ray, {mask} of the mask" for xray, mask in orientations)
    return Cause(
        tuple(fits),
        f"EXIF data turn these X-rays, and not the masks (orientation {shown}); turned as their "
        "X-rays are they fit",
        median(fits.values()),
        EXIF_IGNORED,
    )


def _turns(
    tried: Sequence[int],
    known: Mapping[int, Alignment],
    xrays: NDArray[np.uint8],
    masks: NDArray[np.uint8],
) -> Iterator[Cause]:
    for orientation, name in TURNED.items():
        fits = [_turned_fit(xrays[row], turn(masks[row, ..., 0], orientation)) for row in tried]
        rows = [row for row, fit in zip(tried, fits, strict=True) if _fits(fit, known[row])]
        yield Cause(
            tuple(rows),
            f"{name} they do",
            median(fits),
            "Turn or mirror the masks so. A program that ignores EXIF orientation, or counts rows "
            "from the bottom, writes such masks.",
        )


def _shift(tried: Sequence[int], known: Mapping[int, Alignment]) -> Cause:
    rows = [row for row in tried if _fits(known[row].best_fit, known[row])]
    down = median([known[row].down for row in rows] or [0.0])
    right = median([known[row].right for row in rows] or [0.0])
    same = [
        row
        for row in rows
        if abs(known[row].down - down) <= SAME_SHIFT and abs(known[row].right - right) <= SAME_SHIFT
    ]
    told = "shifted, each by another way, they do"
    if 2 * len(same) > len(tried):
        rows = same
        ways = [_way(right, "width", "right", "left"), _way(down, "height", "down", "up")]
        told = f"shifted by {' and '.join(filter(None, ways))} they do"
    return Cause(
        tuple(rows),
        told,
        median([known[row].best_fit for row in rows] or [0.0]),
        "Export X-rays and masks at the same size and place: a margin that one of them lacks does "
        "this.",
    )


def _way(share: float, side: str, ahead: str, back: str) -> str:
    return f"{abs(share):.1%} of the {side} {ahead if share > 0 else back}" if share else ""


def _order(
    tried: Sequence[int],
    known: Mapping[int, Alignment],
    records: Sequence[CaseRecord],
    xrays: NDArray[np.uint8],
    masks: NDArray[np.uint8],
) -> Cause:
    others = {
        row: (other, fit)
        for row, (other, fit) in best_fitting_xrays(xrays, masks, tried).items()
        if _fits(fit, known[row])
    }
    steps = Counter(other - row for row, (other, _) in others.items())
    listed = ", ".join(
        f"{records[row].case} fits {records[other].case}"
        for row, (other, _) in list(others.items())[:3]
    )
    told = f"they fit the X-rays of other cases (mask {listed}, …)"
    if steps and 2 * (often := steps.most_common(1)[0])[1] > len(tried):
        told = f"they are in another order: a mask fits the X-ray {abs(often[0])} "
        told += f"{'after' if often[0] > 0 else 'before'} its own (mask {listed}, …)"
    return Cause(
        tuple(others),
        told,
        median([fit for _, fit in others.values()] or [0.0]),
        "Give the masks the names of the X-rays that they belong to.",
    )
