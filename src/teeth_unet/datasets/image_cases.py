"""Pictures by case name, read when they are called for.

What the doors to X-rays and masks have in common: which files are pictures, how a file name
becomes a case name, and how a damaged picture is reported.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NoReturn

from kedro.io import DatasetError
from kedro_datasets._typing import ImagePreview
from PIL import Image

from teeth_unet.datasets.pictures import PIXEL_LIMIT, count_pixels, open_picture, read_content
from teeth_unet.datasets.previews import contact_sheet, pick
from teeth_unet.errors import InputError
from teeth_unet.imaging import decode_xray, natural_key

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
_LITTER = {"__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini"}
_REMEDY = "Put the two paths right: kedro run --params xrays=…,masks=…"


@dataclass(frozen=True)
class LazyImage:
    """A picture that is read and decoded at each call; safe to call from several threads.

    Attributes:
        name: Name of the file inside its folder or archive, with "/" between the parts.
        origin: The folder or the archive.
        read: Returns the bytes of the file.
        pixel_limit: Most pixels; a larger picture is refused before it is decoded.
    """

    name: str
    origin: Path
    read: Callable[[], bytes]
    pixel_limit: int = PIXEL_LIMIT

    def __str__(self) -> str:
        return f"{self.name} in {self.origin}"

    def count_pixels(self, content: bytes) -> int:
        """Return the pixels that the bytes of the file stand for, 0 if they are no picture."""
        return count_pixels(content, self.pixel_limit)

    def __call__(self) -> Image.Image:
        """Return the picture, fully decoded, in the mode in which it is stored.

        Raises:
            InputError: The file cannot be read, or is not one intact picture, see `open_picture`.
        """
        content = read_content(self.read, str(self))
        return open_picture(content, str(self), self.pixel_limit)


def is_litter(name: str) -> bool:
    """Tell whether a file is one that operating systems leave behind, by its name.

    Args:
        name: Name inside a folder or an archive, with "/" between the parts.

    Returns:
        True for hidden files and folders (`.DS_Store`, `._1.png`), for `__MACOSX`, and for
        what Windows keeps about a folder (`Thumbs.db`, `desktop.ini`).
    """
    parts = PurePosixPath(name).parts
    return any(part.startswith(".") or part.lower() in _LITTER for part in parts)


def is_picture(name: str) -> bool:
    """Tell whether a file is a picture, by its name: PNG, JPEG, TIFF or BMP, and no litter."""
    return PurePosixPath(name).suffix.lower() in PICTURE_SUFFIXES and not is_litter(name)


def collect_cases(
    origin: Path,
    files: Iterable[tuple[str, Callable[[], bytes]]],
    pixel_limit: int = PIXEL_LIMIT,
) -> dict[str, LazyImage]:
    """Give every picture of a folder or an archive the name of its case.

    Args:
        origin: The folder or the archive.
        files: Name (inside the origin, with "/" between the parts) and reader of every file.
            Litter, and files that are not pictures by their name, are left out.
        pixel_limit: Most pixels of a picture.

    Returns:
        Readers by case name, in natural order. The case name is the file's name without folder
        and suffix, in Unicode's composed form (file systems differ in how they spell an "é").

    Raises:
        InputError: There is no picture, or two pictures have one case name. Names that differ in
            the case of letters count as one: on some systems their results would be one file.
    """
    files = list(files)
    cases: dict[str, LazyImage] = {}
    names: dict[str, str] = {}
    for name, read in files:
        if not is_picture(name):
            continue
        case = unicodedata.normalize("NFC", PurePosixPath(name).stem)
        first = names.setdefault(case.casefold(), case)
        if first in cases:
            raise InputError(
                str(origin),
                f"one picture of case {case}",
                f"two: {cases[first].name} and {name}",
                "Rename one of them, or move those that do not belong here to another folder.",
            )
        cases[case] = LazyImage(name, origin, read, pixel_limit)
    if not cases:
        found = summary([name for name, _ in files if not is_litter(name)])
        raise InputError(str(origin), f"pictures ({' '.join(PICTURE_SUFFIXES)})", found, _REMEDY)
    return {case: cases[case] for case in sorted(cases, key=natural_key)}


def summary(names: Sequence[str], most: int = 3) -> str:
    """Say how many files there are that cannot be used, and name the first."""
    if not names:
        return "no files"
    shown = ", ".join(sorted(names, key=natural_key)[:most])
    return f"{len(names)} other file(s): {shown}{', …' if len(names) > most else ''}"


def refuse_to_save(described: str) -> NoReturn:
    """Refuse to write to where the X-rays and masks come from.

    Raises:
        DatasetError: Always.
    """
    raise DatasetError(f"{described} is read-only: it brings X-rays and masks in, never out.")


def preview_cases(cases: Mapping[str, Callable[[], Image.Image]]) -> ImagePreview:
    """Show up to six cases in grey, on one sheet, spread evenly over all of them.

    Args:
        cases: Readers by case name, at least one.

    Returns:
        A PNG file in base64, as kedro-viz displays it.
    """
    return contact_sheet(decode_xray(read()) for read in pick(list(cases.values())))


def expand_home(path: str | int | float) -> Path:
    """Make a path of what stands in the catalog, with "~" as the user's home folder.

    Kedro puts the project's folder before every relative path, "~/xrays" included, so that "~"
    is looked for anywhere in it. A folder that is named by a number arrives as a number.
    """
    parts = Path(str(path)).parts
    return Path.home().joinpath(*parts[parts.index("~") + 1 :]) if "~" in parts else Path(*parts)
