"""The drawings of the report: small enough to be read on a telephone, in the same colours."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from teeth_unet.reporting.figures import (
    BLUE,
    ORANGE,
    VERMILION,
    draw_training_curve,
)
from teeth_unet.scoring import CalibrationBin
from teeth_unet.unet import TrainingHistory

WIDTH = 5.0
"""Inches: as wide as a telephone's screen when a point of print is a pixel."""

SINGLE_DOTS = 150
"""Up to so many cases are drawn as one dot each, more as bars."""

GREY = "#555555"


def training_curve(history: TrainingHistory, name: str, best_epoch: int) -> Figure:
    """Draw one measure of a training over its epochs.

    Args:
        history: Lists with one number an epoch, by name.
        name: The measure, one of `figures.measures(history)`.
        best_epoch: Marked by a line: the one whose weights were kept.
    """
    figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
    axes = figure.subplots()
    draw_training_curve(axes, history, name)
    axes.axvline(best_epoch, color=GREY, linewidth=1, linestyle=":")
    _tidy(axes)
    return figure


def score_distribution(
    dice: Sequence[float],
    mean: float,
    interval: Sequence[float] | None,
    people: tuple[float, float] | None = None,
) -> Figure:
    """Draw the Dice of every case, with the mean and its interval below.

    Args:
        dice: One in [0, 1] a case, at least one.
        mean: Their mean.
        interval: Its 95 % interval; None if there is none.
        people: The range in which two people agree, drawn as a band.
    """
    figure = Figure(figsize=(WIDTH, 2.9), layout="constrained")
    axes = figure.subplots()
    low, high = _limits([*dice, *(interval or ()), *(people or ())])
    counts, edges = np.histogram(dice, bins=36, range=(low, high))
    tallest = int(counts.max())
    if len(dice) <= SINGLE_DOTS:
        _draw_dots(axes, dice, edges)
    else:
        axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white")
    below = -0.22 * (tallest + 1)
    ends = [[max(mean - interval[0], 0)], [max(interval[1] - mean, 0)]] if interval else None
    axes.errorbar(
        mean,
        below,
        xerr=ends,
        fmt="D",
        color=VERMILION,
        capsize=5,
        linewidth=2,
        label=f"mean {mean:.3f}" + (" and its 95 % interval" if interval else ""),
    )
    if people:
        label = "two people, other X-rays"
        axes.axvspan(*people, color=ORANGE, alpha=0.25, linewidth=0, label=label)
    axes.set(xlim=(low, high), xlabel="Dice of a case", ylabel="Cases")
    axes.set_xticks([tick for tick in axes.get_xticks() if low <= tick <= min(high, 1)])
    axes.set_yticks(list(MaxNLocator(4, integer=True).tick_values(0, tallest + 1)))
    axes.set_ylim(2 * below, tallest + 1)
    figure.legend(loc="outside upper left", fontsize=9, frameon=False, ncols=2)
    _tidy(axes)
    return figure


def reliability(bins: Sequence[CalibrationBin]) -> Figure:
    """Draw how often a pixel is tooth against how probable the network called it.

    Args:
        bins: Mappings with `low`, `high`, `pixels`, `mean_probability` and `tooth_share`; those
            without pixels are passed over.
    """
    filled = [each for each in bins if each["pixels"]]
    figure = Figure(figsize=(WIDTH, 4.8), layout="constrained")
    axes, counts = figure.subplots(2, 1, sharex=True, height_ratios=(4, 1))
    axes.plot((0, 1), (0, 1), color=GREY, linestyle="--", linewidth=1, label="perfect")
    axes.plot(
        [each["mean_probability"] for each in filled],
        [each["tooth_share"] for each in filled],
        color=BLUE,
        marker="o",
        clip_on=False,
        label="this network",
    )
    axes.set(xlim=(0, 1), ylim=(0, 1), ylabel="Share that is tooth")
    axes.legend(loc="upper left", frameon=False)
    counts.bar(
        [each["low"] for each in filled],
        [each["pixels"] for each in filled],
        [each["high"] - each["low"] for each in filled],
        align="edge",
        color=BLUE,
        edgecolor="white",
    )
    counts.set(xlabel="Probability of tooth that the network gave", ylabel="Pixels", yscale="log")
    counts.set_ylim(bottom=min(each["pixels"] for each in filled) / 3)
    _tidy(axes)
    _tidy(counts)
    return figure


def fold_scores(dice: Mapping[str, Sequence[float]]) -> Figure:
    """Draw the Dice of every case in a row for each fold, and the mean of the fold.

    Args:
        dice: Name of the fold to one number a case.
    """
    figure = Figure(figsize=(WIDTH, 1.2 + 0.32 * len(dice)), layout="constrained")
    axes = figure.subplots()
    for row, values in enumerate(dice.values()):
        axes.plot(values, [row] * len(values), "o", color=BLUE, alpha=0.6, markersize=5)
        axes.plot(np.mean(values), row, "D", color=VERMILION, label=None if row else "mean")
    axes.set(xlabel="Dice of a case", ylabel="Fold", yticks=range(len(dice)))
    axes.set_yticklabels(list(dice), parse_math=False)
    axes.set_xlim(*_limits([value for values in dice.values() for value in values]))
    axes.invert_yaxis()
    figure.legend(loc="outside upper left", fontsize=9, frameon=False)
    _tidy(axes)
    return figure


def _draw_dots(axes: Axes, dice: Sequence[float], edges: NDArray[np.float64]) -> None:
    """Stack the cases of a bin upon each other, each at its own Dice."""
    values = sorted(dice)
    columns = np.digitize(values, edges[1:-1]).tolist()
    heights = [columns[:place].count(column) + 0.5 for place, column in enumerate(columns)]
    axes.plot(values, heights, "o", color=BLUE, markersize=6, alpha=0.8)


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """Return the range to draw: all values and some air, as Dice within [0, 1]."""
    air = max(0.1 * (max(values) - min(values)), 0.01)
    return max(min(values) - air, -0.02), min(max(values) + air, 1.02)


def _tidy(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.3)
    axes.set_axisbelow(True)
