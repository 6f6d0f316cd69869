"""NumPy arrays in the catalog."""

from pathlib import Path, PurePosixPath
from types import SimpleNamespace
from typing import Any

import numpy as np
from kedro.io import AbstractVersionedDataset, Version
from kedro_datasets._typing import ImagePreview
from numpy.typing import NDArray

from teeth_unet.datasets.previews import contact_sheet, of_what_is_there, pick
from teeth_unet.datasets.whole_files import SavedWhole
from teeth_unet.errors import InputError, in_short


class ArrayDataset(SavedWhole, AbstractVersionedDataset[NDArray, NDArray]):
    """A stack of pictures, (n, h, w, 1), as a `.npy` file.

    `load` maps the file into memory, read-only: rows are read when they are used. No pickled
    objects are read or written.
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

    def load(self) -> NDArray:
        """Map the file into memory.

        Raises:
            InputError: The file is damaged, or holds Python objects.
        """
        path = Path(self._get_load_path())
        try:
            return np.load(path, mmap_mode="r", allow_pickle=False)
        except (ValueError, EOFError, SyntaxError) as failure:  # a header is parsed as Python
            remedy = "Remove it, and run the pipelines from the one that makes it."
            raise InputError(
                str(path), "an array of numbers", in_short(failure), remedy
            ) from failure

    def save(self, data: NDArray) -> None:
        """Write the array."""
        with open(self._get_save_path(), "wb") as file:
            # To a file of Python's NumPy writes through one of C's, and does not notice when a full
            # disk swallows the last bytes.
            np.save(SimpleNamespace(write=file.write), data, allow_pickle=False)

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show a few pictures of the stack, spread evenly."""
        return contact_sheet(pick(self.load()))

    def _exists(self) -> bool:
        return Path(self._get_load_path()).exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "version": self._version}
