"""What is made on this machine, sent to object storage.

A file goes there as one object, and gets its name here afterwards: whoever is killed in between
finds it there. A folder that is replaced as a whole is there once a last object, `.NAME.whole`
beside it, names all of its files with their tags.
"""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from teeth_unet.storage.addresses import address_of
from teeth_unet.storage.object_storage import ObjectStorage
from teeth_unet.storage.tags import keep_tag

Item = TypeVar("Item")
Value = TypeVar("Value")

AT_ONCE = 8
"""Files that are fetched or sent at the same time."""


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
    mark = ObjectStorage(mark_of(address))
    mark.remove("")
    tags = dict(
        zip(names, at_once(lambda name: storage.write(name, names[name]), names), strict=True)
    )
    at_once(storage.remove, storage.listed().keys() - names.keys())
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
            ObjectStorage(mark_of(address)).remove("")
            at_once(storage.remove, storage.listed())
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def mark_of(address: str) -> str:
    """Return the address of the object that tells which files a whole folder has."""
    folder, _, name = address.rpartition("/")
    return f"{folder}/.{name}.whole"


def at_once(act: Callable[[Item], Value], items: Iterable[Item]) -> list[Value]:
    """Do the same with many, some at a time; the first failure ends it."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        waiting = [threads.submit(act, item) for item in items]
        try:
            return [each.result() for each in waiting]
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
