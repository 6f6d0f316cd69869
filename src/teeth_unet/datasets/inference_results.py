"""The results of new X-rays in the catalog."""

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from kedro.io import AbstractDataset, DatasetError
from kedro_datasets._typing import ImagePreview
from PIL import Image

from teeth_unet.datasets.image_cases import expand_home
from teeth_unet.datasets.previews import contact_sheet, of_what_is_there, pick
from teeth_unet.datasets.result_names import (
    SIGN,
    file_stem,
    is_result_folder,
    others_in,
    sign,
)
from teeth_unet.datasets.whole_files import written_whole
from teeth_unet.errors import InputError
from teeth_unet.imaging import natural_key
from teeth_unet.inference import CaseResult, ResultStore

RECORDS = "rows"

PNG_LEVEL = 1
"""Of zlib: the next ones take several times as long for files that are a little smaller."""

_RECORD, _BEGUN = ".json", ".begun"

_MOVE = "Move it elsewhere, or give another folder: --params results=FOLDER"


class InferenceResultsDataset(AbstractDataset[NoReturn, ResultStore]):
    """A store for the results of X-rays, in one folder.

    The node that segments writes through the store, case by case, since Kedro saves a node's
    outputs only once the node is done.
    """

    def __init__(self, *, filepath: str, metadata: dict[str, Any] | None = None) -> None:
        self._path = expand_home(filepath)
        self.metadata = metadata

    def load(self) -> "ResultFolder":
        """Return the store; the folder need not exist.

        Raises:
            InputError: The folder holds something else. (Kedro wraps it into a DatasetError.)
        """
        path = self._path
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
        return ResultFolder(path)

    def save(self, data: NoReturn) -> None:
        """Refuse: results are written through the store."""
        raise DatasetError("nothing can be saved here: the store that `load` returns is written")

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show a few overlays, or masks, in kedro-viz."""
        for kind in ("overlays", "masks"):
            paths = sorted(
                self._path.glob(f"{kind}/[!.]*.png"), key=lambda one: natural_key(one.stem)
            )
            if paths:
                return contact_sheet(_open(path) for path in pick(paths))
        return contact_sheet([])

    def _exists(self) -> bool:
        return is_result_folder(self._path)

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._path)}


class ResultFolder(ResultStore):
    """A folder with the pictures of each kind in a folder of their own, and a record a case.

    A record, `rows/CASE.json`, names the files of its case with their checksums; it is written
    last of all. While a case is being written, `rows/CASE.begun` names them. Only what one of
    both names, and still is as it was written, is ever replaced or removed.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def __str__(self) -> str:
        return str(self.path)

    def begin(self) -> None:
        """Sign the folder, which is made if need be, so that the next run knows it again."""
        sign(self.path)

    def has(self, case: str, fingerprint: str) -> bool:
        """Tell whether a case is done with this fingerprint, and all its files are there."""
        record = self._read(self._record(case))
        return (
            record.get("fingerprint") == fingerprint
            and not self._begun(case).exists()
            and all((self.path / name).is_file() for name in record["files"])
        )

    def write(self, result: CaseResult) -> None:
        """Write the pictures of a case, and its record when they are on the disk."""
        stem = file_stem(result.case)
        names = {kind: f"{kind}/{stem}.png" for kind in result.pictures}
        for name in names.values():
            if (self.path / name).exists() and not self._is_ours(result.case, name):
                raise InputError(
                    str(self.path / name),
                    "no file, or one as this program has written it",
                    "one that was made or changed by somebody else",
                    _MOVE,
                )
        self.begin()
        outdated = self._files(result.case).keys() - names.values()
        self._write_json(self._begun(result.case), {"files": sorted(names.values())})
        files = {
            names[kind]: self._write_picture(names[kind], picture)
            for kind, picture in result.pictures.items()
        }
        for name in outdated:
            self._remove(result.case, name)
        record = {
            "case": result.case,
            "fingerprint": result.fingerprint,
            "files": files,
            "row": result.row,
            "teeth": result.teeth,
        }
        self._write_json(self._record(result.case), record)
        # Another run may write the same here at the same time, and be done with it already.
        self._begun(result.case).unlink(missing_ok=True)

    def rows(self, case: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
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
        for name in self._files(case):
            self._remove(case, name)
        self._record(case).unlink(missing_ok=True)
        self._begun(case).unlink(missing_ok=True)

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
        found = {
            path.stem
            for path in self.path.glob(f"{RECORDS}/[!.]*")
            if path.suffix in (_RECORD, _BEGUN)
        }
        return found - {file_stem(case) for case in cases}

    def _record(self, case: str) -> Path:
        return self.path / RECORDS / f"{file_stem(case)}{_RECORD}"

    def _begun(self, case: str) -> Path:
        return self.path / RECORDS / f"{file_stem(case)}{_BEGUN}"

    def _files(self, case: str) -> dict[str, str | None]:
        """Return the files of a case with their checksums, None where it was being written."""
        begun = self._read(self._begun(case)).get("files", ())
        return self._read(self._record(case)).get("files", {}) | dict.fromkeys(begun)

    def _is_ours(self, case: str, name: str) -> bool:
        """Tell whether a file is as this program has written it, or has just gone."""
        try:
            files = self._files(case)
            while name in files and files[name] not in (None, _checksum(self.path / name)):
                # Another run may have written picture and record since the record was read.
                before, files = files, self._files(case)
                if files == before:
                    return False
        except FileNotFoundError:
            return True
        return name in files

    def _remove(self, case: str, name: str) -> None:
        if (self.path / name).is_file() and self._is_ours(case, name):
            (self.path / name).unlink(missing_ok=True)

    def _read(self, path: Path) -> dict[str, Any]:
        """Read a record; an empty one where there is none, or a damaged one."""
        try:
            record = json.loads(path.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return record if isinstance(record, dict) and "files" in record else {}

    def _write_picture(self, name: str, picture: Image.Image) -> str:
        """Write a picture, and return its checksum."""
        with written_whole(self.path / name) as temporary:
            picture.save(temporary, compress_level=PNG_LEVEL)
            _to_disk(temporary)
            return _checksum(temporary)

    def _write_json(self, path: Path, content: dict[str, Any]) -> None:
        with written_whole(path) as temporary:
            temporary.write_text(json.dumps(content, indent=1), "utf-8")
            _to_disk(temporary)


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _to_disk(path: Path) -> None:
    """Wait until a file is on the disk: a power failure must not leave records of no files."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _open(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        picture.load()
        return picture
