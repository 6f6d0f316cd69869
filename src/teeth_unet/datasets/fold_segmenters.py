"""The segmenters of a cross-validation in the catalog."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from kedro.io import AbstractDataset, DatasetError

from teeth_unet.datasets.segmenters import read_segmenter

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter


class FoldSegmentersDataset(AbstractDataset[NoReturn, "dict[str, Callable[[], Segmenter]]"]):
    """Segmenters that the folds of a cross-validation have left in a folder; read-only.

    Args:
        filepath: The folder with `fold_01/segmenter.zip` and so on.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._filepath = Path(filepath)
        self.metadata = metadata

    def load(self) -> "dict[str, Callable[[], Segmenter]]":
        """List the segmenters without reading them: a reader by name; none if there are none."""
        paths = sorted(self._filepath.glob("fold_*/segmenter.zip"))
        return {path.parent.name: partial(read_segmenter, path) for path in paths}

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: each fold saves its own."""
        raise DatasetError("nothing can be saved here: every fold saves its own segmenter")

    def _exists(self) -> bool:
        return bool(self.load())

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}
