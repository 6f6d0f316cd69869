"""What files of annotations give, drawn."""

import numpy as np
from tool_files import in_memory

from teeth_unet.annotations import Numbering, rasterise

NUMBERS = {"tooth": None, **{str(number): number for number in range(11, 49)}}
NUMBERING = Numbering(NUMBERS, single_teeth=True)


def read(form, files):
    return form.read(in_memory(files))


def drawn(form, files, width=8, height=6):
    """The label map of the only picture."""
    (picture,) = read(form, files).pictures
    return rasterise(picture, width, height, NUMBERING)


def marked(labels, number):
    """The rows and columns that a tooth has, as text: one letter a pixel."""
    return ["".join(".X"[int(value)] for value in row) for row in np.asarray(labels) == number]


def squares(**windows):
    """A label map of 8x6 px with numbers in windows: `t11=(rows, columns)`."""
    labels = np.zeros((6, 8), dtype=np.uint16)
    for name, (rows, columns) in windows.items():
        labels[rows, columns] = int(name[1:])
    return labels
