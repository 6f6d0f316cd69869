"""The checkpoint of a training, in a file."""

import io
import json
import os
from pathlib import Path
from typing import IO, Any

import numpy as np

from teeth_unet.errors import InputError
from teeth_unet.storage import DAMAGE, atomic_write, reading, remove
from teeth_unet.unet.protocol import Checkpoint, CheckpointStore, CheckpointStores

STATE = "state.json"


class CheckpointFile(CheckpointStore):
    """A file with the arrays of a checkpoint, and its state as JSON; no pickled objects."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def latest(self) -> Checkpoint | None:
        """Read the checkpoint.

        Raises:
            InputError: The file is damaged.
            OSError: It could not be read.
            MemoryError: There is not enough for it.
        """
        if not self.path.exists():
            return None
        with reading(self.path, self._damaged, (*DAMAGE, OSError, KeyError, TypeError)):
            return _read(self.path)

    def _damaged(self, failure: Exception) -> InputError:
        return InputError(
            str(self.path),
            "a checkpoint",
            f"a damaged file ({failure})",
            "Remove it, and the training starts again.",
        )

    def write(self, checkpoint: Checkpoint) -> None:
        """Replace the file once the new one is whole on the disk."""
        with atomic_write(self.path) as temporary, open(temporary, "wb") as file:
            _write(checkpoint, file)
            file.flush()
            os.fsync(file.fileno())  # a power failure must not leave a name without content

    def clear(self) -> None:
        """Remove the file."""
        remove(self.path)


class CheckpointFolder(CheckpointStores):
    """A folder with a file for each training, gone when none has a checkpoint."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def of(self, name: str) -> CheckpointFile:
        """Return the file of one training, which need not exist."""
        return CheckpointFile(self.path / f"{name}.npz")

    def clear(self) -> None:
        """Remove the files, and the folder."""
        for file in self.path.glob("*.npz"):
            remove(file)
        if self.path.exists() and not any(self.path.iterdir()):
            self.path.rmdir()


def packed(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as a file would have it, for another process."""
    file = io.BytesIO()
    _write(checkpoint, file)
    return file.getvalue()


def unpacked(content: bytes) -> Checkpoint:
    """Undo `packed`."""
    return _read(io.BytesIO(content))


def _write(checkpoint: Checkpoint, file: IO[bytes]) -> None:
    state = np.frombuffer(json.dumps(checkpoint.state).encode(), np.uint8)
    # Any: an array could have the name of an option of `savez`, as far as its annotations know.
    arrays: dict[str, Any] = {**checkpoint.arrays, STATE: state}
    np.savez(file, **arrays)


def _read(file: Path | IO[bytes]) -> Checkpoint:
    with np.load(file, allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    state = json.loads(arrays.pop(STATE).tobytes())
    return Checkpoint(arrays, state)
