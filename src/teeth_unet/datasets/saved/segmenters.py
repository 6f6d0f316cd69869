"""Segmenters in the catalog."""

import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import Version
from kedro_datasets._typing import JSONPreview

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.versioned import VersionedDataset
from teeth_unet.segmentation import (
    SegmenterSettings,
    packaged_segmenter,
    read_segmenter,
    read_settings,
    write_segmenter,
)
from teeth_unet.storage import is_there

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter


log = logging.getLogger(__name__)

PACKAGE = "package"


class SegmenterDataset(VersionedDataset["Segmenter", "Segmenter"]):
    """A segmenter as one zip file.

    Loading executes no code from the file, and refuses it if network and settings are not those
    that were saved together.

    Args:
        filepath: The file. "~" stands for the user's home folder.
        otherwise: `package` for the segmenter of this package, if it holds one, where there is no
            such file: it is read in its place, and told of in the log. With anything else, and for
            a version that is asked for, there is none then.
        version: Kedro's, of `versioned: true`.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(
        self,
        *,
        filepath: str,
        otherwise: str | None = None,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(filepath=filepath, version=version, metadata=metadata)
        self._otherwise = packaged_segmenter() if otherwise == PACKAGE else None

    @property
    def stands_in(self) -> bool:
        """Whether the segmenter of the package is read, since there is no other."""
        asked_for = self._version is not None and self._version.load is not None
        return self._otherwise is not None and not asked_for and not self.exists()

    def load(self) -> "Segmenter":
        """Read the segmenter, see `segmentation.read_segmenter`."""
        segmenter = read_segmenter(self._load_path())
        if segmenter.of_package:
            none = self.stands_in and Path(self._filepath).name != PACKAGE
            why = "No network is trained yet: taken" if none else "Taken"
            log.info("%s is that of the %s", why, segmenter.taught_on)
        return segmenter

    def save(self, data: "Segmenter") -> None:
        """Write the segmenter."""
        write_segmenter(self._save_path(), data)

    def place(self) -> Path:
        """Return the file that will be read."""
        if self._otherwise is not None and self.stands_in:
            return Path(str(self._otherwise))
        return super().place()

    def _exists(self) -> bool:
        return is_there(super().place())

    def file(self) -> Path:
        """Return the file itself, for other programs."""
        return self._load_path()

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show in kedro-viz what belongs to the network."""
        return JSONPreview(shown(read_settings(self._load_path())))


def shown(settings: SegmenterSettings) -> str:
    """Return what belongs to a network as JSON, without what is long and says little."""
    return json.dumps({**settings.model_dump(mode="json"), "usual_levels": "…"})
