"""Segmenters in the catalog: a network and what belongs to it, in one file."""

import json
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractVersionedDataset, Version
from kedro_datasets._typing import JSONPreview
from pydantic import ValidationError

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.whole_files import SavedWhole
from teeth_unet.errors import InputError

if TYPE_CHECKING:
    import keras

    from teeth_unet.segmentation import Segmenter

FORMAT = "teeth_unet segmenter 1"
"""Stands in every file; a change of what a file holds changes the number."""

DESCRIPTION, MODEL = "segmenter.json", "model.keras"

_REMEDY = "Give the segmenter.zip of a training of this version: --params segmenter=PATH"


class SegmenterDataset(SavedWhole, AbstractVersionedDataset["Segmenter", "Segmenter"]):
    """A segmenter as one zip file.

    Loading executes no code from the file, and refuses it if network and settings are not those
    that were saved together.
    """

    def __init__(
        self,
        *,
        filepath: str,
        version: Version | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(PurePosixPath(filepath), version)
        self.metadata = metadata

    def load(self) -> "Segmenter":
        """Read the segmenter, see `read_segmenter`."""
        return read_segmenter(Path(self._get_load_path()))

    def save(self, data: "Segmenter") -> None:
        """Write the segmenter."""
        write_segmenter(Path(self._get_save_path()), data)

    @of_what_is_there
    def preview(self) -> JSONPreview:
        """Show in kedro-viz what belongs to the network."""
        settings = _read_description(Path(self._get_load_path()))["settings"]
        return JSONPreview(json.dumps({**settings, "usual_levels": "…"}))

    def _exists(self) -> bool:
        return Path(self._get_load_path()).exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath), "version": self._version}


def write_segmenter(path: Path, segmenter: "Segmenter") -> None:
    """Write a segmenter into a zip file."""
    description = {
        "format": FORMAT,
        "fingerprint": segmenter.fingerprint,
        "settings": segmenter.settings.model_dump(mode="json"),
    }
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w") as archive:
        segmenter.model.save(Path(folder) / MODEL)
        archive.write(Path(folder) / MODEL, MODEL)
        archive.writestr(DESCRIPTION, json.dumps(description, indent=2))


def read_segmenter(path: Path) -> "Segmenter":
    """Read what `write_segmenter` has written; no code in the file is executed.

    Raises:
        FileNotFoundError: There is no such file.
        InputError: It is no segmenter, is damaged, or was put together by hand.
    """
    # Keras is imported only here and in `save`: listing the catalog stays cheap.
    from teeth_unet.segmentation import Segmenter, SegmenterSettings

    description = _read_description(path)
    try:
        settings = SegmenterSettings(**description["settings"])
    except (ValidationError, TypeError) as error:
        raise _unusable(path, f"settings of another kind ({error})") from error
    segmenter = Segmenter(_read_model(path), settings)
    if segmenter.fingerprint != description["fingerprint"]:
        raise _unusable(path, "a network or settings that were not saved together")
    return segmenter


def _read_description(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        with zipfile.ZipFile(path) as archive:
            description = json.loads(archive.read(DESCRIPTION))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError) as error:
        raise _unusable(path, "a file of another kind, or a damaged one") from error
    found = description.get("format") if isinstance(description, dict) else None
    if found != FORMAT or not {"settings", "fingerprint"} <= description.keys():
        raise _unusable(path, f"one of another format ({found})")
    return description


def _read_model(path: Path) -> "keras.Model":
    from teeth_unet import unet

    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            return unet.load_model(Path(archive.extract(MODEL, folder)))
    except Exception as error:  # Damaged files fail in as many ways as Keras has layers.
        raise _unusable(path, f"a network that cannot be read ({error})") from error


def _unusable(path: Path, found: str) -> InputError:
    return InputError(str(path), "a segmenter of this program", found, _REMEDY)
