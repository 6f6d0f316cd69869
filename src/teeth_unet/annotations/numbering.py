"""Which tooth each label of a set of annotations means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

REGION = 100
"""Number of regions of several teeth that nobody has told apart."""

FIRST_WITHOUT_NUMBER = 101
"""Number of a picture's first tooth without number: FDI numbers end at 85."""


@dataclass(frozen=True)
class Numbering:
    """What the labels of a set of annotations mean.

    Attributes:
        numbers: By label: FDI number of a tooth (11 … 48; milk teeth 51 … 85), None for a tooth
            without number, `REGION` where one shape covers all teeth. Other labels are left out.
        single_teeth: Whether shapes are single teeth.
        notes: What was decided and what is left out, in sentences that a person can read.
    """

    numbers: Mapping[str, int | None]
    single_teeth: bool
    notes: Sequence[str] = field(default=())
