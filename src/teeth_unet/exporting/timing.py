"""How long networks take, side by side."""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from teeth_unet.exporting.runtimes import THREADS
from teeth_unet.machine import available_processors
from teeth_unet.unet import Predictor

TASKS = Path("/proc/self/task")


def seconds_each(
    predictors: Mapping[str, Predictor], xray: NDArray[np.float32], repeats: int
) -> dict[str, float]:
    """Time networks on one X-ray, on two cores where the system lets a program choose (Linux).

    They take turns, so that a busy moment of the machine meets all of them.

    Args:
        predictors: Networks by name.
        xray: (1, size, size, 1) grey levels in [0, 1].
        repeats: Runs of each, after one that does not count.

    Returns:
        The median time of each, in seconds.
    """
    seconds: dict[str, list[float]] = {name: [] for name in predictors}
    with _two_cores():
        for predict in predictors.values():
            predict(xray)
        for _ in range(repeats):
            for name, predict in predictors.items():
                start = time.perf_counter()
                predict(xray)
                seconds[name].append(time.perf_counter() - start)
    return {name: median(taken) for name, taken in seconds.items()}


def cores_used() -> int:
    """Return the number of cores that `seconds_each` leaves to the networks."""
    if hasattr(os, "sched_setaffinity"):
        return min(THREADS, available_processors())
    return available_processors()


@contextlib.contextmanager
def _two_cores() -> Iterator[None]:
    """Keep all threads of this process on two cores: TensorFlow's have been started long ago."""
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) <= THREADS:
        yield
        return
    allowed = os.sched_getaffinity(0)
    try:
        _keep_on(set(sorted(allowed)[:THREADS]))
        yield
    finally:
        _keep_on(allowed)


def _keep_on(cores: set[int]) -> None:
    for task in TASKS.iterdir():
        with contextlib.suppress(ProcessLookupError):  # a thread that has just ended
            os.sched_setaffinity(int(task.name), cores)
