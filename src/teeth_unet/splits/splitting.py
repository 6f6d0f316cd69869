"""Split cases into parts, identical pictures never apart."""

import random
from collections.abc import Hashable, Sequence

from teeth_unet.errors import InputError
from teeth_unet.splits.settings import Split

PARTS = ("train", "validation", "test")


def assign_parts(groups: Sequence[Hashable], split: Split) -> list[str]:
    """Assign every case to a part.

    Cases of one group move to the place of the first of them. Where the border between two parts
    would cut a group, the whole group goes to the earlier part.

    Args:
        groups: One label a case, in natural order of the case names; equal for identical and
            near-identical pictures.
        split: What is wanted.

    Returns:
        `train`, `validation` or `test` for each case, in the order given.

    Raises:
        InputError: A part that is wanted comes out empty; the message states the counts.
    """
    members: dict[Hashable, list[int]] = {}
    for case, group in enumerate(groups):
        members.setdefault(group, []).append(case)
    order = list(members.values())
    if split.order == "random":
        random.Random(split.seed).shuffle(order)

    train, validation = _borders(len(groups), split)
    parts = [""] * len(groups)
    placed = 0
    for cases in order:
        part = "train" if placed < train else "validation" if placed < validation else "test"
        for case in cases:
            parts[case] = part
        placed += len(cases)
    _refuse_empty(parts, split, largest_group=max(map(len, order), default=0))
    return parts


def _borders(cases: int, split: Split) -> tuple[int, int]:
    """Return how many cases come before the validation part, and before the test part."""
    validation = count_cases(split.validation_cases, cases)
    if split.train_cases is not None:
        train = count_cases(split.train_cases, cases)
        return train, train + validation
    assert split.test_cases is not None  # one of the two is given, see `Split`
    before_test = cases - count_cases(split.test_cases, cases)
    return before_test - validation, before_test


def count_cases(wanted: int | float, cases: int) -> int:
    """Return a number of cases, given as a count or as a share of all; a share is never none."""
    return wanted if isinstance(wanted, int) else max(1, round(wanted * cases))


def _refuse_empty(parts: list[str], split: Split, largest_group: int) -> None:
    counts = {part: parts.count(part) for part in PARTS}
    empty = [part for part, count in counts.items() if not count]
    if not split.validation_cases:
        empty = [part for part in empty if part != "validation"]
    if empty:
        unused = {"order", "seed"} | ({"test_cases"} if split.train_cases else set())
        wanted = split.model_dump(exclude=unused, exclude_none=True)
        raise InputError(
            f"split of {len(parts)} cases",
            "at least one case in each part, with "
            + ", ".join(f"{name}: {value}" for name, value in wanted.items()),
            ", ".join(f"{count} {part}" for part, count in counts.items()),
            "Ask for fewer cases in `split`, or add X-rays."
            + f" (Identical and near-identical X-rays stay together: up to {largest_group} here.)"
            * (largest_group > 1),
        )
