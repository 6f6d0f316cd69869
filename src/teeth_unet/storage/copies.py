"""Copies, on this machine, of what is on object storage: fetched before it is read, sent when made.

The storage is the truth. A copy counts as long as the storage has the same content, by the tag
that came with it. What is written goes to the storage first, as one object, and gets its name here
afterwards: whoever is killed in between finds it there. A folder that is replaced as a whole is
there once a last object, `.NAME.whole` beside it, names all of its files with their tags.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BufferedRandom
from pathlib import Path
from typing import TypeVar

from teeth_unet.storage.addresses import address_of, is_local_name
from teeth_unet.storage.object_storage import BLOCK, ObjectStorage, StorageFailure, Stored
from teeth_unet.storage.tags import forget_tag, has_tag, keep_tag, kept_in, tag_of

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None  # type: ignore[assignment]

Item = TypeVar("Item")
Value = TypeVar("Value")

AT_ONCE = 8
"""Files that are fetched or sent at the same time."""

MANY = 100
"""Files from which on the log tells of fetching them."""

TRIES = 3
"""How often a place is listed again whose objects change while they are fetched."""

log = logging.getLogger(__name__)


class _Changed(Exception):
    """An object was replaced while it was fetched."""


def fetched(path: Path, *, names: str = "", whole: bool = False, in_archive: bool = False) -> Path:
    """Bring the copy of a file or folder up to date, and return its path.

    What the storage does not have goes here as well, but for files of a folder that were never
    there. Any other path is returned as it is.

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
        if whole and not _is_whole(path, found):
            found, whole_folder = {}, False
        else:
            whole_folder = whole
        if not found and in_archive and _is_in_archive(path):
            return path
        try:
            _fetch_all(storage, path, found)
        except _Changed:
            continue
        _forget_others(path, found, names, whole=whole)
        if whole_folder:
            path.mkdir(parents=True, exist_ok=True)  # which may have no files
        return path
    raise StorageFailure(
        address,
        "objects that stay as they are while they are read",
        "others each time",
        "Wait until nobody writes there, and run the command again.",
    )


def is_there(path: Path) -> bool:
    """Tell whether a file or folder is there, without fetching it."""
    address = address_of(path)
    return path.exists() if address is None else bool(ObjectStorage(address).listed())


def send(made: Path, target: Path) -> dict[str, str]:
    """Put what was made, a file or a folder, to where the copy at a path is of.

    Args:
        made: The file or folder.
        target: Its path; nothing is done for one that is no copy.

    Returns:
        The tag of each file by its name within the folder, "" for a file: for `remember`.

    Raises:
        StorageFailure: It was not sent. A file is there as it was before; a folder may be none.
    """
    address = address_of(target)
    if address is None:
        return {}
    storage = ObjectStorage(address)
    if not made.is_dir():
        return {"": storage.write("", made)}
    files = sorted(path for path in made.rglob("*") if path.is_file())
    names = {path.relative_to(made).as_posix(): path for path in files}
    mark = ObjectStorage(_mark_of(address))
    mark.remove("")
    tags = dict(
        zip(names, _at_once(lambda name: storage.write(name, names[name]), names), strict=True)
    )
    _at_once(storage.remove, storage.listed().keys() - names.keys())
    content = made.with_name(f"{made.name}.whole")
    try:
        content.write_text(json.dumps(tags, indent=1), "utf-8")
        mark.write("", content)
    finally:
        content.unlink(missing_ok=True)
    return tags


def remember(path: Path, tags: Mapping[str, str]) -> None:
    """Keep that a file, or the files of a folder, are what was sent."""
    for name, tag in tags.items():
        keep_tag(path / name if name else path, tag)


def remove(path: Path) -> None:
    """Remove a file or a folder, if it is there; of a copy, what it is of as well."""
    address = address_of(path)
    if address is not None:
        storage = ObjectStorage(address)
        if path.is_file():
            storage.remove("")
        else:
            ObjectStorage(_mark_of(address)).remove("")
            _at_once(storage.remove, storage.listed())
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


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
    if "" in found and len(found) > 1:  # a file that has files in it
        log.warning("Passed over, the object %s: there are others below it", storage.address)
        del found[""]
    return found


def _fits(name: str, pattern: str) -> bool:
    parts, patterns = Path(name).parts, Path(pattern).parts
    return len(parts) == len(patterns) and Path(name).match(pattern)


def _is_whole(path: Path, found: Mapping[str, Stored]) -> bool:
    """Tell whether the objects of a folder are those of its last one, which is fetched."""
    address = address_of(path)
    assert address is not None
    mark = ObjectStorage(_mark_of(address))
    state = mark.state()
    if state is None:
        return False
    try:
        tags = json.loads(mark.read("", 0, state.size))
    except ValueError:
        return False
    return bool(tags == {name: each.tag for name, each in found.items()})


def _mark_of(address: str) -> str:
    folder, _, name = address.rpartition("/")
    return f"{folder}/.{name}.whole"


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
    _at_once(lambda name: _fetch(storage, name, places[name], found[name]), wanted)


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


def _at_once(act: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
    """Do the same with many; the first failure ends it."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        waiting = [threads.submit(act, item) for item in items]
        try:
            return [each.result() for each in waiting]
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise


def _lock(file: BufferedRandom) -> None:
    """Wait until no other process fetches the same object, where files can be locked."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX)


def _is_same(file: BufferedRandom, part: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), part.stat())
    except FileNotFoundError:
        return False
