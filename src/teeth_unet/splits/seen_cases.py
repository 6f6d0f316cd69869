"""What keeps scores honest: no case is scored that the network has seen."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from teeth_unet.errors import InputError

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
        record: Of the training: `trained_on` and `validated_on`, content hashes; and `start`, if
            it did not begin from scratch, with the `record` of that network.

    Raises:
        InputError: There is such a case.
    """
    _refuse(cases, record, "fitting the network", SPLIT_ANEW)
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


def _chain(record: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a record, that of the network which the training began with, and so on."""
    yield record
    while "start" in record:
        record = record["start"]["record"]
        yield record


def _refuse(cases: pd.DataFrame, record: Mapping[str, Any], what: str, remedy: str) -> None:
    for part, lists in HELD_OUT.items():
        used = {content for name in lists for content in record.get(name, ())}
        found = cases.loc[(cases["split"] == part) & cases["content_hash"].isin(used), "case"]
        if len(found):
            raise InputError(
                f"{part} cases",
                f"X-rays that had no part in {what}",
                f"{len(found)} that had: {', '.join(found)}",
                remedy,
            )


def tested_cases(cases: pd.DataFrame, case_scores: pd.DataFrame) -> pd.DataFrame:
    """Return the test cases, if the scores, and so the predictions, are theirs.

    Args:
        cases: Table with `case` and `split`.
        case_scores: Table with `case`, one row a prediction.

    Raises:
        InputError: The scores are of other cases than the test part holds now.
    """
    tested = cases[cases["split"] == "test"].reset_index(drop=True)
    if list(tested["case"]) != list(case_scores["case"]):
        raise InputError(
            "case_scores",
            f"scores of the test cases: {', '.join(tested['case'])}",
            f"scores of {', '.join(case_scores['case'])}",
            SPLIT_ANEW,
        )
    return tested
