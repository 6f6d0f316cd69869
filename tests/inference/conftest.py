"""A folder for the results of a test, its store, and kinds of what is in a mouth."""

import pytest
from fake_segmenter import FakeNumberingNetwork, FakeSegmenter

from teeth_unet.inference import ResultFolder


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "results"


@pytest.fixture
def store(folder):
    return ResultFolder.at(folder)


@pytest.fixture
def with_kinds(monkeypatch):
    """Returns a function that says of which kind the objects of some numbers are."""

    def are(kinds):
        network = property(lambda _: FakeNumberingNetwork(kinds))
        monkeypatch.setattr(FakeSegmenter, "numbering_network", network)

    return are
