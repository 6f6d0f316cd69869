"""Which rows of two tables of scores are of the same X-ray."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import Literal, NamedTuple

IDENTITY = ("content_hash", "mask_hash")
"""Columns that tell a case by its content: of the X-ray, and of the true mask."""

Row = Mapping[str, float | str]


class PairedCases(NamedTuple):
    """The cases of two tables that can be compared, and those that cannot.

    Attributes:
        baseline: Rows of the first table.
        candidate: For each of them, the row of the same case in the second table.
        by: Whether cases were told by what is in the pictures, or, where a table does not say
            that, by name.
        only_in_baseline: Names of the cases that the second table does not have.
        only_in_candidate: Names of the cases that the first table does not have.
        same_name: Names that both tables have for different X-rays; they are among the former.
        other_truth: Names of X-rays that both tables have, with different masks: what was scored
            against different truths cannot be compared. They are in none of the former.
    """

    baseline: list[Row]
    candidate: list[Row]
    by: Literal["content", "name"]
    only_in_baseline: list[str]
    only_in_candidate: list[str]
    same_name: list[str]
    other_truth: list[str]


def pair_cases(baseline: Sequence[Row], candidate: Sequence[Row]) -> PairedCases:
    """Pair the cases of two tables of scores.

    A case is the same if its X-ray and its mask are, whatever it is called. Names count only among
    identical cases of one table, and where a table has no columns `IDENTITY`, as earlier versions
    made them.

    Args:
        baseline: One row a case, with its name `case`.
        candidate: The same of what is compared with it.
    """
    known = all(name in row for row in (*baseline, *candidate) for name in IDENTITY)
    columns = IDENTITY if known else ("case",)
    partners = _partners(baseline, candidate, columns)
    pairs = [
        (row, candidate[place])
        for row, place in zip(baseline, partners, strict=True)
        if place is not None
    ]
    left = [row for row, place in zip(baseline, partners, strict=True) if place is None]
    others = [row for place, row in enumerate(candidate) if place not in partners]
    # Of those left some have their X-ray in both tables: only the truth is another one.
    in_both = {row[columns[0]] for row in left} & {row[columns[0]] for row in others}
    only_in_baseline, only_in_candidate = (
        [str(row["case"]) for row in rows if row[columns[0]] not in in_both]
        for rows in (left, others)
    )
    return PairedCases(
        baseline=[row for row, _ in pairs],
        candidate=[row for _, row in pairs],
        by="content" if known else "name",
        only_in_baseline=only_in_baseline,
        only_in_candidate=only_in_candidate,
        same_name=[name for name in only_in_baseline if name in only_in_candidate],
        other_truth=[str(row["case"]) for row in left if row[columns[0]] in in_both],
    )


def _partners(
    baseline: Sequence[Row], candidate: Sequence[Row], columns: Sequence[str]
) -> list[int | None]:
    """Return, for each row of the first table, the place of its partner in the second.

    Of several identical cases those of the same name belong together, and the rest in their order.
    """
    free: dict[Hashable, list[int]] = defaultdict(list)
    for place, row in enumerate(candidate):
        free[tuple(row[name] for name in columns)].append(place)
    partners: list[int | None] = [None] * len(baseline)
    for by_name in (True, False):
        for number, row in enumerate(baseline):
            places = free[tuple(row[name] for name in columns)]
            fitting = [p for p in places if not by_name or candidate[p]["case"] == row["case"]]
            if partners[number] is None and fitting:
                partners[number] = fitting[0]
                places.remove(fitting[0])
    return partners
