"""A second network learns from the drawings: one that tells teeth by their numbers."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import numbering, scoring, splits, unet
from teeth_unet.errors import InputError
from teeth_unet.numbering import KINDS, NUMBERS, NumberingNetwork, NumberMaps
from teeth_unet.pipelines.pretraining.nodes import code_that_draws, rows_of
from teeth_unet.preparation import Preparation, ShardStore
from teeth_unet.scoring import NumberedPair, NumberSummary
from teeth_unet.unet import (
    CheckpointStore,
    Fitting,
    Network,
    Pictures,
    TrainingHistory,
    TrainingRecord,
)

log = logging.getLogger(__name__)

Drawn = NDArray[np.uint8]

PRESENT_SHARE = 20 / 256**2
"""Share of a picture's pixels from which on a number counts as found."""

_NUMBERS = np.array(NUMBERS, np.uint8)


def draw_numbers(
    raw_numbers: Mapping[str, Callable[[], Image.Image]],
    cases: pd.DataFrame,
    drawn_by: dict[str, Any],
    preparation_settings: Preparation,
    network: Network,
    number_drawings: ShardStore,
) -> tuple[Drawn, Drawn, Drawn]:
    """Draw which pixel of each X-ray belongs to which tooth. It takes a third of an X-ray's time.

    Args:
        raw_numbers: Case name to a function that draws `numbering.number_picture`; and the settings
            of all of them.
        cases: Table with `case` and `split`; these are the X-rays that are there.
        drawn_by: By which settings and code they were drawn.
        preparation_settings: Their size.
        network: Its patch: the network says nothing finer.
        number_drawings: Where the maps are kept until all are there.

    Returns:
        Number maps of the training, validation and test part, (n, size / patch, size / patch, 3)
        uint8, see `numbering.number_maps`.

    Raises:
        InputError: The X-rays were drawn by other settings or other code: the maps would not be
            theirs.
    """
    settings: Any = getattr(raw_numbers, "settings", None)
    now = {"settings": settings and settings.model_dump(mode="json"), "code": code_that_draws()}
    changed = [name for name, value in now.items() if value != drawn_by[name]]
    if changed:
        raise InputError(
            "pretraining.raw_numbers",
            "drawings by the settings and the code that the X-rays of pretraining.cases were "
            "drawn by",
            f"other {' and '.join(changed)}",
            "Draw the X-rays again: kedro run --pipeline pretraining",
        )
    side = preparation_settings.size // network.patch
    number_drawings.begin(str(now))
    maps = number_drawings.allocate("numbers", (len(cases), side, side, 3))
    numbering.draw_number_maps([raw_numbers[case] for case in cases["case"]], maps)
    train, validation, test = (rows_of(maps, cases["split"] == part) for part in splits.PARTS)
    return train, validation, test


def discard_number_drawings(numbers_test: Drawn, number_drawings: ShardStore) -> None:
    """Forget the maps in one piece, once they are all in the catalog.

    Args:
        numbers_test: The last of them.
        number_drawings: The store.
    """
    number_drawings.clear()


def fit_numbering(
    x_train: Pictures,
    numbers_train: Drawn,
    x_validation: Pictures,
    numbers_validation: Drawn,
    network: Network,
    training: Fitting,
    checkpoints: CheckpointStore,
) -> tuple[NumberingNetwork, TrainingHistory, dict[str, str]]:
    """Fit the network that tells numbers, see `numbering.fit_numbering_network`.

    Returns:
        The network, in half precision; its history, lists with one number an epoch; and the
        versions of the software that has fitted it.
    """
    arrays = x_train, numbers_train, x_validation, numbers_validation
    fitted, history = numbering.fit_numbering_network(*arrays, network, training, checkpoints)
    return fitted, history, unet.software_versions()


def score_numbering(
    fitted_numbering: NumberingNetwork, x_test: Pictures, numbers_test: Drawn
) -> NumberSummary:
    """Score the numbers of drawings that the network has not seen, as it will be shipped.

    Each pixel has the number that is likeliest there: what is found is not divided into teeth yet.

    Returns:
        The sums of all drawings, see `scoring.NumberScores`. Here all with a place in the chart
        counts as tooth of that number, implants and pontics, too.
    """
    pairs = (
        _pair(f"test drawing {row}", fitted_numbering.maps(xray[..., 0]), truth)
        for row, (xray, truth) in enumerate(zip(x_test, numbers_test, strict=True), start=1)
    )
    scores = scoring.score_numbers(pairs).summary()
    log.info("Numbers of %d unseen drawings: %s", scores["cases"], _told(scores))
    return scores


def _pair(case: str, maps: NumberMaps, truth: Drawn) -> NumberedPair:
    found = maps.numbers.argmax(axis=-1)
    few = np.bincount(found.ravel(), minlength=len(NUMBERS)) < PRESENT_SHARE * found.size
    found = np.where(few[found], 0, found)
    return NumberedPair(
        case,
        _NUMBERS[truth[..., 0]],
        _NUMBERS[found],
        true_kinds=_kinds(truth[..., 0], truth[..., 1]),
        predicted_kinds=_kinds(found, maps.kinds.argmax(axis=-1)),
    )


def _kinds(numbers: NDArray[np.integer], kinds: NDArray[np.integer]) -> dict[int, str]:
    """Return by number what most of its pixels are."""
    return {
        NUMBERS[place]: KINDS[np.bincount(kinds[numbers == place]).argmax()]
        for place in np.unique(numbers[numbers > 0]).tolist()
    }


def _told(scores: NumberSummary) -> str:
    dice, found = scores["dice"]["mean"], scores["found"]["mean"]
    if dice is None or found is None:
        return "they show no teeth"
    return f"mean Dice a tooth {dice:.3f}, {found:.1%} of the teeth found"


def make_numbering(
    fitted_numbering: NumberingNetwork,
    numbering_record: TrainingRecord,
    numbering_scores: NumberSummary,
) -> NumberingNetwork:
    """Put the fitted network together with how it was made and how well it does."""
    about = {"training": numbering_record, "scores": numbering_scores}
    fitted = fitted_numbering
    return NumberingNetwork(fitted.weights, fitted.network, fitted.size, about)


def discard_numbering_checkpoint(
    numbering_scores: NumberSummary, checkpoints: CheckpointStore
) -> None:
    """Forget the checkpoint of a training whose results are all in the catalog.

    Args:
        numbering_scores: The last of the results.
        checkpoints: The store.
    """
    checkpoints.clear()
