"""Segmenters in the catalog."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from kedro_datasets._typing import JSONPreview

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.versioned import VersionedDataset
from teeth_unet.segmentation import read_description, read_segmenter, write_segmenter

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter


class SegmenterDataset(VersionedDataset["Segmenter", "Segmenter"]):
    """A segmenter as one zip file.

    Loading executes no code from the file, and refuses it if network and settings are not those
    that were saved together.
    """

    def load(self) -> "Segmenter":
        """Read the segmenter, see `segmentation.read_segmenter`."""
        return read_segmenter(self._load_path())

    def save(self, data: "Segmenter") -> None:
        """Write the segmenter."""
        write_segmenter(self._save_path(), data)

    def file(self) -> Path:
        """Return the file itself, for other programs."""
        return self._load_path()

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show in kedro-viz what belongs to the network."""
        settings = read_description(self._load_path())["settings"]
        return JSONPreview(json.dumps({**settings, "usual_levels": "…"}))
