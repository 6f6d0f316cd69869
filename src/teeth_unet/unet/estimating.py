"""What a training will cost, estimated before it begins."""

import logging
import math
import time
from collections import Counter
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from teeth_unet.errors import InputError
from teeth_unet.machine import available_memory
from teeth_unet.text import duration
from teeth_unet.unet.compiling import compiles_graphs
from teeth_unet.unet.precision import has_gpu
from teeth_unet.unet.settings import Fitting

log = logging.getLogger(__name__)

MINUTE = 60
GIB = 2**30

# Fitted to sixteen trainings of three networks on two cores: memory came out between 18 % less
# and 31 % more than measured, time within 15 % (tests/benchmarks/README.md).
PROCESS_BYTES = 1.2e9
PARAMETER_BYTES = 16  # weight, gradient and two moments, float32
ACTIVATION_COPIES = 1.1  # every layer's output, and gradients on their way
ESTIMATE_ERROR = 1.2  # a training is refused only if it exceeds the memory by more
STEP_EFFICIENCY = 0.6  # of the speed of one convolution alone: the rest is memory traffic


@dataclass(frozen=True)
class Cost:
    """Estimated cost of a training.

    Attributes:
        memory: Peak memory in bytes.
        seconds: Time of all epochs.
        image_memory: What each image of a batch takes of the memory.
    """

    memory: float
    seconds: float
    image_memory: float


def count_flops(model: keras.Model) -> float:
    """Count the floating-point operations of the convolutions for one image, forward.

    A multiplication and an addition are two operations. A step of training takes three times as
    many: forward, and the gradients of inputs and of weights.
    """
    return float(
        sum(2.0 * math.prod(layer.kernel.shape) * _places(layer) for layer in _convolving(model))
    )


def _convolving(model: keras.Model) -> list[keras.layers.Layer]:
    kinds = (layers.Conv2D, layers.Conv2DTranspose)
    return [layer for layer in model.layers if isinstance(layer, kinds)]


def _places(layer: keras.layers.Layer) -> int:
    """Return at how many pixels the kernel is applied."""
    applied_to = layer.input if isinstance(layer, layers.Conv2DTranspose) else layer.output
    return math.prod(applied_to.shape[1:3])


def count_activation_bytes(model: keras.Model) -> float:
    """Count the bytes of all layers' outputs for one image."""
    return float(
        sum(
            math.prod(layer.output.shape[1:]) * np.dtype(_numpy_name(layer.compute_dtype)).itemsize
            for layer in model.layers
        )
    )


def _numpy_name(dtype: str) -> str:
    return "float16" if dtype == "bfloat16" else dtype  # both have two bytes


def estimate_cost(
    model: keras.Model, training: Fitting, *, images: float, flops_per_second: float
) -> Cost:
    """Estimate memory and time of a training.

    Args:
        model: The compiled network.
        training: The batch size.
        images: Images that all epochs together go through, in units of the network's input size.
        flops_per_second: Speed of one convolution, see `measure_speed`.

    Returns:
        The estimate; on two cores of one kind within about a quarter.
    """
    image_memory = ACTIVATION_COPIES * count_activation_bytes(model)
    memory = PROCESS_BYTES + PARAMETER_BYTES * model.count_params()
    seconds = images * 3 * count_flops(model) / (STEP_EFFICIENCY * flops_per_second)
    return Cost(memory + training.batch_size * image_memory, seconds, image_memory)


def measure_speed(dtype: str) -> float:
    """Time a middling convolution with its gradients, in floating-point operations a second.

    Args:
        dtype: What it computes in, `float32` or `bfloat16`.
    """
    side, channels, batch = 64, 64, 64 if has_gpu() else 4
    model = keras.Sequential(
        [
            layers.Input((side, side, channels)),
            layers.Conv2D(channels, 3, padding="same", dtype=dtype),
            layers.Conv2D(channels, 3, padding="same", dtype=dtype),
        ]
    )
    model.compile("sgd", "mse", jit_compile=compiles_graphs())
    x = np.zeros((batch, side, side, channels), np.float32)
    seconds = []
    for _ in range(6):
        began = time.perf_counter()
        model.train_on_batch(x, x)
        seconds.append(time.perf_counter() - began)
    # The first step builds the graph; the input of the first convolution has no gradient.
    return batch * 2.5 * count_flops(model) / min(seconds[1:])


def tell_cost(model: keras.Model, training: Fitting, train_cases: int, epochs: int) -> None:
    """Log what a training will cost, before it begins.

    Args:
        model: The compiled network.
        training: The batch size.
        train_cases: Number of training cases.
        epochs: Epochs that are still to do.

    Raises:
        InputError: The memory will not do. (Of a GPU's memory nothing is known beforehand.)
    """
    dtypes = Counter(layer.compute_dtype for layer in _convolving(model))
    speed = measure_speed(dtypes.most_common(1)[0][0])
    passes = training.passes(train_cases)
    images = epochs * passes * train_cases
    cost = estimate_cost(model, training, images=images, flops_per_second=speed)
    log.info(
        "%d epoch%s of %d cases%s at %d px, %d at a time, will take about %.1f GiB of memory and "
        "%s",
        epochs,
        "s" * (epochs != 1),
        train_cases,
        f", {passes} times each," * (passes > 1),
        model.input_shape[1],
        training.batch_size,
        cost.memory / GIB,
        duration(cost.seconds) if cost.seconds >= MINUTE else "less than a minute",
    )
    if not has_gpu():
        refuse_too_much_memory(cost, training, available_memory())


def refuse_too_much_memory(cost: Cost, training: Fitting, available: float) -> None:
    """Refuse a training that would run out of memory.

    Args:
        cost: Its estimated cost.
        training: The batch size that was asked for.
        available: What this process may take in all, in bytes.

    Raises:
        InputError: There is less than needed; the message names the largest batch size for which
            there is enough, or else what makes the network smaller.
    """
    if cost.memory <= ESTIMATE_ERROR * available:
        return
    size = training.batch_size - math.ceil((cost.memory - available) / cost.image_memory)
    if size >= 1:
        remedy = f"Lower training.batch_size to {size}."
    else:
        remedy = (
            "No batch would fit: lower preparation.size or network.filters, or raise network.patch."
        )
    raise InputError(
        "memory",
        f"{cost.memory / GIB:.1f} GiB for batches of {training.batch_size}",
        f"{available / GIB:.1f} GiB",
        remedy,
    )
