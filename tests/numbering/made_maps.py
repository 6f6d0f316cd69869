"""Maps as a network would give them, made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from teeth_unet.numbering import KINDS, NUMBERS, NumberMaps
from teeth_unet.numbering.sequencing import LOWER, UPPER
from teeth_unet.teeth import distance_map

SIDE = 256
WIDTH, HEIGHT = 10, 30


@dataclass(frozen=True)
class Made:
    """An upright rectangle of 10 x 30 px that is an object.

    Attributes:
        left: Its first column.
        shares: By number what the network thinks of it; what is left goes to no number.
        kind: What the network is sure that it is.
        top: Its first row.
    """

    left: int
    shares: dict[int, float]
    kind: str = "tooth"
    top: int = 80


def number_maps(objects: Sequence[Made]) -> NumberMaps:
    """Return the maps of objects; where two overlap the later one is in front."""
    numbers = np.zeros((SIDE, SIDE, len(NUMBERS)), np.float32)
    kinds = np.zeros((SIDE, SIDE, len(KINDS)), np.float32)
    numbers[..., 0] = kinds[..., 0] = 1
    labels = np.zeros((SIDE, SIDE), np.uint8)
    for label, made in enumerate(objects, start=1):
        place = np.s_[made.top : made.top + HEIGHT, made.left : made.left + WIDTH]
        labels[place] = label
        share = np.zeros(len(NUMBERS))
        for number, value in made.shares.items():
            share[NUMBERS.index(number)] = value
        share[0] = 1 - sum(made.shares.values())
        numbers[place] = share
        kinds[place] = np.array(KINDS) == made.kind
    return NumberMaps(numbers, kinds, distance_map(labels))


def full_mouth(spacing: int = 12) -> list[Made]:
    """Return all 32 teeth, each sure of its number."""
    rows = ((UPPER[0], 80), (LOWER[0], 130))
    return [
        Made(20 + spacing * place, {number: 0.97}, top=top)
        for row, top in rows
        for place, number in enumerate(row)
    ]
