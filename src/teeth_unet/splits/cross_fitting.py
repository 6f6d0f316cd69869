"""Sets too small for parts: every case teaches, and every case is tested by a network without it.

`split` of such a table holds `fold 1`, `fold 2` and so on: the network that tests the cases of a
fold was fitted on all others. The network that is kept has learned from every case.
"""

import re
from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.splits.folds import deal_folds
from teeth_unet.splits.settings import CrossValidation, Split
from teeth_unet.splits.splitting import assign_parts, group_members

MOST_NETWORKS = 5
"""A set is dealt into so many folds at most: each is a training, and more tell no more."""

FOLD = "fold "


def divide_cases(
    groups: Sequence[Hashable], tooth_shares: Sequence[float], split: Split
) -> list[str]:
    """Assign every case to a part, or to a fold where there are too few for parts.

    Args:
        groups: One label a case, in natural order of the case names; equal for identical and
            near-identical pictures.
        tooth_shares: Share in [0, 1] of each case's pixels that are tooth.
        split: What is wanted.

    Returns:
        As of `assign_parts`; or, of a set that is cross-fitted, `fold 1`, `fold 2` ... for each.

    Raises:
        InputError: As of `assign_parts`; or there is one X-ray alone, and none to test with.
    """
    if not is_cross_fitted(len(groups), split):
        return assign_parts(groups, tooth_shares, split)
    different = len(group_members(groups, range(len(groups))))
    if different < 2:
        raise InputError(
            f"set of {len(groups)} case{'s' * (len(groups) != 1)}",
            "at least two different X-rays: what one has taught is tested on the other",
            f"{different}",
            "Add X-rays with their masks.",
        )
    folds = CrossValidation(folds=min(MOST_NETWORKS, different), seed=split.seed)
    return [f"{FOLD}{fold}" for fold in deal_folds(groups, tooth_shares, folds)]


def is_cross_fitted(cases: int, split: Split) -> bool:
    """Return whether a set of so many cases is dealt into folds.

    Who gives a number of training, validation or test cases gets them.
    """
    given = (split.test_cases, split.train_cases, split.validation_cases)
    counted = any(isinstance(number, int) and number for number in given)
    return cases < split.cross_fit_below and split.train_cases is None and not counted


def in_part(cases: pd.DataFrame, part: str) -> "pd.Series[bool]":
    """Tell of each case whether it is in a part.

    Those of a set that is cross-fitted are for training and for testing, and none for validation.

    Args:
        cases: Table with `split`.
        part: `train`, `validation` or `test`.
    """
    dealt = cases["split"].str.startswith(FOLD)
    return (cases["split"] == part) | (dealt & (part != "validation"))


def fold_numbers(cases: pd.DataFrame) -> NDArray[np.int64]:
    """Return the fold of each case, from 1 on; 0 for those that are in a part.

    Example:
        >>> fold_numbers(pd.DataFrame({"split": ["fold 2", "fold 1"]})).tolist()
        [2, 1]
    """
    found = (re.fullmatch(rf"{FOLD}(\d+)", part) for part in cases["split"])
    return np.array([int(each[1]) if each else 0 for each in found], np.int64)


def number_of_folds(cases: pd.DataFrame) -> int:
    """Return how many folds a set is dealt into; 0 if it has parts."""
    return int(fold_numbers(cases).max(initial=0))


def taught_without(cases: pd.DataFrame) -> list[list[str]]:
    """Return, for each fold, the content hashes of the cases that its network learns from."""
    folds = fold_numbers(cases)
    return [
        cases.loc[folds != fold, "content_hash"].to_list() for fold in range(1, folds.max() + 1)
    ]
