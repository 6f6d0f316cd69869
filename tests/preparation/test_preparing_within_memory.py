"""Large X-rays on many processors: no more are open at once than there is memory for."""

import threading

import numpy as np
import pytest
from PIL import Image

from teeth_unet import machine, preparation
from teeth_unet.preparation import Masks, Preparation, decide_encoding, reserving
from teeth_unet.quality import Quality, summarise_quality, summary

SMALL = Preparation(size=8)


def prepare_set(xrays, masks, settings):
    """Prepare cases without looking at their masks first: white is tooth."""
    return preparation.prepare_set(xrays, masks, decide_encoding({}, Masks()), settings)


class Open:
    """Counts the pictures that are open, and lets none be closed before so many are."""

    def __init__(self, expected):
        self.now = self.most = 0
        self.lock, self.barrier = threading.Lock(), threading.Barrier(expected)

    def enter(self):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.barrier.wait()
        with self.lock:
            self.now -= 1


class File:
    """A file of a small picture that says it is a large one."""

    def __init__(self, levels, pixels, opened=None):
        self.levels, self.pixels, self.opened = levels, pixels, opened

    def read(self):
        return b"content"

    def count_pixels(self, content):
        return self.pixels

    def __call__(self):
        if self.opened:
            self.opened.enter()
        return Image.fromarray(self.levels)


def pictures(count, pixels, opened=None):
    rng = np.random.default_rng(0)
    mask = np.zeros((12, 20), np.uint8)
    mask[2:6, 5:10] = 255
    xrays = {
        str(case): File(rng.integers(1, 250, (12, 20), np.uint8), pixels, opened)
        for case in range(count)
    }
    return xrays, {case: File(mask, pixels) for case in xrays}


@pytest.fixture
def roomy(monkeypatch):
    def pretend(processors, gigabytes):
        monkeypatch.setattr(machine, "available_processors", lambda: processors)
        monkeypatch.setattr(machine, "free_memory", lambda: gigabytes * 1e9 / machine.SHARE)

    return pretend


@pytest.mark.parametrize(
    ("processors", "gigabytes", "megapixels", "at_once"),
    [
        (16, 2, 20, 3),  # .64 GB for an X-ray and its mask
        (16, 100, 20, 16),
        (16, 7, 100, 2),
        (16, 3, 100, 1),
        (16, 0.1, 100, 1),  # it may still go well
        (2, 100, 4, 2),
    ],
)
def test_as_many_cases_are_open_at_once_as_memory_and_processors_allow(
    roomy, processors, gigabytes, megapixels, at_once
):
    roomy(processors, gigabytes)
    opened = Open(at_once)
    made = prepare_set(*pictures(48, megapixels * 10**6, opened), SMALL)
    assert len(made.records) == 48
    assert opened.most == at_once


def test_what_is_prepared_does_not_depend_on_how_many_are_open(roomy):
    roomy(16, 100)
    many = prepare_set(*pictures(12, 10**6), SMALL)
    roomy(1, 0.1)
    one = prepare_set(*pictures(12, 10**8), SMALL)
    np.testing.assert_array_equal(many.xrays, one.xrays)
    np.testing.assert_array_equal(many.masks, one.masks)
    assert many.records == one.records


def test_the_prepared_pictures_have_their_share_of_the_memory(roomy):
    stacks = 2 * 48 * 512**2 / 1e9
    roomy(16, 2 + stacks * machine.SHARE)
    opened = Open(3)
    prepare_set(*pictures(48, 20 * 10**6, opened), Preparation(size=512))
    assert opened.most == 3


def test_a_file_that_cannot_be_read_takes_nothing_and_is_told_of(roomy):
    class Gone(File):
        def read(self):
            raise PermissionError(13, "Permission denied")

    assert reserving.needed_bytes(Gone(None, 10**9)) == 0


def test_of_a_picture_that_is_no_file_the_usual_size_is_assumed():
    assert reserving.needed_bytes(lambda: None) == 16 * 4_000_000


def test_masks_are_compared_with_their_xrays_within_the_memory(roomy, monkeypatch):
    xrays, masks = pictures(12, 10**6)
    made = prepare_set(xrays, masks, SMALL)
    opened = Open(2)
    monkeypatch.setattr(summary, "measure_alignment", lambda xray, mask: opened.enter())
    roomy(8, 0.05)  # 20 MB for each
    arguments = made.records, made.unusable, made.xrays, made.masks, Quality()
    summarise_quality(*arguments)
    assert opened.most == 2
