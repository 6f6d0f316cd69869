"""What a split is of use for, and what not: said before anything is trained."""

from collections.abc import Sequence

from teeth_unet.splits.cross_fitting import FOLD
from teeth_unet.splits.settings import Split
from teeth_unet.splits.splitting import FEWEST_VALIDATED, PARTS, count_cases

LEARNS_NOTHING = "the network learns to find nothing"
SAYS_NOTHING = "a Dice of 1 or 0 says nothing of finding teeth"
MOST_FOLDS = 10
"""More take longer, and tell no more."""

FEWEST_TESTED = 5
"""So many test cases have an interval of their mean, see `scoring.intervals`."""

ENOUGH_TO_SPARE = 25
"""From so many cases on validation cases may be worth what they are missed for in training."""

LAST_EPOCH = "The network keeps the weights of its last epoch, and its threshold is 0.5."


def describe_parts(parts: Sequence[str]) -> str:
    """Tell in a line how many cases are in each part, or that they are too few for parts.

    Example:
        >>> describe_parts(["train", "train", "test"])
        '2 train, 0 validation, 1 test'
    """
    folds = len({part for part in parts if part.startswith(FOLD)})
    if not folds:
        return ", ".join(f"{parts.count(part)} {part}" for part in PARTS)
    return (
        f"none, since {len(parts)} cases are few. All are learned from; each is tested by one of "
        f"{folds} other networks, which has learned from the cases outside of its fold"
    )


def split_warnings(
    parts: Sequence[str],
    tooth_shares: Sequence[float],
    split: Split,
    among: Sequence[str] = PARTS,
) -> list[str]:
    """Return what a person should know of parts that cannot serve, a sentence or more each.

    Args:
        parts: The part or fold of each case, from `divide_cases` or `split_fold`.
        tooth_shares: Share in [0, 1] of each case's pixels that are tooth.
        split: What was wanted.
        among: The parts to look at.

    Returns:
        Warnings; none where each part has enough cases with teeth.
    """
    own = list(zip(parts, tooth_shares, strict=True))
    if any(part.startswith(FOLD) for part in parts):
        return _of_folds(own)
    cases = {part: parts.count(part) for part in PARTS}
    toothed = {part: sum(each == part and share > 0 for each, share in own) for part in PARTS}
    told = {
        "train": _without_teeth(
            "training case", cases["train"], toothed["train"], LEARNS_NOTHING, split
        ),
        "validation": _of_validation(cases["validation"], toothed["validation"], split, len(parts)),
        "test": _without_teeth("test case", cases["test"], toothed["test"], SAYS_NOTHING, split)
        or _of_few_tested(cases["test"], split, len(parts)),
    }
    return [told[part] for part in among if told[part]]


def _of_folds(own: Sequence[tuple[str, float]]) -> list[str]:
    alone = sorted(
        {fold for fold, _ in own if not any(share > 0 for other, share in own if other != fold)}
    )
    return [
        f"No case outside of {fold} has teeth: the network that tests it learns to find nothing. "
        "Add X-rays with teeth."
        for fold in alone
    ]


def _without_teeth(part: str, cases: int, toothed: int, so: str, split: Split) -> str:
    if toothed:
        return ""
    return f"{_none_of(cases, part)}: {so}. {_more_teeth(split)}"


def _of_validation(cases: int, toothed: int, split: Split, every: int) -> str:
    wanted = split.validation_cases
    if toothed >= FEWEST_VALIDATED or not wanted:
        return ""
    if isinstance(wanted, float):
        taken = count_cases(wanted, every)
        count = f" A count, such as split.validation_cases={FEWEST_VALIDATED}, is obeyed."
        some = ", some of them toothless" * (taken >= FEWEST_VALIDATED)
        return (
            f"No validation cases: split.validation_cases={wanted:g} would take {taken} of "
            f"{every}{some}, and it needs {FEWEST_VALIDATED} with teeth "
            f"to choose an epoch and a threshold by. {LAST_EPOCH}"
            + count
            * (every >= ENOUGH_TO_SPARE)
        )
    if not toothed:
        return (
            f"{_none_of(cases, 'validation case')}: no epoch and no threshold can be chosen. "
            f"{LAST_EPOCH} Set split.validation_cases so that {FEWEST_VALIDATED} or more have "
            "teeth, or to 0."
        )
    return (
        f"Only {toothed} of {cases} validation cases {'has' if toothed == 1 else 'have'} teeth: "
        "the best epoch and the threshold are chosen by little more than chance. Set "
        f"split.validation_cases so that {FEWEST_VALIDATED} or more have teeth, or to 0."
    )


def _of_few_tested(tested: int, split: Split, every: int) -> str:
    # Who gives a count knows how many there are.
    if tested >= FEWEST_TESTED or not isinstance(split.test_cases, float) or split.train_cases:
        return ""
    return (
        f"Only {tested} of {every} cases {'is' if tested == 1 else 'are'} for testing, and fewer "
        f"than {FEWEST_TESTED} tell little. To have all of them tested, each by a network that "
        "never saw it: kedro run --pipeline cross_validation, with the --env and --params of this "
        f"run and cross_validation.folds={min(every, MOST_FOLDS)}"
    )


def _none_of(cases: int, what: str) -> str:
    if cases == 1:
        return f"The only {what} has no teeth"
    return f"None of the {cases} {what}s has teeth"


def _more_teeth(split: Split) -> str:
    spread = "Set split.order=random, which spreads them." * (split.order == "natural")
    return spread or "Add X-rays with teeth."
