"""What this process may take of its machine or container, and what is done with it."""

import os
import threading

import psutil
import pytest

from teeth_unet import machine
from teeth_unet.machine import map_in_threads


@pytest.mark.parametrize(
    ("memory_max", "current", "reclaimable", "expected"),
    [
        ("max", "500", "0", 10_000),  # no limit: the machine's own
        ("4000", "1500", "0", 2500),
        ("4000", "1500", "1000", 3500),
        ("4000", "5000", "0", 0),
        ("90000", "1500", "0", 10_000),
        (None, None, None, 10_000),
    ],
)
def test_free_memory_is_that_of_the_container(
    tmp_path, monkeypatch, memory_max, current, reclaimable, expected
):
    class Machine:
        available = 10_000
        rss = 300

        def memory_info(self):
            return self

    monkeypatch.setattr(psutil, "virtual_memory", Machine)
    monkeypatch.setattr(psutil, "Process", Machine)
    if memory_max:
        (tmp_path / "memory.max").write_text(f"{memory_max}\n")
        (tmp_path / "memory.current").write_text(f"{current}\n")
        (tmp_path / "memory.stat").write_text(f"anon 7\ninactive_file {reclaimable}\n")
    monkeypatch.setattr(machine, "LIMITS", tmp_path)
    assert machine.free_memory() == expected
    assert machine.available_memory() == expected + 300


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (None, 8),
        ("max 100000", 8),
        ("200000 100000", 2),
        ("250000 100000", 3),
        ("50000 100000", 1),
        ("6400000 100000", 8),
    ],
)
def test_processors_are_those_of_the_process_and_of_the_container(
    tmp_path, monkeypatch, limit, expected
):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(machine, "LIMITS", tmp_path)
    if limit:
        (tmp_path / "cpu.max").write_text(f"{limit}\n")
    assert machine.available_processors() == expected


def test_a_system_that_does_not_tell_has_all_its_processors(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    monkeypatch.setattr(machine, "LIMITS", tmp_path)
    assert machine.available_processors() == 6


@pytest.fixture
def roomy(monkeypatch):
    """Returns a function that pretends a machine."""

    def pretend(processors, memory):
        monkeypatch.setattr(machine, "available_processors", lambda: processors)
        monkeypatch.setattr(machine, "free_memory", lambda: memory / machine.SHARE)

    return pretend


@pytest.mark.parametrize(
    ("processors", "memory", "need", "at_once"),
    [(8, 300, 100, 3), (2, 10_000, 100, 2), (8, 50, 100, 1), (8, 0, 100, 1), (8, 399, 100, 3)],
)
def test_as_many_are_at_work_as_processors_and_memory_allow(
    roomy, processors, memory, need, at_once
):
    roomy(processors, memory)
    crowd = Crowd(at_once)
    assert map_in_threads(crowd, range(24), lambda _: need) == [2 * n for n in range(24)]
    assert crowd.most == at_once


class Crowd:
    """A function that waits until so many calls are under way, and counts the most there were."""

    def __init__(self, expected):
        self.most = self.now = 0
        self.lock, self.barrier = threading.Lock(), threading.Barrier(expected)

    def __call__(self, item):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.barrier.wait()
        with self.lock:
            self.now -= 1
        return 2 * item


def test_what_something_else_takes_is_left_alone(roomy):
    roomy(8, 500)
    crowd = Crowd(3)
    reserved = 200 / machine.SHARE
    map_in_threads(crowd, range(12), lambda _: 100, reserved=reserved)
    assert crowd.most == 3


def test_after_a_failure_no_more_are_begun_and_it_is_raised(roomy):
    roomy(1, 100)
    begun = []

    def fail_at_two(item):
        begun.append(item)
        if item == 2:
            raise OSError("lost")

    with pytest.raises(OSError, match="lost"):
        map_in_threads(fail_at_two, range(100), lambda _: 100)
    assert begun == [0, 1, 2]


def test_an_interruption_lets_nothing_more_begin(roomy):
    roomy(1, 1000)
    begun = []

    def needs(item):
        if item == 3:
            raise KeyboardInterrupt
        return 1

    with pytest.raises(KeyboardInterrupt):
        map_in_threads(begun.append, range(100), needs)
    assert set(begun) <= {0, 1, 2}
