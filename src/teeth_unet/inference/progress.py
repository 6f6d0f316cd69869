"""How far a long run is, in a few lines of the log."""

import logging
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

LEAST_WAIT = 10.0
"""Seconds between two lines."""

LEAST_STEP = 0.05
"""Share of all cases between two lines, unless it takes long: there are about twenty then."""

LONGEST_WAIT = 60.0
"""Seconds after which there is a line, however few cases have been done."""

LISTED = 10
"""Failed cases that have a line of their own."""


class Progress:
    """Counts cases, and logs now and then how many are done and how long the rest will take.

    Args:
        total: Number of cases.
        clock: Seconds that have passed since any moment.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.made = self.found = 0
        self.failures: dict[str, str] = {}
        self._clock = clock
        self._began = self._told_at = clock()
        self._told = 0

    @property
    def done(self) -> int:
        """Cases gone through."""
        return self.made + self.found + len(self.failures)

    @property
    def rate(self) -> float:
        """X-rays a second that were made into results; those found done do not count."""
        passed = self._clock() - self._began
        return self.made / passed if passed > 0 else 0.0

    def add_found(self) -> None:
        """Count a case that an earlier run has done."""
        self.found += 1
        if not self.made:  # looking through these is not at the expense of the rate
            self._began = self._clock()
        self.tell()

    def add_made(self) -> None:
        """Count a case that has been done now."""
        self.made += 1
        self.tell()

    def add_failure(self, case: str, reason: str) -> None:
        """Count a case that could not be done, and warn of it, of the first ones one by one."""
        self.failures[case] = reason
        if len(self.failures) <= LISTED:
            log.warning("Case %s failed: %s", case, reason)
        elif len(self.failures) == LISTED + 1:
            log.warning("More cases failed; cases.csv lists all of them.")
        self.tell()

    def tell(self) -> None:
        """Log how far it is, if a line is due; another way of telling takes its place."""
        now = self._clock()
        waited = now - self._told_at
        far = self.done - self._told >= LEAST_STEP * self.total
        due = waited >= LONGEST_WAIT or (waited >= LEAST_WAIT and far)
        if not due or self.done >= self.total:
            return
        self._told_at, self._told = now, self.done
        if self.made:
            left = (self.total - self.done) / self.rate
            log.info(
                "%d of %d cases, %.2f X-rays a second, %d min %02d s left",
                self.done,
                self.total,
                self.rate,
                *divmod(round(left), 60),
            )
        else:
            log.info("%d of %d cases were done before", self.done, self.total)
