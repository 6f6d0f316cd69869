"""Processes, mostly one a machine, that fit one network together, on JAX."""

import atexit
import contextlib
import json
import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teeth_unet.errors import InputError, in_short
from teeth_unet.storage import is_out_of_memory
from teeth_unet.unet.checkpoint_file import packed, unpacked
from teeth_unet.unet.distribution import Meeting, meeting_of
from teeth_unet.unet.protocol import Checkpoint, CheckpointStore
from teeth_unet.unet.resuming import differences
from teeth_unet.unet.settings import Distribution

log = logging.getLogger(__name__)

PATIENCE = 300
"""Seconds that a process waits for the others to come."""

SILENCE = 30
"""Seconds without a sign of life after which a process counts as gone."""

HEARD_OUT = 2
"""Seconds that the first process stays after an error: with it all others are ended."""

WHAT_NOW = (
    "Start the same command again on those that are left, with their number in "
    "training.distribution.processes: the training goes on after its last whole epoch."
)

LAST_WORDS = """
import sys
if not sys.stdin.buffer.read():
    sys.stderr.write(sys.argv[1])
"""
"""Run beside a process: says something when that one ends without having said that it is done."""

_last_words: list["subprocess.Popen[bytes]"] = []
"""What runs beside this process from `join` to `part`."""


def join(distribution: Distribution, patience: float = PATIENCE) -> None:
    """Meet the other processes of a training; has to come before anything is computed.

    Args:
        distribution: Where they meet. Nothing is done for one process alone.
        patience: Seconds to wait for the others.

    Raises:
        InputError: Nobody is there, or the first process cannot listen at its address.
    """
    meeting = meeting_of(distribution)
    if meeting is None:
        return
    import jax
    from jax.experimental.multihost_utils import sync_global_devices

    until = time.monotonic() + patience
    log.info("Process %d of %d: meeting at %s", meeting.process, meeting.processes, meeting.address)
    if meeting.process:
        _wait_for_first(meeting, until)
    _prepare_for_loss(meeting)
    try:
        jax.distributed.initialize(
            meeting.address,
            meeting.processes,
            meeting.process,
            coordinator_bind_address=None if meeting.process else meeting.address,
            initialization_timeout=max(1, round(until - time.monotonic())),
            heartbeat_timeout_seconds=SILENCE,
        )
        # They tell each other their devices and connect, for which JAX would wait half a minute
        # only: the first may have much to do before its training.
        sync_global_devices("met")
    except RuntimeError as failure:
        raise _nobody_came(meeting, in_short(failure)) from failure


def _prepare_for_loss(meeting: Meeting) -> None:
    """See to it that a process that ends early ends at once, and the others with a message.

    Where one is lost, JAX aborts the others from a thread of C++, past all that Python could say.
    """
    told = (
        f"Process {meeting.process} of {meeting.processes} ended before the training was over: "
        f"unless it has said why, another one was lost, or did not come. {WHAT_NOW}\n"
    )
    beside = [sys.executable, "-I", "-c", LAST_WORDS, told]
    _last_words.append(subprocess.Popen(beside, stdin=subprocess.PIPE, start_new_session=True))
    atexit.register(_end_at_once, meeting)


def _end_at_once(meeting: Meeting) -> None:
    """End without waiting for the others, as JAX would: they wait for this one."""
    logging.shutdown()
    if not meeting.process:
        time.sleep(HEARD_OUT)
    _be_silent()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(1)


def _be_silent() -> None:
    while _last_words:
        with _last_words.pop() as beside:
            beside.communicate(b"done")


def part() -> None:
    """Part from the other processes, when all are done."""
    import jax

    jax.distributed.shutdown()
    atexit.unregister(_end_at_once)
    _be_silent()


def _wait_for_first(meeting: Meeting, until: float) -> None:
    """Wait until the first process listens: JAX by itself would end this one, without an error."""
    while True:
        try:
            socket.create_connection((meeting.host, meeting.port), timeout=5).close()
            return
        except OSError as failure:
            if time.monotonic() > until or isinstance(failure, socket.gaierror):
                raise _nobody_came(meeting, in_short(failure)) from failure
        time.sleep(0.5)


def _nobody_came(meeting: Meeting, why: str) -> InputError:
    whom = "the first process" if meeting.process else "this process to listen, all others to come"
    return InputError(
        f"training.distribution.address {meeting.address}",
        whom,
        f"an error ({why})",
        f"Start the same command on all {meeting.processes}; the address is that of process 0, "
        "as the others reach it.",
    )


class Hosts:
    """The processes of a training that has begun.

    Attributes:
        count: How many there are.
        number: Of this one.
    """

    def __init__(self, distribution: Distribution) -> None:
        meeting = meeting_of(distribution)
        self.count, self.number = (meeting.processes, meeting.process) if meeting else (1, 0)

    def agree(self, described: dict[str, Any]) -> None:
        """See to it that all processes are about to do the same.

        Args:
            described: What decides how the training goes.

        Raises:
            InputError: It differs from that of the first process, in this one or in another.
        """
        if self.count == 1:
            return
        first = json.loads(self._from_first(json.dumps(described).encode()))
        own = list(differences(first, json.loads(json.dumps(described))))
        all_own = self._of_all(bool(own))
        if own:
            raise _other_training("process 0", "; ".join(own))
        if all_own.any():
            others = ", ".join(map(str, np.flatnonzero(all_own)))
            raise _other_training(f"process {others}", "see what is said there")

    def checkpoint(self, store: CheckpointStore | None, *, resume: bool) -> Checkpoint | None:
        """Return the checkpoint that the first process has, if any, in all of them."""
        found = store.latest() if store and resume and not self.number else None
        if self.count == 1:
            return found
        content = self._from_first(packed(found) if found else b"")
        return unpacked(content) if content else None

    def _from_first(self, content: bytes) -> bytes:
        from jax.experimental.multihost_utils import broadcast_one_to_all

        size = int(broadcast_one_to_all(np.int64(len(content))))
        own = np.frombuffer(content, np.uint8) if not self.number else np.zeros(size, np.uint8)
        return bytes(np.asarray(broadcast_one_to_all(own), np.uint8))

    def _of_all(self, value: bool) -> NDArray[np.bool_]:
        from jax.experimental.multihost_utils import process_allgather

        return np.asarray(process_allgather(np.array(value))).astype(bool).reshape(-1)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Tell clearly when another process is lost inside; part from them at the end.

        Raises:
            InputError: Another process is gone.
        """
        if self.count == 1:
            yield
            return
        import jax

        try:
            yield
        except jax.errors.JaxRuntimeError as failure:
            if is_out_of_memory(failure):
                raise
            raise InputError(
                f"training.distribution, process {self.number}",
                f"all {self.count} processes until the training ends",
                f"another one to be gone ({in_short(failure)})",
                WHAT_NOW,
            ) from failure
        part()


def _other_training(where: str, what: str) -> InputError:
    return InputError(
        "training.distribution",
        "the same data, parameters and versions in all processes",
        f"others than in {where}: {what}",
        "Copy data and conf from the first one, and start all of them again.",
    )
