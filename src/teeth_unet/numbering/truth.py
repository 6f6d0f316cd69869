"""What a numbering network learns from: which tooth each pixel of a drawing belongs to."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging, teeth
from teeth_unet.machine import map_in_threads
from teeth_unet.numbering.classes import KINDS, NUMBERS
from teeth_unet.numbering.numbered import code_of_object
from teeth_unet.phantoms import Truth

HIGHEST = 255
"""A distance of 1 in a map of bytes."""

BYTES_OF_DRAWING = 64e6
"""What it takes to draw which pixel belongs to which object, at most."""


def number_picture(truth: Truth) -> NDArray[np.uint8]:
    """Return what stands foremost at each pixel of a drawing, at its own size.

    Returns:
        (h, w, 3): the number in the chart (11 to 85, 0 for none), the place of its kind in
        `KINDS`, and the number of the object.
    """
    objects = truth.in_front()
    numbers, kinds = np.zeros(256, np.uint8), np.zeros(256, np.uint8)
    for each in truth.table:
        numbers[each.number], kinds[each.number] = each.fdi, KINDS.index(each.kind)
    return np.stack([numbers[objects], kinds[objects], objects], axis=-1)


def label_map_of(truth: Truth, counted: Collection[int]) -> NDArray[np.uint8]:
    """Return the label map of a drawing.

    Args:
        truth: The drawing.
        counted: The numbers of the objects that count as tooth; others are background.

    Returns:
        (h, w): 0 for background, the FDI number of each tooth, and `OTHERS` for what has none.
    """
    codes = np.zeros(256, np.uint8)
    for each in truth.table:
        codes[each.number] = code_of_object(each.fdi, each.kind)
    return codes[truth.in_front(counted)]


def number_maps(picture: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Return what a numbering network is to say of a drawing.

    Args:
        picture: (h, w, 3), see `number_picture`.
        size: Of the maps, in px.

    Returns:
        (size, size, 3): the place of the number in `NUMBERS`, the place of the kind in `KINDS`,
        and how deep in its object a pixel lies, see `teeth.distance_map`, in 0..255.
    """
    numbers, kinds, objects = (
        imaging.resize_labels(picture[..., channel], size) for channel in range(3)
    )
    places = np.zeros(256, np.uint8)
    places[list(NUMBERS)] = np.arange(len(NUMBERS))
    distances = np.rint(HIGHEST * teeth.distance_map(objects)).astype(np.uint8)
    return np.stack([places[numbers], kinds, distances], axis=-1)


def draw_number_maps(
    pictures: Sequence[Callable[[], Image.Image]], maps: NDArray[np.uint8]
) -> None:
    """Draw what a numbering network is to say of each drawing, some at a time.

    Args:
        pictures: Functions that draw `number_picture`.
        maps: (n, size, size, 3) where it is written, see `number_maps`; it may be on the disk.
    """

    def draw(row: int) -> None:
        maps[row] = number_maps(np.asarray(pictures[row]()), maps.shape[1])

    map_in_threads(draw, range(len(pictures)), lambda _: BYTES_OF_DRAWING)
