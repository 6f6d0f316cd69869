"""The results of new X-rays, in a folder."""

import glob
import json
import os
import uuid
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image

from teeth_unet.case_names import file_stem
from teeth_unet.errors import InputError
from teeth_unet.inference.protocol import CaseResult, ResultStore
from teeth_unet.inference.records import CaseRow
from teeth_unet.inference.result_folders import SIGN, is_result_folder, others_in, sign
from teeth_unet.storage import ABANDONED_AFTER, atomic_write, file_sha256, idle_seconds
from teeth_unet.teeth import ToothRow

RECORDS, BEGUN = "rows", "rows/begun"

PNG_LEVEL = 1
"""Of zlib: the next ones take several times as long for files that are a little smaller."""

_MOVE = "Move it elsewhere, or give another folder: --params results=FOLDER"


class ResultFolder(ResultStore):
    """A folder with the pictures of each kind in a folder of their own, and a record a case.

    A record, `rows/CASE.json`, names the files of its case with their checksums; it is written
    last of all. Before any file of a case gets its name, a note in `rows/begun` tells the checksum
    it will have. Only files that a record or note names, and that still have that checksum, are
    ever replaced or removed.

    Several runs may write the same case, and each may be killed. A run whose note is there alone
    at its end takes it away: who comes later writes later. Otherwise the notes stay for an hour or
    more, since one run's record may be next to another one's pictures; `has` sees that by them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def at(cls, path: Path) -> "ResultFolder":
        """Return the store at a path, which need not exist.

        Raises:
            InputError: The folder holds something else.
        """
        if path.exists() and not path.is_dir():
            raise InputError(str(path), "a folder for the results", "a file", _MOVE)
        if path.is_dir() and not is_result_folder(path):
            found = others_in(path)
            if found and not is_result_folder(path):  # which another run may have made it just now
                raise InputError(
                    str(path),
                    f"an empty folder, or results of earlier runs (with {SIGN})",
                    f"a folder with {found[0]} in it",
                    "Give another folder: --params results=FOLDER",
                )
        return cls(path)

    def __str__(self) -> str:
        return str(self.path)

    def begin(self) -> None:
        """Sign the folder, which is made if need be, so that the next run knows it again.

        Raises:
            InputError: There can be no folder at this place.
        """
        try:
            sign(self.path)
        except (FileNotFoundError, NotADirectoryError) as failure:
            raise InputError(
                str(self.path),
                "a place where a folder can be made",
                f"none ({failure.strerror})",
                "Give another folder: --params results=FOLDER",
            ) from failure

    def has(self, case: str, fingerprint: str) -> bool:
        """Tell whether a case is done with this fingerprint, and all its files are there."""
        record = self._read(self._record(case))
        return (
            record.get("fingerprint") == fingerprint
            and all((self.path / name).is_file() for name in record["files"])
            and not self._is_mixed(case, record["files"])
        )

    def write(self, result: CaseResult) -> None:
        """Write the pictures of a case, and its record when they are on the disk."""
        case, stem = result.case, file_stem(result.case)
        pictures = {f"{kind}/{stem}.png": picture for kind, picture in result.pictures.items()}
        for name in pictures:
            if (self.path / name).exists() and not self._is_ours(case, name):
                raise InputError(
                    str(self.path / name),
                    "no file, or one as this program has written it",
                    "one that was made or changed by somebody else",
                    _MOVE,
                )
        self.begin()
        note = self.path / BEGUN / f"{stem}.{uuid.uuid4().hex[:8]}.json"
        with ExitStack() as moves:  # at its end the pictures get their names
            files = {
                name: _save(picture, moves.enter_context(atomic_write(self.path / name)))
                for name, picture in pictures.items()
            }
            self._write_json(note, {"case": case, "files": files})
        for name in self._known(case).keys() - files:
            self._remove(case, name)
        record = {
            "case": case,
            "fingerprint": result.fingerprint,
            "files": files,
            "row": result.row,
            "teeth": result.teeth,
        }
        self._write_json(self._record(case), record)
        self._end(case, note)

    def rows(self, case: str) -> tuple[CaseRow, list[ToothRow]]:
        """Return the rows of a case that is done.

        Raises:
            InputError: Its record is missing or damaged.
        """
        record = self._read(self._record(case))
        if not record:
            raise InputError(
                str(self._record(case)),
                "the record of a case that is done",
                "none" if not self._record(case).exists() else "a damaged one",
                "Run the pipeline again from its beginning.",
            )
        return record["row"], record["teeth"]

    def discard(self, case: str) -> None:
        """Remove the files of a case, and its record when they are gone."""
        for name in self._known(case):
            self._remove(case, name)
        for path in (self._record(case), *self._notes(case)):
            path.unlink(missing_ok=True)

    def count_others(self, cases: Iterable[str]) -> int:
        """Return of how many other cases there are results."""
        return len(self._others(cases))

    def keep_only(self, cases: Iterable[str]) -> int:
        """Remove the results of all other cases, and return how many these were."""
        others = self._others(cases)
        for stem in others:
            self.discard(stem)
        return len(others)

    def _others(self, cases: Iterable[str]) -> set[str]:
        """Return the names, as `file_stem` makes them, of other cases with a record here."""
        found = {path.stem for path in self.path.glob(f"{RECORDS}/[!.]*.json")}
        notes = self.path.glob(f"{BEGUN}/[!.]*.json")
        found |= {path.stem.rpartition(".")[0] for path in notes}
        return found - {file_stem(case) for case in cases}

    def _record(self, case: str) -> Path:
        return self.path / RECORDS / f"{file_stem(case)}.json"

    def _notes(self, case: str) -> list[Path]:
        """Return the notes of a case, of all runs; their folder holds few."""
        stem = glob.escape(file_stem(case))
        return sorted((self.path / BEGUN).glob(f"{stem}.{'[0-9a-f]' * 8}.json"))

    def _begun(self, case: str) -> list[dict[str, str]]:
        """Return the checksums of files that have been begun, of each run."""
        return [self._read(path).get("files", {}) for path in self._notes(case)]

    def _known(self, case: str) -> dict[str, set[str]]:
        """Return the files of a case with the checksums that this program has given them."""
        known: dict[str, set[str]] = {}
        # Notes first: a note may go while this looks, but then there is a record.
        for files in (*self._begun(case), self._read(self._record(case)).get("files", {})):
            for name, checksum in files.items():
                known.setdefault(name, set()).add(checksum)
        return known

    def _is_ours(self, case: str, name: str) -> bool:
        """Tell whether a file is as this program has written it, or has just gone."""
        try:
            known = self._known(case)
            while file_sha256(self.path / name) not in known.get(name, ()):
                # Another run may have written picture and record since these were read.
                before, known = known, self._known(case)
                if known == before:
                    return False
        except FileNotFoundError:
            return True
        return True

    def _is_mixed(self, case: str, files: dict[str, str]) -> bool:
        """Tell whether a file of the record is another run's; those of a user do not count."""
        begun = self._begun(case)
        try:
            found = {name: file_sha256(self.path / name) for name in files} if begun else {}
        except FileNotFoundError:  # which another run has just removed
            return True
        return any(
            checksum != files[name] and checksum in {others.get(name) for others in begun}
            for name, checksum in found.items()
        )

    def _end(self, case: str, own: Path) -> None:
        """Take away the notes of a case, unless another run may be at work at it."""
        notes = self._notes(case)
        if all(note == own or idle_seconds(note) > ABANDONED_AFTER for note in notes):
            for note in notes:
                note.unlink(missing_ok=True)

    def _remove(self, case: str, name: str) -> None:
        if (self.path / name).is_file() and self._is_ours(case, name):
            (self.path / name).unlink(missing_ok=True)

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
            _to_disk(temporary)


def _save(picture: Image.Image, path: Path) -> str:
    """Write a picture to the disk, and return its checksum."""
    picture.save(path, compress_level=PNG_LEVEL)
    _to_disk(path)
    return file_sha256(path)


def _to_disk(path: Path) -> None:
    """Wait until a file is on the disk: a power failure must not leave records of no files."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
