"""A network is taught by what a person has corrected: a training in a process of its own.

Its folder has copies of the X-rays and label maps that it learns from, under names that tell
nothing of patients; meanwhile corrections go on. The folder is there until the training has ended:
one that was cut off together with the server goes on with it.
"""

import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import psutil

from teeth_unet.errors import InputError
from teeth_unet.review.lessons import (
    LEARNED,
    START,
    Lesson,
    Taught,
    Training,
    read_learned,
    refuse_full_disk,
    write_lessons,
)
from teeth_unet.review.progress import Progress
from teeth_unet.storage import atomic_write, remedy_of_machine, trouble_of_machine

log = logging.getLogger(__name__)

TEACHING = ".teaching"
"""Folder of the training that is under way, within that of corrections."""

FEWEST = 3
"""Cases that a network can be taught by: what two have taught is tested on the third."""

NETWORKS = 6
"""That are fitted at most: one for each of five folds, to be tested, and the one that is kept."""

LATER = 10
"""How much less urgent it is than the page, as Unix counts."""


class Teaching:
    """At most one training at a time.

    Attributes:
        failed: Why the last one has failed; nothing if it has not.
    """

    def __init__(
        self, corrections: Path, training: Training, taught: Callable[[Taught], bool]
    ) -> None:
        """Set up what can be begun.

        Args:
            corrections: Folder of corrections.
            training: How a network is fitted.
            taught: Is called, in a thread, when one has ended well, and asks `may_keep` before it
                keeps anything. Tells whether the network is kept.
        """
        self.failed = ""
        self._place = corrections / TEACHING
        self._training = training
        self._taught = taught
        self._lock = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._progress = Progress(0)
        self._thread: threading.Thread | None = None
        self._stopping = self._keeping = False

    @property
    def is_stopping(self) -> bool:
        """Whether what is under way is to end."""
        return self._stopping

    @property
    def is_waiting(self) -> bool:
        """Whether one has ended well, and its network is still to be kept."""
        made = (self._training.segmenter, self._training.scores)
        is_made = all((self._place / each).exists() for each in made)
        return is_made and bool(read_learned(self._place))

    @property
    def off(self) -> str:
        """Why nothing can be taught; nothing if it can."""
        try:
            self._training.command("")
        except InputError as missing:
            return str(missing)
        return ""

    @property
    def progress(self) -> dict[str, Any] | None:
        """How far it is; None if none is under way."""
        with self._lock:
            if self._thread is None:
                return None
            return {**self._progress.record(), "ended": self._process is None}

    def begin(self, lessons: Iterable[Lesson], count: int, start: Path | None = None) -> None:
        """Begin a training, in a process of its own.

        Where one has ended well, and its network could not be kept, that is tried again instead.

        Args:
            lessons: The cases to learn from, one after the other.
            count: How many they are.
            start: The segmenter that it begins with; None for that of the package.

        Raises:
            InputError: One is under way, the cases are too few, the disk is too full, or this
                program lacks something for it.
            OSError: They cannot be written.
        """
        with self._lock:
            if self._thread is not None:
                found = "one that is under way"
                raise InputError(
                    "Teach", "no training", found, "Wait until it is done, or stop it."
                )
            if self.is_waiting:
                self._start(resumed=True)
                return
            if count < FEWEST:
                raise InputError(
                    "Teach",
                    f"at least {FEWEST} X-rays that are marked as looked at",
                    str(count),
                    "Correct and mark some more.",
                )
            self._training.command("")  # before anything is copied
            self._place.parent.mkdir(parents=True, exist_ok=True)
            refuse_full_disk(self._place, count)
            shutil.rmtree(self._place, ignore_errors=True)
            with atomic_write(self._place) as temporary:
                write_lessons(temporary, lessons, start)
                for name, text in self._training.files.items():
                    (temporary / name).write_text(text, "utf-8")
            self._start(resumed=False)

    def go_on(self) -> bool:
        """Go on with what was cut off with an earlier server; tell whether there is something."""
        with self._lock:
            if self._thread is None and read_learned(self._place):
                try:
                    self._start(resumed=True)
                except (InputError, OSError) as failure:  # the next start tries it again
                    self.failed = str(failure)
            return self._thread is not None

    def stop(self) -> None:
        """Give up what is under way, or waits to be kept.

        Raises:
            InputError: It is too late: its network is kept just now.
        """
        self._end(keep=False)

    def may_keep(self) -> bool:
        """Tell whether the network may be kept; if so, it is too late to stop from now on."""
        with self._lock:
            self._keeping = not self._stopping
            return self._keeping

    def leave(self) -> None:
        """End what is under way so that a later server can go on with it."""
        self._end(keep=True)

    def _start(self, *, resumed: bool) -> None:
        cases = len(read_learned(self._place))
        process = None if self.is_waiting else self._new_process()
        self.failed, self._stopping = "", False
        self._process, self._progress = process, Progress(min(NETWORKS, cases + 1))
        log.info("A network is taught by %d X-rays.", cases)
        follow = (process, resumed)
        self._thread = threading.Thread(target=self._follow, args=follow, name="teaching")
        self._thread.start()

    def _new_process(self) -> subprocess.Popen[str]:
        start = START if (self._place / START).exists() else ""
        command = [sys.executable, "-P", "-m", "teeth_unet.review.teaching_process"]
        process = subprocess.Popen(
            [*command, *self._training.command(start)],
            cwd=self._place,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # Ctrl+C is for the server, which ends it
        )
        _let_others_go_first(process.pid)
        return process

    def _follow(self, process: subprocess.Popen[str] | None, resumed: bool) -> None:
        """Read what a training says until it ends, and take over what it leaves."""
        begun = time.monotonic()
        try:
            if process is None or self._ends_well(process):
                self._take_over(None if resumed else time.monotonic() - begun)
        except Exception as failure:
            log.info("A training could not be taken over: %s", type(failure).__name__)
            self._not_taken_over(failure)
        with self._lock:
            self._thread, self._keeping = None, False

    def _ends_well(self, process: subprocess.Popen[str]) -> bool:
        """Read what a process says until it ends; tell whether it has left what it was to make."""
        assert process.stdout is not None
        for line in process.stdout:
            with self._lock:
                self._progress.read(line.rstrip())
        code = process.wait()
        with self._lock:
            self._process = None
            is_well = code == 0 or self.is_waiting  # the segmenter is the last of all
            if not is_well and not self._stopping:
                self._fail(self._progress.error or _why(code))
            return is_well and not self._stopping

    def _take_over(self, seconds: float | None) -> None:
        scores = pd.read_csv(self._place / self._training.scores, dtype={"case": str})
        dice = dict(zip(scores["case"], scores["native_dice"].astype(float), strict=True))
        cases = read_learned(self._place)
        if self._taught(Taught(self._place / self._training.segmenter, cases, dice, seconds)):
            self._remove()
            log.info("The network is taught.")

    def _not_taken_over(self, failure: Exception) -> None:
        """Say why; what the training has made stays for another try."""
        known = str(failure) if isinstance(failure, InputError | OSError) else _why(0)
        if not self.is_waiting:
            self._fail(known)
            return
        trouble = trouble_of_machine(failure)
        remedy = (remedy_of_machine(trouble) if trouble else "") or known
        self.failed = (
            f"The network is taught, but could not be kept. {remedy.rstrip('.')}. Then press "
            "Teach: that is tried again, without another training."
        )

    def _fail(self, why: str) -> None:
        for case in read_learned(self._place):  # what it says names copies
            why = why.replace(case["key"], case["name"])
        self.failed = why
        log.info("The training has failed. The page says why.")
        self._remove()

    def _remove(self) -> None:
        with suppress(OSError):  # first what would be gone on with
            (self._place / LEARNED).unlink()
        shutil.rmtree(self._place, ignore_errors=True)

    def _end(self, *, keep: bool) -> None:
        with self._lock:
            if self._keeping and not keep:
                raise InputError(
                    "Stop",
                    "a training that is under way",
                    "one whose network is kept already",
                    "Look at what came of it, and keep the old network if you like.",
                )
            thread = self._thread
            self._stopping = thread is not None
            if self._process is not None:
                self._process.kill()  # every epoch is kept, and nothing is half-written
        if thread is not None:
            thread.join()
        with self._lock:
            if not keep and self._thread is None:
                self.failed = ""
                self._remove()


def _let_others_go_first(pid: int) -> None:
    with suppress(psutil.Error, OSError):  # it may have ended already
        psutil.Process(pid).nice(
            psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else LATER
        )


def _why(code: int) -> str:
    if code == -9:
        return "The system has ended it: there was not enough memory. Close other programs."
    return f"It has ended with the exit code {code}. Teach again; if it happens again, report it."
