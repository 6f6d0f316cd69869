"""What one network and another make of the same X-rays."""

from collections.abc import Iterable, Sequence
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


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that there are; None without any."""
    known = [each for each in values if each is not None]
    return float(np.mean(known)) if known else None


def verdict(cases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the scores of cases tell of two networks.

    Args:
        cases: Each with the Dice `before` and `after`, None where there is none. Where `unchanged`,
            the mask is a network's own, and tells nothing.

    Returns:
        `before` and `after` are means of the cases that tell both, None without any. `better` is
        True where the second network is better, even though corrections began with what the first
        one had proposed; else None: it may be better or worse, as always with fewer than five.
    """
    told = [each for each in cases if not each.get("unchanged")]
    both = [each for each in told if None not in (each["before"], each["after"])]
    if not both:
        return {"before": None, "after": None, "better": None}
    gains = [each["after"] - each["before"] for each in both]
    interval = interval_of_signed_mean(gains, -1, 1)
    means = {when: mean(each[when] for each in both) for when in ("before", "after")}
    return {**means, "better": True if interval and interval[0] > 0 else None}
