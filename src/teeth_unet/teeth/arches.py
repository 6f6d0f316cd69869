"""Which teeth are in which jaw, and in which order."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from teeth_unet.teeth.rectangles import Points

Values = NDArray[np.float64]

# The curves tried, in units of half the teeth's spread sideways and of their usual height: tilt
# of the head, how much higher (below 0) the bite lies at the ends, and its height.
TILTS = np.linspace(-0.4, 0.4, 9)
BENDS = np.linspace(-1.2, 0.6, 19)
STEP = 0.05
MOST_STEPS = 120  # so that teeth far apart, as specks may be, do not fill the memory

# Heights, in the usual one, from which a tooth counts less, and not at all.
TALL, TOO_TALL = 1.4, 1.7

# More pieces than a patient can have teeth are specks: the tallest ones settle the curve. Lower
# pieces than that, in heights of the tallest one, are no teeth when the usual height is sought.
MOST_TEETH = 60
LOW = 0.25

# A curve through the middle of a tooth costs 1. Far less weighs a tooth that stands upside down,
# with its wide end away from the curve, or a curve on one side of all teeth; and next to nothing in
# which half of the picture a tooth is.
NEAR, TOO_NEAR = 1.4, 0.05  # below this distance from its centre, in half heights, a little
UPSIDE_DOWN = 0.3
CLEARLY_TAPERED = 0.03  # centroid off the rectangle's centre, in heights of the tooth
WRONG_HALF = 0.02
UNUSUAL_COURSE = 0.005
OFF_CENTRE = 0.2  # a curve that lies a usual height from the middle of all teeth


@dataclass(frozen=True)
class Bite:
    """The curve between the jaws, y = height + tilt u + bend u² with u = (x - middle) / reach.

    Attributes:
        middle: x of the middle of the teeth, in pixels.
        reach: Half of their spread sideways, in pixels.
        height: y at the middle, in pixels.
        tilt: How much lower it lies at the right end than at the middle, in pixels, but for bend.
        bend: How much lower it lies at both ends than at the middle, in pixels.
    """

    middle: float
    reach: float
    height: float
    tilt: float
    bend: float

    def at(self, x: ArrayLike) -> Values:
        """Return y at x, both in pixels."""
        u = (np.asarray(x, float) - self.middle) / self.reach
        return _curve(u, self.height, self.tilt, self.bend)

    def direction(self, x: ArrayLike) -> Points:
        """Return the (..., 2) unit vector along the curve, to the right, at x."""
        u = (np.asarray(x, float) - self.middle) / self.reach
        slope = (self.tilt + 2 * self.bend * u) / self.reach
        return np.stack([np.ones_like(slope), slope], axis=-1) / np.sqrt(1 + slope[..., None] ** 2)


def _curve(u: Values, height: float, tilt: float | Values, bend: float | Values) -> Values:
    """Return y of a curve between the jaws, or of several at once, see `Bite`."""
    return height + tilt * u + bend * u**2


def find_bite(centres: Points, heights: ArrayLike, tapers: ArrayLike, middle_row: float) -> Bite:
    """Return the curve that passes between the upper and the lower teeth.

    Of many parabolas the one is taken that cuts least into teeth and has the crowns, their wide
    ends, on its side. The cuts settle it where both jaws have teeth; the crowns tell a patient
    with one toothless jaw. Teeth that have not come through, tipped and missing ones, do no harm:
    nothing is fitted to single teeth.

    Args:
        centres: (n, 2) centres (x, y) of the teeth, in pixels; at least one.
        heights: (n,) their heights in the picture, in pixels.
        tapers: (n,) how far their centroid lies below the centre, in heights; above 0 if the wide
            end is the lower one, as in an upper tooth.
        middle_row: y of the middle of the picture: where the bite is, if nothing else tells.
    """
    heights, tapers = np.asarray(heights, float), np.asarray(tapers, float)
    tallest = np.argsort(-heights, kind="stable")[:MOST_TEETH]
    (x, y), heights, tapers = centres[tallest].T, heights[tallest], tapers[tallest]
    usual = float(np.median(heights[heights >= LOW * heights.max()]))
    middle, reach = float(x.min() + x.max()) / 2, max(float(np.ptp(x)) / 2, usual)
    weights = _weights(heights / usual)

    tilt, bend = np.meshgrid(TILTS * usual, BENDS * usual, indexing="ij")
    course = _curve((x - middle) / reach, 0, tilt[..., None], bend[..., None])
    through_centre = y - course  # (tilts, bends, teeth) height of the curve through each of them
    filled = float((y + heights / 2).max() - (y - heights / 2).min())
    half = np.arange(0, filled, max(STEP * usual, filled / MOST_STEPS))
    off_centre = np.concatenate([-half[:0:-1], half])
    height = (through_centre @ weights / weights.sum())[..., None] + off_centre
    below = height[..., None] - through_centre[..., None, :]  # how far under each tooth's centre

    upper = UPSIDE_DOWN * np.clip(tapers / CLEARLY_TAPERED, -1, 1)  # above 0 for upper teeth
    upper += WRONG_HALF * np.clip((middle_row - y) / usual, -1, 1)
    unusual = OFF_CENTRE * np.abs(off_centre) / usual
    unusual = unusual + UNUSUAL_COURSE * ((np.abs(tilt) + np.abs(bend)) / usual)[..., None]
    cost = (_cuts(below, heights) - np.sign(below) * upper) @ weights + unusual * weights.sum()
    best = np.unravel_index(np.argmin(cost), cost.shape)
    return Bite(middle, reach, float(height[best]), float(tilt[best[:2]]), float(bend[best[:2]]))


def _cuts(below: Values, heights: Values) -> Values:
    """Return how badly curves cut into teeth, by how far they lie below the teeth's centres."""
    distances = np.abs(below) / (heights / 2)
    return np.clip(1 - distances, 0, None) + TOO_NEAR * np.clip(NEAR - distances, 0, None)


def _weights(heights: Values) -> Values:
    """Return how much each tooth counts, 0 to 1, by its height relative to the usual one.

    Low pieces are fragments, and those much higher than the others are two teeth in one, an upper
    and a lower one that have not been told apart.
    """
    low, high = heights, (TOO_TALL - heights) / (TOO_TALL - TALL)
    return np.clip(np.minimum(low, high), 0, 1)


def number_from_left(places: ArrayLike, upper: ArrayLike) -> NDArray[np.int64]:
    """Return the rank of each tooth within its jaw, 1 for the one furthest to the left.

    Args:
        places: (n,) places along the arch, in any unit.
        upper: (n,) whether the tooth is in the upper jaw.
    """
    places, upper = np.asarray(places, float), np.asarray(upper, bool)
    ranks = np.empty(places.size, dtype=np.int64)
    for jaw in (True, False):
        teeth = np.flatnonzero(upper == jaw)
        ranks[teeth[np.argsort(places[teeth], kind="stable")]] = np.arange(1, teeth.size + 1)
    return ranks
