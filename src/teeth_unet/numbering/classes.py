"""What a pixel can belong to: a place of the chart, and a kind of object."""

import numpy as np

from teeth_unet.tooth_numbers import TEETH, mirrored

NUMBERS = (0, *TEETH)
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

MIRRORED = np.array([0, *(NUMBERS.index(mirrored(number)) for number in TEETH)])
"""The class of each class of `NUMBERS` in a picture whose sides are exchanged."""
