"""Scores and predictions become pictures and texts."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import NDArray
from pydantic import Field

from teeth_unet import unet
from teeth_unet.configuration import Settings
from teeth_unet.errors import InputError
from teeth_unet.pipelines.reporting import figures
from teeth_unet.unet import Model


class Plots(Settings):
    """Which cases are drawn.

    Attributes:
        seed: Chooses the X-ray of the sample plot.
        cases: Number of predictions drawn: from the lowest Dice to the highest, evenly.
    """

    seed: int = Field(default=0, ge=0)
    cases: int = Field(default=12, ge=1)


def summarise_model(compiled_unet: Model) -> str:
    """Return the table of the network's layers and parameters."""
    return unet.summarise_model(compiled_unet)


def plot_sample(
    prepared_xrays: NDArray[np.uint8],
    prepared_masks: NDArray[np.uint8],
    cases: pd.DataFrame,
    plots: Plots,
) -> Figure:
    """Draw a random X-ray of the training part beside its mask."""
    rows = np.flatnonzero(cases["split"] == "train")
    row = int(np.random.default_rng(plots.seed).choice(rows))
    aspect = cases["width"].iloc[row] / cases["height"].iloc[row]
    return figures.sample(
        cases["case"].iloc[row], prepared_xrays[row, ..., 0], prepared_masks[row, ..., 0], aspect
    )


def plot_training_curves(training_history: dict[str, list[float]]) -> Figure:
    """Draw loss, Dice and further metrics over the epochs."""
    return figures.training_curves(training_history)


def plot_predictions(
    x_test: NDArray[np.float32],
    y_test: NDArray[np.float32],
    predicted_masks: NDArray[np.uint8],
    cases: pd.DataFrame,
    case_scores: pd.DataFrame,
    plots: Plots,
) -> dict[str, Callable[[], Figure]]:
    """Return, for test cases from the lowest Dice to the highest, a function that draws one.

    Each drawing shows X-ray, truth, prediction, and an overlay of hits, misses and false alarms.

    Raises:
        InputError: The scores are of other cases than the test part holds now.
    """
    tested = cases[cases["split"] == "test"].reset_index(drop=True)
    if list(tested["case"]) != list(case_scores["case"]):
        raise InputError(
            "case_scores",
            f"scores of the test cases: {', '.join(tested['case'])}",
            f"scores of {', '.join(case_scores['case'])}",
            "The cases were split anew since then: run data_science again.",
        )
    by_dice = np.argsort(case_scores["dice"].to_numpy(), kind="stable")
    chosen = np.unique(np.linspace(0, len(by_dice) - 1, min(plots.cases, len(by_dice))).round())
    return {
        tested["case"][row]: partial(
            figures.prediction,
            tested["case"][row],
            x_test[row, ..., 0],
            y_test[row, ..., 0],
            predicted_masks[row, ..., 0],
            case_scores["dice"][row],
            tested["width"][row] / tested["height"][row],
        )
        for row in by_dice[chosen.astype(int)]
    }
