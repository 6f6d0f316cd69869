"""A process that saves and fails, or is killed, at a moment of choice.

Run as a program it reads orders, one a line, obeys each in a fork, and writes the exit code: what
it has imported, no TensorFlow among it, is then imported once.
"""

import errno
import json
import os
import resource
import signal
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from test_every_dataset import DATASETS

from teeth_unet.datasets import (
    CheckpointDataset,
    CheckpointFolderDataset,
    KerasModelDataset,
    NumberingDataset,
    SegmenterDataset,
)
from teeth_unet.numbering import NumberingNetwork
from teeth_unet.segmentation.files import MODEL
from teeth_unet.unet import Checkpoint

SURVIVED = 3

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree"}


class Model:
    """Stands for a network, which is slow to make: a zip file of bytes, as Keras writes it."""

    def __init__(self, content):
        self.content = content

    def save(self, path):
        # Opened here: a path that cannot be opened zipfile would try again in another way.
        with Path(path).open("wb") as file, zipfile.ZipFile(file, "w") as archive:
            archive.writestr("metadata.json", "{}")
            archive.writestr("model.weights.h5", self.content)


def segmenter(content):
    settings = SimpleNamespace(model_dump=lambda mode: {})
    return SimpleNamespace(model=Model(content), settings=settings, fingerprint="1", numbering=None)


def network_in(dataset):
    with zipfile.ZipFile(dataset._filepath) as archive:
        return archive.testzip() or archive.read(MODEL)


CHECKPOINTS = [Checkpoint({"model_0000": np.full(1000, k)}, {"epoch": k}) for k in range(2)]


def cases():
    """Dataset class, file name, old and new data, and how to compare what is on the disk."""
    for dataset_class, name, old, new, _, comparable in DATASETS:
        yield dataset_class, name, old, new, lambda dataset, c=comparable: c(dataset.load())
    models = (Model(level * 5000) for level in (b"o", b"n"))
    yield KerasModelDataset, "unet.keras", *models, lambda it: Path(it._filepath).read_bytes()
    numbers = (NumberingNetwork([np.full(5000, level, np.float32)]) for level in (0, 1))
    yield NumberingDataset, "numbering.npz", *numbers, lambda it: it.load().weights[0].tolist()
    both = (segmenter(level * 5000) for level in (b"o", b"n"))
    yield SegmenterDataset, "segmenter.zip", *both, network_in
    yield (
        CheckpointDataset,
        "checkpoint.npz",
        *CHECKPOINTS,
        lambda dataset: dataset.load().latest().state,
    )
    yield (
        CheckpointFolderDataset,
        "fold_checkpoints",
        *CHECKPOINTS,
        lambda dataset: dataset.load().of("fold_01").latest().state,
    )


CASES = {case[0].__name__: case for case in cases()}


def save(dataset, data):
    """Save as a node does."""
    if isinstance(dataset, CheckpointDataset):
        dataset.load().write(data)
    elif isinstance(dataset, CheckpointFolderDataset):
        dataset.load().of("fold_01").write(data)
    else:
        dataset.save(data)


def save_under_fault(name, path, killed, changes, length):
    """Save new data; fail or die before the change of a number, or where a file gets too long.

    Args:
        name: Of the dataset class.
        path: Where to save.
        killed: Whether the process dies; otherwise the system reports an error.
        changes: How many openings, moves, removals and so on succeed.
        length: How many bytes of a file can be written, None for all.

    Returns:
        SURVIVED if there was a failure, and it did not matter.
    """
    dataset_class, _, _, new, _ = CASES[name]
    dataset, left, failures = dataset_class(filepath=str(path)), [changes], []

    def watch(event, arguments):
        if event in CHANGES or (event == "open" and is_for_writing(arguments, path.parent)):
            if left[0] == 0:
                left[0] = -1  # what is tidied up afterwards succeeds again
                failures.append(event)
                if killed:
                    os.kill(os.getpid(), signal.SIGKILL)
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            left[0] -= 1

    if length is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if killed else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (length, length))
    sys.addaudithook(watch)
    save(dataset, new)
    return SURVIVED if failures else 0


def is_for_writing(arguments, folder):
    """Tell whether the audit event `open` is of a file that is written in a folder."""
    path, _, flags = arguments
    writes = (flags or 0) & (os.O_WRONLY | os.O_RDWR)
    return bool(writes) and str(path).startswith(str(folder))


def main():
    """Obey orders until there are no more."""
    for line in sys.stdin:
        process = os.fork()
        if not process:
            name, path, *fault = json.loads(line)
            try:
                os._exit(save_under_fault(name, Path(path), *fault))
            except BaseException:
                os._exit(1)
        print(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
