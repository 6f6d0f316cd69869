"""Cases without teeth, in each part about as many as its size says."""

from collections.abc import Mapping, Sequence
from itertools import product
from math import ceil, floor


def spread_toothless(
    parts: Sequence[str],
    members: Sequence[Sequence[int]],
    tooth_shares: Sequence[float],
    among: Sequence[str],
) -> list[str]:
    """Exchange cases between parts until none has too many or too few without teeth.

    Each part is to have its share of the toothless cases by its size, rounded up or down, see
    `_wanted`. Cases are exchanged for others only where it has not; each exchange takes the
    first toothless group, in the order given, of a part that has too many, and the first group
    with teeth and of the same size of a part that has too few. So the parts keep their sizes, no
    group is divided, and there are as few exchanges as can be. Where groups do not allow it, the
    parts come as near as they can.

    Args:
        parts: The part of each case.
        members: The rows of each group of cases that stay together.
        tooth_shares: Share in [0, 1] of each case's pixels that are tooth.
        among: The parts that may exchange cases.

    Returns:
        The part of each case.
    """
    dealt = list(parts)
    rows = [row for group in members for row in group]
    sizes = {part: sum(dealt[row] == part for row in rows) for part in among}
    toothless = [row for row in rows if tooth_shares[row] == 0 and dealt[row] in sizes]
    found = {part: sum(dealt[row] == part for row in toothless) for part in among}
    wanted = _wanted(sizes, found)
    while pair := _exchangeable(dealt, members, tooth_shares, found, wanted):
        given, taken = pair
        giver, taker = dealt[given[0]], dealt[taken[0]]
        for row in given:
            dealt[row] = taker
        for row in taken:
            dealt[row] = giver
        found[giver] -= len(given)
        found[taker] += len(given)
    return dealt


def _wanted(sizes: Mapping[str, int], found: Mapping[str, int]) -> dict[str, int]:
    """Return how many toothless cases each part is to have.

    Of all ways to round the shares up or down, the first of these decides: training cases with
    teeth, test cases with teeth, validation cases with teeth, a toothless training case, a
    toothless test case, as few exchanges as possible, few toothless validation cases (they choose
    nothing).

    Args:
        sizes: Number of cases of each part.
        found: Number of toothless cases that each part has so far.
    """
    every, toothless = sum(sizes.values()), sum(found.values())
    shares = [size * toothless / every if every else 0.0 for size in sizes.values()]
    candidates = [
        dict(zip(sizes, numbers, strict=True))
        for numbers in product(*({floor(share), ceil(share)} for share in shares))
        if sum(numbers) == toothless
    ]

    def faults(wanted: Mapping[str, int]) -> tuple[int, ...]:
        important = [part for part in ("train", "test", "validation") if sizes.get(part)]
        return (
            *(wanted[part] == sizes[part] for part in important),
            *(wanted[part] == 0 for part in important if part != "validation"),
            sum(abs(wanted[part] - found[part]) for part in sizes),
            wanted.get("validation", 0),
            -wanted.get("train", 0),
        )

    return min(candidates, key=faults)


def _exchangeable(
    parts: Sequence[str],
    members: Sequence[Sequence[int]],
    tooth_shares: Sequence[float],
    found: Mapping[str, int],
    wanted: Mapping[str, int],
) -> tuple[Sequence[int], Sequence[int]] | None:
    """Return a toothless group to give away, and one with teeth to take for it."""
    over = {part: found[part] - wanted[part] for part in found}
    for given in members:
        if over.get(parts[given[0]], 0) < len(given) or any(tooth_shares[row] for row in given):
            continue
        for taken in members:
            room = -over.get(parts[taken[0]], 0)
            with_teeth = all(tooth_shares[row] for row in taken)
            if len(taken) == len(given) <= room and with_teeth:
                return given, taken
    return None
