"""What is kept beside a saved entry: what it was made from, by which node of which code, when."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from teeth_unet.errors import InputError
from teeth_unet.lineage.contents import content_of, stamp_of
from teeth_unet.storage import atomic_write, fetched, remove

FOLDER = ".lineage"
"""Within the folder that an entry lies in: copied, moved and removed with it."""

FORMAT = 1


@dataclass(frozen=True)
class Making:
    """How entries are made: the run of one node.

    Attributes:
        node: Full name of the node.
        run: Kedro's id of the run.
        made: When, in UTC, as ISO 8601.
        version: Of this program.
        code: Checksum of its source code.
        other_programs: Versions and checksums of the code that ancestors were made with, where
            these are others.
        read: Content of the entries that the node has read, by name.
        own_parameters: Names of the parameters that the node has read.
        ancestors: Content of all entries it was made from, directly or not.
        parameters: All parameters that decided about them, by name, with their values.
        sources: What the sources among the ancestors are, in words.
        unknown: Ancestors of which nobody knows what they were made from.
    """

    node: str
    run: str
    made: str
    version: str
    code: str
    other_programs: list[str] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    own_parameters: list[str] = field(default_factory=list)
    ancestors: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Record:
    """The lineage of one saved entry.

    Attributes:
        entry: Its name in the catalog.
        content: Checksum of what was saved.
        stamp: Of the file or folder, as the disk had it then, see `stamp_of`.
        together_with: Content of what the same node saved beside it, by name.
        making: How it was made.
    """

    entry: str
    content: str
    stamp: str
    together_with: dict[str, str]
    making: Making

    @property
    def contents(self) -> dict[str, str]:
        """Content of the entry and of all that it belongs to, by name."""
        return {**self.making.ancestors, **self.together_with, self.entry: self.content}


def read_record(path: Path) -> Record | None:
    """Return the record of a file or folder, if there is one that this version can read.

    It is that of the last save: whether the file is still the same, `known_record` tells.
    """
    place = fetched(_place(path))
    try:
        written = json.loads(place.read_text("utf-8"))
        if written.pop("format") != FORMAT:
            return None
        return Record(**{**written, "making": Making(**written["making"])})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def known_record(path: Path, entry: str) -> Record | None:
    """Return the record of a file or folder as it is now.

    Args:
        path: The file or folder; it exists.
        entry: Its name in the catalog, for the error.

    Returns:
        None if there is no record, or it is of another content: somebody else has written it.

    Raises:
        InputError: A run was killed between writing the file and its record.
    """
    record, begun = _unchanged(path), fetched(_begun(path))
    if record is None and begun.exists():
        raise InputError(
            f"{entry} ({path})",
            "an entry that was written whole, with the record of what it was made from",
            "one that a run was writing when it was stopped",
            f"Make it again, and all that comes after it: --from-nodes {_node_of(begun)}",
        )
    return record


def content_now(path: Path) -> str:
    """Return the checksum of a file or folder as it is now; it is read only if it has changed."""
    record = _unchanged(path)
    return record.content if record else content_of(path)


def was_stopped(path: Path) -> bool:
    """Tell whether a run was killed between writing a file or folder and its record."""
    return fetched(_begun(path)).exists() and _unchanged(path) is None


def begin_records(paths: Mapping[str, Path], making: Making) -> None:
    """Note that a node begins to save its outputs, so that a kill before the end is noticed.

    Args:
        paths: Where each output will be, by name.
        making: How they are made.
    """
    for path in paths.values():
        _write(_begun(path), {"node": making.node, "run": making.run})


def write_records(paths: Mapping[str, Path], making: Making) -> dict[str, Record]:
    """Write the records of all that a node has saved.

    Args:
        paths: Where each output is, by name.
        making: How they were made.

    Returns:
        The records, by name.
    """
    contents = {entry: content_of(path) for entry, path in paths.items()}
    records = {}
    for entry, path in paths.items():
        others = {name: each for name, each in contents.items() if name != entry}
        record = Record(entry, contents[entry], stamp_of(path), others, making)
        _write(_place(path), {"format": FORMAT, **asdict(record)})
        remove(_begun(path))
        records[entry] = record
    return records


def _unchanged(path: Path) -> Record | None:
    """Return the record of a file or folder that is as it was saved, or a copy of that."""
    record = read_record(path)
    if record is None:
        return None
    stamp = stamp_of(path)
    if stamp != record.stamp:
        if content_of(path) != record.content:
            return None
        # A copy: with its own stamp it need not be read whole again. It may be for reading only.
        with suppress(OSError):
            _write(_place(path), {"format": FORMAT, **asdict(replace(record, stamp=stamp))})
    return record


def _write(path: Path, content: dict[str, Any]) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1), "utf-8")


def _place(path: Path) -> Path:
    return path.parent / FOLDER / f"{path.name}.json"


def _begun(path: Path) -> Path:
    return path.parent / FOLDER / f"{path.name}.begun"


def _node_of(begun: Path) -> str:
    try:
        return str(json.loads(begun.read_text("utf-8"))["node"]).rpartition(".")[2]
    except (OSError, ValueError, KeyError, TypeError):
        return "the node that makes it"
