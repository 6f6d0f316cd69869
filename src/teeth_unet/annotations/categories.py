"""Label maps that are to be written, and the categories of their teeth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

TOOTH = "tooth"
"""Category of teeth without a name."""


@dataclass(frozen=True)
class LabelledPicture:
    """An X-ray and its teeth.

    Attributes:
        file: Name of the X-ray's file, as the tool that reads the annotation knows it.
        labels: (h, w), one number a tooth, 0 where there is none.
        names: Category of each tooth by its number, where that is another one than in the rest of
            the file.
    """

    file: str
    labels: NDArray[np.uint16]
    names: Mapping[int, str] = field(default_factory=dict)


def category_names(names: Mapping[int, str]) -> list[str]:
    """Return the categories of a file, whatever teeth are in it: the names by number, then `TOOTH`.

    Args:
        names: Names by number; several numbers may have one.
    """
    ordered = [name for _, name in sorted(names.items())]
    return list(dict.fromkeys([*ordered, TOOTH]))
