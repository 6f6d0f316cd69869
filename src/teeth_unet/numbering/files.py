"""Numbering networks in files: weights in half precision, and what belongs to them."""

import json
from importlib import resources
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError, in_short
from teeth_unet.numbering.network import NumberingNetwork
from teeth_unet.storage import DAMAGE, reading
from teeth_unet.unet import Network

PACKAGED = "numbering.npz"

DESCRIPTION = "description.json"


def in_half_precision(weights: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Return weights as a file gives them back: kernels are rounded, offsets and scales are not."""
    return [_halved(each).astype(np.float32) for each in weights]


def _halved(weights: NDArray[np.float32]) -> NDArray[Any]:
    return weights.astype(np.float16) if weights.ndim > 1 else weights


def write_numbering_network(file: IO[bytes], network: NumberingNetwork) -> None:
    """Write a numbering network: the same one gives the same bytes."""
    description = {
        "network": network.network.model_dump(mode="json"),
        "size": network.size,
        "about": network.about,
    }
    # Any: an array could have the name of an option, as far as NumPy's annotations know.
    arrays: dict[str, Any] = {
        f"{number:03d}": _halved(each) for number, each in enumerate(network.weights)
    }
    arrays[DESCRIPTION] = np.frombuffer(json.dumps(description).encode(), np.uint8)
    np.savez_compressed(file, **arrays)


def read_numbering_network(path: Path) -> NumberingNetwork:
    """Read a numbering network, without running any code that the file may hold.

    Raises:
        InputError: The file is damaged.
        OSError: It could not be read.
        MemoryError: There is not enough for it.
    """
    with reading(path, lambda failure: _damaged(path, failure), (*DAMAGE, KeyError, TypeError)):
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in sorted(file.files)}
        description = json.loads(arrays.pop(DESCRIPTION).tobytes())
        weights = [each.astype(np.float32) for each in arrays.values()]
        network = Network(**description["network"])
        return NumberingNetwork(weights, network, description["size"], description["about"])


def _damaged(path: Path, failure: Exception) -> InputError:
    remedy = "Remove it, and run pretraining again; that of the package: install it again."
    return InputError(str(path), "a numbering network", in_short(failure), remedy)


def load_numbering_network() -> NumberingNetwork:
    """Return the numbering network of this package."""
    with resources.as_file(resources.files(__package__).joinpath(PACKAGED)) as path:
        return read_numbering_network(path)
