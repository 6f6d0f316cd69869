"""The segmenters of a cross-validation in the catalog."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from teeth_unet.datasets.read_only import ReadOnlyDataset
from teeth_unet.segmentation import SEGMENTERS_OF_FOLDS, FoldSegmenters
from teeth_unet.storage import fetched, place_of, with_addresses

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter


class FoldSegmentersDataset(ReadOnlyDataset["Mapping[str, Callable[[], Segmenter]]"]):
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
        super().__init__(filepath=filepath, metadata=metadata)
        self._folds = place_of(folds["filepath"]) if folds else None

    def load(self) -> "Mapping[str, Callable[[], Segmenter]]":
        """Return a reader of each segmenter by name; none if there are none.

        Nothing is looked at before the names are asked for: most runs have no use for them.
        """
        return FoldSegmenters(self._filepath, self._folds)

    def _exists(self) -> bool:
        return any(fetched(self._filepath, names=SEGMENTERS_OF_FOLDS).glob(SEGMENTERS_OF_FOLDS))

    def _describe(self) -> dict[str, Any]:
        return {
            "filepath": with_addresses(str(self._filepath)),
            "folds": with_addresses(str(self._folds or "")),
        }
