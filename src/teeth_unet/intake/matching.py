"""Which X-ray an annotation speaks of, by the name that the tool has for it.

Tools change names: Label Studio puts a code before them (`abcd1234-17.png`), Roboflow one after
them (`17_png.rf.0a1b….jpg`), servers write a space as %20; and folders are those of another
machine.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from teeth_unet.annotations import AnnotatedPicture
from teeth_unet.case_names import natural_key, shown_name
from teeth_unet.errors import InputError
from teeth_unet.intake import layouts

_LABEL_STUDIO = re.compile(r"(?:[0-9]+-)?[0-9a-f]{8}-(?P<name>.+)")
_ROBOFLOW = re.compile(r"(?P<name>.+)_(?:png|jpe?g|bmp|tiff?|webp|gif)\.rf\.[0-9a-z]+")

_SHOWN = 3

_Form = Callable[[str], str]
_Index = dict[str, list[str]]


def match(
    origin: Path, xrays: Mapping[str, str], pictures: Sequence[AnnotatedPicture]
) -> dict[str, AnnotatedPicture]:
    """Return the annotation of each X-ray that has one.

    Args:
        origin: Folder, archive or file of the annotations, for errors.
        xrays: File of each X-ray by its case, with "/" between the parts.
        pictures: The annotations.

    Returns:
        Annotations by case.

    Raises:
        InputError: An annotation could be of several X-rays, an X-ray has several annotations, or
            no annotation is of any X-ray; with names of both.
    """
    cases = {file: case for case, file in xrays.items()}
    indices = {form: _index(cases, form) for _, form in _WAYS}
    found: dict[str, AnnotatedPicture] = {}
    for picture in pictures:
        xray = _xray_of(origin, picture.file, indices)
        if xray is None:
            continue
        other = found.setdefault(cases[xray], picture)
        if other is not picture:
            raise InputError(
                str(origin),
                f"one annotation of X-ray {shown_name(xray)}",
                f"two: {shown_name(other.file)} and {shown_name(picture.file)}",
                "Take one of them away, or give the X-rays that were annotated, all of them.",
            )
    if not found:
        raise InputError(
            str(origin),
            f"annotations of the X-rays, such as {_some(xrays.values())}",
            f"none: they are of {_some(one.file for one in pictures) or 'nothing'}",
            "Give the X-rays that were annotated, or name them as the annotations do.",
        )
    return found


def _xray_of(origin: Path, file: str, indices: Mapping[_Form, _Index]) -> str | None:
    """Return the X-ray that an annotation's name fits best: whole, without folders, bare."""
    for written in dict.fromkeys((file, unquote(file))):
        for of_annotation, of_xray in _WAYS:
            candidates = indices[of_xray].get(of_annotation(written), [])
            if candidates:
                return _nearest(origin, written, candidates)
    return None


def _nearest(origin: Path, file: str, candidates: Sequence[str]) -> str:
    """Return the only candidate, or the one with most of the same folders before its name."""
    alike = {each: _same_folders(each, file) for each in candidates}
    most = [each for each in candidates if alike[each] == max(alike.values())]
    if len(most) > 1:
        raise InputError(
            str(origin),
            f"one X-ray of the annotation of {shown_name(file)}",
            f"two: {shown_name(most[0])} and {shown_name(most[1])}",
            "Rename one of them, in the annotation as well, or move one to another set.",
        )
    return most[0]


def _same_folders(one: str, other: str) -> int:
    count = 0
    ways = (PurePosixPath(_whole(each)).parts[-2::-1] for each in (one, other))
    for mine, theirs in zip(*ways, strict=False):
        if mine != theirs:
            break
        count += 1
    return count


def _whole(file: str) -> str:
    """Return a path or an address as it can be compared; of a local file, what it asks for."""
    plain = unicodedata.normalize("NFC", shown_name(file).replace("\\", "/")).casefold()
    if "?" in plain and (asked := parse_qs(urlsplit(plain).query).get("d")):  # Label Studio's
        plain = asked[0]
    return plain


def _base(file: str) -> str:
    return PurePosixPath(_whole(file)).name


def _stem(file: str) -> str:
    return layouts.stem(_base(file))


def _bare(file: str) -> str:
    """Return a name without what Label Studio and Roboflow add to it."""
    name = _stem(file)
    for added in (_LABEL_STUDIO, _ROBOFLOW):
        if found := added.fullmatch(name):
            name = found["name"]
    return name


def _of_any_version(file: str) -> str:
    """Return a name without what Roboflow adds to it, which is new with each export."""
    name = _stem(file)
    found = _ROBOFLOW.fullmatch(name)
    return found["name"] if found else name


_WAYS: tuple[tuple[_Form, _Form], ...] = (
    *((form, form) for form in (_whole, _base, _stem)),
    (_bare, _stem),
    (_stem, _bare),
    (_of_any_version, _of_any_version),
)
"""Forms of an annotation's name and of an X-ray's that can be the same, the strictest first.

Of two names that look as Label Studio's never both are bare: `20230101-3.png` and `20230205-3.png`
may be X-rays of two days, and `12345678-1.png` one of another patient than `87654321-1.png`.
"""


def _index(files: Iterable[str], form: _Form) -> _Index:
    index: _Index = {}
    for file in files:
        index.setdefault(form(file), []).append(file)
    return index


def _some(files: Iterable[str]) -> str:
    names = sorted({PurePosixPath(file).name for file in files}, key=natural_key)
    return ", ".join(map(shown_name, names[:_SHOWN])) + (", …" if len(names) > _SHOWN else "")


def told_of_unmatched(
    matched: Mapping[str, AnnotatedPicture],
    pictures: Sequence[AnnotatedPicture],
) -> list[str]:
    """Say how many annotations are of no X-ray that is there, and name the first."""
    used = Counter(picture.file for picture in matched.values())
    rest = [picture.file for picture in pictures if not used[picture.file]]
    if not rest:
        return []
    return [f"Annotations of no X-ray that is there: {len(rest)} of {len(pictures)}: {_some(rest)}"]
