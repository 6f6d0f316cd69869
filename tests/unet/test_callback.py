import numpy as np
import pytest
from small_unets import small_training

from teeth_unet import unet
from teeth_unet.text import duration
from teeth_unet.unet.callback import TrainingCallback


def followed(dices, patience=None, epochs=10):
    """Return a callback that has followed epochs with these validation Dice until it stopped."""

    class Watched:
        stop_training = False
        epoch = 0

        class optimizer:
            learning_rate = 0.1

        def get_weights(self):
            return [np.full(1, self.epoch)]

    callback = TrainingCallback(small_training(epochs=epochs, patience=patience), None, {})
    callback.set_model(Watched())
    callback.on_train_begin()
    for epoch, dice in enumerate(dices):
        callback.model.epoch = epoch + 1
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"loss": 1.0, **({} if dice is None else {"val_dice": dice})})
        if callback.model.stop_training:
            break
    return callback


@pytest.mark.parametrize(
    ("dices", "patience", "ended", "best"),
    [
        ([0.1, 0.3, 0.2, 0.2, 0.2], 2, 4, 2),
        ([0.1, 0.3, 0.2, 0.4, 0.2, 0.2], 2, 6, 4),
        ([0.5, 0.4, 0.3], None, 3, 1),
        ([0.5, 0.5, 0.5], 2, 3, 1),
        ([None, None, None], 2, 3, None),
        ([0.0, 0.0, 0.0], 2, 3, 3),  # none is better than the last one, and waiting was in vain
        ([0.0, 0.0, 0.0, 0.2, 0.1], None, 5, 4),
        ([0.00003, 0.00001], None, 2, 2),  # 0.0000 in the log
    ],
)
def test_training_stops_when_waiting_is_in_vain_and_keeps_the_best_weights(
    dices, patience, ended, best
):
    callback = followed(dices, patience)
    assert callback.epochs == ended
    assert callback.over == (patience is not None and best is not None)
    assert [float(w[0]) for w in callback.best_weights] == ([best] if best else [])


def test_the_last_epoch_is_the_end():
    assert followed([0.1, 0.2, 0.3], epochs=3).over
    assert not followed([0.1, 0.2], epochs=3).over


@pytest.mark.parametrize(
    ("history", "epoch"),
    [
        ({"epoch": []}, 0),
        ({"epoch": [1, 2, 3]}, 3),
        ({"epoch": [1, 2, 3], "val_dice": [0.2, 0.9, 0.9]}, 2),
        ({"epoch": [1, 2, 3], "val_dice": [0.0, 0.0, 0.0]}, 3),
        ({"epoch": [1, 2, 3], "val_dice": [0.0, 0.1, 0.0]}, 2),
    ],
)
def test_the_best_epoch(history, epoch):
    assert unet.best_epoch(history) == epoch


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min 00 s"),
        (59.4, "0 min 59 s"),
        (59.6, "1 min 00 s"),
        (754, "12 min 34 s"),
        (3599.7, "1 h 00 min"),
        (90_061, "25 h 01 min"),
    ],
)
def test_times_are_told_in_minutes_or_hours(seconds, text):
    assert duration(seconds) == text
