"""What becomes of the targets of a network when their X-ray is moved. Imports no Keras."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """One channel of a target: a map that belongs to an X-ray, at its size or a smaller one.

    Attributes:
        smooth: Its values are interpolated, as those of a distance map; otherwise each pixel takes
            the nearest value, so that masks stay binary and labels stay labels.
        mirrored: For each of its values 0, 1, ... the one that takes its place in a mirror image:
            a left tooth has another number than the right one. Empty where values stay.
    """

    smooth: bool = False
    mirrored: tuple[int, ...] = ()


MASK = (Channel(),)
"""The channels of a mask."""
