"""How fast a network learns from arrays on a disk beside the same arrays in memory.

    python tests/benchmarks/streaming.py [--cases 200] [--rounds 5]

A small network, for which the input weighs most, is trained for one epoch a turn, in turn from

- memory: grey levels and masks as float32, all of them in memory;
- disk: as the product keeps and reads them, uint8 in files that are mapped into memory, which the
  system has in its cache since they fit;
- disk, uncached: the same files, written anew and thrown out of that cache before the epoch.

One line of JSON a round, seconds of each epoch; at the end the median of each ratio of speeds. The
first round, which builds the network's graph, does not count.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SEEDS = 20
"""Drawings; the other cases are these, shifted."""

MEMORY, DISK, UNCACHED = "memory", "disk", "disk, uncached"


def draw(cases: int, size: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return grey levels in 0..255 and masks in {0, 1}, (cases, size, size, 1)."""
    from teeth_unet import imaging
    from teeth_unet.phantoms import PhantomSettings, draw_truth, draw_xray

    drawn = PhantomSettings(cases=min(cases, SEEDS), seed=3, width=(600, 600))
    x, y = (np.empty((cases, size, size, 1), np.uint8) for _ in range(2))
    for case in range(drawn.cases):
        truth = draw_truth(drawn, case)
        mask = truth.in_front(truth.counted(drawn.mouth.mask)) > 0
        x[case, ..., 0] = imaging.resize_xray(draw_xray(drawn, case), size)
        y[case, ..., 0] = imaging.resize_mask(mask.astype(np.uint8), size)
    for case in range(drawn.cases, cases):
        first, shift = case % drawn.cases, case // drawn.cases
        x[case], y[case] = (np.roll(each[first], shift, axis=1) for each in (x, y))
    return x, y


def write(files: Sequence[Any], arrays: Sequence[NDArray[np.uint8]]) -> None:
    """Write arrays into new files, each in the place of an earlier one."""
    for file, array in zip(files, arrays, strict=True):
        file.save(array)


def forget(path: Path) -> None:
    """Throw a file out of the system's cache, in which what is mapped would stay."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


class Epochs:
    """Epochs of one network, which goes on learning.

    Args:
        size: Height and width of what it sees, in px.
        cases: How many there are.
    """

    def __init__(self, size: int, cases: int) -> None:
        from teeth_unet import unet
        from teeth_unet.unet import Network, Training

        network = Network(filters=(8, 16, 32), dropout=(0.0, 0.0, 0.1), patch=4)
        self._training = Training(epochs=1, warmup_epochs=0)
        self._model = unet.compile_model(network, self._training, size=size, train_cases=cases)

    def seconds(self, x: Any, y: Any) -> float:
        """Return how long one epoch takes, fed as `unet.fit_model` feeds it."""
        from teeth_unet.unet.input_pipeline import training_batches

        began = time.monotonic()
        self._model.fit(
            training_batches(x, y, self._training),
            steps_per_epoch=self._training.steps(len(x)),
            shuffle=False,
            verbose=0,
        )
        return round(time.monotonic() - began, 2)


def main(given: Sequence[str] | None = None) -> None:
    """Train in turn, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200)
    parser.add_argument("--size", type=int, default=512, help="of what the network sees, in px")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("data"), help="on the disk to measure")
    options = parser.parse_args(given)

    from teeth_unet.datasets import ArrayDataset

    x, y = draw(options.cases, options.size)
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        paths = Path(folder) / "x_train.npy", Path(folder) / "y_train.npy"
        # As in conf/base/catalog.yml.
        files = [
            ArrayDataset(filepath=str(path), highest=highest)
            for path, highest in zip(paths, (255, 1), strict=True)
        ]
        write(files, (x, y))
        whole = x.astype(np.float32) / 255, y.astype(np.float32)
        epochs = Epochs(options.size, options.cases)
        rows = []
        for number in range(options.rounds + 1):
            row = {MEMORY: epochs.seconds(*whole)}
            row[DISK] = epochs.seconds(*(file.load() for file in files))
            write(files, (x, y))  # TensorFlow keeps the earlier ones mapped
            for path in paths:
                forget(path)
            row[UNCACHED] = epochs.seconds(*(file.load() for file in files))
            if number:
                rows.append(row)
                print(json.dumps({"round": number, "cases": options.cases, **row}), flush=True)
    for name in (DISK, UNCACHED):
        ratios = sorted(row[MEMORY] / row[name] for row in rows)
        print(
            f"{name}: {statistics.median(ratios):.1%} of the speed in memory "
            f"({ratios[0]:.1%} to {ratios[-1]:.1%}, {len(ratios)} rounds)"
        )


if __name__ == "__main__":
    main()
