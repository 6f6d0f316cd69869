"""What is in a file, a folder or a source of pictures, as a checksum."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from teeth_unet.storage import fetched, file_sha256, tags_of

_known: dict[tuple[Path, str], str] = {}
"""Checksums of source files by path and stamp: several nodes read the same X-rays."""


def content_of(path: Path) -> str:
    """Return a SHA-256 of a file's bytes, or of the names and bytes of all files in a folder."""
    fetched(path)
    if not path.is_dir():
        return file_sha256(path)
    files = ((name, file_sha256(path / name)) for name in _names(path))
    return _digest([*files])


def stamp_of(path: Path) -> str:
    """Return what changes, as far as a disk tells, when a file or anything in a folder does.

    Size, times and number of the file: a copy has another stamp with the same content. Of what is
    on object storage, what that calls its content: the same wherever it is asked for.
    """
    if tags := tags_of(path):
        return _digest(tags)
    if not path.is_dir():
        return _digest(_state(path))
    return _digest([(name, _state(path / name)) for name in _names(path)])


def content_of_source(openers: Mapping[str, Callable[[], Any]]) -> str | None:
    """Return a checksum of pictures that are opened only when they are called for.

    Args:
        openers: By case name: readers of a file in a folder or in an archive (with `origin` and
            `name`), or functions that draw, with all that they draw from as arguments. A reader of
            a file may draw, too: from the files that `sources` names, as `made_with` says.

    Returns:
        A checksum of the case names and of the bytes of the files (of the archive as a whole), or
        of the arguments. None where an opener is of another kind.
    """
    parts: list[list[object]] = []
    shared: dict[int, str] = {}  # the same files of annotations for all cases
    for case, opener in openers.items():
        origin = getattr(opener, "origin", None)
        if isinstance(opener, partial):
            drawn = f"{opener.func.__module__}.{opener.func.__qualname__}"
            parts.append([case, drawn, *map(repr, opener.args), repr(opener.keywords)])
        elif isinstance(origin, Path):
            name = str(getattr(opener, "name", ""))
            parts.append([case, name, _content_of_member(origin, name)])
            if sources := getattr(opener, "sources", ()):
                if id(sources) not in shared:
                    shared[id(sources)] = _digest([*_contents(sources)])
                parts[-1] += [shared[id(sources)], str(getattr(opener, "made_with", ""))]
        else:
            return None
    return _digest(parts)


def _contents(sources: Iterable[tuple[Path, str]]) -> Iterator[tuple[str, str]]:
    return ((name, _content_of_member(origin, name)) for origin, name in sources)


def _content_of_member(origin: Path, name: str) -> str:
    """Return a checksum of a file in a folder; of one in an archive, that of the archive."""
    return _content_once(origin / name if origin.is_dir() else origin)


def _content_once(path: Path) -> str:
    try:
        key = (path, stamp_of(path))
        if key not in _known:
            _known[key] = file_sha256(path)
    except OSError as failure:  # the node that opens it says what is wrong
        return f"unreadable: {failure.errno}"
    return _known[key]


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in _files(folder))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _state(path: Path) -> list[int]:
    found = os.stat(path)
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
