"""Entries that are kept in other ways than as a file of this machine."""

import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Node, Pipeline

from teeth_unet.errors import InputError
from teeth_unet.lineage_hooks import LineageRecords, entries


def same(*inputs):
    return inputs[0]


PIPELINE = Pipeline(
    [
        Node(same, "params:training", "network", name="compile"),
        Node(same, ["network", "params:training"], "weights", name="fit"),
        Node(same, ["network", "params:training.loss"], "title", name="title"),
    ]
)


@pytest.fixture(autouse=True)
def _pipelines(monkeypatch):
    monkeypatch.setattr(entries, "pipelines", {"training": PIPELINE})


def catalog_of(network, loss):
    kept = {"type": "MemoryDataset"}
    catalog = DataCatalog.from_config({"network": network, "weights": kept, "title": kept})
    catalog["params:training"] = {"loss": loss}
    catalog["params:training.loss"] = loss
    return catalog


def run(node_name, catalog):
    """Run a node with the hooks that Kedro calls."""
    hooks = LineageRecords()
    part = PIPELINE.only_nodes(node_name)
    hooks.before_pipeline_run({"only_missing_outputs": False}, part, catalog)
    (node,) = part.nodes
    inputs = {name: catalog.load(name) for name in node.inputs}
    hooks.before_node_run(node, catalog, inputs, run_id="one")
    for name, data in node.run(inputs).items():
        hooks.before_dataset_saved(node)
        catalog.save(name, data)
        hooks.after_dataset_saved(name, node)


def test_an_entry_in_a_cache_has_a_record_and_a_place_of_its_own(tmp_path):
    path = tmp_path / "network.json"
    file = {"type": "json.JSONDataset", "filepath": str(path)}
    cached = {"type": "CachedDataset", "dataset": file}
    run("compile", catalog_of(cached, "bce"))
    run("fit", catalog_of(cached, "bce"))
    with pytest.raises(InputError, match=r"training\.loss was bce, is dice"):
        run("fit", catalog_of(cached, "dice"))
    assert entries.whole_place(catalog_of(cached, "bce"), "network") == path


def test_an_entry_elsewhere_is_taken_with_a_word(caplog):
    caplog.set_level("WARNING")
    elsewhere = {"type": "json.JSONDataset", "filepath": "memory://network.json"}
    run("compile", catalog_of(elsewhere, "bce"))
    assert not caplog.messages
    run("fit", catalog_of(elsewhere, "dice"))
    (told,) = caplog.messages
    assert "nothing tells what they were made from" in told
    assert told.endswith("network")


def test_a_single_value_of_a_block_is_that_of_the_block(tmp_path):
    file = {"type": "json.JSONDataset", "filepath": str(tmp_path / "network.json")}
    run("compile", catalog_of(file, "bce"))
    run("title", catalog_of(file, "bce"))
    with pytest.raises(InputError, match=r"training\.loss was bce, is dice.*--from-nodes compile"):
        run("title", catalog_of(file, "dice"))
