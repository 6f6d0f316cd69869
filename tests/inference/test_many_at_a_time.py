"""Many X-rays, and large ones: threads, and memory."""

import threading
import time
import tracemalloc

from fake_segmenter import FakeSegmenter
from small_xrays import loaders, picture, segment

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


def test_large_xrays_are_finished_one_by_one(store, monkeypatch):
    monkeypatch.setattr(room, "LARGE", 1)
    running, most, written = [0], [0], store.write

    def watch(result):
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.002)
        written(result)
        running[0] -= 1

    monkeypatch.setattr(store, "write", watch)
    segment(store, loaders(10))
    assert most[0] == 1


def test_memory_does_not_grow_with_the_number_of_xrays(store):
    def peak(count):
        tracemalloc.reset_peak()
        segment(store, {f"{count}-{n}": lambda: picture(size=(600, 300)) for n in range(count)})
        return tracemalloc.get_traced_memory()[1]

    tracemalloc.start()
    try:
        peak(5)  # what is imported and cached at first
        few, many = peak(10), peak(60)
    finally:
        tracemalloc.stop()
    assert many < few + 50 * 180_000 / 4  # not a quarter of the pixels of those 50


def test_the_network_is_used_by_one_thread_alone(store, monkeypatch):
    threads = set()
    original = FakeSegmenter.predict_probabilities

    def watch(self, xray):
        threads.add(threading.get_ident())
        return original(self, xray)

    monkeypatch.setattr(FakeSegmenter, "predict_probabilities", watch)
    segment(store, loaders(6))
    assert threads == {threading.get_ident()}
