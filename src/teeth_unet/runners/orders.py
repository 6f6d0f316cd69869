"""What goes from the machine of the command to a worker and back."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

TOPIC = "teeth-unet-log"
"""Under which workers publish what is logged."""

NODE = "node"
"""Dask's resource of which a worker has one, so that it runs one node at a time."""

OF_DASK = ("distributed", "tornado", "asyncio")
"""Loggers that stay as they are: what a worker tells of itself."""

Process = tuple[str, int]


def this_process() -> Process:
    """Return the name of the machine and the number of the process."""
    return socket.gethostname(), os.getpid()


@dataclass(frozen=True)
class Order:
    """A node for a worker.

    Attributes:
        node: Full name of the node.
        run: The run that it belongs to.
        work: Kedro's task, and the shape that the pipelines have, pickled: they are opened once
            it is known that the code is the same.
        program: Version and checksum of the code that it was pickled by.
        levels: From which level on each logger tells something.
        sent_by: The process of the command.
    """

    node: str
    run: str
    work: bytes
    program: str
    levels: Mapping[str, int]
    sent_by: Process = field(default_factory=this_process)


Stamps = dict[str, tuple[int, int]]
"""Size in bytes and time of the last change in seconds of saved files and folders, by path."""


def stamp(path: Path) -> tuple[int, int]:
    """Return size and time of the last change in whole seconds, as all machines see them."""
    state = path.stat()
    return state.st_size, int(state.st_mtime)
