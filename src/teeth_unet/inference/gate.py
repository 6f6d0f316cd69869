"""How much is worked on at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Gate:
    """Lets pictures be worked on side by side while they are small, and a large one alone.

    Args:
        capacity: Pixels that may be under way together.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._under_way = 0
        self._changed = Condition()

    @contextmanager
    def passed(self, pixels: int) -> Iterator[None]:
        """Wait until there is room for a picture, and keep it while the block lasts."""
        taken = min(pixels, self._capacity)  # so that even the largest one's turn comes
        with self._changed:
            self._changed.wait_for(lambda: self._under_way + taken <= self._capacity)
            self._under_way += taken
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= taken
                self._changed.notify_all()
