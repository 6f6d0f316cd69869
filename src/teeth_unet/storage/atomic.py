"""Files and folders that are there whole or not at all."""

import ctypes
import errno
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from teeth_unet.storage.sending import remember, send

ABANDONED_AFTER = 3600
"""Seconds without a change after which a temporary file has no writer any more."""

_found: dict[str, list[str]] = {}
"""Temporary files that were in a folder when this process first wrote into it, by folder.

Looked for once: a folder of many files would be listed again with each of them.
"""

_LINUX = sys.platform == "linux"
_HERE = -100  # AT_FDCWD: paths count from the current folder
_EXCHANGE = 2  # RENAME_EXCHANGE


@contextmanager
def atomic_write(target: Path) -> Iterator[Path]:
    """Offer a temporary path next to a target and move it there once the block has succeeded.

    What killed saves of the same target have left behind, in processes before this one, is removed
    if it is an hour old; until then it may be another process at work. If the block fails, the
    target stays as it was. What is on object storage is sent there before it is moved.

    Args:
        target: File or folder to write; missing parent folders are made.

    Yields:
        A path with the target's suffix that does not exist yet, for a file or a folder.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    for leftover in _leftovers(target):
        _remove(leftover)
    temporary = _beside(target)
    try:
        yield temporary
        tags = send(temporary, target)
        _move(temporary, target)
        remember(target, tags)
    except OSError as failure:
        if failure.errno and failure.filename is None:  # a full disk does not say of which file
            failure.filename = str(target)
        raise
    finally:
        _remove(temporary)


def free_space_beside(target: Path) -> int:
    """Return the free bytes of the disk that an existing file or folder lies on."""
    return shutil.disk_usage(target.parent).free


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.stem}-{uuid.uuid4().hex[:8]}.partial{target.suffix}")


def _leftovers(target: Path) -> list[Path]:
    """Return what killed saves of a target, before this process, have left of it."""
    folder = os.path.abspath(target.parent)
    if folder not in _found:
        _found[folder] = [name for name in os.listdir(folder) if ".partial" in name]
    stem, suffix = re.escape(target.stem), re.escape(target.suffix)
    of_target = re.compile(rf"\.{stem}-[0-9a-f]{{8}}\.partial{suffix}")
    paths = [target.with_name(name) for name in _found[folder] if of_target.fullmatch(name)]
    return [path for path in paths if idle_seconds(path) > ABANDONED_AFTER]


def idle_seconds(path: Path) -> float:
    """Return how long ago a file was changed; 0 if it has just gone."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:  # its writer has just moved it into place
        return 0.0


def _move(temporary: Path, target: Path) -> None:
    if temporary.is_dir() and target.exists():
        if _exchanged(temporary, target):
            return
        # Here a folder cannot replace another in one step: the old one steps aside first.
        aside = _beside(target)
        os.replace(target, aside)
        try:
            os.replace(temporary, target)
        except OSError:
            os.replace(aside, target)
            raise
        _remove(aside)
    else:
        os.replace(temporary, target)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, which only Linux can do, and tell whether it did."""
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if _LINUX else None
    if exchange is None:
        return False
    sys.audit("os.rename", str(one), str(other), -1, -1)  # as Python does for its own moves
    if exchange(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    failure = ctypes.get_errno()
    if failure in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):  # not on this file system
        return False
    raise OSError(failure, os.strerror(failure), str(other))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
