"""Many X-rays, and large ones: threads, and memory."""

import threading
import time
import tracemalloc

import pytest
from fake_segmenter import FakeSegmenter
from small_xrays import File, broken, loaders, picture, segment

from teeth_unet.inference import segmenting as room


def test_few_xrays_are_open_at_a_time(store, monkeypatch):
    alive, most, lock = set(), [0], threading.Lock()
    opened, written = room.open_xray, store.write

    def count(case, *arguments):
        with lock:
            alive.add(case)
            most[0] = max(most[0], len(alive))
        return opened(case, *arguments)

    def uncount(result):
        time.sleep(0.002)
        written(result)
        with lock:
            alive.discard(result.case)

    monkeypatch.setattr(room, "open_xray", count)
    monkeypatch.setattr(store, "write", uncount)
    segment(store, loaders(40))
    assert alive == set()
    assert most[0] <= 2 * room.AHEAD + 2


class Sized(File):
    """A file that says how many pixels it has."""

    def count_pixels(self, content):
        return len(content) * 100


def most_under_way(store, monkeypatch, large):
    """Segment pictures of 2048 px and return how many were opened or finished at most at once."""
    running, most, lock = [0], [0], threading.Lock()

    def watched(function):
        def run(*arguments):
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.005)
            try:
                return function(*arguments)
            finally:
                with lock:
                    running[0] -= 1

        return run

    monkeypatch.setattr(room, "LARGE", large)
    monkeypatch.setattr(store, "write", watched(store.write))
    segment(store, {str(n): Sized(b"%20d" % n, opened=watched(picture)) for n in range(10)})
    return most[0]


def test_large_xrays_are_opened_and_finished_one_by_one(store, monkeypatch):
    assert most_under_way(store, monkeypatch, large=2000) == 1


def test_small_xrays_are_opened_and_finished_side_by_side(store, monkeypatch):
    assert most_under_way(store, monkeypatch, large=1_000_000) == room.WORKERS


def test_large_xrays_fail_as_others_do(store, monkeypatch):
    monkeypatch.setattr(room, "LARGE", 1)
    summary = segment(store, {"bad": Sized(opened=broken), "good": Sized()})
    assert (list(summary["failures"]), summary["made"]) == (["bad"], 1)


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_xrays(store):
    def peak(count):
        tracemalloc.reset_peak()
        segment(store, {f"{count}-{n}": lambda: picture(size=(600, 300)) for n in range(count)})
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        peak(5)  # what is imported and cached at first
        few, many = peak(10), peak(210)
    finally:
        tracemalloc.stop()
    assert many < few + 200 * 180_000 / 4  # not a quarter of the pixels of those 200


def test_the_network_is_used_by_one_thread_alone(store, monkeypatch):
    threads = set()
    original = FakeSegmenter.predict_probabilities

    def watch(self, xray):
        threads.add(threading.get_ident())
        return original(self, xray)

    monkeypatch.setattr(FakeSegmenter, "predict_probabilities", watch)
    segment(store, loaders(6))
    assert threads == {threading.get_ident()}
