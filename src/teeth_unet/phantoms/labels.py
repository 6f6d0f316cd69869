"""The truth: which pixel belongs to which tooth."""

import numpy as np
from numpy.typing import NDArray

from teeth_unet.phantoms.anatomy import draw_anatomy
from teeth_unet.phantoms.raster import inside, window_around
from teeth_unet.phantoms.scene.positioning import place_numbers
from teeth_unet.phantoms.settings import PhantomSettings


def draw_labels(settings: PhantomSettings, case: int) -> NDArray[np.uint8]:
    """Return the label map of a phantom; the mask of its teeth is where it is above 0.

    Drawing it needs no X-ray, and takes a fraction of its time.

    Args:
        settings: Seed, sizes and share of toothless phantoms.
        case: Number of the phantom, from 0.

    Returns:
        (height, width) labels: 0 for background and 1 to n for the teeth, the upper ones from
        left to right and then the lower ones. A pixel belongs to the tooth that its centre lies
        in, and where teeth overlap to the one in front, which may cut slivers off the one behind.
        All 0 for a toothless phantom. In tiny pictures a tooth may show no pixel; it then has no
        number.

    Raises:
        ValueError: The case is below 0.
    """
    anatomy = draw_anatomy(settings, case)
    labels = np.zeros((anatomy.frame.height, anatomy.frame.width), dtype=np.uint8)
    numbered = enumerate(anatomy.teeth, start=1)
    for number, tooth in sorted(numbered, key=lambda pair: pair[1].nearness):
        window = window_around(tooth.outline, 1, labels.shape)
        labels[window][inside(tooth.outline, window)] = number
    return _without_gaps(place_numbers(settings, case, labels))


def _without_gaps(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return labels renumbered 0 to n in the same order, as if 0 were always there."""
    shown = np.bincount(labels.ravel()) > 0
    shown[0] = False
    return np.cumsum(shown).astype(np.uint8)[labels]
