"""Split cases into parts, identical pictures never apart."""

import random
from collections.abc import Hashable, Sequence
from typing import Annotated, Literal

from pydantic import PlainValidator, model_validator

from teeth_unet.configuration import Settings
from teeth_unet.errors import InputError

PARTS = ("train", "validation", "test")


def _check_number(value: object) -> object:
    is_count = isinstance(value, int) and not isinstance(value, bool) and value >= 1
    is_share = isinstance(value, float) and 0 < value < 1
    if is_count or is_share:
        return value
    raise ValueError(f"expected a count (1 or more) or a share (between 0 and 1), found {value!r}")


def _check_number_or_zero(value: object) -> object:
    return value if isinstance(value, int) and value == 0 else _check_number(value)


NumberOfCases = Annotated[int | float, PlainValidator(_check_number)]
NumberOfCasesOrZero = Annotated[int | float, PlainValidator(_check_number_or_zero)]


class Split(Settings):
    """How cases are split.

    A number of cases is a count, or a share of all cases (a fraction below 1).

    Attributes:
        order: `natural`: training cases first, then validation, then test, in the order given.
            `random`: shuffled by the seed first.
        seed: Seed of the random order.
        test_cases: Number of test cases; the rest is for training.
        train_cases: Number of training cases; the rest is for testing. Where it is given it
            decides, so that it can be given for one run beside a configured `test_cases`.
        validation_cases: Number of validation cases, 0 for none.
    """

    order: Literal["natural", "random"] = "natural"
    seed: int = 0
    test_cases: NumberOfCases | None = None
    train_cases: NumberOfCases | None = None
    validation_cases: NumberOfCasesOrZero = 0

    @model_validator(mode="after")
    def _train_or_test(self) -> "Split":
        if self.train_cases is None and self.test_cases is None:
            raise ValueError("give train_cases or test_cases")
        return self


def split_cases(groups: Sequence[Hashable], split: Split) -> list[str]:
    """Assign every case to a part.

    Cases of one group move to the place of the first of them. Where the border between two parts
    would cut such a group, the whole group goes to the earlier part.

    Args:
        groups: One label a case, in natural order of the case names; equal for pictures that are
            not to be parted, as identical ones.
        split: What is wanted.

    Returns:
        `train`, `validation` or `test` for each case, in the order given.

    Raises:
        InputError: A part that is wanted comes out empty; the message states the counts.
    """
    cases: dict[Hashable, list[int]] = {}
    for case, group in enumerate(groups):
        cases.setdefault(group, []).append(case)
    order = list(cases.values())
    if split.order == "random":
        random.Random(split.seed).shuffle(order)

    train, validation = _borders(len(groups), split)
    parts = [""] * len(groups)
    placed = 0
    for group in order:
        part = "train" if placed < train else "validation" if placed < validation else "test"
        for case in group:
            parts[case] = part
        placed += len(group)
    _refuse_empty(parts, split, largest_group=max(map(len, order), default=0))
    return parts


def _borders(cases: int, split: Split) -> tuple[int, int]:
    """Return how many cases come before the validation part, and before the test part."""
    validation = _count(split.validation_cases, cases)
    if split.train_cases is not None:
        train = _count(split.train_cases, cases)
        return train, train + validation
    before_test = cases - _count(split.test_cases, cases)
    return before_test - validation, before_test


def _count(wanted: int | float, cases: int) -> int:
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
            + f" (Identical pictures stay together: up to {largest_group} here.)"
            * (largest_group > 1),
        )
