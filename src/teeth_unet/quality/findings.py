"""Findings about a set of cases, and how they are worded."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from teeth_unet.quality.inspection import CaseRecord

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)

LISTED = 5
"""How many names or problems a message lists before it only counts."""


@dataclass(frozen=True)
class Finding:
    """Something about a set of cases that its owner should know.

    Attributes:
        check: Name of the check that found it.
        cases: The cases it is about.
        found: What was found, with numbers.
        remedy: What to do about it, as a whole sentence.
    """

    check: str
    cases: tuple[str, ...]
    found: str
    remedy: str


@dataclass(frozen=True)
class UnusableCase:
    """A case that cannot be used.

    Attributes:
        case: Case name.
        check: Name of the check that found it.
        found: What was found.
        remedy: What to do about it, as a whole sentence.
    """

    case: str
    check: str
    found: str
    remedy: str


def named(cases: Sequence[str]) -> str:
    """Name cases in a sentence; many are counted.

    Example:
        >>> named(["5", "17"])
        'cases 5 and 17'
    """
    if len(cases) == 1:
        return f"case {cases[0]}"
    shown, more = list(cases[:LISTED]), len(cases) - LISTED
    last = f"{more} more" if more > 0 else shown.pop()
    return f"cases {', '.join(shown)} and {last}"


def unusable_findings(unusable: Iterable[UnusableCase]) -> Iterator[Finding]:
    """Gather the cases that cannot be used for the same reason."""
    for (check, found, remedy), group in grouped(
        unusable, lambda one: (one.check, one.found, one.remedy)
    ):
        cases = tuple(one.case for one in group)
        if check == "missing_partner":
            yield Finding(check, cases, f"{found} for {', '.join(cases)}", remedy)
        else:
            yield Finding(check, cases, f"{named(cases)}: {found}", remedy)


def measured_finding(
    check: str, measured: Sequence[tuple[CaseRecord, str]], meaning: str, remedy: str
) -> Iterator[Finding]:
    """Make one finding, or none, of all cases in which a measure is out of its range.

    Args:
        check: Name of the check.
        measured: The cases, each with what was measured.
        meaning: What these measures are, to follow them in a sentence.
        remedy: What to do about it.
    """
    if measured:
        shown = [f"case {record.case}: {value}" for record, value in measured[:LISTED]]
        if len(measured) > LISTED:
            shown.append(f"and {len(measured) - LISTED} more")
        cases = case_names([record for record, _ in measured])
        yield Finding(check, cases, f"{', '.join(shown)} {meaning}", remedy)


def grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> list[tuple[Key, list[Item]]]:
    """Group items by a key, in the order of the first of each group."""
    groups = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return list(groups.items())


def case_names(records: Iterable[CaseRecord]) -> tuple[str, ...]:
    """Return the names of cases."""
    return tuple(record.case for record in records)
