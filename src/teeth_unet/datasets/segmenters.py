"""Segmenters in the catalog: a network and what belongs to it, in one file."""

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from kedro.io import AbstractVersionedDataset, Version
from kedro_datasets._typing import JSONPreview
from pooch import file_hash
from pydantic import ValidationError

from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.whole_files import SavedWhole
from teeth_unet.datasets.zip_members import DAMAGE
from teeth_unet.errors import InputError

if TYPE_CHECKING:
    import keras

    from teeth_unet.segmentation import Segmenter

FORMAT = "teeth_unet segmenter 2"
"""Stands in every file; a change of what a file holds changes the number."""

DESCRIPTION, MODEL = "segmenter.json", "model.keras"

MOST_BYTES = 2_000_000_000
"""Of a network; those of the settings that come with this program have 1 to 100 million."""

MOST_DESCRIBED = 10_000_000
"""Bytes of the description; it has 20 thousand."""

_REMEDY = (
    "Give the segmenter.zip of a training: --params segmenter=PATH. One that another version of "
    "this program has made is made anew from the fitted network, where that lies: "
    "kedro run --pipeline data_science --from-nodes make_segmenter"
)


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
    settings = segmenter.settings.model_dump(mode="json")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path, "w") as archive:
        model = Path(folder) / MODEL
        segmenter.model.save(model)
        description = {
            "format": FORMAT,
            "checksum": _checksum(model, settings),
            "settings": settings,
        }
        archive.write(model, MODEL)
        archive.writestr(DESCRIPTION, json.dumps(description, indent=2))


def read_segmenter(path: Path) -> "Segmenter":
    """Read what `write_segmenter` has written; no code in the file is executed.

    Raises:
        FileNotFoundError: There is no such file.
        InputError: It is no segmenter, is damaged, was put together by hand, or is larger than
            any.
    """
    # Keras is imported only here and in `save`: listing the catalog stays cheap.
    from teeth_unet.segmentation import Segmenter, SegmenterSettings

    description = _read_description(path)
    try:
        settings = SegmenterSettings(**description["settings"])
    except (ValidationError, TypeError) as error:
        raise _unusable(path, f"settings of another kind ({error})") from error
    return Segmenter(_read_model(path, description), settings)


def _checksum(model: Path, settings: dict[str, Any]) -> str:
    """Return what tells that a network's file and settings were saved together.

    Of the bytes of the file: what Keras makes of them may change with its version.
    """
    content = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    content.update(file_hash(str(model)).encode())
    return content.hexdigest()


def _read_description(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_large(path, archive)
            # A size announced too small would not keep `archive.read` from unpacking all.
            with archive.open(DESCRIPTION) as member:
                description = json.loads(member.read(MOST_DESCRIBED))
    except InputError:
        raise
    except (*DAMAGE, KeyError, OSError) as error:
        raise _unusable(path, "a file of another kind, or a damaged one") from error
    found = description.get("format") if isinstance(description, dict) else None
    if found != FORMAT or not {"settings", "checksum"} <= description.keys():
        raise _unusable(path, f"one of another format ({found})")
    return description


def _read_model(path: Path, description: dict[str, Any]) -> "keras.Model":
    from teeth_unet import unet

    try:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            _refuse_large(path, archive)
            model = Path(archive.extract(MODEL, folder))
            if _checksum(model, description["settings"]) != description["checksum"]:
                raise _unusable(path, "a network or settings that were not saved together")
            return unet.load_model(model)
    except InputError:
        raise
    except Exception as error:  # Damaged files fail in as many ways as Keras has layers.
        raise _unusable(path, f"a network that cannot be read ({error})") from error


def _refuse_large(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse members that announce too much; zipfile writes no more than a member announces."""
    for name, most in ((DESCRIPTION, MOST_DESCRIBED), (MODEL, MOST_BYTES)):
        if (size := archive.getinfo(name).file_size) > most:
            raise _unusable(path, f"{size} bytes of {name}, where {most} is the most")


def _unusable(path: Path, found: str) -> InputError:
    return InputError(str(path), "a segmenter of this program", found, _REMEDY)
