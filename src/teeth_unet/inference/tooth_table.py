"""The table of all teeth, which no memory need hold: it is read from the records as it is written.

A hundred thousand X-rays have three million teeth.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from teeth_unet import teeth
from teeth_unet.inference.protocol import ResultStore
from teeth_unet.teeth import ToothRow

TOOTH_COLUMNS = ["case", *teeth.TOOTH_COLUMNS]
NUMBERS = ["fdi", "kind", "number_probability", "kind_probability"]
OTHER_NOTATIONS = ["universal", "palmer"]
MILLIMETRES = ["length_mm", "width_mm", "area_mm2", "mm_uncertainty"]

PIECE = 1000
"""X-rays of which the teeth are in memory at a time."""


class ToothColumns:
    """Which columns the table has, of what its rows have a value in; told row by row."""

    def __init__(self) -> None:
        self._rows = 0
        self._known: Counter[str] = Counter()

    def add(self, rows: Iterable[ToothRow]) -> None:
        """Take note of the rows of an X-ray."""
        for row in rows:
            self._rows += 1
            self._known.update(row.keys())

    @property
    def names(self) -> list[str]:
        """The columns, in their order."""
        numbers = [*NUMBERS, *(name for name in OTHER_NOTATIONS if name in self._known)]
        columns = [*TOOTH_COLUMNS, *(numbers if not self._rows or "fdi" in self._known else [])]
        columns += ["file", *(MILLIMETRES if "length_mm" in self._known else []), "network"]
        return columns


@dataclass(frozen=True)
class ToothTable:
    """The table of teeth, as it is read piece by piece.

    Datasets of CSV files write it as they write a table of pandas. `frame` is one, which datasets
    of other files write.

    Attributes:
        files: Names of the X-rays' files, by case, of those that are done, in the order of rows.
        network: What the network was taught on.
        columns: Names of the columns.
        store: Where the results are.
    """

    files: Mapping[str, str]
    network: str
    columns: Sequence[str]
    store: ResultStore

    def pieces(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of so many X-rays at a time; at least one piece, which may be empty."""
        cases = iter(self.files.items())
        start = 0
        while (some := list(islice(cases, PIECE))) or not start:
            rows = [row for case, file in some for row in self._rows(case, file)]
            index = pd.RangeIndex(start, start + len(rows))
            if rows or not start:
                yield pd.DataFrame(rows, index=index, columns=list(self.columns))
            start += len(rows)
            if not some:
                return

    def frame(self) -> pd.DataFrame:
        """Return the whole table, in memory: some 150 bytes a tooth."""
        pieces = list(self.pieces())  # those without teeth know no types
        return pd.concat([piece for piece in pieces if len(piece)] or pieces[:1])

    def to_csv(
        self,
        path_or_buf: str | os.PathLike[str] | TextIO,
        **options: Any,  # noqa: ANN401 (pandas')
    ) -> None:
        """Write the table, as `pandas.DataFrame.to_csv` does, with its options for text."""
        header = options.pop("header", True)
        if isinstance(path_or_buf, str | os.PathLike):
            with Path(path_or_buf).open("w", encoding="utf-8", newline="") as file:
                self.to_csv(file, header=header, **options)
            return
        for number, piece in enumerate(self.pieces()):
            piece.to_csv(path_or_buf, header=header if number == 0 else False, **options)

    def __reduce__(self) -> tuple[Any, ...]:
        """Be the whole table wherever it is copied or pickled: by `MemoryDataset`, for example."""
        return pd.DataFrame, (self.frame(),)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 (whatever a table of pandas has)
        """Return the method of the whole table that writes it in another format."""
        if not name.startswith("to_"):
            raise AttributeError(f"{name}: the table in memory, which may have it, is `frame()`")
        return getattr(self.frame(), name)

    def _rows(self, case: str, file: str) -> Iterator[dict[str, object]]:
        for tooth in self.store.rows(case)[1]:
            yield {"case": case, **tooth, "file": file, "network": self.network}
