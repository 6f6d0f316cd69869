"""What the command line makes of errors and of Kedro's advice."""

import errno
import logging

import pytest
from kedro.io import DataCatalog, DatasetError, MemoryDataset
from kedro.pipeline import Node, Pipeline
from kedro.runner import SequentialRunner

from teeth_unet import cli
from teeth_unet.cli import explain, is_useful_advice
from teeth_unet.datasets import AtomicJSONDataset
from teeth_unet.errors import InputError


def test_a_drive_that_drops_out_is_told_of_without_a_traceback():
    told = explain(OSError(errno.EIO, "Input/output error", "/mnt/xrays/7.png"))
    assert "/mnt/xrays/7.png" in told
    assert "See that the drive or network is there" in told
    assert explain(OSError("of unknown reason")) is None


@pytest.mark.parametrize("kind", ["CSV", "JSON", "Text"])
def test_a_dataset_by_its_earlier_name_is_refused_with_the_present_one(tmp_path, kind):
    entry = {"type": f"teeth_unet.datasets.Whole{kind}Dataset", "filepath": str(tmp_path / "x")}
    with pytest.raises(DatasetError) as refused:
        DataCatalog.from_config({"table": entry})["table"]
    assert explain(refused.value) == (
        f"teeth_unet.datasets.Whole{kind}Dataset: expected a dataset by its present name, found "
        "the name that it had in an earlier version. "
        f"Write teeth_unet.datasets.Atomic{kind}Dataset in the catalog."
    )


def test_a_dataset_that_never_was_is_a_misspelt_name(tmp_path):
    entry = {"type": "teeth_unet.datasets.WholeYAMLDataset", "filepath": str(tmp_path / "x")}
    with pytest.raises(DatasetError, match="WholeYAMLDataset' not found"):
        DataCatalog.from_config({"table": entry})["table"]


REFUSED = InputError("mask of case 3", "a mask", "none", "Add it.")


@pytest.mark.parametrize(
    ("error", "useful"), [(REFUSED, False), (DatasetError("x"), True), (KeyError(), True)]
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_nobody_is_sent_to_a_node_that_can_only_refuse_its_inputs_again(
    tmp_path, caplog, error, useful, wrapped
):
    def fail(_):
        if wrapped:
            raise RuntimeError from error
        raise error

    kept = AtomicJSONDataset(filepath=str(tmp_path / "kept.json"))
    nodes = [
        Node(lambda given: given, "given", "kept", name="make"),
        Node(fail, "kept", None, name="read"),
    ]
    runner = logging.getLogger("kedro.runner.sequential_runner")
    runner.addFilter(is_useful_advice)
    try:
        with pytest.raises((type(error), RuntimeError)):
            SequentialRunner().run(
                Pipeline(nodes), DataCatalog({"given": MemoryDataset({}), "kept": kept})
            )
    finally:
        runner.removeFilter(is_useful_advice)
    assert any("--from-nodes" in record.getMessage() for record in caplog.records) == useful


def test_who_stops_a_run_hears_how_it_goes_on(capsys, monkeypatch):
    def stop(**_):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_silence_advice", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        cli._with_short_errors(stop)()
    assert "the same command" in capsys.readouterr().err
