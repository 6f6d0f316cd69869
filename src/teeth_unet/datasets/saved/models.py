"""Keras models in the catalog."""

import errno
import json
import os
import zipfile
from collections.abc import Iterator
from typing import Any

from kedro_datasets._typing import TablePreview

from teeth_unet import unet
from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.versioned import VersionedDataset
from teeth_unet.unet import Model


class KerasModelDataset(VersionedDataset[Model, Model]):
    """A Keras model as a `.keras` file, with its optimizer and losses if it is compiled.

    Loading executes no code from the file (Keras' safe mode).
    """

    def load(self) -> Model:
        """Read the model.

        Raises:
            InputError: The file is damaged, or Keras cannot make a model of it, see `load_model`.
        """
        path = self._load_path()
        if not path.exists():  # Keras does not tell this from other failures
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        model: Model = unet.load_model(path)
        return model

    def save(self, data: Model) -> None:
        """Write the model."""
        unet.save_model(data, self._save_path())

    @of_what_is_there
    def preview(self) -> TablePreview:
        """List the layers in kedro-viz, read from the file without Keras."""
        with zipfile.ZipFile(self._load_path()) as archive:
            layers = json.loads(archive.read("config.json"))["config"]["layers"]
        return TablePreview(
            {
                "columns": ["layer", "type", "inputs (height, width, channels)"],
                "index": list(range(len(layers))),
                "data": [
                    [layer["name"], layer["class_name"], ", ".join(_inputs(layer["inbound_nodes"]))]
                    for layer in layers
                ],
            }
        )


def _inputs(described: Any) -> Iterator[str]:  # noqa: ANN401 (nested lists and mappings)
    """Find the tensors that Keras names in the configuration of a layer's inputs."""
    if isinstance(described, list):
        for part in described:
            yield from _inputs(part)
    elif isinstance(described, dict) and described.get("class_name") == "__keras_tensor__":
        tensor = described["config"]
        yield f"{tensor['keras_history'][0]} {tuple(tensor['shape'][1:])}"
    elif isinstance(described, dict):
        yield from _inputs(list(described.values()))
