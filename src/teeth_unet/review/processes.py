"""The process of a training: how it is begun, and why it has ended."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from teeth_unet.review.lessons import START, Training

LATER = 10
"""How much less urgent it is than the page, as Unix counts."""

KILLED = -9


def begin_process(place: Path, training: Training) -> subprocess.Popen[str]:
    """Begin a training, or go on with it, in a folder that has what it learns from.

    Raises:
        InputError: This program lacks something for it.
        OSError: What it needs cannot be written.
    """
    for name, text in training.files().items():  # those of this program, also to go on with
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text, "utf-8")
    start = START if (place / START).exists() else ""
    command = [sys.executable, "-P", "-m", "teeth_unet.review.teaching_process"]
    process = subprocess.Popen(
        [*command, *training.command(start)],
        cwd=place,
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


def _let_others_go_first(pid: int) -> None:
    with suppress(psutil.Error, OSError):  # it may have ended already
        psutil.Process(pid).nice(
            psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else LATER
        )


def why_ended(code: int, said: str) -> str:
    """Return why a training has failed that has not said so itself.

    Args:
        code: With which its process has ended.
        said: The last lines that it has printed.
    """
    if code == KILLED:
        return "The system has ended it: there was not enough memory. Close other programs."
    last = f" The last that it said:\n{said}" if said else ""
    return f"It has ended with the exit code {code}. If it happens again, report it.{last}"
