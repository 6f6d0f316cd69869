"""Keras models in the catalog."""

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractVersionedDataset, Version

from teeth_unet.datasets.whole_files import SavedWhole

if TYPE_CHECKING:
    import keras


class KerasModelDataset(SavedWhole, AbstractVersionedDataset["keras.Model", "keras.Model"]):
    """A Keras model as a `.keras` file, with its optimizer and losses if it is compiled.

    Loading executes no code from the file (Keras' safe mode).
    """

    def __init__(
        self,
        *,
        filepath: str,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(PurePosixPath(filepath), version)
        self.metadata = metadata

    def load(self) -> "keras.Model":
        """Read the model."""
        # Keras is imported only here and in `save`: listing the catalog stays cheap.
        from teeth_unet import unet

        return unet.load_model(Path(self._get_load_path()))

    def save(self, data: "keras.Model") -> None:
        """Write the model."""
        data.save(self._get_save_path())

    def _exists(self) -> bool:
        return Path(self._get_load_path()).exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "version": self._version}
