"""Copies, on this machine, of what is on object storage: fetched before it is read.

The storage is the truth. A copy counts as long as the storage has the same content, by the tag
that came with it.
"""

import json
import logging
import os
import shutil
from collections.abc import Mapping
from io import BufferedRandom
from pathlib import Path

from teeth_unet.storage.addresses import address_of, is_local_name
from teeth_unet.storage.object_storage import BLOCK, ObjectStorage, StorageFailure, Stored
from teeth_unet.storage.sending import at_once, mark_of
from teeth_unet.storage.tags import forget_tag, has_tag, keep_tag, kept_in, tag_of

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

MANY = 100
"""Files from which on the log tells of fetching them."""

TRIES = 3
"""How often a place is listed again whose objects change while they are fetched."""

log = logging.getLogger(__name__)


class _Changed(Exception):
    """An object was replaced while it was fetched."""


def fetched(path: Path, *, names: str = "", whole: bool = False, in_archive: bool = False) -> Path:
    """Bring the copy of a file or folder up to date, and return its path.

    Copies of what the storage does not have any more are removed; files in a folder of copies that
    are none stay. Any other path is returned as it is.

    Args:
        path: The file or folder.
        names: Of a folder, only the files whose names within it fit this pattern.
        whole: For a folder that is written as a whole: one that is not counts as not there.
        in_archive: Whether the path may lead into an archive, which is fetched then.

    Raises:
        StorageFailure: It cannot be reached or read.
        OSError: The disk here is full or cannot be written.
    """
    address = address_of(path)
    if address is None:
        return path
    for _ in range(TRIES):
        storage = ObjectStorage(address)
        found = _usable(storage, names)
        is_whole = whole and _is_whole(path, found)
        if whole and not is_whole:
            found = {}
        if not found and in_archive and _is_in_archive(path):
            return path
        try:
            _fetch_all(storage, path, found)
        except _Changed:
            continue
        _forget_others(path, found, names, whole=whole)
        if is_whole:
            path.mkdir(parents=True, exist_ok=True)  # which may have no files
        return path
    raise StorageFailure(
        address,
        "objects that stay as they are while they are read",
        "others each time",
        "Wait until nobody writes there, and run the command again.",
    )


def is_there(path: Path, *, whole: bool = False) -> bool:
    """Tell whether a file or folder is there, without fetching it.

    Args:
        path: The file or folder.
        whole: For a folder that is written as a whole: one that is not counts as not there.
    """
    address = address_of(path)
    if address is None:
        return path.is_dir() if whole else path.exists()
    found = ObjectStorage(address).listed()
    return _is_whole(path, found) if whole else bool(found)


def tags_of(path: Path) -> dict[str, str]:
    """Return what the storage calls the content of a file, "", or of the files of a folder.

    Nothing is fetched. Empty for what is not there, or not on object storage.
    """
    address = address_of(path)
    if address is None:
        return {}
    return {name: each.tag for name, each in sorted(ObjectStorage(address).listed().items())}


def _usable(storage: ObjectStorage, names: str) -> dict[str, Stored]:
    """Return the objects that can be files here, with what is left out told."""
    listed = storage.listed()
    if names:
        listed = {name: each for name, each in listed.items() if _fits(name, names)}
    found = {name: each for name, each in listed.items() if not name or is_local_name(name)}
    if len(found) < len(listed):
        first = next(name for name in listed if name not in found)
        log.warning(
            "Passed over in %s, %d objects whose names can be none of files here, such as %r",
            storage.address,
            len(listed) - len(found),
            first,
        )
    # An empty object stands for the folder.
    if "" in found and len(found) > 1 and found.pop("").size:
        log.warning("Passed over, the object %s: there are others below it", storage.address)
    return found


def _fits(name: str, pattern: str) -> bool:
    parts, patterns = Path(name).parts, Path(pattern).parts
    return len(parts) == len(patterns) and Path(name).match(pattern)


def _is_whole(path: Path, found: Mapping[str, Stored]) -> bool:
    """Tell whether the objects of a folder are those of its last one, which is fetched."""
    address = address_of(path)
    assert address is not None
    mark = ObjectStorage(mark_of(address))
    state = mark.state()
    if state is None:
        return False
    try:
        tags = json.loads(mark.read("", 0, state.size))
    except ValueError:
        return False
    return bool(tags == {name: each.tag for name, each in found.items()})


def _is_in_archive(path: Path) -> bool:
    """Fetch the file that a path leads into, and tell whether there is one."""
    for parent in path.parents:
        address = address_of(parent)
        if address is None or address.count("/") <= 2:  # the bucket
            return False
        storage = ObjectStorage(address)
        if (state := storage.state()) is not None:
            _fetch_all(storage, parent, {"": state})
            return True
    return False


def _fetch_all(storage: ObjectStorage, path: Path, found: Mapping[str, Stored]) -> None:
    places = {name: path / name if name else path for name in found}
    wanted = [name for name in found if tag_of(places[name]) != found[name].tag]
    if len(wanted) >= MANY:
        size = sum(found[name].size for name in wanted) / 1e6
        log.info("Fetching %d files (%.0f MB) from %s", len(wanted), size, storage.address)
    at_once(lambda name: _fetch(storage, name, places[name], found[name]), wanted)


def _fetch(storage: ObjectStorage, name: str, path: Path, stored: Stored) -> None:
    """Fetch an object, going on where an earlier try was cut off."""
    # Where no files can be locked each process has a part of its own.
    own = "" if fcntl is not None else f" {os.getpid()}"
    part = kept_in("parts", f"{path} {stored.tag}{own}")
    path.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with part.open("ab+") as file:
            _lock(file)
            if tag_of(path) == stored.tag:  # another process was faster
                return
            if not _is_same(file, part):  # which another one has moved away
                continue
            if file.seek(0, os.SEEK_END) > stored.size:
                file.truncate(0)
            while (start := file.seek(0, os.SEEK_END)) < stored.size:
                file.write(storage.read(name, start, min(start + BLOCK, stored.size)))
                file.flush()
            if stored.size > BLOCK and storage.state(name) != stored:
                part.unlink()
                raise _Changed
            _make_way(path)
            if fcntl is not None:  # still locked
                os.replace(part, path)
        if fcntl is None:
            os.replace(part, path)
        keep_tag(path, stored.tag)
        return


def _forget_others(path: Path, found: Mapping[str, Stored], names: str, *, whole: bool) -> None:
    """Remove copies of what the storage does not have any more."""
    if path.is_file() and "" not in found:
        path.unlink(missing_ok=True)
    if not path.is_dir():
        return
    if whole and not found:
        shutil.rmtree(path)
        return
    for copy in list(path.rglob("*")):
        name = copy.relative_to(path).as_posix()
        of_those = not names or _fits(name, names)
        if of_those and name not in found and copy.is_file() and has_tag(copy):
            copy.unlink(missing_ok=True)
            forget_tag(copy)


def _make_way(path: Path) -> None:
    """Remove a folder of copies where the storage has a file by now."""
    if path.is_dir():
        shutil.rmtree(path)


def _lock(file: BufferedRandom) -> None:
    """Wait until no other process fetches the same object, where files can be locked."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)


def _is_same(file: BufferedRandom, part: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), part.stat())
    except FileNotFoundError:
        return False
