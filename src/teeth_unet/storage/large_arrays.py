"""Arrays that may be larger than memory."""

import math
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import DTypeLike, NDArray

IN_MEMORY = 2**26
"""Bytes up to which an array is in memory."""

LARGE_FILES = Path("/var/tmp")
"""Where Unix keeps large temporary files: `/tmp` is memory in many of today's systems."""


def allocate(shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
    """Return a new array, its values undefined or 0; on a disk if it is large.

    The file has no name: it goes with the array, and with a process that is killed. It lies in
    `TMPDIR`, where that is set.

    Raises:
        OSError: The disk has no room for it.
    """
    size = math.prod(shape) * np.dtype(dtype).itemsize
    if size <= IN_MEMORY:
        return np.empty(shape, dtype)
    own = "TMPDIR" in os.environ or not os.access(LARGE_FILES, os.W_OK)
    place = tempfile.gettempdir() if own else str(LARGE_FILES)
    with tempfile.TemporaryFile(dir=place) as file:
        if hasattr(os, "posix_fallocate"):
            # Else a full disk is noticed when a page is written, which ends the process.
            try:
                os.posix_fallocate(file.fileno(), 0, size)
            except OSError as failure:
                failure.filename = place
                raise
        else:
            file.truncate(size)
        return np.memmap(file, dtype, "r+", shape=shape)


def _is_plain(index: object) -> bool:
    """Tell whether an index picks from one axis alone, whatever picks from the others."""
    return index is Ellipsis or isinstance(index, int | np.integer | slice)


class Rows(NDArrayOperatorsMixin):
    """Rows of a stack of pictures, read when they are used.

    It is taken for an array: `rows[3]`, `rows[:8]`, `rows[[2, 5]]`, `rows[3, ..., 0]`, `len(rows)`,
    `for picture in rows`. What else an array can do, it does whole, in memory: `rows.mean()`.

    Args:
        kept: The stack, (n, h, w, 1), which may be mapped into memory, or be rows of one.
        chosen: Which of its rows, in which order; all of them, if not given.
        highest: If given, what is read is divided by it: float32 in [0, 1] of uint8.
    """

    def __init__(
        self,
        kept: "NDArray[Any] | Rows",
        chosen: NDArray[np.integer] | None = None,
        highest: int | None = None,
    ) -> None:
        self._kept = kept
        self._chosen = np.arange(len(kept)) if chosen is None else chosen
        self._highest = highest
        self.shape: tuple[int, ...] = (len(self._chosen), *kept.shape[1:])
        self.dtype: np.dtype[Any] = np.dtype(kept.dtype if highest is None else np.float32)
        self.ndim: int = kept.ndim
        self.nbytes = math.prod(self.shape) * self.dtype.itemsize

    def __len__(self) -> int:
        return len(self._chosen)

    def __iter__(self) -> Iterator[NDArray[Any]]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, key: Any) -> NDArray[Any]:  # noqa: ANN401 (whatever an array takes)
        first, *others = key if isinstance(key, tuple) else (key,)
        if first is Ellipsis or first is None or not all(map(_is_plain, others)):
            whole: NDArray[Any] = np.asarray(self)[key]
            return whole
        rows = self._chosen[first]
        read = np.asarray(self._kept[rows])
        if others:
            read = read[tuple(others) if rows.ndim == 0 else (slice(None), *others)]
        return self._scaled(read)

    def _scaled(self, read: NDArray[Any]) -> NDArray[Any]:
        if self._highest is None:
            return read
        scaled = read.astype(np.float32)
        return scaled if self._highest == 1 else scaled / np.float32(self._highest)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(np.asarray(self), name)

    def __array_ufunc__(self, function: np.ufunc, method: str, *given: Any, **named: Any) -> Any:  # noqa: ANN401
        arrays = (np.asarray(each) if isinstance(each, Rows) else each for each in given)
        return getattr(function, method)(*arrays, **named)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[:], dtype)
