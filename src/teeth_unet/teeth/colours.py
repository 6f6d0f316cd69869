"""Colours that tell neighbouring teeth apart, to colour-blind eyes as well."""

from collections.abc import Sequence

import numpy as np

Colour = tuple[int, int, int]  # red, green, blue, 0 to 255

# Okabe and Ito (2008), Color Universal Design, without black and blue: too dark for an X-ray.
PALETTE: tuple[Colour, ...] = (
    (230, 159, 0),  # orange
    (86, 180, 233),  # sky blue
    (0, 158, 115),  # bluish green
    (240, 228, 66),  # yellow
    (213, 94, 0),  # vermilion
    (204, 121, 167),  # reddish purple
)
MASK_COLOUR: Colour = PALETTE[0]


def colour_teeth(centres: Sequence[tuple[float, float]], seed: int = 0) -> list[Colour]:
    """Return a colour for each tooth: the one whose nearest tooth so coloured is furthest away.

    Args:
        centres: (x, y) of each tooth, in any unit.
        seed: The same seed gives the same colours.
    """
    palette = np.random.default_rng(seed).permutation(len(PALETTE))
    places = np.array(centres, float).reshape(-1, 2)
    nearest = np.full((len(PALETTE), len(places)), np.inf)  # by colour, to each tooth
    chosen = []
    for place, tooth in enumerate(places):
        colour = palette[np.argmax(nearest[palette, place])]
        distances = np.hypot(*(places - tooth).T)
        nearest[colour] = np.minimum(nearest[colour], distances)
        chosen.append(PALETTE[colour])
    return chosen
