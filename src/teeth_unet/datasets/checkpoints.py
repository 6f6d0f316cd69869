"""The checkpoint of a training in the catalog."""

import json
import os
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import JSONPreview

from teeth_unet.datasets.image_cases import expand_home
from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.whole_files import written_whole
from teeth_unet.datasets.zip_members import is_damage
from teeth_unet.errors import InputError
from teeth_unet.unet import Checkpoint, CheckpointStore

STATE = "state.json"


class CheckpointDataset(AbstractDataset[NoReturn, CheckpointStore]):
    """A store for the last checkpoint of a training, in one `.npz` file.

    The node that trains writes through the store, epoch by epoch, since Kedro saves a node's
    outputs only once the node is done.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = expand_home(filepath)
        self.metadata = metadata

    def load(self) -> "CheckpointFile":
        """Return the store; the file need not exist."""
        return CheckpointFile(self._path)

    def save(self, data: NoReturn) -> None:
        """Refuse: checkpoints are written through the store."""
        raise DatasetError("nothing can be saved here: the store that `load` returns is written")

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show the history so far of the training under way."""
        return JSONPreview(json.dumps(self.load().latest().state["history"]))

    def _exists(self) -> bool:
        return self._path.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._path)}


class CheckpointFile(CheckpointStore):
    """A file with the arrays of a checkpoint, and its state as JSON; no pickled objects."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def latest(self) -> Checkpoint | None:
        """Read the checkpoint.

        Raises:
            InputError: The file is damaged.
        """
        if not self.path.exists():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            state = json.loads(arrays.pop(STATE).tobytes())
        except Exception as error:
            if not (is_damage(error) or isinstance(error, KeyError | TypeError)):
                raise
            raise InputError(
                str(self.path),
                "a checkpoint",
                f"a damaged file ({error})",
                "Remove it, and the training starts anew.",
            ) from error
        return Checkpoint(arrays, state)

    def write(self, checkpoint: Checkpoint) -> None:
        """Replace the file once the new one is whole on the disk."""
        state = np.frombuffer(json.dumps(checkpoint.state).encode(), np.uint8)
        with written_whole(self.path) as temporary, open(temporary, "wb") as file:
            np.savez(file, **checkpoint.arrays, **{STATE: state})
            file.flush()
            os.fsync(file.fileno())  # a power failure must not leave a name without content

    def clear(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
