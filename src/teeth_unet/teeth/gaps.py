"""Where teeth are missing within an arch."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from teeth_unet.teeth.measuring import Jaw, Tooth

# Neighbours touch at about 15 % of their length from the biting surface: as far from the centre.
CONTACT = 0.35
# Least gap, in widths of its neighbours. Of 1,626 pairs of neighbours in phantoms it finds 59 of
# the 61 gaps, and 2 that are none: teeth tip and move into gaps.
NARROWEST_GAP = 0.55
# Least width of the neighbours that counts, in the patient's usual one: a sliver is no measure.
LEAST_WIDTH = 0.6


@dataclass(frozen=True)
class Gap:
    """A stretch of an arch, between two of its teeth, where teeth are missing.

    Attributes:
        jaw: "upper" or "lower".
        after: Order of the tooth on its left.
        before: Order of the tooth on its right.
        space: Between the two at their crowns, in pixels.
        missing: How many teeth would fit in, at least 1.
    """

    jaw: Jaw
    after: int
    before: int
    space: float
    missing: int


def find_gaps(teeth: Sequence[Tooth]) -> list[Gap]:
    """Return the gaps between neighbouring teeth that are wide enough for another one.

    How many would fit is judged by the mean width of the two neighbours, so that neither the
    picture's size nor the patient's matters. Teeth lost behind the last one of a jaw, or all
    teeth of a jaw, leave no gap in this sense.

    Args:
        teeth: The teeth of one patient, in any order.

    Returns:
        The gaps of the upper jaw from left to right, then those of the lower one.
    """
    if not teeth:
        return []
    usual = float(np.median([tooth.width for tooth in teeth]))
    ordered = sorted(teeth, key=lambda tooth: (tooth.jaw == "lower", tooth.order))
    gaps = (
        _find_gap(left, right, usual) for left, right in pairwise(ordered) if left.jaw == right.jaw
    )
    return [gap for gap in gaps if gap is not None]


def _find_gap(left: Tooth, right: Tooth, usual: float) -> Gap | None:
    width = (left.width + right.width) / 2
    distance = np.subtract(_contact(right), _contact(left))
    space = float(np.hypot(*distance)) - width
    fitting = space / max(width, LEAST_WIDTH * usual)
    if fitting < NARROWEST_GAP:
        return None
    return Gap(left.jaw, left.order, right.order, space, missing=max(1, round(fitting)))


def _contact(tooth: Tooth) -> tuple[float, float]:
    """Return the point (x, y) on the long axis that lies between the contacts to neighbours."""
    towards_crown = 1 if tooth.jaw == "lower" else -1
    right, down = tooth.rising_axis
    reach = towards_crown * CONTACT * tooth.length
    return tooth.centre[0] + reach * right, tooth.centre[1] + reach * down
