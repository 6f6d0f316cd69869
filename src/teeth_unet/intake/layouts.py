"""Which pictures of a set are X-rays and which are masks: by their folders, or by their names.

Public sets have folders such as `images` and `masks`, `Radiographs` and `Segmentation/teeth_mask`,
`img` and `ann`, with `train`, `valid` and `test` above or below them. Sets of one folder have
`7.png` and `7_mask.png`.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Literal

from teeth_unet.case_names import printable_name, without_suffix
from teeth_unet.intake.cases import SUFFIXES

Role = Literal["xrays", "masks"]
_ROLES: tuple[Role, Role] = "masks", "xrays"

_XRAYS = {
    *("image", "img", "imgs", "xray", "radiograph", "radiography", "panoramic", "panoramics"),
    *("opg", "opgs", "original", "originals", "raw", "input", "inputs", "photo", "photos"),
    *("picture", "pictures", "scan", "scans", "imagestr", "imagests", "imagesval"),
}
_XRAY_ENDS = ("images", "xrays", "radiographs")

_MASKS = {
    *("label", "labels", "labelmap", "labelmaps", "annotation", "annotations", "annot", "annots"),
    *("ann", "anns", "gt", "groundtruth", "seg", "segs", "segmentation", "segmentations", "manual"),
    *("segmentationclass", "segmentationobject", "target", "targets", "labelstr", "labelsts"),
    *("labelsval",),
}
_MASK_PART = "mask"
_TEETH = ("tooth", "teeth", "dent")

_OF_MASKS = r"(?:masks?|gt|ground[-_ ]?truth|labels?|seg|segm|segmentation|annotation|manual)"
_BESIDE = r"(?:teeth|tooth|binary)"
_OF_XRAYS = r"(?:image|img|x[-_ ]?ray|scan|original|orig|raw)"
_GAP = r"[-_. ]+"

_MASK_AFFIXES = (
    re.compile(f"(?P<case>.+?)(?:{_GAP}{_BESIDE})?{_GAP}{_OF_MASKS}(?:{_GAP}{_BESIDE})?"),
    re.compile(f"(?:{_BESIDE}{_GAP})?{_OF_MASKS}{_GAP}(?:{_BESIDE}{_GAP})?(?P<case>.+)"),
)
_XRAY_AFFIXES = (
    re.compile(f"(?P<case>.+?){_GAP}(?:{_OF_XRAYS}|0000)"),  # the zeros are nnU-Net's
    re.compile(f"{_OF_XRAYS}{_GAP}(?P<case>.+)"),
)


@dataclass(frozen=True)
class Layout:
    """The pictures of a set.

    Attributes:
        xrays: Names of the files that are X-rays, with "/" between the parts.
        masks: Names of those that are masks, by the folders that say so ("Segmentation/teeth_mask")
            or by "" for those that their own name tells; several folders may have a mask of the
            same X-ray.
        others: Names of pictures that are neither.
    """

    xrays: tuple[str, ...]
    masks: dict[str, tuple[str, ...]]
    others: tuple[str, ...]


def laid_out(names: Sequence[str], mask_name: str | None = None) -> Layout:
    """Tell which pictures are X-rays and which are masks.

    Folders tell; where none is called as folders of masks are, names of files do: `7_mask.png` is
    a mask if there is a `7.png`. Folders that all pictures have in common say nothing.

    Args:
        names: Names of all pictures, with "/" between the parts.
        mask_name: How masks are named, with `{case}` in the place of the X-ray's name; None for
            the usual ways.
    """
    return _laid_out(tuple(names), mask_name)


@functools.lru_cache(maxsize=4)  # the same set is asked for by several steps of its opening
def _laid_out(names: tuple[str, ...], mask_name: str | None) -> Layout:
    shared = shared_folders(names)
    roles = {name: _role(PurePosixPath(name).parts[shared:-1]) for name in names}
    if all(role != "masks" for role, _ in roles.values()):
        roles |= dict.fromkeys(_named_as_masks(names, mask_name), ("masks", ""))
    masks: dict[str, list[str]] = {}
    for name, (role, folder) in roles.items():
        if role == "masks":
            masks.setdefault(folder, []).append(name)
    rest = [name for name in names if roles[name][0] != "masks"]
    xrays = [name for name in rest if roles[name][0] == "xrays"] or rest
    others = sorted({*rest} - {*xrays})
    return Layout(tuple(xrays), {each: tuple(masks[each]) for each in masks}, tuple(others))


def of_teeth(folders: Sequence[str]) -> list[str]:
    """Return the folders of masks that say that teeth are marked there, or all if none does.

    Where a set has masks by class and by object, as Pascal VOC has them, it is those by class.
    """
    plain = {folder: _plain(folder) for folder in folders}
    teeth = [folder for folder in folders if any(word in plain[folder] for word in _TEETH)]
    by_class = [folder for folder in folders if plain[folder].endswith("segmentationclass")]
    objects = [folder for folder in folders if plain[folder].endswith("segmentationobject")]
    return teeth or (by_class if len(by_class) + len(objects) == len(folders) else [*folders])


def stem(name: str) -> str:
    """Return a file's name without folders and a picture's suffix, as it can be compared."""
    return without_suffix(printable_name(PurePosixPath(name).name), SUFFIXES).casefold()


def stem_of_mask(name: str, mask_name: str | None = None) -> str | None:
    """Return the name of the X-ray that a mask is named after; None if it says no other."""
    if mask_name is None:
        return _stripped(stem(name), _MASK_AFFIXES)
    before, _, after = (re.escape(part) for part in mask_name.casefold().partition("{case}"))
    found = re.fullmatch(f"{before}(?P<case>.+){after}", stem(name))
    return found["case"] if found else None


def stem_of_xray(name: str) -> str | None:
    """Return the name of an X-ray without what says that it is one; None if nothing does."""
    return _stripped(stem(name), _XRAY_AFFIXES)


def shared_folders(names: Sequence[str]) -> int:
    """Return how many folders all files have in common, from the outermost on."""
    folders = [PurePosixPath(name).parts[:-1] for name in names]
    first, last = min(folders, default=()), max(folders, default=())
    same = (one == other for one, other in zip(first, last, strict=False))
    return sum(takewhile(bool, same))


def context(name: str, shared: int) -> tuple[str, ...]:
    """Return the folders of a file that tell one case from another: those without a role.

    Args:
        name: The file's name, with "/" between the parts.
        shared: How many of its folders all files beside it have in common.
    """
    folders = PurePosixPath(name).parts[shared:-1]
    return tuple(each for each in folders if _role_of(each) is None)


def _named_as_masks(names: Sequence[str], mask_name: str | None) -> list[str]:
    """Return the pictures that lie beside another one of which they are the mask by their name."""
    beside = {(PurePosixPath(name).parent, stem(name)) for name in names}
    beside |= {(PurePosixPath(name).parent, stem_of_xray(name) or "") for name in names}
    return [
        name
        for name in names
        if (of := stem_of_mask(name, mask_name)) and (PurePosixPath(name).parent, of) in beside
    ]


def _role(folders: Sequence[str]) -> tuple[Role | None, str]:
    """Return what the folders of a file say that it is, and which of them do."""
    roles = {each: _role_of(each) for each in folders}
    for role in _ROLES:  # masks first: `images/masks` holds masks
        if role in roles.values():
            return role, "/".join(each for each in folders if roles[each] == role)
    return None, ""


def _role_of(folder: str) -> Role | None:
    plain = _plain(folder)
    if plain in _MASKS or _MASK_PART in plain:
        return "masks"
    return "xrays" if plain in _XRAYS or plain.endswith(_XRAY_ENDS) else None


def _plain(folder: str) -> str:
    return re.sub("[^a-z]", "", folder.casefold())


def _stripped(name: str, affixes: Sequence[re.Pattern[str]]) -> str | None:
    found = (affix.fullmatch(name) for affix in affixes)
    return next((each["case"] for each in found if each), None)
