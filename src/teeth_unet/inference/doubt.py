"""How much of a mask is in doubt."""

import numpy as np
from numpy.typing import NDArray


def doubt_of(probabilities: NDArray[np.float32], threshold: float) -> float:
    """Return what a network itself expects its mask to lack to a Dice of 1.

    The pixels that are tooth are not known, but how many the network expects: the sum of the
    probabilities; and how many of these in its mask: the sum there.

    Args:
        probabilities: (h, w), of tooth, in [0, 1].
        threshold: From which on a pixel is in the mask.

    Returns:
        In [0, 1]: 0 where each pixel is sure, 1 where nothing is found.

    Example:
        >>> doubt_of(np.float32([[1, 0.75], [0.25, 0]]), 0.5)  # 1 - 2 * 1.75 / (2 + 2)
        0.125
    """
    mask = probabilities >= threshold
    overlap = float(probabilities[mask].sum(dtype=np.float64))
    sizes = float(mask.sum()) + float(probabilities.sum(dtype=np.float64))
    return max(0.0, 1 - 2 * overlap / sizes) if sizes else 1.0  # sums are rounded
