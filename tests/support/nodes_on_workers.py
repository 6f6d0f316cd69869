"""Nodes for workers in processes of their own, which import them from here."""

import logging
import os
import signal
import time
from pathlib import Path

from teeth_unet import machine
from teeth_unet.errors import InputError

log = logging.getLogger("teeth_unet.nodes_on_workers")


def double(number):
    log.info("Doubled %d", number)
    return 2 * number


def add(one, other):
    return one + other


def refuse(number):
    raise InputError("a number", "an even one", str(number), "Give another.")


def tell_share(number):
    threads = os.environ.get("TF_NUM_INTRAOP_THREADS")
    return [machine.available_processors(), threads, machine.available_memory()]


def be_killed_once(place):
    """Save half a result with the first process, which is lost then."""
    marker = Path(place)
    if not marker.exists():
        marker.write_text("begun")
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def be_killed(place):
    os.kill(os.getpid(), signal.SIGKILL)


def go_on_and_on(place):
    for count in range(10_000):
        Path(place).write_text(str(count))
        time.sleep(0.02)
    return "done"


def refuse_later(place):
    while not Path(place).exists():
        time.sleep(0.02)
    raise InputError("a number", "an even one", "1", "Give another.")


class OddError(Exception):
    """Cannot be unpickled: it takes more than it keeps."""

    def __init__(self, what, why):
        super().__init__(f"{what}, {why}")


def fail_oddly(number):
    raise OddError("odd", "of all things")


def meet(place, me, other):
    """Wait until the other node is at work as well."""
    Path(f"{place}-{me}").touch()
    while not Path(f"{place}-{other}").exists():
        time.sleep(0.02)
    return me


def meet_second(place):
    return meet(place, "first", "second")


def meet_first(place):
    return meet(place, "second", "first")
