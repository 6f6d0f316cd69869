"""Colours that tell neighbouring teeth apart, to colour-blind eyes as well."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

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

# Few colours are calmer to look at than many; the first four are furthest from each other, to
# colour-blind eyes as well.
FIRST_CHOICE = tuple(PALETTE[place] for place in (5, 0, 3, 1, 4, 2))

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)

MOST_CELLS = 500  # a side, in which neighbours are looked for


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


def colour_labels(labels: NDArray[np.integer]) -> dict[int, Colour]:
    """Return a colour for each label but 0, another one than its neighbours have.

    Neighbours are labels with nothing but background between them. Six colours are enough where
    each label is one piece; among more neighbours than that a colour may come twice.

    Args:
        labels: (h, w) 0 for background.
    """
    step = 1 + max(labels.shape, default=1) // MOST_CELLS
    neighbours = _neighbours_of_labels(labels[::step, ::step])
    windows = ndimage.find_objects(labels)
    present = [label for label, window in enumerate(windows, 1) if window is not None]
    neighbours = {label: neighbours.get(label, set()) for label in present}
    chosen: dict[int, Colour] = {}
    for label in reversed(_fewest_first(neighbours)):
        beside = [chosen[other] for other in neighbours[label] if other in chosen]
        chosen[label] = min(FIRST_CHOICE, key=beside.count)
    return {label: chosen[label] for label in neighbours}


def _neighbours_of_labels(labels: NDArray[np.integer]) -> dict[int, set[int]]:
    """Return which labels have only background between them: their nearest pixels meet there."""
    found: dict[int, set[int]] = {}
    if not labels.any():
        return found
    rows, columns = ndimage.distance_transform_edt(
        labels == 0, return_distances=False, return_indices=True
    )
    nearest = labels[rows, columns]
    for one, other in ((nearest[1:], nearest[:-1]), (nearest[:, 1:], nearest[:, :-1])):
        pairs = np.stack([one, other], axis=-1)[one != other]
        for first, second in np.unique(pairs, axis=0).tolist():
            found.setdefault(first, set()).add(second)
            found.setdefault(second, set()).add(first)
    return found


def _fewest_first(neighbours: Mapping[int, set[int]]) -> list[int]:
    """Return labels in such an order that each has as few neighbours as can be after it."""
    left = {label: set(others) for label, others in neighbours.items()}
    order = []
    while left:
        label = min(left, key=lambda each: len(left[each]))
        for other in left.pop(label):
            left[other].discard(label)
        order.append(label)
    return order
