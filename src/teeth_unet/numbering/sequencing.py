"""Which object of a jaw has which number: a found sequence against the chart, solved exactly.

The objects of a jaw stand in a row, and so do its 16 permanent and its 10 milk teeth; both rows
are walked along together. Each object takes a permanent place or a milk place further on than the
last one of its kind, or none. What speaks for a place is what the network saw of the object. What
speaks against it is the gap beside it: where two neighbours touch, hardly a tooth is missing
between them, and where there is room for two, hardly none is (`GAP`). So a lost neighbour shifts
nobody else, and the molars behind it keep their numbers although the network wavers; a wisdom
tooth is told from a second molar by the same balance.

An impacted tooth may lie beyond its neighbour. So two objects one after the other may take two
places in the opposite order, at a cost (`CROSSING`).

All ways to walk are counted by dynamic programming: the best one is found, and the share of all of
them (each with its likelihood) that gives an object a number is the probability of that number.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from teeth_unet.numbering.classes import NUMBERS

Values = NDArray[np.float64]
State = tuple[int, int, int]

UPPER = (
    (18, 17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27, 28),
    (55, 54, 53, 52, 51, 61, 62, 63, 64, 65),
)
LOWER = (
    (48, 47, 46, 45, 44, 43, 42, 41, 31, 32, 33, 34, 35, 36, 37, 38),
    (85, 84, 83, 82, 81, 71, 72, 73, 74, 75),
)
"""The permanent and the milk teeth of each jaw, from left to right in the picture."""

PLACES, MILK_PLACES = 16, 10
NONE = PLACES + MILK_PLACES
"""The option of an object without a number; before it the permanent and the milk places."""

FLOOR = 1e-3
"""Least probability of a number: the network is never surer than that."""

SHARPNESS = 1.0
"""By how much the network's log-probabilities count.

The mean logarithm of the true number's probability is best at 1.0 on every other X-ray of ufba
(-.128; at 1.3 -.135), where more numbers are right with it, and at 1.3 on 60 drawings (-.043; at
1.0 -.050). See `calibrating`.
"""

GAP, WIDEST = 0.5, 2.0
"""Cost of each tooth that a gap has room for too much or too little, and how many are counted.

On drawings 0 to .5 are equally good; on real X-rays, where the network wavers more, .5 is better.
"""

CROSSING = 3.0
"""Cost of a tooth that lies beyond its neighbour."""


@dataclass(frozen=True)
class Sequence:
    """The numbers of the objects of one jaw.

    Attributes:
        numbers: (n,) FDI numbers, 0 for none: the best of all sequences.
        probabilities: (n, 53) of each of `NUMBERS`, over all sequences.
    """

    numbers: NDArray[np.int64]
    probabilities: Values


def number_sequence(
    shares: Values, gaps: Values, upper: bool, sharpness: float = SHARPNESS
) -> Sequence:
    """Number the objects of a jaw.

    Args:
        shares: (n, 53) probability of each of `NUMBERS` in each object, from left to right.
        gaps: (n,) free space between an object and the one before it, in widths of a tooth.
        upper: Whether it is the upper jaw.
        sharpness: See `SHARPNESS`.

    Returns:
        Each number at most once, permanent ones in their order but for neighbours that cross, milk
        teeth in theirs.
    """
    names = np.array([number for row in (UPPER if upper else LOWER) for number in row] + [0])
    columns = [NUMBERS.index(number) for number in names.tolist()]
    fitting = sharpness * np.log(np.maximum(shares[:, columns], FLOOR))
    steps = _steps()
    scores = [steps.scores(fit, float(gap)) for fit, gap in zip(fitting, gaps, strict=True)]
    probabilities = np.zeros((len(shares), len(NUMBERS)))
    probabilities[:, columns] = _probabilities(steps, scores)
    return Sequence(names[_best(steps, scores)], probabilities)


@dataclass(frozen=True)
class _Steps:
    """All steps from one state of the walk to the next, sorted by the state before.

    A state is the last permanent place taken, the last milk place, and whether the object before
    took a permanent place that only follows (1), one that the next object lies before (2), or
    another option (0). State 0 is the start.

    Attributes:
        before: (steps,) state before the step.
        after: (steps,) state after it.
        option: (steps,) what the object gets: a place, or `NONE`.
        skipped: (steps,) permanent places between it and the last one.
        beside: (steps,) whether both stand beside each other, so that the gap between them counts.
        fixed: (steps,) cost of the step itself.
        first: (states,) the first step of each state.
        ends: (states,) 0 where the walk may end, else minus infinity.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    option: NDArray[np.int64]
    skipped: NDArray[np.int64]
    beside: NDArray[np.bool_]
    fixed: Values
    first: NDArray[np.int64]
    ends: Values

    def scores(self, fitting: Values, gap: float) -> Values:
        """Return (steps,) how well each step suits an object.

        Args:
            fitting: (27,) of the object with each option.
            gap: Before the object, in widths of a tooth.
        """
        amiss = np.minimum(np.abs(self.skipped - gap), WIDEST) * self.beside
        scores: Values = fitting[self.option] - GAP * amiss - self.fixed
        return scores


@cache
def _steps() -> _Steps:
    states = [
        (last, milk, mode)
        for last in range(PLACES + 1)
        for milk in range(MILK_PLACES + 1)
        for mode in (0, 1, 2)
        if last >= mode
    ]
    index = {state: place for place, state in enumerate(states)}
    rows = [
        (index[state], index[after], option, skipped, beside, fixed)
        for state in states
        for after, option, skipped, beside, fixed in _steps_from(*state)
    ]
    before, after, option, skipped, beside, fixed = (
        np.array(each) for each in zip(*rows, strict=True)
    )
    first = np.searchsorted(before, np.arange(len(states)))
    ends = np.array([-np.inf if mode == 2 else 0.0 for _, _, mode in states])
    return _Steps(before, after, option, skipped, beside, fixed.astype(float), first, ends)


def _steps_from(last: int, milk: int, mode: int) -> Iterator[tuple[State, int, int, bool, float]]:
    """Yield state after, option, places skipped, whether beside, and cost of each step."""
    if mode == 2:
        yield (last, milk, 0), last - 2, 0, False, 0.0
        return
    yield (last, milk, 0), NONE, 0, False, 0.0
    for place in range(last + 1, PLACES + 1):
        skipped = place - last - 1
        yield (place, milk, 1), place - 1, skipped, mode == 1, 0.0
        if skipped:
            yield (place, milk, 2), place - 1, 0, False, CROSSING
    for place in range(milk + 1, MILK_PLACES + 1):
        yield (last, place, 0), PLACES + place - 1, 0, False, 0.0


def _best(steps: _Steps, scores: list[Values]) -> list[int]:
    """Return the option of each object in the best walk."""
    ahead = _ahead(steps, scores, np.maximum)
    state, options = 0, []
    bounds = np.append(steps.first, len(steps.before))
    for score, values in zip(scores, ahead[1:], strict=True):
        own = slice(bounds[state], bounds[state + 1])
        chosen = bounds[state] + int(np.argmax(score[own] + values[steps.after[own]]))
        options.append(int(steps.option[chosen]))
        state = int(steps.after[chosen])
    return options


def _probabilities(steps: _Steps, scores: list[Values]) -> Values:
    """Return (n, 27) the share of all walks in which an object gets an option."""
    ahead = _ahead(steps, scores, np.logaddexp)
    behind = np.full(len(steps.first), -np.inf)
    behind[0] = 0
    shares = np.zeros((len(scores), NONE + 1))
    for share, score, values in zip(shares, scores, ahead[1:], strict=True):
        along = behind[steps.before] + score
        walks = np.exp(along + values[steps.after] - ahead[0][0])
        share[:] = np.bincount(steps.option, walks, NONE + 1)
        behind = np.full(len(steps.first), -np.inf)
        np.logaddexp.at(behind, steps.after, along)
    return shares


def _ahead(steps: _Steps, scores: list[Values], together: np.ufunc) -> list[Values]:
    """Return what lies ahead of each state before each object, and after the last one."""
    values = [steps.ends]
    for score in reversed(scores):
        values.append(together.reduceat(score + values[-1][steps.after], steps.first))
    return values[::-1]
