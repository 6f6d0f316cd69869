"""What all datasets of ours with versions have in common."""

from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from kedro.io import AbstractVersionedDataset, Version

from teeth_unet.datasets.atomic import AtomicSave
from teeth_unet.storage import with_addresses

Saved = TypeVar("Saved")
Loaded = TypeVar("Loaded")


class VersionedDataset(AtomicSave, AbstractVersionedDataset[Saved, Loaded]):
    """A file or a folder, saved whole or not at all, in versions if asked for.

    Args:
        filepath: The file or folder, or its address on object storage. "~" stands for the user's
            home folder.
        version: Kedro's, of `versioned: true`.
        metadata: Anything for other tools; kedro-viz reads its own part.
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

    def _load_path(self) -> Path:
        return Path(self._get_load_path())

    def _save_path(self) -> Path:
        return Path(self._get_save_path())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": with_addresses(str(self._filepath)), "version": self._version}


class FolderDataset(VersionedDataset[Saved, Loaded]):
    """A folder, replaced as a whole: no file of an earlier run stays behind."""

    is_folder = True

    def _load_path(self) -> Path:
        folder = super()._load_path()
        if not folder.is_dir():
            raise FileNotFoundError(folder)
        return folder
