"""Fillings and artificial crowns, in the coordinates of a tooth (see ``tooth_shapes``)."""

from dataclasses import dataclass

import numpy as np

from teeth_unet.phantoms.curves import Points, smooth_curve


@dataclass(frozen=True)
class Restorations:
    """The metal in a treated tooth.

    Attributes:
        outlines: Closed (n, 2) outlines (across, along). The part outside the tooth is to be cut
            off.
        crowned: Whether it is an artificial crown, not fillings.
    """

    outlines: tuple[Points, ...]
    crowned: bool


def draw_restorations(rng: np.random.Generator, neck: float) -> Restorations:
    """Return the metal in a treated tooth: an artificial crown, or one or two fillings.

    Args:
        rng: Source of the shape.
        neck: Where the crown of the tooth ends, along.
    """
    if rng.random() < 0.15:
        return Restorations((_artificial_crown(rng, neck),), crowned=True)
    fillings = tuple(_filling(rng, neck) for _ in range(rng.integers(1, 3)))
    return Restorations(fillings, crowned=False)


def _artificial_crown(rng: np.random.Generator, neck: float) -> Points:
    across = np.linspace(0.6, -0.6, 6)
    edge = neck * (rng.uniform(0.7, 0.95) + 0.6 * across**2) + rng.normal(0, 0.015, 6)
    corners = np.vstack([[(-0.6, -0.1), (0.6, -0.1)], np.column_stack([across, edge])])
    return smooth_curve(corners, 60, closed=True)


def _filling(rng: np.random.Generator, neck: float) -> Points:
    """Return a blob from the biting surface or a contact surface inwards."""
    angles = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    radii = rng.uniform(0.65, 1.25, 9)
    width, depth = rng.uniform(0.15, 0.42), rng.uniform(0.12, 0.36) * neck
    middle = rng.uniform(-0.3, 0.3), rng.uniform(0.1, 0.4) * neck
    blob = np.column_stack([width * radii * np.cos(angles), depth * radii * np.sin(angles)])
    return smooth_curve(blob + middle, 40, closed=True)
