"""Which runs are at work on a data folder, so that no two get in each other's way."""

import json
import os
import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from io import BufferedRandom
from pathlib import Path

import psutil

from teeth_unet.errors import InputError
from teeth_unet.lineage.records import FOLDER

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

_NAMED = 3
"""Entries that an error names."""


@dataclass(frozen=True)
class AtWork:
    """A run that is at work.

    Attributes:
        command: What it does, as it was asked for.
        reads: Absolute paths of the entries that it reads and another run may not change, with
            their names.
        writes: Absolute paths of those that it writes, with their names.
        since: When it began, for people.
        host: The machine that it runs on.
        pid: Its process.
        started: When that process began, in seconds since 1970: another may get its number.
    """

    command: str
    reads: Mapping[str, str]
    writes: Mapping[str, str]
    since: str
    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    started: float = field(default_factory=lambda: psutil.Process().create_time())

    def in_the_way_of(self, other: "AtWork") -> list[str]:
        """Return the entries that one of two runs writes and the other reads or writes."""
        either = {**self.reads, **self.writes, **other.reads, **other.writes}
        paths = (self.writes.keys() & (other.reads.keys() | other.writes.keys())) | (
            self.reads.keys() & other.writes.keys()
        )
        return sorted(either[path] for path in paths)


class Claim:
    """The entries that a run has for itself, until it is released or its process ends."""

    def __init__(self, run: AtWork, folders: Iterable[Path]) -> None:
        """Claim the entries.

        Args:
            run: The run.
            folders: Data folders in which others would claim the same.

        Raises:
            InputError: Another run is at work on one of them.
        """
        self._held: list[tuple[Path, BufferedRandom]] = []
        try:
            for folder in sorted(folders):
                self._claim(run, folder / FOLDER / "runs")
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let others have the entries."""
        for path, file in self._held:
            path.unlink(missing_ok=True)
            file.close()
        self._held = []

    def _claim(self, run: AtWork, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            for path in sorted(folder.glob("*.json")):
                _refuse_or_remove(path, run)
            path = folder / f"{run.host}-{run.pid}.json"
            file = path.open("w+b")
            self._held.append((path, file))
            _lock(file, wait=False)
            file.write(json.dumps(asdict(run), indent=1).encode())
            file.flush()


def _refuse_or_remove(path: Path, run: AtWork) -> None:
    """Refuse what a run that is at work has claimed; forget one that is not."""
    try:
        with path.open("r+b") as file:
            other = AtWork(**json.loads(file.read()))
            at_work = _is_held(file, other)
    except (OSError, ValueError, TypeError):  # gone, or cut short by a full disk
        at_work = False
    if not at_work:
        path.unlink(missing_ok=True)
    elif entries := other.in_the_way_of(run):
        raise _busy(path, other, entries)


def _busy(path: Path, other: AtWork, entries: list[str]) -> InputError:
    named = ", ".join(entries[:_NAMED]) + (", …" if len(entries) > _NAMED else "")
    left = "" if _is_running(other) else _left_behind(path)
    return InputError(
        "kedro run",
        f"no other run that reads or writes the same entries ({named})",
        f"{other.command}, process {other.pid} on {other.host}, at work since {other.since}{left}",
        "Wait until it is done, or end it. Meanwhile inference into another folder "
        "(--params results=FOLDER), other environments, notebooks and kedro viz can be used.",
    )


def _left_behind(path: Path) -> str:
    """Tell which processes of a killed run are still there."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if any(file.path == str(path.resolve()) for file in process.open_files()):
                found.append(str(process.pid))
    return f" (it has ended, but has left process {', '.join(found)} at work)" if found else ""


def _is_held(file: BufferedRandom, run: AtWork) -> bool:
    try:
        if fcntl is None:
            return _is_running(run)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # a file system without locks
        return _is_running(run)
    return False


def _is_running(run: AtWork) -> bool:
    """Tell whether the process of a run is still there; of another machine nobody here knows."""
    if run.host != socket.gethostname():
        return True
    try:
        return bool(abs(psutil.Process(run.pid).create_time() - run.started) < 1)
    except psutil.Error:
        return False


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time look who is at work, and join them."""
    with (folder / "one_at_a_time").open("a+b") as guard:
        _lock(guard, wait=True)
        yield


def _lock(file: BufferedRandom, *, wait: bool) -> None:
    if fcntl is not None:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
