"""A segmenter in a file: a network and what belongs to it, read and written."""

import hashlib
import json
import zipfile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from teeth_unet import unet
from teeth_unet.errors import InputError
from teeth_unet.numbering import (
    NumberingNetwork,
    read_numbering_network,
    write_numbering_network,
)
from teeth_unet.segmentation.packaged import packaged_segmenter
from teeth_unet.segmentation.segmenter import Segmenter
from teeth_unet.segmentation.settings import SegmenterSettings
from teeth_unet.storage import DAMAGE, file_sha256, reading, temporary_folder
from teeth_unet.unet import Model

FORMAT = "teeth_unet segmenter 2"
"""Is in every file; a change of what a file holds changes the number."""

DESCRIPTION, MODEL, NUMBERING = "segmenter.json", "model.keras", "numbering.npz"

PACKED = zipfile.ZIP_DEFLATED

MOST_BYTES = 2_000_000_000
"""Of a network; those of the settings that come with this program have 1 to 100 million."""

MOST_DESCRIBED = 10_000_000
"""Bytes of the description; it has 20 thousand."""

_REMEDY = (
    "Give the segmenter.zip of a training: --params segmenter=PATH. One that another version of "
    "this program has made is made again from the fitted network, if that is still there: "
    "kedro run --pipeline data_science --from-nodes make_segmenter"
)


def write_segmenter(path: Path, segmenter: Segmenter) -> None:
    """Write a segmenter into a zip file, packed."""
    settings = segmenter.settings.model_dump(mode="json")
    with temporary_folder() as folder, zipfile.ZipFile(path, "w", PACKED) as archive:
        model = folder / MODEL
        unet.save_model(segmenter.model, model)
        numbering = _write_numbering(folder, segmenter.numbering)
        description = {
            "format": FORMAT,
            "checksum": _checksum(settings, model, *numbering),
            "settings": settings,
        }
        # Without the time: the same segmenter gives the same bytes.
        for file in (model, *numbering):
            archive.writestr(zipfile.ZipInfo(file.name), file.read_bytes(), PACKED)
        archive.writestr(zipfile.ZipInfo(DESCRIPTION), json.dumps(description, indent=2), PACKED)


def _write_numbering(folder: Path, network: NumberingNetwork | None) -> list[Path]:
    """Write the network that tells numbers, if a segmenter has one of its own."""
    if network is None:
        return []
    path = folder / NUMBERING
    with path.open("wb") as file:
        write_numbering_network(file, network)
    return [path]


def read_segmenter(path: Path) -> Segmenter:
    """Read what `write_segmenter` has written; no code in the file is executed.

    Raises:
        FileNotFoundError: There is no such file.
        InputError: It is no segmenter, is damaged, was put together by hand, or is larger than
            any.
        OSError: It could not be read.
        MemoryError: There is not enough for the network.
    """
    description = read_description(path)
    settings = _settings_of(path, description)
    model, numbering = _read_networks(path, description)
    return Segmenter(model, settings, path == packaged_segmenter(), numbering)


def read_settings(path: Path) -> SegmenterSettings:
    """Read what belongs to a network, without the network.

    Raises:
        FileNotFoundError: There is no such file.
        InputError: It is no segmenter, or a damaged one.
        OSError: It could not be read.
    """
    return _settings_of(path, read_description(path))


def _settings_of(path: Path, description: dict[str, Any]) -> SegmenterSettings:
    try:
        return SegmenterSettings(**description["settings"])
    except (ValidationError, TypeError) as error:
        raise _unusable(path, f"settings of another kind ({error})") from error


def _checksum(settings: dict[str, Any], *networks: Path) -> str:
    """Return what tells that the files of networks and settings were saved together.

    Of the bytes of the files: what Keras makes of them may change with its version.
    """
    content = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for network in networks:
        content.update(file_sha256(network).encode())
    return content.hexdigest()


def read_description(path: Path) -> dict[str, Any]:
    """Read what a segmenter's file says besides the network: `format`, `checksum`, `settings`.

    Raises:
        FileNotFoundError: There is no such file.
        InputError: It is no segmenter, or a damaged one.
        OSError: It could not be read.
    """
    if not path.exists():
        raise FileNotFoundError(path)
    if path.is_dir():
        raise _unusable(path, "a folder")
    damaged = _unusable(path, "a file of another kind, or a damaged one")
    with (
        reading(path, lambda _: damaged, (*DAMAGE, KeyError, OSError)),
        zipfile.ZipFile(path) as archive,
    ):
        _refuse_large(path, archive)
        # A size announced too small would not keep `archive.read` from unpacking all.
        with archive.open(DESCRIPTION) as member:
            description: dict[str, Any] = json.loads(member.read(MOST_DESCRIBED))
    found = description.get("format") if isinstance(description, dict) else None
    if found != FORMAT or not {"settings", "checksum"} <= description.keys():
        raise _unusable(path, f"one of another format ({found})")
    return description


def _read_networks(
    path: Path, description: dict[str, Any]
) -> tuple[Model, NumberingNetwork | None]:
    with temporary_folder() as folder:
        damaged = _unusable(path, "a damaged file")
        with (
            reading(path, lambda _: damaged, (*DAMAGE, KeyError, OSError)),
            zipfile.ZipFile(path) as archive,
        ):
            _refuse_large(path, archive)
            numbers = [NUMBERING] if NUMBERING in archive.namelist() else []
            files = [Path(archive.extract(name, folder)) for name in (MODEL, *numbers)]
        if _checksum(description["settings"], *files) != description["checksum"]:
            raise _unusable(path, "networks or settings that were not saved together")
        try:
            model: Model = unet.load_model(files[0])
            return model, read_numbering_network(files[1]) if numbers else None
        except InputError as error:
            _, _, found, _ = error.args
            raise _unusable(path, f"a network that cannot be read ({found})") from error


def _refuse_large(path: Path, archive: zipfile.ZipFile) -> None:
    """Refuse members that announce too much; zipfile writes no more than a member announces."""
    there = {member.filename: member.file_size for member in archive.infolist()}
    most_of = {DESCRIPTION: MOST_DESCRIBED, MODEL: MOST_BYTES, NUMBERING: MOST_BYTES}
    for name, most in most_of.items():
        if (size := there.get(name, 0)) > most:
            raise _unusable(path, f"{size} bytes of {name}, where {most} is the most")


def _unusable(path: Path, found: str) -> InputError:
    return InputError(str(path), "a segmenter of this program", found, _REMEDY)
