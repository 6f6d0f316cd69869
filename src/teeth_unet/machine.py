"""What this process may take of its machine or container: processors and memory."""

import math
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import psutil

Item = TypeVar("Item")
Value = TypeVar("Value")

LIMITS = Path("/sys/fs/cgroup")
"""Where Linux tells a container's limits (control groups, version 2)."""

SHARE = 0.7
"""Of the memory that is free: it is shared with others, and what is needed is estimated."""


@dataclass
class _Share:
    processors: float = math.inf
    memory: float = math.inf


_share = _Share()


def take_share(processors: int, memory: float) -> None:
    """Let this process have a part of its machine alone: others are at work beside it.

    Args:
        processors: That it may keep busy.
        memory: Bytes that it may take in all.
    """
    _share.processors, _share.memory = processors, memory


def available_processors() -> int:
    """Return how many processors this process may keep busy, at least 1."""
    return int(min(_share.processors, _processors_of_machine()))


def _processors_of_machine() -> int:
    if hasattr(os, "sched_getaffinity"):
        processors = len(os.sched_getaffinity(0))
    else:  # neither Linux nor another system that tells
        processors = os.cpu_count() or 1
    try:
        quota, period = map(float, (LIMITS / "cpu.max").read_text().split())
    except (OSError, ValueError):  # not Linux, or "max": no limit
        return processors
    return max(1, min(processors, math.ceil(quota / period)))


def available_memory() -> float:
    """Return how many bytes this process may take in all."""
    return _taken_memory() + free_memory()


def free_memory() -> float:
    """Return how many bytes this process may still take: of its share, machine or container."""
    return min(_free_memory_of_machine(), max(0.0, _share.memory - _taken_memory()))


def _taken_memory() -> int:
    taken: int = psutil.Process().memory_info().rss
    return taken


def _free_memory_of_machine() -> float:
    free = float(psutil.virtual_memory().available)
    try:
        limit = float((LIMITS / "memory.max").read_text())
        used = float((LIMITS / "memory.current").read_text())
        rows = (LIMITS / "memory.stat").read_text().splitlines()
    except (OSError, ValueError):  # not Linux, or "max": no limit
        return free
    # Files that were read and can be read again count as used, but give way.
    used -= float(dict(row.split() for row in rows).get("inactive_file", 0))
    return min(free, max(0.0, limit - used))


def map_in_threads(
    function: Callable[[Item], Value],
    items: Iterable[Item],
    needs: Callable[[Item], float],
    *,
    reserved: float = 0,
) -> list[Value]:
    """Apply a function to items, as many at once as there are processors and memory for.

    Args:
        function: Is called in threads. After it has failed once, no more items are begun.
        items: What it is applied to.
        needs: Tells about how many bytes the function takes for an item. It is called for one item
            after the other, in order.
        reserved: Bytes of the free memory that something else is going to take.

    Returns:
        The values in the order of the items. What needs more than there is comes alone.
    """
    budget = _Budget(SHARE * max(0.0, free_memory() - reserved))
    futures: list[Future[Value]] = []
    with ThreadPoolExecutor(available_processors()) as threads:
        try:
            for item in items:
                part = budget.take(needs(item))
                if budget.closed:
                    break
                futures.append(threads.submit(function, item))
                futures[-1].add_done_callback(partial(budget.end, part))
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
    return [future.result() for future in futures]


class _Budget:
    """Bytes that are taken, and given back, with those in want of them waiting.

    Args:
        total: All there are.

    Attributes:
        closed: Whether something that had taken bytes has failed: nobody waits any more.
    """

    def __init__(self, total: float) -> None:
        self._total = self._left = max(1.0, total)
        self._changed = threading.Condition()
        self.closed = False

    def take(self, wanted: float) -> float:
        """Wait for so many bytes, or for all if there are never as many; return what was taken."""
        part = min(max(1.0, wanted), self._total)
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self._left >= part)
            self._left -= part
        return part

    def end(self, part: float, done: Future[Any]) -> None:
        """Give back what was taken for a future that is done."""
        with self._changed:
            self._left += part
            self.closed |= not done.cancelled() and done.exception() is not None
            self._changed.notify_all()
