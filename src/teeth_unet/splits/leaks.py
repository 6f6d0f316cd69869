"""The last look at a split before it is used: no picture in two parts."""

from itertools import combinations

import pandas as pd

from teeth_unet.errors import InputError
from teeth_unet.imaging import NEAR_IDENTICAL_BITS

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
    content_hashes, perceptual_hashes = list(table["content_hash"]), list(table["perceptual_hash"])
    perceptual = [int(digits, 16) if digits else None for digits in perceptual_hashes]
    leaks = []
    for one, other in combinations(range(len(cases)), 2):
        if parts[one] == parts[other]:
            continue
        same = content_hashes[one] == content_hashes[other]
        near = _are_near(perceptual[one], perceptual[other])
        if same or near:
            how_like = "identical" if same else "nearly identical"
            leaks.append(
                f"{cases[one]} ({parts[one]}) and {cases[other]} ({parts[other]}) are {how_like}"
            )
    if leaks:
        more = f"; and {len(leaks) - LISTED} more" if len(leaks) > LISTED else ""
        raise InputError(
            "split",
            "every X-ray in one part only",
            "; ".join(leaks[:LISTED]) + more,
            "Split the cases again: run data_processing again, or the whole cross_validation.",
        )


def _are_near(one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return False
    return (one ^ other).bit_count() <= NEAR_IDENTICAL_BITS
