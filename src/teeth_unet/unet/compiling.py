"""From parameters to a network that is ready to be fitted."""

from collections.abc import Sequence

import keras

from teeth_unet.unet.mask_loss import MaskLoss
from teeth_unet.unet.metrics import make_metrics
from teeth_unet.unet.network import build_unet
from teeth_unet.unet.optimizers import KernelAdamW, KernelMuon
from teeth_unet.unet.precision import choose_precision, has_gpu
from teeth_unet.unet.settings import Fitting, Network, Training


def compile_model(
    network: Network,
    training: Training,
    *,
    size: int,
    train_cases: int,
    start: keras.Model | None = None,
) -> keras.Model:
    """Build and compile a U-Net.

    Args:
        network: Its architecture.
        training: Loss, optimizer, schedule, metrics, precision and seed.
        size: Height and width of the input in px.
        train_cases: Number of training cases: schedules are given in epochs, Keras counts steps.
        start: A network of the same layers, with whose weights it begins; random ones without.

    Returns:
        A compiled model, see `build_unet`.

    Raises:
        InputError: `size` does not suit the network.
    """
    precision = choose_precision(training.precision)
    model = build_unet(network, size, precision=precision, seed=training.seed)
    if start is not None:
        model.set_weights(start.get_weights())
    loss = MaskLoss(training.loss, training.loss_options)
    return compile_for_fitting(
        model, training, train_cases, loss=loss, metrics=make_metrics(training.metrics)
    )


def compile_for_fitting(
    model: keras.Model,
    training: Fitting,
    train_cases: int,
    *,
    loss: keras.losses.Loss,
    metrics: Sequence[keras.metrics.Metric],
) -> keras.Model:
    """Compile a model, which is returned, with the optimizer that the settings name."""
    model.compile(
        optimizer=_make_optimizer(training, training.steps(train_cases)),
        loss=loss,
        metrics=list(metrics),
        jit_compile=compiles_graphs(),
    )
    # With its slots built the optimizer is saved whole, and loading does not warn.
    model.optimizer.build(model.trainable_variables)
    return model


def compiles_graphs() -> str | bool:
    """Tell whether XLA compiles a step: on TensorFlow not for a CPU, where it is 2.5 times slower.

    JAX knows nothing else, on any machine.
    """
    return "auto" if keras.backend.backend() != "tensorflow" or has_gpu() else False


def _make_optimizer(training: Fitting, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    optimizers = {
        "adam": keras.optimizers.Adam,
        "adamw": lambda rate: KernelAdamW(rate, weight_decay=training.weight_decay),
        "muon": lambda rate: KernelMuon(rate, weight_decay=training.weight_decay),
        "sgd": lambda rate: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
        "rmsprop": keras.optimizers.RMSprop,
        "nadam": keras.optimizers.Nadam,
    }
    return optimizers[training.optimizer](_make_schedule(training, steps_per_epoch))


def _make_schedule(
    training: Fitting, steps_per_epoch: int
) -> float | keras.optimizers.schedules.LearningRateSchedule:
    schedules = keras.optimizers.schedules
    steps = training.epochs * steps_per_epoch
    if training.schedule == "constant":
        return training.learning_rate
    if training.schedule == "exponential":
        return schedules.ExponentialDecay(training.learning_rate, steps, decay_rate=0.01)
    warmup = min(round(training.warmup_epochs * steps_per_epoch), steps // 2)
    if not warmup:
        return schedules.CosineDecay(training.learning_rate, steps)
    return schedules.CosineDecay(
        0.0, steps - warmup, warmup_target=training.learning_rate, warmup_steps=warmup
    )
