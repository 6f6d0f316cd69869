"""Folds of a cross-validation: every case is tested once, by a network that never saw it."""

import random
from collections.abc import Hashable, Sequence
from statistics import fmean

from teeth_unet.errors import InputError
from teeth_unet.splits.settings import PLACE_OF_FOLDS, CrossValidation, Split
from teeth_unet.splits.splitting import count_cases, group_members, too_few_for_a_share
from teeth_unet.splits.spreading import spread_toothless


def deal_folds(
    groups: Sequence[Hashable], tooth_shares: Sequence[float], settings: CrossValidation
) -> list[int]:
    """Deal cases into folds of equal size and of like shares of tooth.

    Groups are sorted by their mean share of tooth and dealt out in rounds, one to each fold in
    random order, so that each fold gets cases without teeth, with few and with many; of groups
    without, no fold gets two more than another. Within a round larger groups go to folds that
    have fewer cases so far.

    Args:
        groups: One label a case, equal for identical and near-identical X-rays, which stay in
            one fold.
        tooth_shares: Share in [0, 1] of each case's pixels that are tooth.
        settings: Number of folds, and the seed.

    Returns:
        The fold of each case, from 1 on, in the order given.

    Raises:
        InputError: There are fewer groups than folds.
    """
    rows = group_members(groups, range(len(groups)))
    if len(rows) < settings.folds:
        raise InputError(
            "cross_validation.folds",
            f"at most as many folds as there are different X-rays, {len(rows)}",
            f"{settings.folds}",
            f"Set --params cross_validation.folds={max(2, len(rows))}, or add X-rays.",
        )
    rng = random.Random(settings.seed)
    members = _by_tooth_share(rows, tooth_shares, rng)
    folds = [0] * len(groups)
    sizes = dict.fromkeys(range(1, settings.folds + 1), 0)
    for start in range(0, len(members), settings.folds):
        dealt = sorted(members[start : start + settings.folds], key=len, reverse=True)
        open_folds = rng.sample(list(sizes), len(sizes))
        open_folds.sort(key=sizes.__getitem__)
        for group, fold in zip(dealt, open_folds, strict=False):  # the last round may be short
            for row in group:
                folds[row] = fold
            sizes[fold] += len(group)
    return folds


def split_fold(
    folds: Sequence[int],
    fold: int,
    groups: Sequence[Hashable],
    tooth_shares: Sequence[float],
    *,
    settings: CrossValidation,
    split: Split,
) -> list[str]:
    """Assign every case to a part, for the training that one fold is kept out of.

    Validation cases are drawn evenly along the shares of tooth of the other folds' cases. Those
    without teeth are then exchanged as in `assign_parts`, and a share of cases that would leave
    too few with teeth is none, as there.

    Args:
        folds: The fold of each case, from `deal_folds`.
        fold: The one to test on.
        groups: As for `deal_folds`.
        tooth_shares: As for `deal_folds`.
        settings: The seed.
        split: Says how many of all cases are for validation, none if it says 0. There are a few
            more if groups of several cases are among them.

    Returns:
        `test` for the cases of that fold, `validation` or `train` for the others.

    Raises:
        InputError: There are not enough other cases for both training and validation.
    """
    rest = ["test" if own == fold else "train" for own in folds]
    wanted = count_cases(split.validation_cases, len(folds))
    others = group_members(groups, [row for row, part in enumerate(rest) if part == "train"])
    rng = random.Random(f"{settings.seed} {fold}")
    members = _by_tooth_share(others, tooth_shares, rng)
    parts = _draw_validation_cases(rest, members, wanted, rng)
    parts = spread_toothless(parts, members, tooth_shares, among=("train", "validation"))
    if too_few_for_a_share(parts, tooth_shares, split):
        parts = rest
    if "train" not in parts:
        raise InputError(
            f"split.validation_cases, fold {fold}",
            f"fewer cases than the {rest.count('train')} that are not tested on",
            f"{wanted} wanted, and none left to train on",
            f"Lower split.validation_cases, or raise the number of folds in {PLACE_OF_FOLDS}.",
        )
    return parts


def _draw_validation_cases(
    parts: Sequence[str], members: Sequence[Sequence[int]], wanted: int, rng: random.Random
) -> list[str]:
    """Return the parts with about so many cases of the members for validation, evenly along them.

    Of so many cases one is chosen for every len(others) / wanted that are passed.
    """
    drawn = list(parts)
    others = sum(map(len, members))
    start, passed = rng.random(), 0
    for group in members:
        before, passed = passed, passed + len(group)
        marks = (int(start + place * wanted / others) for place in (before, passed))
        if len(set(marks)) > 1:
            for row in group:
                drawn[row] = "validation"
    return drawn


def _by_tooth_share(
    members: list[list[int]], tooth_shares: Sequence[float], rng: random.Random
) -> list[list[int]]:
    """Sort groups by their mean share of tooth, equal ones at random."""
    shuffled = rng.sample(members, len(members))
    return sorted(shuffled, key=lambda group: fmean(tooth_shares[row] for row in group))
