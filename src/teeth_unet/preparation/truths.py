"""True label maps: those that are given, and masks that have one number a tooth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet import imaging
from teeth_unet.errors import InputError
from teeth_unet.preparation.encoding import MaskEncoding
from teeth_unet.preparation.native_masks import open_native_labels

Openers = Mapping[str, Callable[[], Image.Image]]
Labels = NDArray[np.integer]


@dataclass(frozen=True)
class TrueLabels:
    """True label maps, from label maps or from masks that are some.

    Attributes:
        tooth_labels: Case name to a function that opens the label map.
        masks: Case name to a function that opens the mask.
        encoding: How masks are read.
    """

    tooth_labels: Openers
    masks: Openers
    encoding: MaskEncoding

    def open(self, case: str, mask_hash: str, shape: tuple[int, int]) -> Labels | None:
        """Return the label map of a case; None if there is none.

        Args:
            case: Case name.
            mask_hash: Content hash of the mask that the case was prepared with.
            shape: Height and width of the X-ray.

        Raises:
            InputError: It is of another size, or the mask is not the one that was prepared.
        """
        if case in self.tooth_labels:
            return _opened(case, self.tooth_labels[case], shape)
        return open_native_labels(case, mask_hash, self.masks, self.encoding)


def _opened(case: str, open_labels: Callable[[], Image.Image], shape: tuple[int, int]) -> Labels:
    truth = imaging.decode_labels(open_labels())
    if truth.shape != shape:
        raise InputError(
            f"tooth labels of case {case}",
            f"{shape[1]}x{shape[0]} px, the size of the X-ray",
            f"{truth.shape[1]}x{truth.shape[0]} px",
            "Export the label map at the size of its X-ray.",
        )
    return truth
