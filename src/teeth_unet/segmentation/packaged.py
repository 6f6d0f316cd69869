"""The segmenter that comes with this package: one that `pretraining` has made."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

PACKAGED = "segmenter.zip"


@dataclass(frozen=True)
class Measured:
    """How the package's segmenter does on real X-rays, of which it has seen none.

    Attributes:
        xrays: Whose they are, and who marked teeth in them.
        cases: How many have teeth.
        dice: Mean Dice of each image at the size of its mask.
        interval: Its 95 % interval.
        median: The median.
        lowest: The lowest.
    """

    xrays: str
    cases: int
    dice: float
    interval: tuple[float, float]
    median: float
    lowest: float


MEASURED: tuple[Measured, ...] = ()
"""By `tests/benchmarks/real_xrays.py`. Settings of the drawings were chosen by these cases."""

MEASURED_FINGERPRINT = ""
"""Of the segmenter that `MEASURED` is about: another one has to be measured again."""


def packaged_segmenter() -> Path | None:
    """Return the file of the package's own segmenter, if there is one."""
    place = resources.files(__package__).joinpath(PACKAGED)
    return place if isinstance(place, Path) and place.is_file() else None
