"""Fit a small network, alone or as one of several processes.

Run as a program: python spread_training.py RESULT TASK, with the task as JSON; see `start`.
"""

import json
import logging
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
from interrupted import NEVER, KillingRows

CASES = 7
"""Neither an epoch nor a half of its last batch is a multiple of the batch size."""

SIZE = 16


def training(changes):
    from small_unets import small_training

    return small_training(
        **{
            "epochs": 4,
            "batch_size": 4,
            "optimizer": "muon",
            "weight_decay": 0.01,
            "schedule": "cosine",
            "learning_rate": 0.01,
            "seed": 3,
            "augmentation": {"flip": 0.5, "rotation": 5, "noise": 0.02},
            **changes,
        }
    )


def fit(result, task):
    from small_unets import discs, small_network

    from teeth_unet import unet
    from teeth_unet.datasets import CheckpointDataset
    from teeth_unet.errors import InputError

    settings = training(task.get("training", {}))
    unet.choose_backend(settings.distribution)
    (x, y), validation = discs(CASES, SIZE), discs(3, SIZE)
    if "other_data" in task:
        x = x[::-1]
    dropout = task.get("dropout", 0.2)
    try:
        unet.join(settings.distribution, patience=task.get("patience", 300))
        network = small_network(dropout=(dropout, dropout))
        compiled = unet.compile_model(network, settings, size=SIZE, train_cases=len(x))
        if "weights" in task:
            with np.load(task["weights"]) as given:
                compiled.set_weights([given[name] for name in given.files])
        store = CheckpointDataset(filepath=task.get("checkpoint", f"{result}.checkpoint")).load()
        rows = KillingRows(x, task.get("kill_at", NEVER))
        fitted, history = unet.fit_model(
            compiled, rows, y, *validation, settings, store, distribution=settings.distribution
        )
    except InputError as error:
        sys.exit(str(error))
    weights = {f"w{n:03d}": array for n, array in enumerate(fitted.get_weights())}
    np.savez(result, **weights, loss=history["loss"], dice=history["val_dice"])


def start(result: Path, cache: Path, devices=1, backend="", **task):
    """Begin a training in a new process, with so many devices that share the processor.

    The task may have: `training`, changes of its settings; `weights`, a file of those to begin
    with; `checkpoint`, its file; `kill_at`, the read at which the process kills itself;
    `other_data`; `patience`.
    """
    environment = {
        **os.environ,
        "XLA_FLAGS": f"--xla_force_host_platform_device_count={devices}",
        "KERAS_BACKEND": backend,
        "JAX_COMPILATION_CACHE_DIR": str(cache),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
    }
    return subprocess.Popen(
        [sys.executable, __file__, str(result), json.dumps(task)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finished(process) -> tuple[int, str]:
    """Return the exit code of a process, and what it printed."""
    printed, _ = process.communicate()
    return process.returncode, printed


def result_of(path: Path) -> dict[str, np.ndarray]:
    with np.load(path) as result:
        return dict(result)


def meeting(processes=2) -> list[dict[str, object]]:
    """Return the settings of each of several processes that meet on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    common = {"kind": "data_parallel", "address": address, "processes": processes}
    return [{**common, "process": number} for number in range(processes)]


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    fit(sys.argv[1], json.loads(sys.argv[2]))
