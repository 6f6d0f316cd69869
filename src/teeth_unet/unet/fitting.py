"""Fitting a compiled network."""

import logging
from collections.abc import Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.unet.callback import TrainingCallback
from teeth_unet.unet.devices import spread
from teeth_unet.unet.estimating import tell_cost
from teeth_unet.unet.history import WATCHED, best_epoch, why_last_epoch
from teeth_unet.unet.hosts import Hosts
from teeth_unet.unet.input_pipeline import training_batches, validation_batches
from teeth_unet.unet.levels import Masks, Pictures
from teeth_unet.unet.protocol import Checkpoint, CheckpointStore
from teeth_unet.unet.records import TrainingHistory
from teeth_unet.unet.resuming import fingerprint, refuse_other_training
from teeth_unet.unet.settings import Distribution, Fitting
from teeth_unet.unet.targets import MASK, Channel

log = logging.getLogger(__name__)


def fit_model(
    compiled: keras.Model,
    x_train: Pictures,
    y_train: Masks,
    x_validation: Pictures,
    y_validation: Masks,
    training: Fitting,
    checkpoints: CheckpointStore | None = None,
    channels: Sequence[Channel] = MASK,
    distribution: Distribution = Distribution(),  # noqa: B008 (immutable)
) -> tuple[keras.Model, TrainingHistory]:
    """Fit a copy of a compiled network; the network itself is left as it is.

    Args:
        compiled: A model from `compile_model`.
        x_train: (n, size, size, 1) grey levels: float32 in [0, 1], or uint8 in 0..255, which take a
            quarter of the disk; the batches are the same.
        y_train: (n, size, size, 1) masks in {0, 1}, or other targets, as the loss takes them.
        x_validation: As `x_train`; without any cases with teeth nothing is validated. Those
            without are left out: what a network that finds nothing is right about says nothing of
            an epoch.
        y_validation: As `y_train`.
        training: Batch size, epochs, seed, augmentation, and how to end.
        checkpoints: Where each epoch is kept. If it holds a checkpoint of this very training,
            which was interrupted, the training continues from there.
        channels: Of the targets: how each is moved with its X-ray.
        distribution: On which devices. In several processes, which have met before (`hosts.join`),
            each calls this with the same arguments; they part at the end. The checkpoints are those
            of the first, which all others go on from and none of them writes.

    Returns:
        The fitted model in float32, uncompiled, with the weights, or their running average, of the
        epoch of the best validation Dice (of the last epoch, if none could be chosen); and the
        history: a list with one number an epoch for `epoch`, `learning_rate` (at its end),
        `seconds`, `loss`, every metric, and their `val_` twins, over the validation cases with
        teeth.

    Raises:
        InputError: The arrays are of another size than the network's input, the checkpoint is of
            another training, patience is asked for without validation cases with teeth, or the
            loss is not finite any more.
    """
    _refuse_other_size(compiled, x_train)
    toothed = _rows_with_teeth(y_validation)
    if training.patience and not len(toothed):
        _refuse_patience(len(y_validation))
    if training.deterministic:
        _compute_in_fixed_order()
    arrays = {"x_train": x_train, "y_train": y_train}
    arrays |= {"x_validation": x_validation, "y_validation": y_validation}
    hosts = Hosts(distribution)
    store = checkpoints if not hosts.number else None
    started_with = fingerprint(compiled, training, **arrays) if store or hosts.count > 1 else {}
    with hosts.together(), spread(distribution, training.batch_size):
        hosts.agree(started_with)
        model = _copy_compiled(compiled)
        callback = TrainingCallback(training, store, started_with)
        _go_on(callback, model, hosts.checkpoint(store, resume=training.resume))
        if not callback.over:
            _train(callback, model, **arrays, validated=toothed, channels=channels)
        if weights := callback.best_weights or callback.average:
            model.set_weights(weights)
    kept = "the running average of the weights" if training.average else "the weights"
    _log_best_epoch(callback.history, kept, validated=len(y_validation))
    return in_float32(model), callback.history


def _rows_with_teeth(masks: Masks) -> NDArray[np.int64]:
    """Return the rows of masks that are not empty, read one at a time."""
    rows = np.flatnonzero([masks[row : row + 1].any() for row in range(len(masks))])
    if 0 < len(rows) < len(masks):
        log.info(
            "%d of %d validation cases have no teeth: validation is on the others",
            len(masks) - len(rows),
            len(masks),
        )
    return rows


def _log_best_epoch(history: TrainingHistory, kept: str, validated: int) -> None:
    epoch, epochs = best_epoch(history), len(history["epoch"])
    why = why_last_epoch(history)
    if why is None:
        log.info(
            "Best validation Dice %.4f in epoch %d of %d: the fitted network has %s of then",
            max(history[WATCHED]),
            epoch,
            epochs,
            kept,
        )
    else:
        # Without any validation cases that is what was asked for, or was told with the split.
        level = logging.WARNING if validated else logging.INFO
        log.log(level, "The fitted network has %s of epoch %d, the last: %s", kept, epoch, why)


def _go_on(callback: TrainingCallback, model: keras.Model, checkpoint: Checkpoint | None) -> None:
    if checkpoint is not None:
        refuse_other_training(checkpoint.state["started_with"], callback.started_with)
        callback.go_on_from(checkpoint, model)


def _train(
    callback: TrainingCallback,
    model: keras.Model,
    x_train: Pictures,
    y_train: Masks,
    x_validation: Pictures,
    y_validation: Masks,
    validated: NDArray[np.int64],
    channels: Sequence[Channel],
) -> None:
    training = callback.training
    if keras.distribution.distribution() is None:  # of several devices nothing is known
        tell_cost(model, training, len(x_train), training.epochs - callback.epochs)
    validation = None
    if len(validated):
        validation = validation_batches(x_validation, y_validation, training.batch_size, validated)
    model.fit(
        training_batches(x_train, y_train, training, callback.epochs, channels),
        steps_per_epoch=training.steps(len(x_train)),
        initial_epoch=callback.epochs,
        epochs=training.epochs,
        validation_data=validation,
        callbacks=[callback],
        shuffle=False,  # the input pipeline has shuffled
        verbose=0,
    )


def _refuse_patience(validated: int) -> None:
    raise InputError(
        "training.patience",
        "validation cases with teeth to wait for a better Dice on",
        f"none in {validated}" if validated else "none",
        "Set split.validation_cases to a count, such as 3, or leave training.patience out.",
    )


def _compute_in_fixed_order() -> None:
    """Make TensorFlow's operations deterministic, for the whole process; JAX is so on a CPU."""
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        tf.config.experimental.enable_op_determinism()


def _refuse_other_size(compiled: keras.Model, x: Pictures) -> None:
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
