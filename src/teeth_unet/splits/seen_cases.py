"""What keeps scores honest: no case is scored that the network has seen."""

import pandas as pd

from teeth_unet.errors import InputError

SPLIT_ANEW = "The cases were split anew since then: run data_science from its beginning."


def refuse_seen_cases(cases: pd.DataFrame, training_record: dict[str, object]) -> None:
    """Refuse test cases that the weights or the best epoch come from, and stale validation ones.

    Args:
        cases: Table with `case`, `split` and `content_hash`.
        training_record: `trained_on` and `validated_on`, content hashes.

    Raises:
        InputError: There is such a case.
    """
    held_out = {"validation": ["trained_on"], "test": ["trained_on", "validated_on"]}
    for part, kinds in held_out.items():
        used = {content for kind in kinds for content in training_record[kind]}
        seen = cases.loc[(cases["split"] == part) & cases["content_hash"].isin(used), "case"]
        if len(seen):
            raise InputError(
                f"{part} cases",
                "X-rays that had no part in fitting the network",
                f"{len(seen)} that had: {', '.join(seen)}",
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
