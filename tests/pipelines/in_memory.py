"""Pipelines on entries in memory that show whether a node has changed its inputs."""

import copy

import numpy as np
import pandas as pd
from kedro.io import DataCatalog, MemoryDataset
from kedro.runner import SequentialRunner


class Shared(MemoryDataset):
    """Hands out the very object that was saved, and keeps it after the run.

    Arrays are made read-only, as memory-mapped ones are; everything else is compared with a copy.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs | {"copy_mode": "assign"})

    def save(self, data):
        if isinstance(data, np.ndarray):
            data.flags.writeable = False
        elif isinstance(data, (pd.DataFrame, list, dict)):
            self.copy = copy.deepcopy(data)
        super().save(data)

    def check(self):
        """Assert that nobody has changed what was saved."""
        if hasattr(self, "copy"):
            data = self.load()
            if isinstance(data, pd.DataFrame):
                pd.testing.assert_frame_equal(data, self.copy)
            elif not (isinstance(data, dict) and any(map(callable, data.values()))):
                assert data == self.copy

    def _release(self):
        pass


def run(pipeline, inputs, entries=None):
    """Run a pipeline and return its inputs and everything it makes, by name.

    Args:
        pipeline: What to run.
        inputs: Its inputs; parameters by name with "params:".
        entries: Datasets that are not to be in memory.
    """
    catalog = DataCatalog(dict(entries or {}))
    for name in pipeline.datasets() - (entries or {}).keys():
        nothing = inputs.get(name, ...) is None  # as a training from scratch begins with
        catalog[name] = MemoryDataset(None) if nothing else Shared()
        if name in inputs and not nothing:
            catalog[name].save(inputs[name])
    SequentialRunner().run(pipeline, catalog)
    for name in pipeline.datasets():
        if isinstance(catalog[name], Shared):
            catalog[name].check()
    return {name: catalog[name].load() for name in pipeline.datasets()}
