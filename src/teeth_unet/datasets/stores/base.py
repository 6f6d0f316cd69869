"""What the stores of the catalog have in common."""

from pathlib import Path
from typing import Any, NoReturn, TypeVar

from kedro.io import AbstractDataset, DatasetError

from teeth_unet.storage import is_there, place_of, with_addresses

Loaded = TypeVar("Loaded")


class StoreDataset(AbstractDataset[NoReturn, Loaded]):
    """A store that a node writes through, since Kedro saves outputs only once a node is done.

    Args:
        filepath: The file or folder of the store, or its address on object storage. "~" stands for
            the user's home folder.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self.path: Path = place_of(filepath)
        self.metadata = metadata

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: the store that `load` returns is written."""
        raise DatasetError("nothing can be saved here: the store that `load` returns is written")

    def _exists(self) -> bool:
        return is_there(self.path)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": with_addresses(str(self.path))}
