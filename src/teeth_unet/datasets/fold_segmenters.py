"""The segmenters of a cross-validation in the catalog."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd
from kedro.io import AbstractDataset, DatasetError

from teeth_unet.datasets.image_cases import expand_home
from teeth_unet.datasets.segmenters import read_segmenter
from teeth_unet.errors import InputError, in_short

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter

SEGMENTERS = "fold_*/segmenter.zip"


class FoldSegmentersDataset(AbstractDataset[NoReturn, "Mapping[str, Callable[[], Segmenter]]"]):
    """Segmenters that the folds of a cross-validation have left in a folder; read-only.

    Args:
        filepath: The folder with `fold_01/segmenter.zip` and so on. "~" stands for the user's
            home folder, here and in `folds`.
        folds: The table of the last cross-validation, with a column `fold`, as `{filepath: ...}`:
            wherever it is run, Kedro puts the project's folder before a path of that name alone.
            An earlier cross-validation may have had more folds, and these are left out. All take
            part where there is no table.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(
        self,
        *,
        filepath: str,
        folds: dict[str, str] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._filepath = expand_home(filepath)
        self._folds = expand_home(folds["filepath"]) if folds else None
        self.metadata = metadata

    def load(self) -> "Mapping[str, Callable[[], Segmenter]]":
        """Return a reader of each segmenter by name; none if there are none.

        Nothing is looked at before the names are asked for: most runs have no use for them.
        """
        return _FoldSegmenters(self._filepath, self._folds)

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: each fold saves its own."""
        raise DatasetError("nothing can be saved here: every fold saves its own segmenter")

    def _exists(self) -> bool:
        return any(self._filepath.glob(SEGMENTERS))

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "folds": str(self._folds or "")}


@dataclass(frozen=True, eq=False)  # a mapping's own equality
class _FoldSegmenters(Mapping[str, "Callable[[], Segmenter]"]):
    """Readers by name.

    Raises:
        InputError: The table of folds cannot be read.
    """

    folder: Path
    table: Path | None

    def __getitem__(self, name: str) -> "Callable[[], Segmenter]":
        return self._readers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)

    @cached_property
    def _readers(self) -> "dict[str, Callable[[], Segmenter]]":
        paths = sorted(self.folder.glob(SEGMENTERS))
        if paths and self.table and self.table.exists():
            names = _names_of_folds(self.table)
            paths = [path for path in paths if path.parent.name in names]
        return {path.parent.name: partial(read_segmenter, path) for path in paths}


def _names_of_folds(table: Path) -> set[str]:
    try:
        return {f"fold_{int(fold):02d}" for fold in pd.read_csv(table, usecols=["fold"])["fold"]}
    except (OSError, ValueError) as failure:  # pandas' errors of damaged tables are ValueErrors
        raise InputError(
            str(table),
            "a table with a column fold, of whole numbers",
            in_short(failure),
            "Run the cross-validation again, or delete the table: then all folds take part.",
        ) from failure
