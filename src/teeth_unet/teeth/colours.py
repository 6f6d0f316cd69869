"""Colours that tell neighbouring teeth apart, to colour-blind eyes as well."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from teeth_unet.teeth.measuring import Tooth

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255

# Okabe and Ito (2008), Color Universal Design, without black and blue: too dark for an X-ray.
PALETTE: tuple[Colour, ...] = (
    (240, 228, 66),  # yellow
    (0, 158, 115),  # bluish green
    (204, 121, 167),  # reddish purple
    (213, 94, 0),  # vermilion
    (230, 159, 0),  # orange
    (86, 180, 233),  # sky blue
)
MASK_COLOUR: Colour = (230, 159, 0)


def colour_teeth(teeth: Sequence[Tooth]) -> list[Colour]:
    """Return a colour for each tooth, another one than its neighbours have.

    Neighbours are teeth side by side in a jaw, and teeth that stand over the same columns, as
    all that touch do. Of the colours that are left, each tooth takes the one whose nearest tooth
    so coloured is furthest away; of all colours, should more than five neighbours leave none.
    """
    palette = range(len(PALETTE))
    places = np.array([tooth.centre for tooth in teeth], float).reshape(-1, 2)
    nearest = np.full((len(PALETTE), len(places)), np.inf)  # by colour, to each tooth
    neighbours = _neighbours(teeth)
    chosen: list[int] = []
    for place in range(len(teeth)):
        taken = {chosen[other] for other in np.flatnonzero(neighbours[place, :place])}
        left = [colour for colour in palette if colour not in taken] or list(palette)
        colour = left[int(np.argmax(nearest[left, place]))]
        distances = np.hypot(*(places - places[place]).T)
        nearest[colour] = np.minimum(nearest[colour], distances)
        chosen.append(colour)
    return [PALETTE[colour] for colour in chosen]


def _neighbours(teeth: Sequence[Tooth]) -> NDArray[np.bool_]:
    """Return (n, n) which teeth are neighbours; each is one of itself."""
    upper = np.array([tooth.jaw == "upper" for tooth in teeth], bool)
    orders = np.array([tooth.order for tooth in teeth], int)
    across = np.array([[x for x, _ in tooth.corners] for tooth in teeth]).reshape(-1, 4)
    begins, ends = across.min(axis=1), across.max(axis=1)
    beside = (upper[:, None] == upper) & (np.abs(orders[:, None] - orders) == 1)
    meet = begins[:, None] <= ends + 1
    are_neighbours: NDArray[np.bool_] = beside | (meet & meet.T)
    return are_neighbours
