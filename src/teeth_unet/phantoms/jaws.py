"""The bones that hold the teeth."""

from dataclasses import dataclass

import numpy as np

from teeth_unet.phantoms.curves import Points, mirrored, smooth_curve
from teeth_unet.phantoms.frame import Frame
from teeth_unet.phantoms.landmarks import INNER_BORDER, LOWER_BORDER

CREST = 0.115  # distance of the bone's edge from the bite, in picture heights


@dataclass(frozen=True)
class Jaws:
    """Outlines of the jaws, as (n, 2) pixel coordinates.

    Attributes:
        mandible: Closed outline of the lower jaw with both rami.
        lower_border: Open line along its lower and rear border, from condyle to condyle.
        maxilla: Closed outline of the upper jaw's bone around the roots.
        palate: Open line of the hard palate, from left to right.
        bite: Closed outline of the air between the crowns.
    """

    mandible: Points
    lower_border: Points
    maxilla: Points
    palate: Points
    bite: Points


def draw_jaws(rng: np.random.Generator, frame: Frame, *, toothless: bool) -> Jaws:
    """Return the jaws of one patient; without teeth, their crests have shrunk."""
    crest = CREST * frame.tooth_length + (rng.uniform(0.03, 0.08) if toothless else 0)
    width = np.array([rng.normal(0.985, 0.02), 1])
    chin = (0, rng.normal(0, 0.012))

    right, left = (vary(rng, LOWER_BORDER * width) for _ in range(2))
    right[0] = left[0] = LOWER_BORDER[0] + chin
    lower_border = smooth_curve(np.vstack([mirrored(left)[:-1], right]), 160)
    inner_right, inner_left = (vary(rng, INNER_BORDER * width) for _ in range(2))
    lower_crest = _crest(rng, frame, crest)
    inner = np.vstack([inner_right, lower_crest[::-1], mirrored(inner_left)])

    palate = _palate(rng)
    upper_crest = smooth_curve(_crest(rng, frame, -crest), 60)
    return Jaws(
        mandible=frame.to_pixels(np.vstack([lower_border, smooth_curve(inner, 200)])),
        lower_border=frame.to_pixels(lower_border),
        maxilla=frame.to_pixels(
            np.vstack([upper_crest, (0.66, 0.22), palate[::-1], (-0.66, 0.22)])
        ),
        palate=frame.to_pixels(palate),
        bite=frame.to_pixels(_bite(rng, frame)),
    )


def vary(rng: np.random.Generator, landmarks: Points) -> Points:
    """Return landmarks moved as one, and each a little on its own."""
    return landmarks + rng.normal(0, 0.008, 2) + rng.normal(0, 0.004, landmarks.shape)


def _crest(rng: np.random.Generator, frame: Frame, distance: float) -> Points:
    """Return the edge of the bone between the teeth, from left to right."""
    across = np.linspace(-frame.arch - 0.02, frame.arch + 0.02, 15)
    return np.column_stack(
        [across, frame.bite_height(across) + distance + rng.normal(0, 0.005, across.size)]
    )


def _palate(rng: np.random.Generator) -> Points:
    """Return the hard palate: a flat arch."""
    across = np.linspace(-0.62, 0.62, 60)
    middle, sag = rng.normal(0.145, 0.025), rng.uniform(-0.02, 0.1)
    return np.column_stack([across, middle + sag * (across / 0.62) ** 2])


def _bite(rng: np.random.Generator, frame: Frame) -> Points:
    """Return the air between the crowns: a lens that ends behind the last teeth."""
    along = np.linspace(-1, 1, 60)
    across = along * (frame.arch + 0.06)
    half = (frame.gap / 2 + rng.uniform(0.02, 0.08)) * (1 - along**4)
    height = frame.bite_height(across)
    upper, lower = (np.column_stack([across, height + sign * half]) for sign in (-1, 1))
    return np.vstack([upper, lower[::-1]])
