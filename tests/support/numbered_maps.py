"""Label maps of a drawn mouth, and what may have been found in it."""

import numpy as np

from teeth_unet.tooth_numbers import MILK, PERMANENT, is_right, is_upper

SIZE = 12
"""Height and width of a tooth in px."""


def place(number):
    """The upper left corner of a tooth: two rows of 16, the patient's right on the left."""
    step = number % 10
    column = 8 - step if is_right(number) else 7 + step
    return (0 if is_upper(number) else SIZE), column * SIZE


def drawn(teeth):
    """A label map of teeth given by place: number of the tooth there, shift in px."""
    labels = np.zeros((2 * SIZE, 16 * SIZE), np.uint8)
    for at, (number, shift) in teeth.items():
        top, left = place(at)
        labels[top : top + SIZE, max(0, left + shift) : left + shift + SIZE - 2] = number
    return labels


def mouth(rng):
    """The true label map of a mouth with gaps, and a found one with errors of every kind."""
    children = rng.random() < 0.3
    teeth = [number for number in (MILK if children else PERMANENT) if rng.random() < 0.85]
    teeth = teeth or [11]
    found = {}
    for number in teeth:
        fate = rng.random()
        if fate < 0.08:
            continue
        other = int(rng.choice(PERMANENT)) if fate < 0.16 else number
        if other not in [taken for taken, _ in found.values()]:
            found[number] = other, int(rng.integers(-5, 6))
    return drawn({number: (number, 0) for number in teeth}), drawn(found)


def renumbered(labels, change):
    """The same map with each number changed."""
    changed = labels.copy()
    for number in np.unique(labels[labels > 0]):
        changed[labels == number] = change(int(number))
    return changed
