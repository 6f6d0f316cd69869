"""A network is taught by what a person has corrected: a training in a process of its own.

Its folder has copies of the X-rays and label maps that it learns from, under names that tell
nothing of patients; meanwhile corrections go on. The folder is there until the training has ended:
one that was cut off together with the server goes on with it.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import psutil
from numpy.typing import NDArray

from teeth_unet.errors import InputError
from teeth_unet.review.answers import png
from teeth_unet.review.corrections import checksum
from teeth_unet.review.progress import Progress
from teeth_unet.review.xrays import XrayFile
from teeth_unet.storage import atomic_write, free_space_beside

log = logging.getLogger(__name__)

TEACHING = ".teaching"
"""Folder of the training that is under way, within that of corrections."""

LEARNED, XRAYS, LABELS = "learned.json", "xrays", "labels"

FEWEST = 3
"""Cases that a network can be taught by: what two have taught is tested on the third."""

NETWORKS = 6
"""That are fitted at most: one for each of five folds, to be tested, and the one that is kept."""

BYTES, BYTES_A_CASE = 150_000_000, 25_000_000
"""Of the disk, that a training takes meanwhile."""

LATER = 10
"""How much less urgent it is than the page, as Unix counts."""


@dataclass(frozen=True)
class Training:
    """How a network is fitted.

    Attributes:
        command: A module, and what it is given, run in a folder that has `xrays` and `labels`.
        segmenter: The file that it leaves there.
        scores: The table that it leaves there, of cases that the networks scored have not seen:
            `case` and `native_dice`.
        files: Text files that it needs in that folder, by name.
    """

    command: tuple[str, ...]
    segmenter: str
    scores: str
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Lesson:
    """A case to learn from.

    Attributes:
        file: Where it is from.
        xray: (h, w) its grey levels.
        labels: (h, w) its label map.
    """

    file: XrayFile
    xray: NDArray[np.uint8]
    labels: NDArray[np.uint8]


@dataclass(frozen=True)
class Taught:
    """A training that has ended well.

    Attributes:
        segmenter: Its file, which is gone when `Teaching.taught` returns.
        cases: What it has learned from: `key`, `name`, and `labels`, the checksum of its label map.
        dice: By key, at the size of the X-ray, each by a network that has not seen that case.
        seconds: How long it took since it was begun or gone on with.
    """

    segmenter: Path
    cases: list[dict[str, str]]
    dice: dict[str, float]
    seconds: float


class Teaching:
    """At most one training at a time.

    Attributes:
        failed: Why the last one has failed; nothing if it has not.
    """

    def __init__(
        self, corrections: Path, training: Training, taught: Callable[[Taught], None]
    ) -> None:
        """Set up what can be begun.

        Args:
            corrections: Folder of corrections.
            training: How a network is fitted.
            taught: Is called, in a thread, when one has ended well.
        """
        self.failed = ""
        self._place = corrections / TEACHING
        self._training = training
        self._taught = taught
        self._lock = threading.RLock()
        self._process: subprocess.Popen[str] | None = None
        self._progress = Progress(0)
        self._thread: threading.Thread | None = None
        self._stopping = False

    @property
    def progress(self) -> dict[str, Any] | None:
        """How far it is; None if none is under way."""
        with self._lock:
            return None if self._thread is None else self._progress.record()

    def begin(self, lessons: Iterable[Lesson], count: int) -> None:
        """Begin a training, in a process of its own.

        Args:
            lessons: The cases to learn from, one after the other.
            count: How many they are.

        Raises:
            InputError: One is under way, the cases are too few, or the disk is too full.
            OSError: They cannot be written.
        """
        with self._lock:
            if self._thread is not None:
                found = "one that is under way"
                raise InputError(
                    "Teach", "no training", found, "Wait until it is done, or stop it."
                )
            if count < FEWEST:
                raise InputError(
                    "Teach",
                    f"at least {FEWEST} X-rays that are marked as looked at",
                    str(count),
                    "Correct and mark some more.",
                )
            self._place.parent.mkdir(parents=True, exist_ok=True)
            _refuse_full_disk(self._place, count)
            shutil.rmtree(self._place, ignore_errors=True)
            with atomic_write(self._place) as temporary:
                _write_lessons(temporary, lessons)
                for name, text in self._training.files.items():
                    (temporary / name).write_text(text, "utf-8")
            self._start()

    def go_on(self) -> bool:
        """Go on with what was cut off with an earlier server; tell whether there is something."""
        with self._lock:
            if self._thread is None and (self._place / LEARNED).exists():
                self._start()
            return self._thread is not None

    def stop(self) -> None:
        """Give up what is under way."""
        self._end(keep=False)

    def leave(self) -> None:
        """End what is under way so that a later server can go on with it."""
        self._end(keep=True)

    def _start(self) -> None:
        self.failed, self._stopping = "", False
        cases = len(_learned(self._place))
        self._progress = Progress(min(NETWORKS, cases + 1))
        command = [sys.executable, "-P", "-m", "teeth_unet.review.teaching_process"]
        self._process = process = subprocess.Popen(
            [*command, *self._training.command],
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
        log.info("A network is taught by %d X-rays.", cases)
        self._thread = threading.Thread(target=self._follow, args=(process,), name="teaching")
        self._thread.start()

    def _follow(self, process: subprocess.Popen[str]) -> None:
        """Read what a training says until it ends, and take over what it leaves."""
        begun = time.monotonic()
        assert process.stdout is not None
        for line in process.stdout:
            with self._lock:
                self._progress.read(line.rstrip())
        code = process.wait()
        try:
            if code == 0 and not self._stopping:
                self._take_over(time.monotonic() - begun)
            elif not self._stopping:
                self._fail(self._progress.error or _why(code))
        except Exception as failure:
            log.info("A training could not be taken over: %s", type(failure).__name__)
            self._fail(str(failure) if isinstance(failure, InputError | OSError) else _why(0))
        with self._lock:
            self._thread = None

    def _take_over(self, seconds: float) -> None:
        scores = pd.read_csv(self._place / self._training.scores, dtype={"case": str})
        dice = dict(zip(scores["case"], scores["native_dice"].astype(float), strict=True))
        cases = _learned(self._place)
        self._taught(Taught(self._place / self._training.segmenter, cases, dice, seconds))
        shutil.rmtree(self._place)
        log.info("The network is taught.")

    def _fail(self, why: str) -> None:
        for case in _learned(self._place):  # what it says names copies
            why = why.replace(case["key"], case["name"])
        self.failed = why
        log.info("The training has failed. The page says why.")
        shutil.rmtree(self._place, ignore_errors=True)

    def _end(self, *, keep: bool) -> None:
        with self._lock:
            thread, process = self._thread, self._process
            self._stopping = thread is not None
            if process is not None and thread is not None:
                process.kill()  # every epoch is kept, and nothing is half-written
        if thread is not None:
            thread.join()
        if not keep:
            shutil.rmtree(self._place, ignore_errors=True)


def _write_lessons(folder: Path, lessons: Iterable[Lesson]) -> None:
    learned = []
    for each in (XRAYS, LABELS):
        (folder / each).mkdir(parents=True)
    for lesson in lessons:
        name = f"{lesson.file.key}.png"
        (folder / XRAYS / name).write_bytes(png(lesson.xray))
        (folder / LABELS / name).write_bytes(png(lesson.labels))
        about = {"key": lesson.file.key, "name": lesson.file.case}
        learned.append({**about, "labels": checksum(lesson.labels)})
    (folder / LEARNED).write_text(json.dumps(learned), "utf-8")


def _learned(folder: Path) -> list[dict[str, str]]:
    try:
        learned: list[dict[str, str]] = json.loads((folder / LEARNED).read_text("utf-8"))
        return learned
    except (OSError, ValueError):
        return []


def _refuse_full_disk(place: Path, cases: int) -> None:
    needed, free = BYTES + cases * BYTES_A_CASE, free_space_beside(place)
    if free < needed:
        raise InputError(
            "The disk of the corrections",
            f"{needed / 1e9:.1f} GB for a training of {cases} X-rays",
            f"{free / 1e9:.1f} GB",
            "Make room: all but the network is removed again when it is done.",
        )


def _let_others_go_first(pid: int) -> None:
    with suppress(psutil.Error, OSError):  # it may have ended already
        psutil.Process(pid).nice(
            psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else LATER
        )


def _why(code: int) -> str:
    if code == -9:
        return "The system has ended it: there was not enough memory. Close other programs."
    return f"It has ended with the exit code {code}. Teach again; if it happens again, report it."
