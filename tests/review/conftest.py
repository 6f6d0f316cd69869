"""A place to correct in a folder of its own, and the server's application without a network."""

import pytest
from reviewing import FakeNetwork, fake_training, folder_of_xrays, png, read_taught, xray

from teeth_unet.review import networks
from teeth_unet.review.corrections import CorrectionFolder
from teeth_unet.review.proposing import Proposer
from teeth_unet.review.school import School
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
def make_place(make_workplace, tmp_path, monkeypatch):
    """Return a function that sets up the place and what teaches its network."""
    monkeypatch.setattr(networks, "read_segmenter", read_taught)
    monkeypatch.setenv("PYTHONPATH", "")  # put back after the test
    made = []

    def make(**options):
        workplace = make_workplace()
        made.append((workplace, School(workplace, fake_training(tmp_path), **options)))
        return made[-1]

    yield make
    for workplace, school in made:
        school.teaching.leave()
        workplace.stop()


@pytest.fixture
def xrays(make_workplace, tmp_path):
    """Return the folder of X-rays, with two more than three."""
    for number in (3, 4):
        (tmp_path / "xrays" / f"patient-{number}.png").write_bytes(png(xray(level=90 + number)))
    return tmp_path / "xrays"


@pytest.fixture
def client(make_place):
    """A browser or program on this machine."""
    pytest.importorskip("starlette", reason="needs the extra review")
    pytest.importorskip("httpx", reason="needs the extra dev")
    from starlette.testclient import TestClient

    from teeth_unet.review.application import make_application
    from teeth_unet.review.guarding import Rules

    application = make_application(*make_place(), Rules("127.0.0.1"))
    return TestClient(application, base_url=HERE)


@pytest.fixture
def key(client):
    """The key of a case."""
    listed = client.get("/api/cases").json()
    return next(each["key"] for each in listed if each["name"] == "patient-0")


@pytest.fixture(scope="module")
def driver():
    from review_browser import make_browser

    made = make_browser()
    yield made
    made.quit()


@pytest.fixture
def server(tmp_path):
    from review_browser import Server

    made = Server(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.kill()


@pytest.fixture
def page(driver, server):
    from review_browser import Page

    driver.switch_to.window(driver.window_handles[0])
    driver.get_log("browser")  # of tests before
    return Page(driver, server.address).load()
