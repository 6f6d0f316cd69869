"""Files of which a record tells what they are, so that those of others are never touched."""

import glob
import json
import os
import uuid
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from teeth_unet.errors import InputError
from teeth_unet.inference.result_folders import sign
from teeth_unet.storage import ABANDONED_AFTER, atomic_write, file_sha256, idle_seconds, remove

RECORDS, BEGUN = "rows", "rows/begun"

MOVE = "Move it elsewhere, or give another folder: --params results=FOLDER"

Writer = Callable[[Path], str]
"""Writes a file, and returns its checksum."""


class RecordedFiles:
    """A folder of files, and records that name them with their checksums.

    A record, `rows/KEY.json`, is written last of all. Before any of its files gets its name, a
    note in `rows/begun` tells the checksum it will have. Only files that a record or note names,
    and that still have that checksum, are ever replaced or removed.

    Several runs may write the same files, and each may be killed. A run whose note is there alone
    at its end takes it away: who comes later writes later. Otherwise the notes stay for an hour or
    more, since one run's record may be next to another one's files; `_is_mixed` sees that by them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def _write(self, key: str, made: Mapping[str, Writer], record: dict[str, Any]) -> None:
        """Write files, and the record that names them when they are on the disk.

        Args:
            key: Of the record.
            made: What writes each file.
            record: The rest of the record; files that it names already stay.
        """
        for name in made:
            if (self.path / name).exists() and not self._is_ours(key, name):
                raise InputError(
                    str(self.path / name),
                    "no file, or one as this program has written it",
                    "one that was made or changed by somebody else",
                    MOVE,
                )
        sign(self.path)
        note = self.path / BEGUN / f"{key}.{uuid.uuid4().hex[:8]}.json"
        kept = record.get("files", {})
        with ExitStack() as moves:  # at its end the files get their names
            files = {
                name: write(moves.enter_context(atomic_write(self.path / name)))
                for name, write in made.items()
            }
            self._write_json(note, {"case": record["case"], "files": files})
        files = {**kept, **files}
        for name in self._known(key).keys() - files:
            self._remove(key, name)
        self._write_json(self._record(key), {**record, "files": files})
        self._end(key, note)

    def _discard(self, key: str) -> None:
        for name in self._known(key):
            self._remove(key, name)
        for path in (self._record(key), *self._notes(key)):
            remove(path)

    def _record(self, key: str) -> Path:
        return self.path / RECORDS / f"{key}.json"

    def _notes(self, key: str) -> list[Path]:
        """Return the notes of a case, of all runs; their folder holds few."""
        return sorted((self.path / BEGUN).glob(f"{glob.escape(key)}.{'[0-9a-f]' * 8}.json"))

    def _begun(self, key: str) -> list[dict[str, str]]:
        """Return the checksums of files that have been begun, of each run."""
        return [self._read(path).get("files", {}) for path in self._notes(key)]

    def _known(self, key: str) -> dict[str, set[str]]:
        """Return the files of a case with the checksums that this program has given them."""
        known: dict[str, set[str]] = {}
        # Notes first: a note may go while this looks, but then there is a record.
        for files in (*self._begun(key), self._read(self._record(key)).get("files", {})):
            for name, checksum in files.items():
                known.setdefault(name, set()).add(checksum)
        return known

    def _is_ours(self, key: str, name: str) -> bool:
        """Tell whether a file is as this program has written it, or has just gone."""
        try:
            known = self._known(key)
            while file_sha256(self.path / name) not in known.get(name, ()):
                # Another run may have written picture and record since these were read.
                before, known = known, self._known(key)
                if known == before:
                    return False
        except FileNotFoundError:
            return True
        return True

    def _is_mixed(self, key: str, files: dict[str, str]) -> bool:
        """Tell whether a file of the record is another run's; those of a user do not count."""
        begun = self._begun(key)
        try:
            found = {name: file_sha256(self.path / name) for name in files} if begun else {}
        except FileNotFoundError:  # which another run has just removed
            return True
        return any(
            checksum != files[name] and checksum in {others.get(name) for others in begun}
            for name, checksum in found.items()
        )

    def _end(self, key: str, own: Path) -> None:
        """Take away the notes of a case, unless another run may be at work at it."""
        notes = self._notes(key)
        if all(note == own or idle_seconds(note) > ABANDONED_AFTER for note in notes):
            for note in notes:
                remove(note)

    def _remove(self, key: str, name: str) -> None:
        if (self.path / name).is_file() and self._is_ours(key, name):
            remove(self.path / name)

    def _read(self, path: Path) -> dict[str, Any]:
        """Read a record; an empty one where there is none, or a damaged one."""
        try:
            record = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        whole = isinstance(record, dict) and isinstance(record.get("files"), dict)
        return record if whole else {}

    def _write_json(self, path: Path, content: dict[str, Any]) -> None:
        with atomic_write(path) as temporary:
            temporary.write_text(json.dumps(content, indent=1), "utf-8")
            to_disk(temporary)


def to_disk(path: Path) -> None:
    """Wait until a file is on the disk: a power failure must not leave records of no files."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
