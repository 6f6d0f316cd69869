"""What a pixel can belong to: a place of the chart, and a kind of object."""

import numpy as np

PERMANENT = tuple(10 * quadrant + tooth for quadrant in (1, 2, 3, 4) for tooth in range(1, 9))
"""Numbers of the 32 permanent teeth (ISO 3950): 11 to 18, 21 to 28, 31 to 38, 41 to 48."""

MILK = tuple(10 * quadrant + tooth for quadrant in (5, 6, 7, 8) for tooth in range(1, 6))
"""Numbers of the 20 milk teeth: 51 to 55, 61 to 65, 71 to 75, 81 to 85."""

NUMBERS = (0, *PERMANENT, *MILK)
"""The number of each class of a numbering network; 0 is none."""

KINDS = (
    "background",
    "tooth",
    "milk tooth",
    "germ",
    "implant",
    "pontic",
    "root remnant",
    "supernumerary",
    "bar",
    "denture",
)
"""The kind of each class of a numbering network."""

_OTHER_SIDE = {1: 2, 2: 1, 3: 4, 4: 3, 5: 6, 6: 5, 7: 8, 8: 7}


def mirrored_number(fdi: int) -> int:
    """Return the number that a tooth has in a picture whose sides are exchanged; 0 stays 0."""
    return 10 * _OTHER_SIDE[fdi // 10] + fdi % 10 if fdi else 0


MIRRORED = np.array([NUMBERS.index(mirrored_number(number)) for number in NUMBERS])
"""The class of each class of `NUMBERS` in a picture whose sides are exchanged."""
