"""Models on disk, written and read."""

import json
import zipfile
from pathlib import Path
from typing import TypeAlias

import h5py
import keras

from teeth_unet.errors import InputError, in_short
from teeth_unet.storage import reading

# The file names these classes; importing the modules registers them with Keras.
from teeth_unet.unet import labelling, layers, mask_loss, metrics, optimizers  # noqa: F401

WEIGHTS = "model.weights.h5"
_ABOUT = "metadata.json"

Link: TypeAlias = h5py.HardLink | h5py.SoftLink | h5py.ExternalLink


def save_model(model: keras.Model, path: Path) -> None:
    """Write a model as a `.keras` file: the same model gives the same bytes.

    Keras writes the time into the file, with which a network that is made again would pass for
    another one.

    Args:
        model: The model, compiled or not.
        path: The file; its name ends in .keras.
    """
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    about = json.loads(members[_ABOUT])
    members[_ABOUT] = json.dumps({**about, "date_saved": ""}).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)


def load_model(path: Path) -> keras.Model:
    """Load a `.keras` file, without running any code that it may hold.

    Args:
        path: The file.

    Returns:
        The model; compiled, with its optimizer's state, if it was so when it was saved.

    Raises:
        InputError: The file is damaged; or whole, but Keras cannot make a model of it here, or it
            would take more memory than it has bytes.
        OSError: It could not be read.
        MemoryError: There is not enough for the model.
    """
    with reading(path, lambda failure: _refused(path, failure)):
        _refuse_damaged(path)
        return keras.saving.load_model(path, safe_mode=True)


def _refused(path: Path, failure: Exception) -> InputError:
    """Return what to tell of a file. Keras fails in many ways at what it has not written."""
    if isinstance(failure, zipfile.BadZipFile):
        found, remedy = (
            f"a damaged file ({in_short(failure)})",
            "Remove it, and run data_science again.",
        )
    else:
        found = in_short(failure)
        remedy = (
            "The file is whole: use the versions of Keras and its backend that it was made with, "
            "or run data_science again."
        )
    return InputError(str(path), "a network as this project saves it", found, remedy)


def _refuse_damaged(path: Path) -> None:
    """Refuse parts whose checksums differ, that are packed, or that are announced but not there.

    Keras stores all of them as they are. A small file from elsewhere may unpack without end. That
    the file can be read is certain then: Keras hides errors of the disk, and tries other ways.
    """
    with zipfile.ZipFile(path) as archive:
        if any(each.compress_type != zipfile.ZIP_STORED for each in archive.infolist()):
            raise ValueError("a network that was packed again")
        if (damaged := archive.testzip()) is not None:
            raise zipfile.BadZipFile(f"the checksum of {damaged} differs")
        with archive.open(WEIGHTS) as member, h5py.File(member) as weights:
            # Both end at the first name that a function returns.
            found = weights.visititems_links(_link_elsewhere) or weights.visititems(_packed)
    if found:
        raise ValueError(f"weights that were packed again, or are elsewhere ({found})")


def _link_elsewhere(name: str, link: Link) -> str | None:
    return None if isinstance(link, h5py.HardLink) else name


def _packed(name: str, item: h5py.Group | h5py.Dataset) -> str | None:
    there = isinstance(item, h5py.Group) or (
        item.id.get_storage_size() == item.nbytes and not item.external and not item.is_virtual
    )
    return None if there else name
