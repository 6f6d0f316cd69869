"""The history of a training: lists with one number an epoch."""

from teeth_unet.unet.records import TrainingHistory

WATCHED = "val_dice"


def best_epoch(history: TrainingHistory) -> int:
    """Return the epoch, from 1 on, whose weights the fitted network has.

    It is the first with the highest validation Dice; the last one, if nothing was validated; 0
    before any.

    Example:
        >>> best_epoch({"epoch": [1, 2, 3], "val_dice": [0.5, 0.9, 0.9]})
        2
    """
    if history.get(WATCHED):
        return 1 + history[WATCHED].index(max(history[WATCHED]))
    return len(history["epoch"])
