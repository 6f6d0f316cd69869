"""New X-rays, to be segmented: one path to whatever the user has."""

import hashlib
import os
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, NoReturn

from kedro.io import AbstractDataset
from kedro_datasets._typing import ImagePreview

from teeth_unet.datasets.archive_rules import ArchiveRules
from teeth_unet.datasets.dicom import (
    DICOM_SUFFIXES,
    MAGIC,
    MAGIC_AT,
    LazyDicom,
    is_dicom,
    named_as_dicom,
)
from teeth_unet.datasets.image_cases import (
    PICTURE_SUFFIXES,
    LazyImage,
    expand_home,
    is_litter,
    is_picture,
    preview_cases,
    refuse_to_save,
    summary,
)
from teeth_unet.datasets.previews import of_what_is_there
from teeth_unet.datasets.result_names import is_result_folder
from teeth_unet.datasets.zip_members import DAMAGE, list_members, read_member
from teeth_unet.errors import InputError
from teeth_unet.imaging import natural_key

_KINDS = f"X-rays ({' '.join(PICTURE_SUFFIXES)}, DICOM)"
_REMEDY = (
    "Give a folder, a picture, a DICOM file or a zip archive: "
    "kedro run --pipeline inference --params xrays=PATH"
)

FILE_LIMIT = 1_000_000_000
"""Most bytes of a file that is read, as in archives; the largest X-rays have some 100 million."""

_FORMULA = re.compile("^[=+@\uff1d\uff0b\uff20\uff0d-]")
"""What a spreadsheet takes for the beginning of a formula, in a table of cases; wide forms too.

https://owasp.org/www-community/attacks/CSV_Injection
"""

LazyXray = LazyImage | LazyDicom
Reader = Callable[[], bytes]


class NewXraysDataset(AbstractDataset[NoReturn, dict[str, LazyXray]]):
    """Pictures and DICOM files of a folder, of a zip archive, or one alone; read-only.

    Args:
        filepath: The folder (with its subfolders), archive or file. "~" stands for the user's
            home folder.
        archive: What an archive may contain, by the names of `ArchiveRules`.
        metadata: Anything for other tools; kedro-viz reads its own part.
    """

    def __init__(
        self,
        *,
        filepath: str,
        archive: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> None:
        self._filepath = expand_home(filepath)
        self._rules = ArchiveRules.model_validate(archive or {})
        self.metadata = metadata

    def load(self) -> dict[str, LazyXray]:
        """List the X-rays without reading them.

        Returns:
            A reader for every X-ray by case name, in natural order. The case name is the file's
            name without suffix; of files that would have the same, all folders and, if need be,
            the suffix belong to it. It never begins as a formula of a spreadsheet does.

        Raises:
            InputError: There is nothing, or nothing that could be an X-ray, or the folder holds
                results of an earlier run. (Kedro wraps it into a DatasetError.)
        """
        path = self._filepath.resolve()
        if path.is_dir():
            _refuse_results(path)
            return _cases(path, _files_of_folder(path))
        if not path.exists():
            raise InputError(str(path), _KINDS, "nothing there", _REMEDY)
        if _is_xray(path.name, partial(_beginning, path)):
            return _cases(
                path.parent, [(path.name, partial(_whole, path), partial(_beginning, path))]
            )
        if zipfile.is_zipfile(path):
            return _cases(path, _files_of_archive(path, self._rules))
        raise InputError(str(path), _KINDS, "a file of another kind", _REMEDY)

    def save(self, data: NoReturn) -> NoReturn:
        """Refuse: the X-rays are the user's."""
        refuse_to_save(str(self._filepath))

    @of_what_is_there
    def preview(self) -> ImagePreview:
        """Show up to six X-rays in kedro-viz; nothing while the path does not exist."""
        return preview_cases(self.load())

    def _exists(self) -> bool:
        return self._filepath.exists()

    def _describe(self) -> dict[str, Any]:
        return {"filepath": str(self._filepath)}


def _refuse_results(folder: Path) -> None:
    if is_result_folder(folder):
        raise InputError(
            str(folder),
            _KINDS,
            "results of an earlier run, whose masks and drawings are none",
            "Give the folder of the X-rays. Where results go is told by --params results=FOLDER",
        )


def _files_of_folder(folder: Path) -> Iterator[tuple[str, Reader, Reader]]:
    """Yield name, reader and reader of the beginning of every file; results of ours left out."""
    for place, folders, files in os.walk(folder, onerror=_raise):
        # In place, so that `os.walk` does not go there.
        folders[:] = [name for name in sorted(folders) if not is_result_folder(Path(place, name))]
        for name in sorted(files):
            path = Path(place, name)
            if path.is_file():  # neither a pipe nor a link to nowhere
                relative = path.relative_to(folder).as_posix()
                yield relative, partial(_whole, path), partial(_beginning, path)


def _files_of_archive(archive: Path, rules: ArchiveRules) -> Iterator[tuple[str, Reader, Reader]]:
    def may_be_read(name: str) -> bool:
        return is_picture(name) or (named_as_dicom(name) is not False and not is_litter(name))

    members = list_members(archive, rules, may_be_read)
    with zipfile.ZipFile(archive) as opened:  # once, for all beginnings
        for member in members:
            beginning = partial(_beginning_of_member, opened, member.key)
            yield member.name, partial(read_member, archive, member), beginning


def _cases(origin: Path, files: Iterable[tuple[str, Reader, Reader]]) -> dict[str, LazyXray]:
    """Give every X-ray the name of its case."""
    readers: dict[str, LazyXray] = {}
    others = []
    for name, read, beginning in files:
        if not _is_xray(name, beginning):
            others.append(name)
        elif is_picture(name):
            readers[name] = LazyImage(name, origin, read)
        else:
            readers[name] = LazyDicom(name, origin, read)
    if not readers:
        found = summary([name for name in others if not is_litter(name)])
        raise InputError(str(origin), _KINDS, found, _REMEDY)
    names = _case_names(list(readers))
    _refuse_same_names(origin, names)
    cases = {case: readers[name] for name, case in names.items()}
    return {case: cases[case] for case in sorted(cases, key=natural_key)}


def _is_xray(name: str, beginning: Reader) -> bool:
    if is_litter(name):
        return False
    if is_picture(name):
        return True
    by_name = named_as_dicom(name)
    return is_dicom(beginning()) if by_name is None else by_name


def _case_names(files: list[str]) -> dict[str, str]:
    """Return a case name for each file: the shortest of its forms that no other file has.

    Names that differ in the case of letters count as one: on some systems their results would be
    one file.
    """
    forms = {file: _forms(file) for file in files}
    taken = Counter(form.casefold() for some in forms.values() for form in set(some))
    return {
        file: next((form for form in some if taken[form.casefold()] == 1), some[-1])
        for file, some in forms.items()
    }


def _refuse_same_names(origin: Path, names: dict[str, str]) -> None:
    first: dict[str, str] = {}
    for file, case in names.items():
        other = first.setdefault(case.casefold(), file)
        if other != file:
            raise InputError(
                str(origin),
                "X-rays whose names differ in more than the case of letters",
                f"{other} and {file}",
                "Rename one of them.",
            )


def _forms(file: str) -> tuple[str, ...]:
    """Return a file's name without folders and suffix, without suffix, and with both.

    A name that begins like a formula gets another beginning, and a fourth form, which no other
    file has: those above may now be another file's.
    """
    path = PurePosixPath(_printable(file))
    suffix = path.suffix if path.suffix.lower() in (*PICTURE_SUFFIXES, *DICOM_SUFFIXES) else ""
    whole = "_".join(path.parts)
    stem = whole.removesuffix(suffix)
    found = path.name.removesuffix(suffix), stem, f"{stem}_{suffix[1:]}" if suffix else stem
    forms = tuple(_FORMULA.sub("_", form) for form in found)
    return forms if forms == found else (*forms, f"{forms[-1]}_{_short_hash(file)}")


def _short_hash(file: str) -> str:
    return hashlib.sha256(os.fsencode(file)).hexdigest()[:8]


def _printable(name: str) -> str:
    """Return a name that can be shown and written in any table."""
    letters = unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return "".join(letter if letter.isprintable() else "_" for letter in letters)


def _whole(path: Path) -> bytes:
    """Read a file, unless it is larger than any X-ray."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > FILE_LIMIT:
            raise InputError(
                str(path),
                f"at most {FILE_LIMIT} bytes",
                f"{size}",
                "Export the X-ray again, as PNG for example, or remove the file.",
            )
        return file.read()


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAGIC_AT + len(MAGIC))
    except OSError:  # what cannot be read is no X-ray
        return b""


def _beginning_of_member(archive: zipfile.ZipFile, key: str) -> bytes:
    try:
        with archive.open(key) as member:
            return member.read(MAGIC_AT + len(MAGIC))
    except DAMAGE:  # what cannot be unpacked is no X-ray
        return b""


def _raise(failure: OSError) -> NoReturn:
    raise InputError(
        str(failure.filename), "a folder that can be read", str(failure.strerror), "Give access."
    ) from failure
