"""Annotations as label maps: one number a tooth."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from teeth_unet.annotations.filling import TooIntricate, Window, filled
from teeth_unet.annotations.model import UNKNOWN_SIZE, AnnotatedPicture, Bitmap, Polygons, Shape
from teeth_unet.annotations.numbering import FIRST_WITHOUT_NUMBER, REGION, Numbering
from teeth_unet.errors import InputError

MOST_SHAPES = 10_000
"""Shapes of teeth, parts included, that a picture may have."""

_FEWEST_BOXES = 4
"""So many shapes of four corners each, and no other, are no outlines of teeth."""

OVERLAP_TOLD = 0.01
"""A larger share of the tooth pixels than this, in two teeth at once, is told."""

_TURNED = (
    "It was turned by 90 degrees, in the tool or by its EXIF orientation: annotate the file as it "
    "is stored, or store it as it is shown."
)

_REGION_AREA = np.iinfo(np.int64).max
"""Regions lie below all teeth, however small they are."""

_LOG = logging.getLogger(__name__)


@dataclass
class _Canvas:
    """A label map in the making.

    Attributes:
        labels: (h, w), the number that each pixel has so far.
        areas: (h, w), how many pixels the object has that a pixel belongs to so far.
        shared: (h, w), whether a pixel is in two teeth or more.
        counts: Objects by number; under 0 those without a pixel.
    """

    labels: NDArray[np.uint16]
    areas: NDArray[np.int64] = field(init=False)
    shared: NDArray[np.bool_] = field(init=False)
    counts: Counter[int] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.areas = np.full(self.labels.shape, _REGION_AREA)
        self.shared = np.zeros(self.labels.shape, dtype=bool)

    def draw(self, window: Window, inside: NDArray[np.bool_], number: int) -> None:
        """Add an object, except where a smaller one is already."""
        labels, areas = self.labels[window], self.areas[window]
        area = int(inside.sum())
        self.counts[number if area else 0] += 1
        if number == REGION:
            area = _REGION_AREA
        else:
            teeth = inside & (areas < _REGION_AREA) & (labels != number)
            self.shared[window] |= teeth
        on_top = inside & (area <= areas)
        labels[on_top] = number
        areas[on_top] = area

    def findings(self) -> Iterator[str]:
        """Yield what is not as it should be, in words."""
        if self.counts[0]:
            yield f"shapes left out since no pixel of the X-ray is in them: {self.counts[0]}"
        for number, count in sorted(self.counts.items()):
            if count > 1 and 0 < number < REGION:
                yield f"tooth {number} is marked {count} times: these are taken for its parts"
        share = int(self.shared.sum()) / max(1, int(np.count_nonzero(self.labels)))
        if share > OVERLAP_TOLD:
            yield f"{share:.1%} of the tooth pixels are in two teeth: the smaller one has them"


def rasterise(
    picture: AnnotatedPicture,
    width: int,
    height: int,
    numbering: Numbering,
    tell: Callable[[str], None] = _LOG.warning,
) -> NDArray[np.uint16]:
    """Return which tooth each pixel of an X-ray belongs to.

    A pixel belongs to a shape if its middle lies inside; parts outside the X-ray are cut off. If
    the annotation was made on a copy of another size, shapes are enlarged or shrunk with it. Where
    teeth overlap, the smaller one has the pixel, and of two alike the later one; regions of several
    teeth have what no tooth has.

    Args:
        picture: The annotation.
        width: Width of the X-ray in px.
        height: Its height.
        numbering: What the labels of the whole set mean.
        tell: Is called with a sentence on everything that is not as it should be and goes on.

    Returns:
        (height, width), 0 where there is no tooth. FDI numbers; from 201 on, teeth without number,
        in the order of the annotation; 100, several teeth that nobody has told apart.

    Raises:
        InputError: The annotation was made on a picture of another form, or a shape or their number
            is beyond all measure.
    """
    scale = _scale(picture, width, height, tell)
    canvas = _Canvas(np.zeros((height, width), dtype=np.uint16))
    objects = list(_objects(picture, numbering))
    for number, parts in objects:
        drawn = (_pixels(picture.file, part, scale, width, height) for part in parts)
        canvas.draw(*_joined(drawn, len(parts), canvas.labels.shape), number)
    for finding in canvas.findings():
        tell(f"{picture.file}: {finding}.")
    if len(objects) >= _FEWEST_BOXES and all(
        _is_box(part) for _, parts in objects for part in parts
    ):
        tell(f"{picture.file}: all shapes have four corners, as boxes around teeth have.")
    return canvas.labels


def _objects(
    picture: AnnotatedPicture, numbering: Numbering
) -> Iterator[tuple[int, Sequence[Shape]]]:
    """Yield number and parts of each tooth or region.

    One crowd of teeth without number is a region; several are teeth, since CVAT writes each region
    that was painted as a crowd of its own, as it does all that have a number.
    """
    objects: dict[tuple[str, str | int], list[Shape]] = {}
    shapes = [shape for shape in picture.read_shapes() if shape.label in numbering.numbers]
    for place, shape in enumerate(shapes):
        objects.setdefault((shape.label, shape.thing or place), []).append(shape)
    if len(shapes) > MOST_SHAPES:
        raise InputError(
            picture.file,
            f"at most {MOST_SHAPES:,} shapes of teeth",
            f"{len(shapes):,}",
            "Look what the annotation holds.",
        )
    crowds = Counter(label for (label, _), parts in objects.items() if parts[0].crowd)
    following = FIRST_WITHOUT_NUMBER
    for (label, _), parts in objects.items():
        number = numbering.numbers[label]
        if number is None and parts[0].crowd and crowds[label] == 1:
            yield REGION, parts
        elif number is None:
            yield following, parts
            following += 1
        else:
            yield number, parts


def _is_box(shape: Shape) -> bool:
    """Tell whether a shape has four corners; the first may be repeated at the end."""
    if not isinstance(shape.region, Polygons) or len(shape.region.rings) != 1:
        return False
    (ring,) = shape.region.rings
    return len(ring) == 4 or (len(ring) == 5 and bool((ring[0] == ring[-1]).all()))


def _scale(
    picture: AnnotatedPicture, width: int, height: int, tell: Callable[[str], None]
) -> tuple[float, float]:
    """Return how many pixels of the X-ray are one unit of the annotation, along x and y.

    The form is the same if it differs by no more than one pixel, in the smaller of the two.
    """
    if picture.size is None:
        return width, height
    own_width, own_height = picture.size
    if picture.size in ((width, height), UNKNOWN_SIZE):
        return 1.0, 1.0
    slack = max(own_width, own_height, width, height)
    if min(picture.size) < 1 or abs(own_width * height - own_height * width) > slack:
        turned = min(picture.size) > 0 and abs(own_height * height - own_width * width) <= slack
        raise InputError(
            picture.file,
            f"an annotation of a picture of {width}x{height} px, or of that form",
            f"{own_width}x{own_height} px",
            _TURNED if turned else "Use the file that was annotated, or annotate this one.",
        )
    tell(
        f"{picture.file}: was annotated at {own_width}x{own_height} px, and is {width}x{height} px "
        "here: its shapes are brought to that size."
    )
    return width / own_width, height / own_height


def _pixels(
    file: str, shape: Shape, scale: tuple[float, float], width: int, height: int
) -> tuple[Window, NDArray[np.bool_]]:
    """Return the pixels of a shape, and the window of the X-ray that they lie in."""
    if isinstance(shape.region, Bitmap):
        return _of_bitmap(shape.region, scale, width, height)
    try:
        return _of_polygons(shape.region, scale, width, height)
    except TooIntricate as failure:
        raise InputError(
            f"{file}, shape {shape.label!r}",
            "the outline of a tooth",
            str(failure),
            "Draw it anew.",
        ) from failure


def _joined(
    drawn: Iterator[tuple[Window, NDArray[np.bool_]]], parts: int, shape: tuple[int, ...]
) -> tuple[Window, NDArray[np.bool_]]:
    """Return the pixels of an object of so many parts."""
    if parts == 1:
        return next(drawn)
    whole = np.zeros(shape, dtype=bool)
    for window, inside in drawn:
        whole[window] |= inside
    return (slice(None), slice(None)), whole


def _of_polygons(
    region: Polygons, scale: tuple[float, float], width: int, height: int
) -> tuple[Window, NDArray[np.bool_]]:
    return filled([ring.astype(np.float64) * scale for ring in region.rings], width, height)


def _of_bitmap(
    region: Bitmap, scale: tuple[float, float], width: int, height: int
) -> tuple[Window, NDArray[np.bool_]]:
    """Return of each pixel of the X-ray that its middle lies on what the bitmap's pixel says."""
    bitmap = region.decode()
    rows, rows_there = _source(region.top, bitmap.shape[0], scale[1], height)
    columns, columns_there = _source(region.left, bitmap.shape[1], scale[0], width)
    return (rows, columns), bitmap[np.ix_(rows_there, columns_there)]


def _source(start: int, length: int, scale: float, limit: int) -> tuple[slice, NDArray[np.int64]]:
    """Return which pixels of a row or column of the X-ray are on the bitmap, and where on it."""
    first, last = (
        int(np.clip(np.ceil(edge * scale - 0.5), 0, limit)) for edge in (start, start + length)
    )
    places = np.floor((np.arange(first, last) + 0.5) / scale).astype(np.int64) - start
    return slice(first, last), np.clip(places, 0, length - 1)
