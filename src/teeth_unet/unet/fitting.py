"""Fitting a compiled network."""

import logging
import math
import time

import keras
import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.unet.configuration import Training
from teeth_unet.unet.feeding import training_feed, validation_feed

log = logging.getLogger(__name__)

History = dict[str, list[float]]


def fit_unet(
    compiled: keras.Model,
    x_train: NDArray[np.float32],
    y_train: NDArray[np.float32],
    x_validation: NDArray[np.float32],
    y_validation: NDArray[np.float32],
    training: Training,
) -> tuple[keras.Model, History]:
    """Fit a copy of a compiled network; the network itself is left as it is.

    Args:
        compiled: A model from `compile_unet`.
        x_train: (n, size, size, 1) grey levels in [0, 1].
        y_train: (n, size, size, 1) masks in {0, 1}.
        x_validation: As `x_train`; without any rows nothing is validated.
        y_validation: As `y_train`.
        training: Batch size, epochs, seed and augmentation.

    Returns:
        The fitted model in float32, uncompiled, and the history: a list with one number an epoch
        for `epoch`, `learning_rate` (at its end), `seconds`, `loss`, every metric, and their
        `val_` twins.

    Raises:
        InputError: The arrays are of another size than the network's input, or the loss is not
            finite any more.
    """
    _refuse_other_size(compiled, x_train)
    model = _copy_compiled(compiled)
    validation = None
    if len(x_validation):
        validation = validation_feed(x_validation, y_validation, training.batch_size)
    epoch_log = _EpochLog(training.epochs)
    model.fit(
        training_feed(x_train, y_train, training),
        steps_per_epoch=math.ceil(len(x_train) / training.batch_size),
        epochs=training.epochs,
        validation_data=validation,
        callbacks=[epoch_log],
        shuffle=False,  # the feed has shuffled
        verbose=0,
    )
    return in_float32(model), epoch_log.history


def _refuse_other_size(compiled: keras.Model, x: NDArray[np.float32]) -> None:
    if compiled.input_shape[1:] != x.shape[1:]:
        raise InputError(
            "preparation.size",
            f"X-rays of {compiled.input_shape[1]} px, as the network was built for",
            f"X-rays of {x.shape[1]} px",
            "Prepare the X-rays again at this size, or give the size that they have.",
        )


def in_float32(model: keras.Model) -> keras.Model:
    """Rebuild a model, uncompiled, without its precision policy; the weights are the same."""

    def rebuild(layer: keras.layers.Layer) -> keras.layers.Layer:
        return layer.__class__.from_config({**layer.get_config(), "dtype": "float32"})

    clone = keras.models.clone_model(model, clone_function=rebuild)
    clone.set_weights(model.get_weights())
    # The clone of a compiled model is compiled; a model over the same layers is not.
    return keras.Model(clone.input, clone.output, name=model.name)


def _copy_compiled(compiled: keras.Model) -> keras.Model:
    model = keras.models.clone_model(compiled)
    model.set_weights(compiled.get_weights())
    model.compile_from_config(compiled.get_compile_config())
    return model


class _EpochLog(keras.callbacks.Callback):
    """Keeps the history and logs one line an epoch."""

    def __init__(self, epochs: int) -> None:
        super().__init__()
        self.epochs = epochs
        self.history: History = {"epoch": [], "learning_rate": [], "seconds": []}

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        self.began = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.epoch_began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        now = time.monotonic()
        row = {
            "epoch": epoch + 1,
            "learning_rate": float(self.model.optimizer.learning_rate),
            "seconds": round(now - self.epoch_began, 3),
            **{name: float(value) for name, value in (logs or {}).items()},
        }
        for name, value in row.items():
            self.history.setdefault(name, []).append(value)
        _refuse_divergence(row)
        left = (now - self.began) / (epoch + 1) * (self.epochs - epoch - 1)
        scores = [
            f"{title} {row[name]:.4f}"
            for name, title in (("loss", "loss"), ("dice", "Dice"), ("val_dice", "validation Dice"))
            if name in row
        ]
        log.info(
            "Epoch %d/%d: %s, %s left", epoch + 1, self.epochs, ", ".join(scores), _duration(left)
        )


def _refuse_divergence(row: dict[str, float]) -> None:
    if not math.isfinite(row["loss"]):
        raise InputError(
            f"training, epoch {row['epoch']:.0f}",
            "a finite loss",
            f"{row['loss']} at learning rate {row['learning_rate']:g}",
            "Lower training.learning_rate, or try training.precision=float32.",
        )


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {seconds:02d} s"
