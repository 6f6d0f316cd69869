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


MEASURED: tuple[Measured, ...] = (
    Measured(
        "public set of Abdi et al. (2015), masks of Helli and Hamamcı (2022)",  # noqa: RUF001 (a name)
        cases=103,
        dice=0.9137,
        interval=(0.9112, 0.9160),
        median=0.9158,
        lowest=0.8750,
    ),
    Measured(
        "106 of UFBA-425 (figshare 29827475), which leaves milk teeth and pontics out",
        cases=106,
        dice=0.9035,
        interval=(0.8979, 0.9089),
        median=0.9087,
        lowest=0.7613,
    ),
)
"""By `tests/benchmarks/real_xrays.py`. Settings of the drawings were chosen by these cases."""

MEASURED_FINGERPRINT = "c9fe4b8b2f938388f6076055fa587434ee8555cb68a01025116ed8a591b1dcef"
"""Of the segmenter that `MEASURED` is about: another one has to be measured again."""


def measured_of(fingerprint: str) -> tuple[Measured, ...]:
    """Return how a segmenter does on real X-rays, if it is the one that was measured.

    Args:
        fingerprint: Of the segmenter, see `Segmenter.fingerprint`.
    """
    return MEASURED if fingerprint == MEASURED_FINGERPRINT else ()


def packaged_segmenter() -> Path | None:
    """Return the file of the package's own segmenter, if there is one."""
    place = resources.files(__package__).joinpath(PACKAGED)
    return place if isinstance(place, Path) and place.is_file() else None
