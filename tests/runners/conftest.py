"""Catalogs of JSON files, and a pipeline over them."""

import json
from importlib.util import find_spec

import pytest
from kedro.io import DataCatalog, Version
from kedro.pipeline import Node, Pipeline
from nodes_on_workers import add, double

from teeth_unet.datasets import AtomicJSONDataset

# They need: pip install -e ".[cluster]"
collect_ignore_glob = [] if find_spec("distributed") else ["test_*.py"]


@pytest.fixture
def catalog(tmp_path):
    """The first entry is there; the last one has versions."""

    def entry(name, version=None):
        return AtomicJSONDataset(filepath=str(tmp_path / f"{name}.json"), version=version)

    (tmp_path / "one.json").write_text(json.dumps(1))
    names = ("one", "two", "four", "place")
    return DataCatalog(
        {name: entry(name) for name in names} | {"six": entry("six", Version(None, "now"))}
    )


@pytest.fixture
def pipeline():
    return Pipeline(
        [
            Node(double, "one", "two", name="make_two"),
            Node(double, "two", "four", name="make_four"),
            Node(add, ["two", "four"], "six", name="make_six"),
        ]
    )
