"""Teeth as rows of a table, and as pictures whose pixels are numbers."""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.teeth.colours import PALETTE
from teeth_unet.teeth.measuring import Jaw, Tooth

TOOTH_COLUMNS = ["tooth", "jaw", "order", "centre_x", "centre_y", "area_px", "length_px"]
TOOTH_COLUMNS += ["width_px", "tilt_degrees"]

MOST_TEETH = 255
"""Teeth that a label map can hold as a picture of 8 bits."""


class ToothRow(TypedDict):
    """A tooth in a table, by `TOOTH_COLUMNS`."""

    tooth: int
    jaw: Jaw
    order: int
    centre_x: float
    centre_y: float
    area_px: int
    length_px: float
    width_px: float
    tilt_degrees: float


def tooth_row(number: int, tooth: Tooth) -> ToothRow:
    """Return a row with `TOOTH_COLUMNS`.

    Args:
        number: Of the tooth in its case, from 1 on: the upper ones from left to right come first.
        tooth: Its measurements.
    """
    return {
        "tooth": number,
        "jaw": tooth.jaw,
        "order": tooth.order,
        "centre_x": round(tooth.centre[0], 1),
        "centre_y": round(tooth.centre[1], 1),
        "area_px": tooth.area,
        "length_px": round(tooth.length, 1),
        "width_px": round(tooth.width, 1),
        "tilt_degrees": round(tooth.tilt, 1) + 0.0,  # without a minus where nothing is left
    }


def label_picture(labels: NDArray[np.integer]) -> Image.Image:
    """Return a label map as a picture with a palette: numbers inside, colours outside.

    Args:
        labels: (h, w), 0 background and 1 to n the teeth; of more than 255, those above are left
            out.
    """
    picture = Image.fromarray(np.where(labels <= MOST_TEETH, labels, 0).astype(np.uint8))
    colours = [PALETTE[number % len(PALETTE)] for number in range(MOST_TEETH)]
    picture.putpalette([0, 0, 0, *np.ravel(colours).tolist()])
    return picture
