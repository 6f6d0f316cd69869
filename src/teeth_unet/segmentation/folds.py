"""The segmenters that a cross-validation has left, opened when they are called for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from teeth_unet.errors import InputError, in_short
from teeth_unet.segmentation.files import read_segmenter
from teeth_unet.segmentation.segmenter import Segmenter
from teeth_unet.storage import fetched, reading

SEGMENTERS_OF_FOLDS = "fold_*/segmenter.zip"


@dataclass(frozen=True, eq=False)  # a mapping's own equality
class FoldSegmenters(Mapping[str, Callable[[], Segmenter]]):
    """Readers by name of the fold; nothing is looked at before the names are asked for.

    Attributes:
        folder: The folder with `fold_01/segmenter.zip` and so on.
        table: The table of the last cross-validation, with a column `fold`; those of an earlier
            one, with more folds, are left out by it. All take part where there is none.

    Raises:
        InputError: The table of folds cannot be read.
    """

    folder: Path
    table: Path | None

    def __getitem__(self, name: str) -> Callable[[], Segmenter]:
        return self._readers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)

    @cached_property
    def _readers(self) -> dict[str, Callable[[], Segmenter]]:
        folder = fetched(self.folder, names=SEGMENTERS_OF_FOLDS)
        paths = sorted(folder.glob(SEGMENTERS_OF_FOLDS))
        if paths and self.table and fetched(self.table).exists():
            names = _names_of_folds(self.table)
            paths = [path for path in paths if path.parent.name in names]
        return {path.parent.name: partial(read_segmenter, path) for path in paths}


def _names_of_folds(table: Path) -> set[str]:
    import pandas as pd  # here: whoever loads a segmenter alone has no use for it

    with reading(table, lambda failure: _damaged(table, failure), ValueError):
        return {f"fold_{int(fold):02d}" for fold in pd.read_csv(table, usecols=["fold"])["fold"]}


def _damaged(table: Path, failure: Exception) -> InputError:
    return InputError(
        str(table),
        "a table with a column fold, of whole numbers",
        in_short(failure),
        "Run the cross-validation again, or delete the table: then all folds take part.",
    )
