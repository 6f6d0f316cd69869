"""Which X-rays there are to look at: given by paths, named by results, or dropped onto the page."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from teeth_unet.archives import ArchiveRules
from teeth_unet.case_names import distinct_names, file_stem
from teeth_unet.errors import InputError
from teeth_unet.inference import is_result_folder
from teeth_unet.intake import LazyXray, xrays_at_several
from teeth_unet.intake.cases import SUFFIXES
from teeth_unet.pictures import BEGINNING, open_lazily, recognise
from teeth_unet.storage import atomic_write

XRAYS = "xrays"
"""Folder, within that of the corrections, of X-rays that were dropped onto the page."""

MOST_PIXELS = 40_000_000
"""Of an X-ray that a page can show and correct."""


@dataclass(frozen=True)
class XrayFile:
    """An X-ray to look at.

    Attributes:
        case: Its case name.
        load: Opens it.
        warnings: What results say of it.
    """

    case: str
    load: LazyXray
    warnings: str = ""

    @property
    def key(self) -> str:
        """What addresses call it: names of files may tell who a patient is, and stay in logs."""
        return hashlib.sha256(self.case.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def find_xrays(paths: Sequence[Path], corrections: Path) -> tuple[dict[str, XrayFile], list[str]]:
    """List the X-rays at some paths, and those that were dropped onto the page earlier.

    Args:
        paths: Folders, archives and files; a folder of results stands for the X-rays that they
            were made of.
        corrections: The folder of corrections.

    Returns:
        The X-rays by their key, and what is to be told.

    Raises:
        InputError: What was given holds none, or cannot be read.
    """
    places, warnings, told = _without_results(paths)
    if (corrections / XRAYS).is_dir() and any((corrections / XRAYS).iterdir()):
        places = [*places, corrections / XRAYS]
    if not places:
        return {}, told
    found = xrays_at_several(places, ArchiveRules.model_validate({}), is_result_folder)
    files = [XrayFile(case, load, warnings.get(case, "")) for case, load in found.items()]
    return {file.key: file for file in files}, [*told, *found.told]


def _without_results(
    paths: Sequence[Path],
) -> tuple[list[Path], Mapping[str, str], list[str]]:
    """Replace folders of results by the places of their X-rays; return their warnings by case."""
    places: dict[Path, None] = {}
    warnings: dict[str, str] = {}
    told = []
    for path in paths:
        if not is_result_folder(path):
            places[path] = None
            continue
        gone = 0
        for record in sorted(path.glob("rows/[!.]*.json")):
            place, case, warning = _told_by(record)
            warnings[case] = warning
            if found := _existing(place):
                places[found] = None
            else:
                gone += 1
        if gone:
            told.append(f"{path}: {gone} X-ray(s) of these results are not where they were.")
    if not places and any(map(is_result_folder, paths)):
        raise InputError(
            ", ".join(map(str, paths)),
            "results whose X-rays are where they were",
            "none of them",
            "Give the folder of the X-rays instead.",
        )
    return list(places), warnings, told


def _told_by(record: Path) -> tuple[str, str, str]:
    """Return what the record of a result says: the place of its X-ray, its case, and warnings."""
    try:
        content = json.loads(record.read_text("utf-8"))
        return content["source"]["place"], content["case"], content["row"]["warnings"]
    except (ValueError, KeyError, TypeError):  # damaged, or of an earlier version
        return "", "", ""


def _existing(place: str) -> Path | None:
    """Return a file at a place, or the archive that it is in."""
    path = Path(place)
    return next((each for each in (path, *path.parents) if place and each.is_file()), None)


def open_content(content: bytes) -> LazyXray:
    """Return what opens an X-ray that was sent here; errors call it so, whatever its name was."""
    kind = recognise(content[:BEGINNING])
    if kind is None:
        raise InputError(
            "X-ray",
            "a picture or a DICOM file",
            "a file of another kind" if content else "an empty file",
            "Export the X-ray as a PNG, for example.",
        )
    return open_lazily("X-ray", Path(), lambda: content, kind, MOST_PIXELS)


def keep(content: bytes, name: str, taken: Mapping[str, XrayFile], corrections: Path) -> XrayFile:
    """Keep an X-ray that was dropped onto the page, under a name that no other case has.

    Args:
        content: Its bytes.
        name: Name of its file, as its user knows it; nothing of it is trusted.
        taken: The cases there are.
        corrections: The folder of corrections.

    Raises:
        InputError: It is no intact X-ray.
        OSError: It cannot be written.
    """
    load = open_content(content)
    load()  # refused before it is kept
    plain = name.replace("\\", "/").rpartition("/")[2]
    suffix = Path(plain).suffix.lower()
    suffix = suffix if suffix in SUFFIXES else ".png"
    wanted = file_stem(distinct_names([plain], SUFFIXES)[plain]).strip(". ") or "X-ray"
    names = {file.case.casefold() for file in taken.values()}
    case, count = wanted, 1
    while case.casefold() in names:
        count += 1
        case = f"{wanted} ({count})"
    with atomic_write(corrections / XRAYS / f"{case}{suffix}") as temporary:
        temporary.write_bytes(content)
    return XrayFile(case, load)
