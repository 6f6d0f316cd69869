"""What keeps scores honest: no case is scored that the network has seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from teeth_unet.errors import InputError
from teeth_unet.splits.cross_fitting import fold_numbers, in_part

SPLIT_ANEW = "The cases were split again since then: run data_science from its beginning."


HELD_OUT: Mapping[str, tuple[str, ...]] = {
    "validation": ("trained_on",),
    "test": ("trained_on", "validated_on"),
}
"""By part: the lists of a record whose cases may not be in it.

`trained_on` has the cases that weights come from, `validated_on` those that an epoch does.
"""


def refuse_seen_cases(cases: pd.DataFrame, record: Mapping[str, Any]) -> None:
    """Refuse test cases that the weights or the best epoch come from, and stale validation ones.

    What the networks have seen that the training began with counts as well.

    Args:
        cases: Table with `case`, `split` and `content_hash`.
        record: Of the training: `trained_on` and `validated_on`, content hashes; `folds`, those
            that each fold's network was fitted on, if the cases were too few for parts; and
            `start`, if it did not begin from scratch, with the `record` of that network.

    Raises:
        InputError: There is such a case.
    """
    _refuse(cases, record, "fitting the network", SPLIT_ANEW, record.get("folds", ()))
    if "start" in record:
        refuse_cases_seen_by_start(cases, record["start"]["record"])


def refuse_cases_seen_by_start(cases: pd.DataFrame, record: Mapping[str, Any]) -> None:
    """Refuse what `refuse_seen_cases` would, before a training that begins with a network.

    Args:
        cases: Table with `case`, `split` and `content_hash`.
        record: Of the training of that network.

    Raises:
        InputError: There is such a case.
    """
    for each in _chain(record):
        _refuse(
            cases,
            each,
            "fitting the network that training.start names, or one before it",
            "Set training.start=package or scratch; or split the cases so that these are in "
            "training.",
        )


def seen_by(record: Mapping[str, Any]) -> frozenset[str]:
    """Return the content hashes of all cases that a network, or one before it, has seen.

    Args:
        record: Of the training of that network.
    """
    lists = {name for names in HELD_OUT.values() for name in names}
    return frozenset(
        content for each in _chain(record) for name in lists for content in each.get(name, ())
    )


def _chain(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a record, that of the network which the training began with, and so on."""
    yield record
    while "start" in record:
        record = record["start"]["record"]
        yield record


def _refuse(
    cases: pd.DataFrame,
    record: Mapping[str, Any],
    what: str,
    remedy: str,
    of_folds: Sequence[Iterable[str]] = (),
) -> None:
    """Refuse held-out cases that are in a record.

    Args:
        cases: As above.
        record: As above.
        what: They should have had no part in.
        remedy: What to do.
        of_folds: What each fold's network was fitted on, which tests in place of the one recorded.
    """
    folds = fold_numbers(cases)
    for part, lists in HELD_OUT.items():
        used = {content for name in lists for content in record.get(name, ())}
        seen = cases["content_hash"].isin(used)
        for number, taught in enumerate(of_folds, start=1):
            seen = seen.where(folds != number, cases["content_hash"].isin(set(taught)))
        found = cases.loc[in_part(cases, part) & seen, "case"]
        if len(found):
            raise InputError(
                f"{part} cases",
                f"X-rays that had no part in {what}",
                f"{len(found)} that had: {', '.join(found)}",
                remedy,
            )


def has_seen_test_cases(cases: pd.DataFrame, record: Mapping[str, Any]) -> bool:
    """Tell whether the weights of a network itself come from cases that others test for it.

    So it is with the network that is kept where there were too few cases for parts.

    Args:
        cases: As of `refuse_seen_cases`.
        record: As there.
    """
    used = cases["content_hash"].isin(set(record.get("trained_on", ())))
    return bool((in_part(cases, "test") & used).any())


def tested_cases(cases: pd.DataFrame, case_scores: pd.DataFrame) -> pd.DataFrame:
    """Return the test cases, all of a set without parts, if the scores are theirs.

    Args:
        cases: Table with `case` and `split`.
        case_scores: Table with `case`, one row a prediction.

    Raises:
        InputError: The scores are of other cases than the test part holds now.
    """
    tested = cases[in_part(cases, "test")].reset_index(drop=True)
    if list(tested["case"]) != list(case_scores["case"]):
        raise InputError(
            "case_scores",
            f"scores of the test cases: {', '.join(tested['case'])}",
            f"scores of {', '.join(case_scores['case'])}",
            SPLIT_ANEW,
        )
    return tested
