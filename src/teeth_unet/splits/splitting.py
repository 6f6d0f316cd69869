"""Split cases into parts, identical pictures never apart."""

import random
from collections.abc import Hashable, Iterable, Sequence

from teeth_unet.errors import InputError
from teeth_unet.splits.settings import Split
from teeth_unet.splits.spreading import spread_toothless

PARTS = ("train", "validation", "test")

FEWEST_VALIDATED = 3
"""So many validation cases with teeth are needed to choose an epoch and a threshold by.

Simulated on drawn X-rays of 128 px with the default recipe (4 to 40 training cases, 4 trainings
each, 400 draws of validation cases from 50): what was chosen was compared with the last epoch and
.5. In the worst twentieth of the draws one case lost up to .020 of Dice and two .008. Three lost
.006, and won or lost less than .001 on average where training cases were many: from there on the
curve is flat (.004 with four, .003 with five). Each case that is kept from training costs
something too: .03 of Dice at 8 training cases, .01 at 20, .002 at 40.
"""


def assign_parts(
    groups: Sequence[Hashable], tooth_shares: Sequence[float], split: Split
) -> list[str]:
    """Assign every case to a part.

    Cases of one group move to the place of the first of them. Where the border between two parts
    would cut a group, the whole group goes to the earlier part.

    In random order a part that has too many or too few cases without teeth gets others in
    exchange, see `spread_toothless`. Validation cases that were given as a share are left out where
    fewer than `FEWEST_VALIDATED` of them would have teeth; a number is obeyed.

    Args:
        groups: One label a case, in natural order of the case names; equal for identical and
            near-identical pictures.
        tooth_shares: Share in [0, 1] of each case's pixels that are tooth.
        split: What is wanted.

    Returns:
        `train`, `validation` or `test` for each case, in the order given.

    Raises:
        InputError: A part that is wanted comes out empty; the message states the counts.
    """
    members = group_members(groups, range(len(groups)))
    if split.order == "random":
        random.Random(split.seed).shuffle(members)
    validation = count_cases(split.validation_cases, len(groups))
    parts = _deal_parts(members, tooth_shares, split, validation)
    if too_few_for_a_share(parts, tooth_shares, split):
        parts = _deal_parts(members, tooth_shares, split, validation=0)
    _refuse_empty(parts, split, largest_group=max(map(len, members), default=0))
    return parts


def _deal_parts(
    members: Sequence[Sequence[int]], tooth_shares: Sequence[float], split: Split, validation: int
) -> list[str]:
    """Return the part of each case, with so many validation cases."""
    cases = len(tooth_shares)
    if split.train_cases is not None:
        before_validation = count_cases(split.train_cases, cases)
    else:
        assert split.test_cases is not None  # one of the two is given, see `Split`
        before_validation = cases - count_cases(split.test_cases, cases) - validation
    before_test = before_validation + validation
    parts = [""] * cases
    placed = 0
    for group in members:
        earlier = "train" if placed < before_validation else "validation"
        for row in group:
            parts[row] = earlier if placed < before_test else "test"
        placed += len(group)
    if split.order == "random":
        parts = spread_toothless(parts, members, tooth_shares, among=PARTS)
    return parts


def group_members(groups: Sequence[Hashable], rows: Iterable[int]) -> list[list[int]]:
    """Return the rows of each group, among those given."""
    members: dict[Hashable, list[int]] = {}
    for row in rows:
        members.setdefault(groups[row], []).append(row)
    return list(members.values())


def count_cases(wanted: int | float, cases: int) -> int:
    """Return a number of cases, given as a count or as a share of all; a share is never none."""
    return wanted if isinstance(wanted, int) else max(1, round(wanted * cases))


def too_few_for_a_share(parts: Sequence[str], tooth_shares: Sequence[float], split: Split) -> bool:
    """Return whether validation cases were given as a share that leaves too few with teeth."""
    validated = zip(parts, tooth_shares, strict=True)
    with_teeth = sum(part == "validation" and share > 0 for part, share in validated)
    return isinstance(split.validation_cases, float) and with_teeth < FEWEST_VALIDATED


def _refuse_empty(parts: list[str], split: Split, largest_group: int) -> None:
    counts = {part: parts.count(part) for part in PARTS}
    empty = [part for part, count in counts.items() if not count]
    if not split.validation_cases or isinstance(split.validation_cases, float):
        empty = [part for part in empty if part != "validation"]
    if empty:
        unused = {"order", "seed"} | ({"test_cases"} if split.train_cases else set())
        wanted = split.model_dump(exclude=unused, exclude_none=True)
        raise InputError(
            f"split of {len(parts)} cases",
            "at least one case in each part, with "
            + ", ".join(f"{name}: {value}" for name, value in wanted.items()),
            ", ".join(f"{count} {part}" for part, count in counts.items()),
            f"Lower {' or '.join(f'split.{name}' for name, value in wanted.items() if value)}, or "
            "add X-rays."
            + f" (Identical and near-identical X-rays stay together: up to {largest_group} here.)"
            * (largest_group > 1),
        )
