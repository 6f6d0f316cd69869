"""What the command line makes of errors and of Kedro's advice."""

import errno
import re

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline
from kedro.runner import SequentialRunner

from teeth_unet.cli import USELESS_ADVICE, explain
from teeth_unet.datasets import WholeJSONDataset


def test_a_drive_that_drops_out_is_told_of_without_a_traceback():
    told = explain(OSError(errno.EIO, "Input/output error", "/mnt/xrays/7.png"))
    assert "/mnt/xrays/7.png" in told
    assert "See that the drive or network is there" in told
    assert explain(OSError("of unknown reason")) is None


@pytest.mark.parametrize(("name", "useless"), [("refuse_failures", True), ("train", False)])
def test_nobody_is_sent_to_the_node_that_can_only_refuse_again(tmp_path, caplog, name, useless):
    def fail(_):
        raise KeyError

    kept = WholeJSONDataset(filepath=str(tmp_path / "kept.json"))
    nodes = [
        Node(lambda given: given, "given", "kept", name="make"),
        Node(fail, "kept", None, name=name),
    ]
    with pytest.raises(KeyError):
        SequentialRunner().run(
            Pipeline(nodes), DataCatalog({"given": MemoryDataset({}), "kept": kept})
        )
    advice = [r.getMessage() for r in caplog.records if "--from-nodes" in r.getMessage()]
    assert [bool(re.search(USELESS_ADVICE, line)) for line in advice] == [useless]
