"""The drawings themselves, as Matplotlib figures.

Colours are from the palette of Okabe and Ito (2008), which people with colour vision deficiencies
can tell apart.
"""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from teeth_unet.unet import TrainingHistory

BLUE, SKY_BLUE, ORANGE, GREEN = "#0072B2", "#56B4E9", "#E69F00", "#009E73"
VERMILION = "#D55E00"

DPI = 120

Pixels = NDArray[np.floating | np.integer]
"""Of X-rays and masks."""

HITS, MISSES, FALSE_ALARMS = GREEN, ORANGE, SKY_BLUE

TITLES = {
    "loss": "Loss",
    "dice": "Dice",
    "iou": "Intersection over union",
    "accuracy": "Accuracy",
    "precision": "Precision",
    "sensitivity": "Sensitivity",
    "learning_rate": "Learning rate",
}


def sample(case: str, xray: Pixels, mask: Pixels, aspect: float) -> Figure:
    """Draw an X-ray beside its mask.

    Args:
        case: Case name.
        xray: (h, w) grey levels, uint8 or in [0, 1].
        mask: (h, w) in {0, 1}.
        aspect: Native width over height; pictures are drawn with it, not square.
    """
    figure = Figure(figsize=(12, 6 / aspect + 0.7), dpi=DPI, layout="constrained")
    left, right = figure.subplots(1, 2)
    _show(left, xray, f"X-ray {case}", aspect)
    _show(right, mask, "Mask", aspect, highest=1)
    return figure


def prediction(
    case: str, xray: Pixels, truth: Pixels, mask: Pixels, dice: float, aspect: float
) -> Figure:
    """Draw X-ray, truth, prediction, and an overlay that shows misses and false alarms.

    Args:
        case: Case name.
        xray: (h, w) grey levels in [0, 1].
        truth: (h, w) in {0, 1}.
        mask: (h, w) in {0, 1}, the prediction.
        dice: Dice of the two.
        aspect: Native width over height.
    """
    figure = Figure(figsize=(14, 14 / aspect + 1.2), dpi=DPI, layout="constrained")
    figure.suptitle(f"{case}: Dice {dice:.3f}", fontsize=15, parse_math=False)
    (upper_left, upper_right), (lower_left, lower_right) = figure.subplots(2, 2)
    _show(upper_left, xray, "X-ray", aspect)
    _show(upper_right, truth, "Truth", aspect, highest=1)
    _show(lower_left, mask, "Prediction", aspect, highest=1)
    _show(lower_right, overlay(xray, truth, mask), "Prediction against truth", aspect)
    colours = {"found": HITS, "missed": MISSES, "false alarm": FALSE_ALARMS}
    lower_right.legend(
        handles=[Patch(color=colour, label=name) for name, colour in colours.items()],
        loc="lower center",
        ncols=3,
        fontsize=9,
        framealpha=0.8,
    )
    return figure


def overlay(xray: Pixels, truth: Pixels, mask: Pixels) -> NDArray[np.float32]:
    """Colour an X-ray by agreement.

    Args:
        xray: (h, w) grey levels in [0, 1].
        truth: (h, w) in {0, 1}.
        mask: (h, w) in {0, 1}, the prediction.

    Returns:
        (h, w, 3) in [0, 1]: hits coloured faintly, misses and false alarms strongly.
    """
    tooth, marked = truth > 0, mask > 0
    coloured = np.repeat(np.asarray(xray, np.float32)[..., None], 3, axis=2)
    for where, colour, share in (
        (tooth & marked, HITS, 0.3),
        (tooth & ~marked, MISSES, 0.8),
        (~tooth & marked, FALSE_ALARMS, 0.8),
    ):
        rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)
        coloured[where] = (1 - share) * coloured[where] + share * rgb
    return coloured


def measures(history: TrainingHistory) -> list[str]:
    """Return the names of what a training measured, in the order in which they are drawn."""
    names = [n for n in history if n not in ("epoch", "seconds") and not n.startswith("val_")]
    return sorted(names, key=list(TITLES).index)


def training_curves(history: TrainingHistory) -> Figure:
    """Draw every measure of a training over its epochs, training and validation together.

    Args:
        history: Lists with one number an epoch, by name; `val_` names are of the validation.
    """
    names = measures(history)
    columns = math.ceil(math.sqrt(len(names)))
    rows = math.ceil(len(names) / columns)
    figure = Figure(figsize=(5 * columns, 3.6 * rows), dpi=DPI, layout="constrained")
    for place, name in enumerate(names, 1):
        draw_training_curve(figure.add_subplot(rows, columns, place), history, name)
    return figure


def draw_training_curve(axes: Axes, history: TrainingHistory, name: str) -> None:
    """Draw one measure of a training over its epochs, see `training_curves`."""
    marker = "o" if len(history["epoch"]) < 5 else ""
    axes.plot(history["epoch"], history[name], color=BLUE, marker=marker, label="training")
    if f"val_{name}" in history:
        axes.plot(
            history["epoch"],
            history[f"val_{name}"],
            color=VERMILION,
            linestyle="--",
            marker=marker,
            label="validation",
        )
        axes.legend()
    axes.set(xlabel="Epoch", title=TITLES[name])
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)


def _show(
    axes: Axes, picture: Pixels, title: str, aspect: float, highest: int | None = None
) -> None:
    """Draw a picture; what is white is the highest value that it may have, or that it has."""
    height, width = picture.shape[:2]
    axes.imshow(
        picture,
        cmap="gray",
        # Of a mask that is tooth all over, the lowest value is 1: Matplotlib would draw it black.
        vmin=None if highest is None else 0,
        vmax=highest,
        aspect=width / height / aspect,
        interpolation="antialiased",
    )
    axes.set_title(title, parse_math=False)  # a case name may hold a $
    axes.set_axis_off()


def number_confusion(table: pd.DataFrame, kinds: Mapping[str, int]) -> Figure:
    """Draw what the teeth of each number were taken for.

    Right ones are grey, wrong and missed ones red, the more the darker; lines part the quadrants.
    Below, how the wrong numbers differ from the right ones.

    Args:
        table: Counts, a row a true number and a column what it was taken for, see
            `scoring.NumberScores.confusion_table`; at least one row.
        kinds: Counts by kind, see `scoring.NumberScores.confusions`.
    """
    counts = table.to_numpy(float)
    rows, columns = counts.shape
    figure = Figure(figsize=(12, 14 * rows / (rows + 8) + 2), dpi=DPI, layout="constrained")
    axes, bars = figure.subplots(2, 1, height_ratios=(max(rows, 8), 5))
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    right = np.eye(rows, columns, dtype=bool)
    axes.imshow(np.where(right, shares, np.nan), cmap="Greys", vmin=0, vmax=3, aspect="auto")
    wrong = np.where(right | (counts == 0), np.nan, shares)
    axes.imshow(wrong, cmap="OrRd", norm=PowerNorm(0.5, 0, 0.5), aspect="auto")
    for row, column in zip(*np.nonzero(counts), strict=True):
        strong = not right[row, column] and shares[row, column] > 0.25
        told = {"ha": "center", "va": "center", "fontsize": 7, "color": "w" if strong else "k"}
        axes.text(column, row, f"{counts[row, column]:.0f}", **told)
    axes.set_xticks(range(columns), table.columns, rotation=90, fontsize=8)
    axes.set_yticks(range(rows), table.index, fontsize=8)
    axes.set(xlabel="Taken for", ylabel="True number")
    for place in range(1, rows):
        if table.index[place][0] != table.index[place - 1][0]:
            axes.axhline(place - 0.5, color="0.6", linewidth=0.8)
            axes.axvline(place - 0.5, color="0.6", linewidth=0.8)
    axes.axvline(rows - 0.5, color="0.2", linewidth=0.8)
    words = [kind.replace("_", " ") for kind in kinds]
    drawn = bars.barh(words, list(kinds.values()), color=VERMILION)
    bars.bar_label(drawn, padding=3, fontsize=8)
    bars.set(xlabel="Teeth found with a wrong number")
    bars.set_xlim(0, 1.1 * max(1, *kinds.values()))
    bars.xaxis.set_major_locator(MaxNLocator(integer=True))
    bars.invert_yaxis()
    bars.spines[["top", "right"]].set_visible(False)
    return figure
