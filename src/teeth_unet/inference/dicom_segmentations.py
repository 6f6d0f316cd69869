"""DICOM Segmentations beside the results of X-rays that are DICOM files themselves."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.annotations import Segment, dicom_segmentation, refuse_missing_highdicom
from teeth_unet.errors import InputError
from teeth_unet.inference.records import NumberedToothRow
from teeth_unet.inference.settings import DICOM_SEGMENTATION, Inference
from teeth_unet.pictures.dicom import LazyDicom
from teeth_unet.teeth import ToothRow

log = logging.getLogger(__name__)


def refuse_without_dicom(
    xrays: Mapping[str, Callable[[], Image.Image]], inference: Inference
) -> None:
    """Refuse a run that could write no DICOM Segmentation; tell of X-rays that get none.

    Args:
        xrays: What opens each X-ray, by case.
        inference: What is asked for.

    Raises:
        InputError: It is asked for, and no X-ray is a DICOM file, or what writes it is missing.
    """
    if DICOM_SEGMENTATION not in inference.formats or not xrays:
        return
    others = [case for case, load in xrays.items() if not isinstance(load, LazyDicom)]
    if len(others) == len(xrays):
        raise InputError(
            f"inference.formats: {DICOM_SEGMENTATION}",
            "X-rays that are DICOM files, to which a segmentation can refer",
            f"none among {len(xrays)}",
            "Give the DICOM files, or leave the format out.",
        )
    refuse_missing_highdicom()
    if others:
        log.warning(
            "No DICOM Segmentation is written for %d of %d X-rays, which are no DICOM files: "
            "the first is %s",
            *(len(others), len(xrays), others[0]),
        )


def segmentation_of(
    load: LazyDicom, instances: NDArray[np.uint16], rows: Sequence[ToothRow]
) -> bytes:
    """Return the DICOM Segmentation of an X-ray.

    Args:
        load: Opens the X-ray.
        instances: (h, w), one number an object. One that has no row, which a person has drawn in,
            is a tooth without a number, as in the other formats.
        rows: Those of the objects in the table of teeth, with numbers.

    Raises:
        InputError: The file of the X-ray has gone, or nothing can refer to it.
    """
    numbered = cast(Sequence[NumberedToothRow], rows)
    segments = [
        Segment(
            row["tooth"],
            row["fdi"],
            row["kind"],
            row["number_probability"],
            row["kind_probability"],
        )
        for row in numbered
    ]
    known = {0, *(row["tooth"] for row in numbered)}
    segments += [
        Segment(label, 0, "tooth") for label in np.unique(instances).tolist() if label not in known
    ]
    return dicom_segmentation(load.header(), instances, segments)
