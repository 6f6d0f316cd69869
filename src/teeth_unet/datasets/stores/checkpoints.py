"""The checkpoint of a training in the catalog."""

import json

from kedro_datasets._typing import JSONPreview

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.stores.base import StoreDataset
from teeth_unet.storage import fetched
from teeth_unet.unet import CheckpointFile, CheckpointFolder, CheckpointStore, CheckpointStores


class CheckpointDataset(StoreDataset[CheckpointStore]):
    """A store for the last checkpoint of a training, in one `.npz` file, epoch by epoch."""

    def load(self) -> CheckpointFile:
        """Return the store; the file need not exist."""
        return CheckpointFile(fetched(self.path))

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show the history so far of the training under way."""
        checkpoint = self.load().latest()
        return JSONPreview(json.dumps(checkpoint.state["history"] if checkpoint else {}))


class CheckpointFolderDataset(StoreDataset[CheckpointStores]):
    """A store for the last checkpoints of several trainings, one `.npz` file each."""

    def load(self) -> CheckpointFolder:
        """Return the store; the folder need not exist."""
        return CheckpointFolder(fetched(self.path))
