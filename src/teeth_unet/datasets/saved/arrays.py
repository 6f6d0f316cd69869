"""NumPy arrays in the catalog."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from kedro.io.core import Version
from kedro_datasets._typing import ImagePreview
from numpy.typing import NDArray

from teeth_unet.datasets.previews import THUMBNAILS, contact_sheet, of_what_is_there
from teeth_unet.datasets.versioned import VersionedDataset
from teeth_unet.errors import InputError, in_short
from teeth_unet.sampling import spread_evenly
from teeth_unet.storage import Rows, reading

CHUNK = 2**24
"""Bytes that are written at once."""


class ArrayDataset(VersionedDataset[NDArray[Any] | Rows, NDArray[Any] | Rows]):
    """A stack of pictures, (n, h, w, 1), as a `.npy` file.

    `load` maps the file into memory, read-only: rows are read when they are used. No pickled
    objects are read or written.

    Args:
        filepath: As of `VersionedDataset`, and so are the other arguments.
        highest: If given, the file holds uint8, a quarter of the bytes, and what is loaded are
            its rows divided by this number, float32 in [0, 1]: 255 for grey levels, 1 for masks.
    """

    def __init__(
        self,
        *,
        filepath: str,
        highest: int | None = None,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)
        self._highest = highest

    def load(self) -> NDArray[Any] | Rows:
        """Map the file into memory.

        Raises:
            InputError: The file is damaged, or holds Python objects.
        """
        path = self._load_path()
        # A header is parsed as Python.
        with reading(path, partial(_damaged, path), (ValueError, EOFError, SyntaxError)):
            stack: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        # A file may be of an earlier version, which kept what is loaded.
        scaled = self._highest is not None and stack.dtype == np.uint8
        return Rows(stack, highest=self._highest) if scaled else stack

    def save(self, data: NDArray[Any] | Rows) -> None:
        """Write the array.

        Raises:
            TypeError: It is to be divided when it is loaded, and is not of uint8.
        """
        if self._highest is not None and data.dtype != np.uint8:
            raise TypeError(f"expected an array of uint8, received {data.dtype}")
        with self._save_path().open("wb") as file:
            if not isinstance(data, Rows):
                # To a file of Python's NumPy writes through one of C's, and does not notice when a
                # full disk swallows the last bytes.
                np.save(SimpleNamespace(write=file.write), data, allow_pickle=False)
                return
            header = {"descr": data.dtype.str, "fortran_order": False, "shape": data.shape}
            np.lib.format.write_array_header_1_0(file, header)
            step = max(1, CHUNK * len(data) // max(1, data.nbytes))
            for first in range(0, len(data), step):
                file.write(data[first : first + step].tobytes())

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show a few pictures of the stack, spread evenly."""
        stack = self.load()
        return contact_sheet(stack[row] for row in spread_evenly(len(stack), THUMBNAILS))


def _damaged(path: Path, failure: Exception) -> InputError:
    remedy = "Remove it, and run the pipelines from the one that makes it."
    return InputError(str(path), "an array of numbers", in_short(failure), remedy)
