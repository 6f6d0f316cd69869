"""Reading models that were saved to disk."""

import zipfile
from pathlib import Path
from typing import TypeAlias

import h5py
import keras

# The file names these classes; importing the modules registers them with Keras.
from teeth_unet.unet import layers, mask_loss, metrics, optimizers  # noqa: F401

WEIGHTS = "model.weights.h5"

Link: TypeAlias = h5py.HardLink | h5py.SoftLink | h5py.ExternalLink


def load_model(path: Path) -> keras.Model:
    """Load a `.keras` file, without running any code that it may hold.

    Args:
        path: The file.

    Returns:
        The model; compiled, with its optimizer's state, if it was so when it was saved.

    Raises:
        ValueError: The file would take more memory than it has bytes. Keras raises others, of
            many kinds, at what it has not written.
    """
    _refuse_packed(path)
    return keras.saving.load_model(path, safe_mode=True)


def _refuse_packed(path: Path) -> None:
    """Refuse parts that are packed, or weights that are announced but not there.

    Keras stores all of them as they are. A small file from elsewhere may unpack without end.
    """
    with zipfile.ZipFile(path) as archive:
        if any(each.compress_type != zipfile.ZIP_STORED for each in archive.infolist()):
            raise ValueError("a network that was packed again")
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
