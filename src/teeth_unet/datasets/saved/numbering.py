"""Numbering networks in the catalog."""

import json

from kedro_datasets._typing import JSONPreview

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.versioned import VersionedDataset
from teeth_unet.numbering import (
    NumberingNetwork,
    read_numbering_network,
    write_numbering_network,
)


class NumberingDataset(VersionedDataset[NumberingNetwork, NumberingNetwork]):
    """A network that tells the numbers of teeth, as one `.npz` file; no pickled objects."""

    def load(self) -> NumberingNetwork:
        """Read the network, see `numbering.read_numbering_network`."""
        return read_numbering_network(self._load_path())

    def save(self, data: NumberingNetwork) -> None:
        """Write the network."""
        with self._save_path().open("wb") as file:
            write_numbering_network(file, data)

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show in kedro-viz how the network was made."""
        network = self.load()
        return JSONPreview(json.dumps({**network.network.model_dump(), **network.about}))
