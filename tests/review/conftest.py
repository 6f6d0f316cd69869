"""A place to correct in a folder of its own, and the server's application without a network."""

import pytest
from reviewing import FakeNetwork, folder_of_xrays

from teeth_unet.review.corrections import CorrectionFolder
from teeth_unet.review.proposing import Proposer
from teeth_unet.review.workplace import Workplace
from teeth_unet.review.xrays import find_xrays

HERE = "http://127.0.0.1:8620"


@pytest.fixture
def corrections(tmp_path):
    return tmp_path / "corrections"


@pytest.fixture
def make_workplace(tmp_path, corrections):
    """Return a function that sets up the place as a start of the server does."""
    folder = folder_of_xrays(tmp_path / "xrays")

    def make(paths=(folder,)):
        files, _ = find_xrays(list(paths), corrections)
        proposer = Proposer(FakeNetwork(), corrections / ".proposals")
        return Workplace(files, proposer, CorrectionFolder(corrections), "Ada")

    return make


@pytest.fixture
def client(make_workplace):
    """A browser or program on this machine."""
    pytest.importorskip("starlette", reason="needs the extra review")
    pytest.importorskip("httpx", reason="needs the extra dev")
    from starlette.testclient import TestClient

    from teeth_unet.review.application import make_application
    from teeth_unet.review.guarding import Rules

    return TestClient(make_application(make_workplace(), Rules("127.0.0.1")), base_url=HERE)


@pytest.fixture
def key(client):
    """The key of a case."""
    listed = client.get("/api/cases").json()
    return next(each["key"] for each in listed if each["name"] == "patient-0")
