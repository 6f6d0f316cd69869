"""Tooth segmentation in panoramic dental X-rays with a U-Net."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from teeth_unet.version import VERSION

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter

__version__ = VERSION


def load_segmenter(path: str | PathLike[str] | None = None) -> "Segmenter":
    """Open a segmenter, without a Kedro project.

    Args:
        path: The file that a training has left, `data/06_models/segmenter.zip` for example;
            without it the segmenter that comes with this package, if it holds one.

    Returns:
        The segmenter; `load_segmenter(path).predict(image)` is the mask of an X-ray.

    Raises:
        FileNotFoundError: There is no such file, or none in the package.
        InputError: It is no segmenter, or a damaged one.
    """
    # Only here: all that imports the package would pay for it.
    from teeth_unet.segmentation import packaged_segmenter, read_segmenter

    place = packaged_segmenter() if path is None else Path(path)
    if place is None:
        raise FileNotFoundError("this package holds no segmenter: give the path of one")
    return read_segmenter(place)
