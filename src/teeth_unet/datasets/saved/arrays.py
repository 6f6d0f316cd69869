"""NumPy arrays in the catalog."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from kedro_datasets._typing import ImagePreview
from numpy.typing import NDArray

from teeth_unet.datasets.previews import THUMBNAILS, contact_sheet, of_what_is_there
from teeth_unet.datasets.versioned import VersionedDataset
from teeth_unet.errors import InputError, in_short
from teeth_unet.sampling import spread_evenly
from teeth_unet.storage import reading


class ArrayDataset(VersionedDataset[NDArray[Any], NDArray[Any]]):
    """A stack of pictures, (n, h, w, 1), as a `.npy` file.

    `load` maps the file into memory, read-only: rows are read when they are used. No pickled
    objects are read or written.
    """

    def load(self) -> NDArray[Any]:
        """Map the file into memory.

        Raises:
            InputError: The file is damaged, or holds Python objects.
        """
        path = self._load_path()
        # A header is parsed as Python.
        with reading(path, partial(_damaged, path), (ValueError, EOFError, SyntaxError)):
            stack: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        return stack

    def save(self, data: NDArray[Any]) -> None:
        """Write the array."""
        with self._save_path().open("wb") as file:
            # To a file of Python's NumPy writes through one of C's, and does not notice when a full
            # disk swallows the last bytes.
            np.save(SimpleNamespace(write=file.write), data, allow_pickle=False)

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show a few pictures of the stack, spread evenly."""
        stack = self.load()
        return contact_sheet(stack[row] for row in spread_evenly(len(stack), THUMBNAILS))


def _damaged(path: Path, failure: Exception) -> InputError:
    remedy = "Remove it, and run the pipelines from the one that makes it."
    return InputError(str(path), "an array of numbers", in_short(failure), remedy)
