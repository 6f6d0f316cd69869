"""The segmenter that may come with this package: one that `pretraining` has made."""

from importlib import resources
from pathlib import Path

PACKAGED = "segmenter.zip"


def packaged_segmenter() -> Path | None:
    """Return the file of the package's own segmenter, if there is one."""
    place = resources.files(__package__).joinpath(PACKAGED)
    return place if isinstance(place, Path) and place.is_file() else None
