"""How far a training is, by the lines that it prints."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

EPOCH = re.compile(r"Epoch (\d+)/(\d+)")
GOING_ON = re.compile(r"Going on after epoch (\d+) of (\d+)")
OVER = re.compile(r"Already trained for (\d+) of \d+ epochs")
FOLD = re.compile(r"Fold (\d+) of (\d+): learned from")
THE_ONE_KEPT = re.compile(r"\] fit_unet$")
FAILED = re.compile(r"^Error: (.*)")

MOST_TOLD = 2000
"""Letters of an error that are shown."""


@dataclass
class Progress:
    """How far a training is that fits several networks.

    Attributes:
        networks: How many are fitted in all.
        network: Which one it is at, from 1 on; 0 before the first.
        epoch: Epochs of that one that are done.
        epochs: Of how many; 0 if that is not known yet.
        error: What it says that went wrong.
    """

    networks: int
    network: int = 0
    epoch: int = 0
    epochs: int = 0
    error: str = ""
    clock: Callable[[], float] = time.monotonic
    _times: list[tuple[float, float]] = field(default_factory=list)

    def read(self, line: str) -> None:
        """Take in a line of what it prints."""
        if self.error:
            self.error = f"{self.error}\n{line}".rstrip()[:MOST_TOLD]
        elif found := FAILED.search(line):
            self.error = found[1]
        elif found := FOLD.search(line):
            self.networks = int(found[2]) + 1  # and the one that learns from all
            self._begin()
        elif THE_ONE_KEPT.search(line):
            self._begin()
        elif found := OVER.search(line):
            self.epoch = self.epochs = int(found[1])
        elif found := EPOCH.search(line):
            self.epoch, self.epochs = int(found[1]), int(found[2])
            self._times.append((self.clock(), self.done))
        elif found := GOING_ON.search(line):  # no time: what was done before took none of it
            self.epoch, self.epochs = int(found[1]), int(found[2])

    def _begin(self) -> None:
        self.network, self.epoch = self.network + 1, 0
        self.networks = max(self.networks, self.network)

    @property
    def done(self) -> float:
        """Share of all epochs that is done, 0 to 1."""
        before = max(0, self.network - 1)
        return (before + self.epoch / max(1, self.epochs)) / max(1, self.networks)

    @property
    def seconds_left(self) -> float | None:
        """About how long it still takes, by the epochs so far; None if nothing tells yet."""
        if len(self._times) < 2:
            return None
        (begun, at_first), (now, at_last) = self._times[0], self._times[-1]
        if at_last <= at_first:
            return None
        left = (1 - at_last) * (now - begun) / (at_last - at_first)
        return max(0.0, left - (self.clock() - now))

    def record(self) -> dict[str, Any]:
        """Return what a page shows."""
        left = self.seconds_left
        return {
            "network": self.network,
            "networks": self.networks,
            "epoch": self.epoch,
            "epochs": self.epochs,
            "done": round(self.done, 3),
            "seconds_left": None if left is None else round(left),
        }
