"""Fit a small network in a process of its own, which may be killed in mid-epoch.

Run as a program: python interrupted.py CHECKPOINT RESULT KILL_AT_READ [CHANGES as JSON]. Reads of
training batches are counted over the process; at that of the given number it kills itself.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

EPOCHS, STEPS = 5, 3

NEVER = 10_000


class KillingRows:
    """An array that kills the process when it is read for the given time."""

    def __init__(self, array, kill_at):
        self.array, self.kill_at, self.reads = array, kill_at, 0
        self.shape = array.shape

    def __len__(self):
        return len(self.array)

    def __getitem__(self, rows):
        if not isinstance(rows, slice):  # the input pipeline asks for rows by number
            self.reads += 1
        if self.reads == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.array[rows]


def fit(checkpoint, result, kill_at, changes):
    from small_unets import discs, small_network, small_training

    from teeth_unet import unet
    from teeth_unet.datasets import CheckpointDataset

    training = small_training(
        **{
            "epochs": EPOCHS,
            "batch_size": 2,
            "optimizer": "muon",
            "weight_decay": 0.01,
            "schedule": "cosine",
            "warmup_epochs": 1,
            "learning_rate": 0.01,
            "seed": 3,
            "augmentation": {"flip": 0.5, "rotation": 5, "noise": 0.02},
            **changes,
        }
    )
    network = small_network(dropout=(0.2, 0.3))
    (x, y), validation = discs(2 * STEPS), discs(3)
    compiled = unet.compile_model(network, training, size=16, train_cases=len(x))
    store = CheckpointDataset(filepath=checkpoint).load()
    fitted, history = unet.fit_model(
        compiled, KillingRows(x, kill_at), y, *validation, training, store
    )
    weights = {f"w{n:03d}": array for n, array in enumerate(fitted.get_weights())}
    np.savez(result, **weights, history=json.dumps(history))


def run(checkpoint: Path, result: Path, kill_at: int = NEVER, **changes):
    """Fit in a new process; return its exit code and what it printed."""
    arguments = [checkpoint, result, kill_at, json.dumps(changes)]
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    import logging

    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    fit(sys.argv[1], sys.argv[2], int(sys.argv[3]), json.loads(sys.argv[4]))
