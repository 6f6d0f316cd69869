"""What keeps scores honest: no case is scored that the network has seen."""

from typing import TypedDict

import pandas as pd

from teeth_unet.errors import InputError

SPLIT_ANEW = "The cases were split again since then: run data_science from its beginning."


class SeenCases(TypedDict):
    """Content hashes of the cases that a network was made with; the record of a training has them.

    Attributes:
        trained_on: Of the cases that the weights come from.
        validated_on: Of the cases that the best epoch comes from.
    """

    trained_on: list[str]
    validated_on: list[str]


def refuse_seen_cases(cases: pd.DataFrame, seen: SeenCases) -> None:
    """Refuse test cases that the weights or the best epoch come from, and stale validation ones.

    Args:
        cases: Table with `case`, `split` and `content_hash`.
        seen: What the network was made with.

    Raises:
        InputError: There is such a case.
    """
    trained_on = set(seen["trained_on"])
    held_out = {"validation": trained_on, "test": trained_on | set(seen["validated_on"])}
    for part, used in held_out.items():
        found = cases.loc[(cases["split"] == part) & cases["content_hash"].isin(used), "case"]
        if len(found):
            raise InputError(
                f"{part} cases",
                "X-rays that had no part in fitting the network",
                f"{len(found)} that had: {', '.join(found)}",
                SPLIT_ANEW,
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
