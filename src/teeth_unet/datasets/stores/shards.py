"""Prepared cases in the catalog while they are being made."""

from teeth_unet.datasets.stores.base import StoreDataset
from teeth_unet.preparation import ShardFolder, ShardStore
from teeth_unet.storage import fetched


class ShardsDataset(StoreDataset[ShardStore]):
    """A store for prepared cases, some in each file, while a large set is being made."""

    def load(self) -> ShardFolder:
        """Return the store; the folder need not exist."""
        return ShardFolder(fetched(self.path))
