"""The callback of a training: its history, its best weights, its checkpoints, its log."""

import logging
import math
import time
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.text import duration
from teeth_unet.unet.history import WATCHED, best_epoch, epochs_in_vain
from teeth_unet.unet.protocol import Checkpoint, CheckpointStore
from teeth_unet.unet.records import TrainingHistory
from teeth_unet.unet.resuming import START_ANEW, model_state, restore_model_state
from teeth_unet.unet.settings import Fitting

log = logging.getLogger(__name__)


class TrainingCallback(keras.callbacks.Callback):
    """Follows a training, and can resume one that was killed.

    Args:
        training: Epochs, patience and augmentation.
        store: Where every epoch's checkpoint goes; none are written without it.
        started_with: The fingerprint of this training.

    Attributes:
        history: Lists with one number an epoch.
        best_weights: The weights after the best epoch so far, see `history.best_epoch`; empty if
            nothing was validated.
        average: The running average of the weights; empty if none is asked for, or before a step.
    """

    def __init__(
        self, training: Fitting, store: CheckpointStore | None, started_with: dict[str, Any]
    ) -> None:
        super().__init__()
        self.training = training
        self.store = store
        self.started_with = started_with
        self.history: TrainingHistory = {"epoch": [], "learning_rate": [], "seconds": []}
        self.best_weights: list[NDArray[np.float32]] = []
        self.average: list[NDArray[np.float32]] = []

    @property
    def epochs(self) -> int:
        """Epochs that are done."""
        return len(self.history["epoch"])

    @property
    def over(self) -> bool:
        """Whether all epochs are done, or waiting for a better one has been in vain."""
        patience = self.training.patience
        in_vain = patience is not None and epochs_in_vain(self.history) >= patience
        return in_vain or self.epochs >= self.training.epochs

    def go_on_from(self, checkpoint: Checkpoint, model: keras.Model) -> None:
        """Take history and best weights from a checkpoint, and put the model into its state."""
        self.history = _copied(checkpoint.state["history"])
        self.best_weights = _weights(checkpoint, "best")
        self.average = [*map(np.copy, _weights(checkpoint, "average"))]
        restore_model_state(model, checkpoint.arrays)
        told = (
            "Already trained for %d of %d epochs" if self.over else "Going on after epoch %d of %d"
        )
        log.info(told, self.epochs, self.training.epochs)

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Note the time."""
        self.began, self.begun_with = time.monotonic(), self.epochs

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the time."""
        self.epoch_began = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Stop at once when the loss is not a number any more: no later step mends it."""
        self._refuse_divergence(f"epoch {self.epochs + 1}, step {batch + 1}", logs or {})
        if self.training.average:
            if keras.backend.backend() == "jax":  # it keeps them to itself during an epoch
                self.model.jax_state_sync()
            self._count_into_average(self.model.get_weights())

    def _count_into_average(self, weights: list[NDArray[np.float32]]) -> None:
        if not self.average:
            self.average = [np.array(each, np.float32) for each in weights]
        for mean, now in zip(self.average, weights, strict=True):
            mean += (1 - self.training.average) * (now - mean)

    def on_test_begin(self, logs: dict[str, float] | None = None) -> None:
        """Validate the average, since that is what is kept."""
        if self.average:
            self.fitted = self.model.get_weights()
            self.model.set_weights(self.average)

    def on_test_end(self, logs: dict[str, float] | None = None) -> None:
        """Let the training go on with its own weights."""
        if self.average:
            self.model.set_weights(self.fitted)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write the epoch into history, checkpoint and log; stop if it is time."""
        # A step's loss is computed before its update, which may be the one that breaks weights.
        self._refuse_divergence(f"epoch {epoch + 1}", logs or {}, self.model.get_weights())
        row = {
            "epoch": epoch + 1,
            "learning_rate": self._learning_rate(),
            "seconds": round(time.monotonic() - self.epoch_began, 3),
            **{name: float(value) for name, value in (logs or {}).items()},
        }
        for name, value in row.items():
            self.history.setdefault(name, []).append(value)
        if WATCHED in row and best_epoch(self.history) == self.epochs:
            self.best_weights = [*map(np.copy, self.average)] or self.model.get_weights()
        self._write_checkpoint()
        self._log_epoch(row)
        self.model.stop_training = self.over

    def _refuse_divergence(
        self, place: str, logs: dict[str, float], weights: Iterable[NDArray[np.float32]] = ()
    ) -> None:
        broken = {name: value for name, value in logs.items() if not math.isfinite(value)}
        if not all(np.isfinite(array).all() for array in weights):
            broken["weights"] = math.nan
        if broken:
            kept = f" The weights of epoch {self.epochs} stay in the checkpoint until then."
            raise InputError(
                f"training, {place}",
                "a finite loss",
                f"{next(iter(broken))} {next(iter(broken.values()))} at learning rate "
                f"{self._learning_rate():g}",
                "Lower training.learning_rate, lengthen training.warmup_epochs, or try "
                f"training.precision=float32, and {START_ANEW}"
                + (kept if self.store and self.epochs else ""),
            )

    def _learning_rate(self) -> float:
        return float(self.model.optimizer.learning_rate)

    def _write_checkpoint(self) -> None:
        if self.store is None:
            return
        kept = {"best": self.best_weights, "average": [*map(np.copy, self.average)]}
        arrays = {
            f"{name}_{n:04d}": array for name, own in kept.items() for n, array in enumerate(own)
        }
        state = {"history": _copied(self.history), "started_with": self.started_with}
        self.store.write(Checkpoint({**model_state(self.model), **arrays}, state))

    def _log_epoch(self, row: dict[str, float]) -> None:
        an_epoch = (time.monotonic() - self.began) / (self.epochs - self.begun_with)
        scores = [
            f"{title} {row[name]:.4f}"
            for name, title in (("loss", "loss"), ("dice", "Dice"), (WATCHED, "validation Dice"))
            if name in row
        ]
        log.info(
            "Epoch %d/%d: %s, %s left",
            self.epochs,
            self.training.epochs,
            ", ".join(scores),
            duration((self.training.epochs - self.epochs) * an_epoch),
        )


def _weights(checkpoint: Checkpoint, of: str) -> list[NDArray[np.float32]]:
    arrays = checkpoint.arrays
    return [arrays[name] for name in sorted(arrays) if name.startswith(f"{of}_")]


def _copied(history: TrainingHistory) -> TrainingHistory:
    return {name: list(numbers) for name, numbers in history.items()}
