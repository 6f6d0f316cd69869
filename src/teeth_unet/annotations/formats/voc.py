"""Masks with one colour or number a label, as PASCAL VOC has them, beside a list of the labels.

`labelmap.txt` with `SegmentationClass` and `SegmentationObject` is what CVAT writes as
"Segmentation mask 1.1"; `class_names.txt` what LabelMe's `labelme2voc.py` writes;
`obj_class_to_machine_color.json` with `masks_machine` what Supervisely exports;
`_classes.csv` with `NAME_mask.png` what Roboflow does.
"""

import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import find_objects

from teeth_unet.annotations.formats import supervisely
from teeth_unet.annotations.formats.colour_lists import (
    Colour,
    ColourList,
    is_list,
    is_nothing,
    only_list,
    voc_colour,
)
from teeth_unet.annotations.formats.reading import Told
from teeth_unet.annotations.model import (
    AnnotatedPicture,
    AnnotatedSet,
    AnnotationFile,
    Bitmap,
    Shape,
)
from teeth_unet.annotations.notations import read_label
from teeth_unet.errors import InputError
from teeth_unet.pictures import open_picture, read_content

NAME = "masks in colours"

SUFFIXES = (".png", ".bmp", ".tif", ".tiff", ".gif")

MOST_COLOURS = 4096
"""Colours of a mask; one that was saved as JPEG, or is an X-ray, has more."""

_FOLDERS = ("SegmentationClass", "SegmentationClassPNG", "masks_machine", "masks", "mask", "labels")
"""Where masks lie, the surest first."""

_OBJECTS = ("SegmentationObject", "SegmentationObjectPNG")

_NO_MASKS = (
    "JPEGImages",
    "images",
    "image",
    "img",
    "masks_human",
    "SegmentationClassVisualization",
    "SegmentationObjectVisualization",
)

_MASK = "_mask"

_TOLD_COLOURS = 10
"""Unknown colours that are told one by one."""

Codes = NDArray[np.int64]


def is_document(document: object) -> bool:
    """Tell that no single JSON document is of this format."""
    return False


def are_files(names: Sequence[str]) -> bool:
    """Tell by a list of labels, and pictures that may be masks.

    Supervisely's projects have both beside their annotations, and count as what they are.
    """
    return any(map(is_list, names)) and bool(_masks(names)) and not supervisely.are_files(names)


def tells_more_than_teeth(files: Sequence[AnnotationFile]) -> bool:
    """Tell whether a list beside masks gives colours to teeth and to something else as well."""
    try:
        colours = only_list(files).colours if are_files([file.name for file in files]) else {}
    except InputError:  # another file that is called so
        return False
    read = [read_label(label).kind for label in colours.values() if not is_nothing(label)]
    others = sum(kind in ("none", "unknown") for kind in read)
    return 0 < others < len(read)


def read(files: Sequence[AnnotationFile]) -> AnnotatedSet:
    """Read masks; every label, or every object where there are masks of objects, is a shape.

    Raises:
        InputError: A file is damaged, the list does not fit the masks, or there are several lists.
    """
    told, labels = Told(), Counter[str]()
    colours = only_list(files)
    by_name = {file.name: file for file in files}
    pictures = []
    for name in _masks(list(by_name)):
        objects = by_name.get(_name_of_objects(name, by_name))
        shapes_of = partial(_shapes, by_name[name], objects, colours)
        size, shapes = shapes_of(told)
        labels.update(shape.label for shape in shapes)
        pictures.append(
            AnnotatedPicture(_picture_name(name), size, partial(_only_shapes, shapes_of))
        )
    return AnnotatedSet(NAME, pictures, dict(labels), told.sentences())


def _masks(names: Sequence[str]) -> list[str]:
    """Return the masks among files: by the folder they are in, or else by their names."""
    found = [name for name in names if name.lower().endswith(SUFFIXES)]
    for folder in _FOLDERS:
        if there := [name for name in found if _in_folder(name, (folder,))]:
            return there
    found = [name for name in found if not _in_folder(name, (*_OBJECTS, *_NO_MASKS))]
    return [name for name in found if _stem(name).endswith(_MASK)] or found


def _in_folder(name: str, folders: Sequence[str]) -> bool:
    return not set(folders).isdisjoint(posixpath.dirname(name).split("/"))


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _picture_name(name: str) -> str:
    """Return the name of a mask's picture, without the folder of masks; its suffix is not known."""
    folders = [part for part in posixpath.dirname(name).split("/") if part not in _FOLDERS]
    return posixpath.join(*folders, f"{_stem(name).removesuffix(_MASK)}.png")


def _name_of_objects(name: str, names: Collection[str]) -> str:
    """Return the name of the mask of objects beside a mask of labels, empty if there is none."""
    parts = name.split("/")
    for folder, objects in zip(_FOLDERS, _OBJECTS, strict=False):
        other = "/".join(objects if part == folder else part for part in parts)
        if other != name and other in names:
            return other
    return ""


def _shapes(
    file: AnnotationFile, objects: AnnotationFile | None, colours: ColourList, told: Told
) -> tuple[tuple[int, int], list[Shape]]:
    """Return width and height of a mask, and its shapes."""
    codes, labels = _labelled(file, colours, told)
    if objects is not None:
        numbers = _values(_opened(objects))
        if numbers.shape != codes.shape:
            found = f"{numbers.shape[1]}x{numbers.shape[0]} px"
            expected = f"{codes.shape[1]}x{codes.shape[0]} px, as {file.name}"
            raise InputError(objects.name, expected, found, "Export the masks again.")
        codes = np.where(codes >= 0, (codes << 24) | numbers, -1)
    kinds, places = np.unique(codes, return_inverse=True)
    places = np.where(codes >= 0, places.reshape(codes.shape) + 1, 0)
    shapes = [
        Shape(
            labels[int(kinds[place - 1]) >> (24 if objects is not None else 0)],
            _part(places[window] == place, window),
        )
        for place, window in enumerate(find_objects(places), start=1)
        if window is not None
    ]
    return (codes.shape[1], codes.shape[0]), shapes


def _only_shapes(shapes_of: Callable[[Told], tuple[object, list[Shape]]]) -> list[Shape]:
    return shapes_of(Told())[1]


def _part(mask: NDArray[np.bool_], window: tuple[slice, ...]) -> Bitmap:
    return Bitmap(window[1].start, window[0].start, lambda: mask)


def _opened(file: AnnotationFile) -> Image.Image:
    return open_picture(read_content(file.read, file.name), file.name)


def _values(picture: Image.Image) -> Codes:
    """Return one number a pixel: 24 bits of its colour, or the number that is stored."""
    if picture.mode in ("1", "L", "P", "F") or picture.mode.startswith("I"):
        stored: Codes = np.nan_to_num(np.asarray(picture)).astype(np.int64) & 0xFFFFFF
        return stored
    return _packed(np.asarray(picture.convert("RGB")))


def _packed(colours: NDArray[np.uint8]) -> Codes:
    """Return 24 bits of each colour, red the highest."""
    wide = colours.astype(np.int64)
    packed: Codes = wide[..., 0] << 16 | wide[..., 1] << 8 | wide[..., 2]
    return packed


def _labelled(file: AnnotationFile, colours: ColourList, told: Told) -> tuple[Codes, Sequence[str]]:
    """Return the place of each pixel's label, -1 where there is none, and the labels."""
    values, meanings = _meanings(_opened(file), colours)
    kinds, places = np.unique(values, return_inverse=True)
    if len(kinds) > MOST_COLOURS:
        remedy = "Export the masks as PNG, and give them without X-rays."
        found = f"{len(kinds)} of them"
        raise InputError(file.name, f"a mask of at most {MOST_COLOURS} colours", found, remedy)
    if 0 in kinds:
        _refuse_black_objects(meanings, colours)
    labels = list(dict.fromkeys(meanings.values()))
    codes = [_code(int(kind), meanings, labels) for kind in kinds]
    unknown = [int(kind) for kind in kinds if kind and int(kind) not in meanings]
    for kind in unknown[:_TOLD_COLOURS]:
        which = f"the colour {kind >> 16, kind >> 8 & 255, kind & 255}"
        what = f"Masks with {which if kind > 255 else f'the number {kind}'}"
        told.add(f"{what}, which {colours.name} does not have: left out", file.name)
    return np.array(codes, dtype=np.int64)[places].reshape(values.shape), labels


def _refuse_black_objects(meanings: Mapping[int, str], colours: ColourList) -> None:
    """Refuse a list that leaves out the background, so that all of its numbers are one too low.

    Raises:
        InputError: By its place in the list, and not by its own colour, 0 stands for an object.
    """
    unsaid = (0, 0, 0) not in colours.colours and not any(map(is_nothing, meanings.values()))
    if 0 in meanings and unsaid:
        raise InputError(
            colours.name,
            "a line for the background, since lines are numbered from 0",
            f"none: 0 is {meanings[0]!r}",
            "Write `background` in its place, which is the first line as a rule.",
        )


def _meanings(picture: Image.Image, colours: ColourList) -> tuple[Codes, Mapping[int, str]]:
    """Return one number a pixel and what each number means, by the list.

    Colours are looked up as colours, if the list has any and the picture has some of them. Else
    the numbers count that are stored, or that PASCAL VOC gives the colours of.
    """
    if picture.mode not in ("1", "L", "P", "RGB", "RGBA", "LA", "PA"):
        return _values(picture), colours.numbers
    by_colour = {_number(colour): label for colour, label in colours.colours.items()}
    rgb = _packed(np.asarray(picture.convert("RGB")))
    if any(int(value) in by_colour for value in np.unique(rgb) if value):
        return rgb, by_colour
    if picture.mode in ("1", "L", "P"):
        return _values(picture), colours.numbers
    if not ((rgb >> 8 & 255) - (rgb & 255)).any() and not ((rgb >> 16) - (rgb & 255)).any():
        return rgb & 255, colours.numbers
    return rgb, by_colour or {_number(voc_colour(n)): label for n, label in colours.numbers.items()}


def _number(colour: Colour) -> int:
    return int(_packed(np.array(colour, dtype=np.uint8)))


def _code(kind: int, meanings: Mapping[int, str], labels: Sequence[str]) -> int:
    label = meanings.get(kind)
    return -1 if label is None or is_nothing(label) else labels.index(label)
