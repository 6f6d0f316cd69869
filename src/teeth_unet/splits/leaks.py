"""The last look at a split before it is used: no picture in two parts."""

from collections.abc import Sequence
from itertools import combinations

from teeth_unet.errors import InputError

LISTED = 5
"""How many pairs the message lists before it only counts."""


def refuse_leaks(
    cases: Sequence[str],
    parts: Sequence[str],
    content_hashes: Sequence[str],
    perceptual_hashes: Sequence[str],
    near_identical_bits: int,
) -> None:
    """Refuse a split that has one X-ray, or nearly the same one, in two parts.

    It looks at the hashes themselves, not at the groups that the split was made from, so that a
    fault in the grouping, or a table of cases changed by hand, is noticed as well.

    Args:
        cases: Case names.
        parts: The part of each case.
        content_hashes: One a case, equal for equal pictures.
        perceptual_hashes: One a case, in hexadecimal digits, near for pictures that look alike;
            an empty one is near no other.
        near_identical_bits: Number of bits up to which two perceptual hashes are near.

    Raises:
        InputError: There are such pairs; the message names them.
    """
    perceptual = [int(digits, 16) if digits else None for digits in perceptual_hashes]
    leaks = []
    for one, other in combinations(range(len(cases)), 2):
        if parts[one] == parts[other]:
            continue
        same = content_hashes[one] == content_hashes[other]
        known = perceptual[one] is not None and perceptual[other] is not None
        near = known and (perceptual[one] ^ perceptual[other]).bit_count() <= near_identical_bits
        if same or near:
            likeness = "identical" if same else "nearly identical"
            leaks.append(
                f"{cases[one]} ({parts[one]}) and {cases[other]} ({parts[other]}) are {likeness}"
            )
    if leaks:
        more = f"; and {len(leaks) - LISTED} more" if len(leaks) > LISTED else ""
        raise InputError(
            "split",
            "every X-ray in one part only",
            "; ".join(leaks[:LISTED]) + more,
            "Split the cases anew: run data_processing again, or the whole cross_validation.",
        )
