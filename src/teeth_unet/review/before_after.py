"""What one network and another make of the same X-rays."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from teeth_unet import imaging
from teeth_unet.review.known_teeth import KnownTeeth
from teeth_unet.review.proposing import Proposal
from teeth_unet.scoring import interval_of_signed_mean


def difference(before: Proposal, after: Proposal) -> dict[str, Any]:
    """Return how much two networks differ on an X-ray.

    Returns:
        `changed`, 0 to 1, is 1 - Dice of the one with the other; `teeth` are the numbers of teeth.
    """
    masks: list[NDArray[np.bool_]] = [each.mouth.objects > 0 for each in (before, after)]
    return {
        "changed": 1 - imaging.count_overlap(*masks).dice,
        "teeth": [len(each.mouth.teeth) for each in (before, after)],
    }


def dice(mouth: KnownTeeth, seen: Proposal) -> float | None:
    """Return the Dice of what a network says with what a person has left, at the X-ray's size."""
    mask, shape = mouth.objects > 0, mouth.objects.shape
    levels = seen.probabilities.astype(np.float32) / np.float32(255)
    found = imaging.enlarge_and_threshold(levels, shape[0], shape[1], seen.threshold)
    return imaging.count_overlap(mask, found > 0).dice


def verdict(cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the scores of cases tell of two networks.

    Args:
        cases: Each with the Dice `before` and `after`, None where there is none.

    Returns:
        `before` and `after` are means of the cases that have both, None without any. `better` tells
        whether the second network is better: None where chance may have made the difference, as
        with fewer than five cases.
    """
    both = [each for each in cases if None not in (each["before"], each["after"])]
    if not both:
        return {"before": None, "after": None, "better": None}
    gains = [each["after"] - each["before"] for each in both]
    interval = interval_of_signed_mean(gains, -1, 1)
    is_open = interval is None or interval[0] <= 0 <= interval[1]
    means = {when: float(np.mean([each[when] for each in both])) for when in ("before", "after")}
    return {**means, "better": None if is_open else bool(np.mean(gains) > 0)}
