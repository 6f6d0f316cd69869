"""A network that cannot be used: what to do about it is told to people without a project."""

import pytest
from bright_xrays import xray
from fake_segmenter import settings

from teeth_unet.command import running
from teeth_unet.inference import results
from teeth_unet.segmentation import Segmenter, read_segmenter


@pytest.fixture
def told(segment, here):
    """Return a function that gives the command, and returns what it says of an error."""
    xray().save(here / "a.png")

    def told(*options):
        error = segment("a.png", *options, code=1).stderr.partition("Error: ")[2]
        assert error
        assert "kedro" not in error
        assert "pipeline" not in error
        return error

    return told


def test_a_damaged_segmenter_is_told_of_with_the_option(told, here, monkeypatch):
    (here / "s.zip").write_bytes(b"-")
    monkeypatch.setattr(running, "read_segmenter", read_segmenter)
    error = told("--segmenter", "s.zip")
    assert "s.zip: expected a segmenter of this program" in error
    assert "Give the segmenter.zip of a training: --segmenter FILE" in error
    assert "another version of this program has made has to be made again where it was" in error


def test_a_network_that_is_not_that_of_its_settings_is_told_of(told, monkeypatch):
    class Model:
        input_shape = output_shape = (None, 7, 7, 1)

    monkeypatch.setattr(running, "read_segmenter", lambda path: Segmenter(Model(), settings()))
    assert "Give another one: --segmenter FILE" in told()


def test_a_record_that_has_gone_is_told_of(told, monkeypatch):
    monkeypatch.setattr(results.ResultFolder, "_read", lambda self, path: {})
    assert "Give the same command again." in told()
