"""Where results cannot go: that is told before the network is loaded, and in words."""

import os
import sys

import pytest
from bright_xrays import xray

from teeth_unet.command import running

NOWHERE = ["a.png/found", "a.png/in/found", "n" * 300, "loose", "round"]
NOWHERE += ["/proc/found"] if sys.platform == "linux" else []


@pytest.mark.skipif(os.name == "nt", reason="other errors, and links need rights")
@pytest.mark.parametrize("results", NOWHERE)
def test_a_place_where_no_folder_can_be_is_told_before_the_network_is_loaded(
    segment, here, results, monkeypatch
):
    xray().save(here / "a.png")
    (here / "loose").symlink_to(here / "nowhere" / "x")
    (here / "nowhere").write_text("-")
    (here / "round").symlink_to(here / "round")
    monkeypatch.setattr(running, "read_segmenter", lambda path: pytest.fail("loaded"))
    told = segment("a.png", "--results", results, code=1).stderr
    assert "expected a place where a folder can be made, found none (" in told
    assert "Give another folder: --results FOLDER" in told
    assert "network is loaded" not in told


def test_a_place_that_may_not_be_written_to_is_told_before_the_network_is_loaded(
    segment, here, monkeypatch
):
    def refused(self):
        raise PermissionError(13, "Permission denied", str(self.path))

    xray().save(here / "a.png")
    monkeypatch.setattr(running.ResultFolder, "begin", refused)
    monkeypatch.setattr(running, "read_segmenter", lambda path: pytest.fail("loaded"))
    assert "Make sure that you may" in segment("a.png", "--results", "found", code=1).stderr
