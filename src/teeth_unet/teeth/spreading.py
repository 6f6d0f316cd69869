"""Labels that cover a mask."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt


def spread_labels(
    labels: NDArray[np.integer], mask: NDArray[np.bool_ | np.integer]
) -> NDArray[np.integer]:
    """Give every pixel of a mask the nearest label, and take the labels off all others.

    Args:
        labels: (h, w), 0 background and one number a tooth.
        mask: (h, w), anything but 0 is tooth.

    Returns:
        (h, w) labels; all 0 if there is no label to spread.
    """
    if not labels.any():
        return np.zeros_like(labels)
    places = distance_transform_edt(labels == 0, return_distances=False, return_indices=True)
    return np.where(mask, labels[tuple(places)], 0).astype(labels.dtype)
