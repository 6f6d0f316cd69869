"""The command in this process, with a network that computes nothing."""

import pytest
from click.testing import CliRunner
from fake_segmenter import FakeSegmenter

from teeth_unet.__main__ import program
from teeth_unet.command import running


@pytest.fixture(autouse=True)
def network(fake_separation_network, monkeypatch, tmp_path_factory):
    """The package holds a network: what is bright is tooth."""
    place = tmp_path_factory.mktemp("package") / "segmenter.zip"
    place.touch()
    monkeypatch.setattr(running, "packaged_segmenter", lambda: place)
    monkeypatch.setattr(running, "read_segmenter", lambda path: FakeSegmenter())
    return place


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder, in which the command is given."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def segment(here):
    """Return a function that gives the command, and returns what it has printed."""

    def segment(*arguments, code=0):
        done = CliRunner().invoke(program, ["segment", *map(str, arguments)])
        if done.exit_code != code:
            raise AssertionError(done.output) from done.exception
        return done

    return segment
