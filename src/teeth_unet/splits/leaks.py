"""The last look at a split before it is used: no picture in two parts."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import pandas as pd

from teeth_unet.errors import InputError
from teeth_unet.imaging import NEAR_IDENTICAL_BITS, near_pairs

LISTED = 5
"""How many pairs the message lists before it only counts."""


def refuse_leaks(table: pd.DataFrame) -> None:
    """Refuse a split that has one X-ray, or nearly the same one, in two parts.

    It looks at the hashes themselves, not at the groups that the split was made from, so that a
    fault in the grouping, or a table of cases changed by hand, is noticed as well.

    Args:
        table: Cases with `case`, `split`, `content_hash` (equal for equal pictures) and
            `perceptual_hash` (hexadecimal digits, near for pictures that look alike; an empty one
            is near no other).

    Raises:
        InputError: There are such pairs; the message names them.
    """
    cases, parts = list(table["case"]), list(table["split"])
    near = near_pairs(list(table["perceptual_hash"]), NEAR_IDENTICAL_BITS)
    how_like = {(int(one), int(other)): "nearly identical" for one, other in near}
    how_like |= dict.fromkeys(_same(list(table["content_hash"])), "identical")
    leaks = [
        f"{cases[one]} ({parts[one]}) and {cases[other]} ({parts[other]}) are {how}"
        for (one, other), how in sorted(how_like.items())
        if parts[one] != parts[other]
    ]
    if leaks:
        more = f"; and {len(leaks) - LISTED} more" if len(leaks) > LISTED else ""
        raise InputError(
            "split",
            "every X-ray in one part only",
            "; ".join(leaks[:LISTED]) + more,
            "Split the cases again: run data_processing again, or the whole cross_validation.",
        )


def _same(contents: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield all pairs of rows with the same content."""
    rows: dict[str, list[int]] = {}
    for row, content in enumerate(contents):
        rows.setdefault(content, []).append(row)
    for equal in rows.values():
        yield from combinations(equal, 2)
