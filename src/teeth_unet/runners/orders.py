"""What goes from the machine of the command to a worker and back."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from teeth_unet.pipeline_registry import Shape

TOPIC = "teeth-unet-log"
"""Under which workers publish what is logged."""

NODE = "node"
"""Dask's resource of which a worker has one, so that it runs one node at a time."""

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
        task: Kedro's task, pickled: it is opened once it is known that the code is the same.
        program: Version and checksum of the code that it was pickled by.
        shape: What the pipelines are built by.
        levels: From which level on each logger tells something.
        sent_by: The process of the command.
    """

    node: str
    run: str
    task: bytes
    program: str
    shape: Shape
    levels: Mapping[str, int]
    sent_by: Process = field(default_factory=this_process)


Stamps = dict[str, tuple[int, int]]
"""Size in bytes and time of the last change in seconds of saved files and folders, by path."""
