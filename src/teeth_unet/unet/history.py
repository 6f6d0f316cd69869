"""The history of a training: lists with one number an epoch."""

from collections.abc import Mapping, Sequence
from typing import Any

from teeth_unet.configuration import Settings
from teeth_unet.unet.records import StartRecord, TrainingHistory, TrainingRecord
from teeth_unet.unet.settings import SCRATCH, Fitting, Network

WATCHED = "val_dice"

NO_VALIDATION = "there are no validation cases with teeth"
NOTHING_FOUND = "in no epoch was a tooth of a validation case found"

NOTHING = 0.00005
"""A mean Dice below is 0.0000 in the log, and no reason to prefer an epoch."""


def best_epoch(history: TrainingHistory) -> int:
    """Return the epoch, from 1 on, whose weights the fitted network has.

    It is the first with the highest validation Dice; the last one, if none could be chosen, see
    `why_last_epoch`; 0 before any.

    Example:
        >>> best_epoch({"epoch": [1, 2, 3], "val_dice": [0.5, 0.9, 0.9]})
        2
        >>> best_epoch({"epoch": [1, 2, 3], "val_dice": [0.0, 0.0, 0.0]})
        3
    """
    return len(history["epoch"]) if why_last_epoch(history) else _highest(history)


def why_last_epoch(history: TrainingHistory) -> str | None:
    """Return why no epoch is better than the last one; None where the best one is known.

    The validation Dice counts cases with teeth only, so that no epoch is called the best for
    leaving an empty mask empty, as a network that has learned nothing does.
    """
    if not history.get(WATCHED):
        return NO_VALIDATION
    return NOTHING_FOUND if max(history[WATCHED]) < NOTHING else None


def record_training(
    history: TrainingHistory,
    versions: dict[str, str],
    preparation: Settings,
    network: Network,
    training: Fitting,
    trained_on: Sequence[str],
    validated_on: Sequence[str],
    start: StartRecord | None = None,
    folds: Sequence[Sequence[str]] = (),
) -> TrainingRecord:
    """Record what a network was fitted with.

    Args:
        history: Of the training.
        versions: Of the software that has fitted it.
        preparation: How its pictures were prepared.
        network: The architecture.
        training: How it was compiled and fitted.
        trained_on: Content hashes of the cases that the weights come from.
        validated_on: Content hashes of the cases that the best epoch comes from.
        start: What it began with, if that is another network.
        folds: Content hashes of the cases that the network of each fold was fitted on, if there are
            folds.
    """
    why_last = why_last_epoch(history)
    record: TrainingRecord = {
        "epochs": len(history["epoch"]),
        "best_epoch": best_epoch(history),
        "preparation": preparation.model_dump(),
        "network": network.model_dump(),
        "training": training.model_dump(),
        "versions": versions,
        "trained_on": list(trained_on),
        "validated_on": list(validated_on),
    }
    if folds:
        record["folds"] = [list(each) for each in folds]
    if start:
        record["start"] = start
    return {**record, "why_last_epoch": why_last} if why_last else record


def start_in_words(record: Mapping[str, Any]) -> str:
    """Tell what a training began with, and that one with, and so on.

    Example:
        >>> package = {"taught_on": "package: Drawings.", "fingerprint": "0" * 64, "record": {}}
        >>> start_in_words({"start": package})
        'package: Drawings. (000000000000)'
        >>> start_in_words({})
        'scratch'
    """
    told = []
    while "start" in record:
        start = record["start"]
        told.append(f"{start['taught_on']} ({start['fingerprint'][:12]})")
        record = start["record"]
    return ", which began with ".join(told) or SCRATCH


def epochs_in_vain(history: TrainingHistory) -> int:
    """Return how many epochs have gone by since validation Dice was at its highest.

    One that is 0 all along has been at its highest since the first epoch. Without validation the
    number is 0.
    """
    return len(history["epoch"]) - _highest(history) if history.get(WATCHED) else 0


def _highest(history: TrainingHistory) -> int:
    return 1 + history[WATCHED].index(max(history[WATCHED]))
