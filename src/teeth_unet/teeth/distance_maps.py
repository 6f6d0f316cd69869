"""What a network learns single teeth from: how deep in its tooth a pixel lies."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, find_objects


def distance_map(labels: NDArray[np.integer]) -> NDArray[np.float32]:
    """Return for every pixel of a tooth its distance to the outline of that tooth, relatively.

    Neighbours that touch have a valley of low values between them, whatever their size. (For
    nuclei: Naylor et al. 2019, IEEE Trans. Med. Imaging 38(2), who do not normalise.)

    Args:
        labels: (h, w), 0 background and one number a tooth.

    Returns:
        (h, w): the distance to the nearest pixel that is not of this tooth, divided by the
        largest such distance in it: 1 in the middle of each tooth, 0 on background. What lies
        outside the picture is not of the tooth.
    """
    distances = np.zeros(labels.shape, np.float32)
    places: Sequence[tuple[slice, ...] | None] = find_objects(labels)  # None where none has it
    for number, place in enumerate(places, start=1):
        if place is None:
            continue
        tooth = labels[place] == number
        distance = distance_transform_edt(np.pad(tooth, 1))[1:-1, 1:-1]
        distances[place][tooth] = (distance / distance.max())[tooth]
    return distances
