"""What the page has taught by: the pipeline of the project, cut off and gone on with."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from teeth_unet.command import teaching
from teeth_unet.command.teaching import configuration, training_by_pipeline
from teeth_unet.datasets import PhantomDataset
from teeth_unet.errors import InputError
from teeth_unet.imaging import content_hash, decode_xray
from teeth_unet.review.lessons import Lesson
from teeth_unet.review.teaching import TEACHING, Teaching
from teeth_unet.review.xrays import XrayFile
from teeth_unet.segmentation import read_segmenter
from teeth_unet.splits import seen_by

CASES = 3

TINY = (
    "training.start=scratch,training.epochs=3,training.warmup_epochs=0,training.epoch_cases=1,"
    "preparation.size=32,network.filters=[2,4],network.dropout=[0,0]"
)


def tiny_training():
    """Return the page's own training, but for its size."""
    known = training_by_pipeline()
    usual = known.command("")
    command = tuple(each.replace("training.start=package", TINY) for each in usual)
    assert command != usual
    return replace(known, command=lambda start: command)


def lessons():
    options = {"cases": CASES, "width": [96, 128]}
    xrays = PhantomDataset(**options, content="xrays").load()
    labels = PhantomDataset(**options, content="tooth_labels").load()
    for case in xrays:
        numbers = np.asarray(labels[case](), np.uint8)
        yield Lesson(XrayFile(case, xrays[case]), decode_xray(xrays[case]()), numbers)


@pytest.mark.slow
def test_a_training_is_cut_off_goes_on_and_leaves_a_network_that_is_scored(tmp_path):
    taught, opened = [], []

    def take(each):
        taught.append(each)
        opened.append(read_segmenter(each.segmenter))
        return True

    def follow(teaching, met):
        seen = []
        while not seen or not met(seen[-1]):
            time.sleep(0.02)
            seen.append(teaching.progress)
        return seen

    (tmp_path / "pyproject.toml").write_text("[tool.kedro]\n")  # corrections lie in a project
    corrections = tmp_path / "corrections"
    first = Teaching(corrections, tiny_training(), take)
    first.begin(lessons(), CASES)
    seen = follow(first, lambda now: now is None or (now["network"] >= 2 and now["epoch"]))
    assert first.failed == ""
    assert (seen[-1]["networks"], seen[-1]["epochs"]) == (CASES + 1, 3)
    first.leave()
    assert not taught

    later = Teaching(corrections, tiny_training(), take)
    assert later.go_on()
    seen = follow(later, lambda now: now is None)
    assert later.failed == ""
    done = [each["done"] for each in seen if each]
    assert done == sorted(done)
    assert done[-1] == 1
    assert set(taught[0].dice) == {each["key"] for each in taught[0].cases}
    assert len(taught[0].dice) == CASES
    assert all(0 <= dice <= 1 for dice in taught[0].dice.values())
    assert opened[0].settings.size == 32
    # By this it is known later that it has seen an X-ray of the page.
    seen = {content_hash(each.xray) for each in lessons()}
    assert seen_by(opened[0].settings.training) == seen
    assert not (corrections / TEACHING).exists()
    assert not (tmp_path / "data").exists()


def test_without_its_settings_nothing_is_refused_before_it_is_taught(monkeypatch):
    monkeypatch.setattr(teaching, "__file__", "/nowhere/src/teeth_unet/command/teaching.py")
    monkeypatch.setattr(teaching.metadata, "files", lambda _: [])
    training = training_by_pipeline()
    with pytest.raises(InputError, match="its configuration beside it"):
        training.command("")


def test_the_configuration_is_that_of_the_project():
    assert configuration() == Path(__file__).parents[2] / "conf"
