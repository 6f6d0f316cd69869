"""The results of new X-rays, in a folder."""

import errno
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.case_names import file_stem
from teeth_unet.errors import InputError
from teeth_unet.inference.protocol import CaseResult, ResultStore, Source
from teeth_unet.inference.recorded_files import (
    BEGUN,
    MOVE,
    RECORDS,
    RecordedFiles,
    Writer,
    to_disk,
)
from teeth_unet.inference.records import CaseRow
from teeth_unet.inference.result_folders import SIGN, is_result_folder, others_in, sign
from teeth_unet.pictures import open_png
from teeth_unet.storage import file_sha256
from teeth_unet.teeth import ToothRow

OF_ALL = "of_all"
"""Folder of records of files that are of all cases together."""

SUFFIXES = {"labelme": ".json", "yolo": ".txt", "dicom_seg": ".dcm"}
"""Of files by kind; the others are pictures."""

_NO_PLACE = {errno.ENOENT, errno.ENOTDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.EINVAL}

PNG_LEVEL = 1
"""Of zlib: the next ones take several times as long for files that are a little smaller."""


class ResultFolder(RecordedFiles, ResultStore):
    """A folder with the files of each kind in a folder of their own, and a record a case."""

    @classmethod
    def at(cls, path: Path) -> "ResultFolder":
        """Return the store at a path, which need not exist.

        Raises:
            InputError: The folder holds something else, or there can be none.
        """
        with _made_into_a_folder(path):
            is_there, is_folder = path.exists(), path.is_dir()
        if is_there and not is_folder:
            raise InputError(str(path), "a folder for the results", "a file", MOVE)
        if is_folder and not is_result_folder(path):
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
        with _made_into_a_folder(self.path):
            sign(self.path)

    def has(self, case: str, fingerprint: str, kinds: Collection[str] = ()) -> bool:
        """Tell whether a case is done with this fingerprint, and all its files are there."""
        key = file_stem(case)
        record = self._read(self._record(key))
        return (
            record.get("fingerprint") == fingerprint
            and {_name(kind, key) for kind in kinds} <= record["files"].keys()
            and all((self.path / name).is_file() for name in record["files"])
            and not self._is_mixed(key, record["files"])
        )

    def source(self, case: str) -> Source | None:
        """Return which X-ray the result of a case is of, or None if there is none."""
        record = self._read(self._record(file_stem(case)))
        # Records of earlier versions do not tell.
        return Source(**record.get("source", {"place": "", "content": ""})) if record else None

    def write(self, result: CaseResult) -> None:
        """Write the files of a case, and its record when they are on the disk."""
        key = file_stem(result.case)
        made: dict[str, Writer] = {
            **{_name(kind, key): partial(_save, each) for kind, each in result.pictures.items()},
            **{_name(kind, key): partial(_print, [t]) for kind, t in result.documents.items()},
        }
        record = {
            "case": result.case,
            "fingerprint": result.fingerprint,
            "source": asdict(result.source),
            "row": result.row,
            "teeth": result.teeth,
        }
        self._write(key, made, record)

    def add(self, case: str, documents: Mapping[str, str | bytes]) -> None:
        """Write files of other programs beside those of a case, whose record comes last again."""
        key = file_stem(case)
        made: dict[str, Writer] = {
            _name(kind, key): partial(_put, content)
            if isinstance(content, bytes)
            else partial(_print, [content])
            for kind, content in documents.items()
        }
        self._write(key, made, self._read(self._record(key)))

    def instances(self, case: str) -> NDArray[np.uint16]:
        """Return the label map of a case: (h, w), one number an object."""
        with open_png(self._instances(case)) as picture:
            return np.array(picture, np.uint16)

    def instances_checksum(self, case: str) -> str:
        """Return a checksum of the label map's file."""
        return file_sha256(self._instances(case))

    def write_of_all(self, name: str, fingerprint: str, pieces: Iterable[str]) -> None:
        """Write a file that is of all cases together, unless it is there with this fingerprint."""
        key = f"{OF_ALL}/{file_stem(name)}"
        record = self._read(self._record(key))
        if record.get("fingerprint") != fingerprint or not (self.path / name).is_file():
            made = {name: partial(_print, pieces)}
            self._write(key, made, {"case": name, "fingerprint": fingerprint})

    def discard_of_all(self, name: str) -> None:
        """Remove a file that is of all cases together, if there is one that was written here."""
        self._discard(f"{OF_ALL}/{file_stem(name)}")

    def files(self, case: str) -> list[str]:
        """Return the files of a case that is done; none if it is not."""
        return list(self._read(self._record(file_stem(case))).get("files", {}))

    def name_of(self, kind: str, case: str) -> str:
        """Return the name of a picture or document of a case, whether it is there or not."""
        return _name(kind, file_stem(case))

    def rows(self, case: str) -> tuple[CaseRow, list[ToothRow]]:
        """Return the rows of a case that is done.

        Raises:
            InputError: Its record is missing or damaged.
        """
        path = self._record(file_stem(case))
        record = self._read(path)
        if not record:
            raise InputError(
                str(path),
                "the record of a case that is done",
                "none" if not path.exists() else "a damaged one",
                "Run the pipeline again from its beginning.",
            )
        return record["row"], record["teeth"]

    def discard(self, case: str) -> None:
        """Remove the files of a case, and its record when they are gone."""
        self._discard(file_stem(case))

    def count_others(self, cases: Iterable[str]) -> int:
        """Return of how many other cases there are results."""
        return len(self._others(cases))

    def keep_only(self, cases: Iterable[str]) -> int:
        """Remove the results of all other cases, and return how many these were."""
        others = self._others(cases)
        for stem in others:
            self._discard(stem)
        return len(others)

    def _others(self, cases: Iterable[str]) -> set[str]:
        """Return the names, as `file_stem` makes them, of other cases with a record here."""
        found = {path.stem for path in self.path.glob(f"{RECORDS}/[!.]*.json")}
        notes = self.path.glob(f"{BEGUN}/[!.]*.json")
        found |= {path.stem.rpartition(".")[0] for path in notes}
        return found - {file_stem(case) for case in cases}

    def _instances(self, case: str) -> Path:
        return self.path / _name("instances", file_stem(case))


@contextmanager
def _made_into_a_folder(path: Path) -> Iterator[None]:
    """Say of a place that there can be no folder; what ails the disk or drive passes.

    Raises:
        InputError: A file is in the way, or no folder can have this name.
    """
    try:
        yield
    except OSError as failure:
        if failure.errno not in _NO_PLACE:
            raise
        raise InputError(
            str(path),
            "a place where a folder can be made",
            f"none ({failure.strerror})",
            "Give another folder: --params results=FOLDER",
        ) from failure


def _name(kind: str, key: str) -> str:
    """Return the name of a file of a case: each kind of pictures and documents has its folder."""
    return f"{kind}/{key}{SUFFIXES.get(kind, '.png')}"


def _save(picture: Image.Image, path: Path) -> str:
    """Write a picture to the disk, and return its checksum."""
    picture.save(path, compress_level=PNG_LEVEL)
    to_disk(path)
    return file_sha256(path)


def _put(content: bytes, path: Path) -> str:
    """Write bytes to the disk, and return their checksum."""
    path.write_bytes(content)
    to_disk(path)
    return file_sha256(path)


def _print(pieces: Iterable[str], path: Path) -> str:
    """Write a text to the disk, piece by piece, and return its checksum."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(pieces)
    to_disk(path)
    return file_sha256(path)
