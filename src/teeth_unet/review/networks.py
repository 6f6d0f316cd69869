"""The networks that a folder of corrections has taught: kept whole, one of them in use."""

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from teeth_unet.errors import InputError
from teeth_unet.review.proposing import Proposer
from teeth_unet.segmentation import Segmenter, read_segmenter
from teeth_unet.storage import atomic_write

NETWORKS = "networks"
"""Folder, within that of corrections."""

SEGMENTER, ABOUT, PROPOSALS, CHOICE = "segmenter.zip", "about.json", ".proposals", "choice.json"

MOST_KEPT = 3
"""Networks that stay, the newest ones and the one in use."""


@dataclass(frozen=True)
class Choice:
    """Which network is in use.

    Attributes:
        in_use: Its name; empty for the one that the page was started with.
        decided: Name of the newest network of which a person has said whether it is used.
    """

    in_use: str = ""
    decided: str = ""


class NetworkFolder:
    """The networks of a folder of corrections, by name: when they were taught.

    Attributes:
        path: The folder, which need not exist.
    """

    def __init__(self, corrections: Path) -> None:
        self.path = corrections / NETWORKS

    def names(self) -> list[str]:
        """Return the networks there are, the newest first."""
        return sorted((each.parent.name for each in self.path.glob(f"[!.]*/{ABOUT}")), reverse=True)

    def about(self, name: str) -> dict[str, Any]:
        """Return how a network was taught, and what was found; nothing of a damaged one."""
        try:
            about: dict[str, Any] = json.loads((self.path / name / ABOUT).read_text("utf-8"))
            return about
        except (OSError, ValueError):
            return {}

    def choice(self) -> Choice:
        """Return which network is in use, as a person has said last."""
        try:
            choice = Choice(**json.loads((self.path / CHOICE).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return Choice()
        return choice if not choice.in_use or choice.in_use in self.names() else Choice()

    def choose(self, choice: Choice) -> None:
        """Keep which network is in use.

        Raises:
            OSError: It cannot be written.
        """
        with atomic_write(self.path / CHOICE) as temporary:
            temporary.write_text(json.dumps(vars(choice)), "utf-8")

    def undecided(self) -> str:
        """Return the newest network, if nobody has said yet whether it is used; else nothing."""
        names = self.names()
        return names[0] if names and names[0] > self.choice().decided else ""

    def open(self, name: str) -> Proposer:
        """Load a network.

        Raises:
            InputError: It is not there, or damaged.
        """
        if name not in self.names():
            raise InputError("network", "one that is kept", "none of that name", "Choose another.")
        return Proposer(self._read(name), self.path / name / PROPOSALS)

    def _read(self, name: str) -> Segmenter:
        return read_segmenter(self.path / name / SEGMENTER)

    def _free_name(self) -> str:
        """Return the time as a name that sorts after all others."""
        now = datetime.now()
        while (name := now.strftime("%Y-%m-%d %H.%M.%S")) <= max(self.names(), default=""):
            now += timedelta(seconds=1)  # the clock may have been set back, too
        return name

    def add(self, segmenter: Path, about: dict[str, Any]) -> str:
        """Keep a network that was just taught, and remove those that are too old.

        Args:
            segmenter: Its file.
            about: How it was taught.

        Returns:
            Its name.

        Raises:
            OSError: It cannot be written.
        """
        name = self._free_name()
        with atomic_write(self.path / name) as temporary:
            temporary.mkdir()
            shutil.copyfile(segmenter, temporary / SEGMENTER)
            (temporary / ABOUT).write_text(json.dumps(about), "utf-8")
        for old in self.names()[MOST_KEPT:]:
            if old != self.choice().in_use:
                shutil.rmtree(self.path / old)
        return name
