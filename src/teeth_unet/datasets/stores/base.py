"""What the stores of the catalog have in common."""

from pathlib import Path
from typing import Any, NoReturn, TypeVar

from kedro.io import AbstractDataset, DatasetError

from teeth_unet.storage import expand_home

Loaded = TypeVar("Loaded")


class StoreDataset(AbstractDataset[NoReturn, Loaded]):
    """A store that a node writes through, since Kedro saves outputs only once a node is done.

    Args:
        filepath: The file or folder of the store. "~" stands for the user's home folder.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._path: Path = expand_home(filepath)
        self.metadata = metadata

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: the store that `load` returns is written."""
        raise DatasetError("nothing can be saved here: the store that `load` returns is written")

    def _exists(self) -> bool:
        return self._path.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._path)}
