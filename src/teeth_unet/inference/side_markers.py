"""Letters in an X-ray that tell the patient's right (R) from left (L)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

LEAST_LIKE = {"R": 0.78, "L": 0.95}
"""Correlation with a letter from which on it is one: bones and a J are more like an L."""

LEAST_AHEAD = {"R": 0.1, "L": 0.08}
"""How much more like this letter than like any other, or this one lying otherwise, it must be."""

HEIGHT = 640
"""Higher X-rays are shrunk to this many rows first."""

HEIGHTS = (0.025, 0.13)
"""How high letters are, in picture heights."""

SLENDER, STOUT = 0.3, 1.3
"""How wide letters are, in heights; pictures may be squeezed to a square."""

CONTRAST = 40
"""Grey levels that letters are brighter than what is around them."""

AROUND = 0.15
"""Side of the square that is around it, in picture heights."""

FEWEST_ROWS = 10
"""Pixels that a letter is high at least."""

BOX = (24, 18)
"""Rows and columns of a letter that is compared."""

SIDES = "RL"
OTHERS = "0123456789ABCDEFGHIJKMNOPQSTUVWXYZ"
WEIGHTS = (0, 1, 2, 4)
"""Pixels that the strokes of a letter of 60 pixels are thickened by at each side."""


Place = tuple[slice, slice]
"""Rows and columns of a part of a picture."""


@dataclass(frozen=True)
class SideMarker:
    """A letter that names a side.

    Attributes:
        letter: R or L.
        mirrored: Whether the letter itself is a mirror image.
        x: Its centre, in picture widths.
        y: Its centre, in picture heights.
        certainty: How like the letter it is: a correlation, at most 1.
    """

    letter: Literal["R", "L"]
    mirrored: bool
    x: float
    y: float
    certainty: float

    @property
    def lies_mirrored(self) -> bool:
        """Whether it says that the patient's left is on the picture's left."""
        return self.mirrored or (self.letter == "R") == (self.x > 0.5)

    @property
    def in_words(self) -> str:
        """What it is and where."""
        return (
            f"{'mirrored ' * self.mirrored}{self.letter} at the {('left', 'right')[self.x > 0.5]}"
        )


def find_side_markers(xray: NDArray[np.uint8]) -> Sequence[SideMarker]:
    """Find the letters R and L at the sides of an X-ray, bright, solid or outlined, upright.

    Rather none than a wrong one: letters that the edge cuts, that stand among others, or that
    could be another one, are left out.

    Args:
        xray: (h, w) grey levels in 0..255.
    """
    rows, columns = xray.shape
    if rows > HEIGHT:
        size = (max(1, round(columns * HEIGHT / rows)), HEIGHT)
        xray = np.asarray(Image.fromarray(xray).resize(size, Image.Resampling.BOX))
    markers = []
    for (x, y), shapes in _candidates(xray):
        name, certainty = max((_read(shape) for shape in shapes), key=lambda read: read[1])
        if name:
            letter: Literal["R", "L"] = "R" if name[0] == "R" else "L"
            markers.append(SideMarker(letter, len(name) > 1, x, y, certainty))
    return markers


def _candidates(
    xray: NDArray[np.uint8],
) -> Iterator[tuple[tuple[float, float], list[NDArray[np.bool_]]]]:
    """Give centre (x, y), in picture sides, and shapes of all that may be a letter by its place."""
    height, width = xray.shape
    around = ndimage.uniform_filter(xray.astype(np.float32), max(3, round(height * AROUND)))
    labels, _ = ndimage.label(xray > around + CONTRAST, np.ones((3, 3)))
    places: list[Place] = [(rows, columns) for rows, columns in ndimage.find_objects(labels)]
    for label, place in enumerate(places, start=1):
        rows, columns = place
        high, wide = _length(rows), _length(columns)
        x, y = (columns.start + columns.stop) / 2 / width, (rows.start + rows.stop) / 2 / height
        if (
            high >= FEWEST_ROWS
            and HEIGHTS[0] * height <= high <= HEIGHTS[1] * height
            and SLENDER * high <= wide <= STOUT * high
            and 0 < rows.start < rows.stop < height
            and 0 < columns.start < columns.stop < width
            and _is_beside_teeth(x, y)
            and not _stands_in_a_row(place, places)
        ):
            yield (x, y), _shapes(labels[place], label)


def _length(part: slice) -> int:
    length: int = part.stop - part.start
    return length


def _is_beside_teeth(x: float, y: float) -> bool:
    """Tell whether letters may stand at a place: not at the teeth, and clearly on one side."""
    return abs(x - 0.5) > 0.25 or (y > 0.75 and abs(x - 0.5) > 0.1)


def _stands_in_a_row(place: Place, places: Sequence[Place]) -> bool:
    """Tell whether something of about its height stands beside it, as in a word."""
    (rows, columns), high = place, _length(place[0])
    for other_rows, other_columns in places:
        apart = max(other_columns.start - columns.stop, columns.start - other_columns.stop)
        common = min(rows.stop, other_rows.stop) - max(rows.start, other_rows.start)
        if 0 <= apart < 2 * high and common > 0.5 * high and _length(other_rows) < 1.6 * high:
            return True
    return False


def _shapes(labels: NDArray[np.integer], label: int) -> list[NDArray[np.bool_]]:
    """Return what a part may look like: as it is; and as an outline filled, with it and without.

    Args:
        labels: (h, w) of the parts, cut to this one.
        label: Of this one.
    """
    own = labels == label
    filled = ndimage.binary_fill_holes(own)
    # What lies loose in an outline is the outline of a letter's hole.
    holes = ndimage.binary_fill_holes(filled & (labels > 0) & ~own)
    solid = filled & ~holes
    inside = np.argwhere(solid & ~own)
    if not len(inside) or np.ptp(inside[:, 0]) < 0.6 * len(own):
        return [own, solid]
    (top, left), (bottom, right) = inside.min(axis=0), inside.max(axis=0) + 1
    return [own, solid, (solid & ~own)[top:bottom, left:right]]


def _read(shape: NDArray[np.bool_]) -> tuple[str, float]:
    """Return R, L, or these mirrored (R-, L-), and how like that a shape is; empty for others."""
    names, pictures = _letters()
    likeness = pictures @ _canonical(shape)
    best = int(likeness.argmax())
    name, certainty = str(names[best]), float(likeness[best])
    ahead = certainty - float(likeness[names != name].max())
    if not name or certainty < LEAST_LIKE[name[0]] or ahead < LEAST_AHEAD[name[0]]:
        return "", 0.0
    return name, certainty


def _canonical(shape: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return a shape, which fills its picture, as a vector of one size, mean 0 and length 1."""
    picture = Image.fromarray(shape.astype(np.float32)).resize(BOX[::-1], Image.Resampling.BOX)
    vector = ndimage.gaussian_filter(np.asarray(picture), 0.7, mode="constant").ravel()
    vector = vector - vector.mean()
    shares: NDArray[np.float32] = vector / max(float(np.linalg.norm(vector)), 1e-6)
    return shares


@cache
def _letters() -> tuple[NDArray[np.str_], NDArray[np.float32]]:
    """Return names and canonical pictures of all letters: the name of all but R and L is empty.

    Those are in it as they are, mirrored, and both upside down.
    """
    drawn = [(letter, _typed(letter, each)) for letter in SIDES + OTHERS for each in WEIGHTS]
    names, pictures = [], []
    for letter, shape in drawn:
        named = letter in SIDES
        names += [letter if named else "", f"{letter}-" if named else "", "", ""]
        pictures += [shape, shape[:, ::-1], shape[::-1], shape[::-1, ::-1]]
    return np.array(names), np.stack([_canonical(each) for each in pictures])


def _typed(letter: str, weight: int) -> NDArray[np.bool_]:
    """Draw a letter of Pillow's own font, its strokes thickened by a number of pixels."""
    picture = Image.new("L", (160, 160))
    font = ImageFont.load_default(60)
    ImageDraw.Draw(picture).text((50, 30), letter, fill=255, font=font, stroke_width=weight)
    return np.asarray(picture.crop(picture.getbbox())) >= 128
