"""Tooth segmentation in panoramic dental X-rays with a U-Net."""

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from teeth_unet.version import VERSION

if TYPE_CHECKING:
    from teeth_unet.segmentation import Segmenter

__version__ = VERSION


def load_segmenter(path: str | PathLike[str]) -> "Segmenter":
    """Open a segmenter that a training has left, without a Kedro project.

    Args:
        path: The file, `data/06_models/segmenter.zip` for example.

    Returns:
        The segmenter; `load_segmenter(path).predict(image)` is the mask of an X-ray.

    Raises:
        FileNotFoundError: There is no such file.
        InputError: It is no segmenter, or a damaged one.
    """
    # Only here: all that imports the package would pay for it.
    from teeth_unet.segmentation import read_segmenter

    return read_segmenter(Path(path))
