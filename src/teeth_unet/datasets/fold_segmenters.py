"""The segmenters of a cross-validation in the catalog."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd
from kedro.io import AbstractDataset, DatasetError

from teeth_unet.datasets.segmenters import read_segmenter
from teeth_unet.errors import InputError, in_short

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter


class FoldSegmentersDataset(AbstractDataset[NoReturn, "dict[str, Callable[[], Segmenter]]"]):
    """Segmenters that the folds of a cross-validation have left in a folder; read-only.

    Args:
        filepath: The folder with `fold_01/segmenter.zip` and so on.
        folds: The table of the last cross-validation, with a column `fold`. An earlier one may
            have had more folds, and these are left out. All take part where there is no table.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(
        self, *, filepath: str, folds: str | None = None, metadata: dict[str, Any] | None = None
    ) -> None:
        self._filepath = Path(filepath)
        self._folds = Path(folds) if folds else None
        self.metadata = metadata

    def load(self) -> "dict[str, Callable[[], Segmenter]]":
        """List the segmenters without reading them: a reader by name; none if there are none.

        Raises:
            InputError: The table of folds cannot be read. (Kedro wraps it into a DatasetError.)
        """
        paths = sorted(self._filepath.glob("fold_*/segmenter.zip"))
        if paths and self._folds and self._folds.exists():
            names = _names_of_folds(self._folds)
            paths = [path for path in paths if path.parent.name in names]
        return {path.parent.name: partial(read_segmenter, path) for path in paths}

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: each fold saves its own."""
        raise DatasetError("nothing can be saved here: every fold saves its own segmenter")

    def _exists(self) -> bool:
        return bool(self.load())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "folds": str(self._folds or "")}


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
