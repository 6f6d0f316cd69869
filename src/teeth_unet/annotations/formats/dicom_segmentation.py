"""Teeth as a DICOM Segmentation, written with highdicom: `pip install -e ".[dicom]"`.

A segmentation is an object of the patient's study beside the X-ray, which it refers to: DICOM
PS3.3, A.51.
"""

import io
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from teeth_unet import tooth_numbers
from teeth_unet.annotations.tooth_codes import (
    ANATOMY,
    SCHEME,
    TOOTH,
    Concept,
    SegmentConcepts,
    segment_concepts,
)
from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom import silence_pydicom
from teeth_unet.version import VERSION

if TYPE_CHECKING:
    from highdicom.seg import SegmentDescription
    from pydicom import Dataset
    from pydicom.sr.coding import Code

PROGRAM = "Teeth U-Net"

NOTHING_FOUND = "no tooth found"
"""Label of the one segment, without a pixel, of an X-ray without teeth: there has to be one."""

# What viewers take the orientation of an X-ray to be, which as a rule has none. OHIF opens no
# segmentation without one, or with another than the X-ray's, although the standard asks for none.
_AS_VIEWERS_TAKE_IT = [1, 0, 0, 0, 1, 0]

_LEAVE_OUT = "Leave dicom_seg out of inference.formats for this X-ray."

SERIES_NUMBER = 1000
"""Beyond those that devices give to their own series."""

# Of a digital X-ray: highdicom refuses classes that it does not know, or expects to lie in space.
_KNOWN_CLASS = "1.2.840.10008.5.1.4.1.1.1.1"

# Okabe and Ito (2008), Color Universal Design, without black and blue: too dark for an X-ray.
_COLOURS = (
    *((240, 228, 66), (0, 158, 115), (204, 121, 167)),
    *((213, 94, 0), (230, 159, 0), (86, 180, 233)),
)


@dataclass(frozen=True)
class Segment:
    """An object of a mouth.

    Attributes:
        object: Its label in the map of objects.
        number: FDI number; 0 for none.
        kind: What it is, see `segment_concepts`.
        number_probability: That the number is right; None where a person has drawn it in.
        kind_probability: That the kind is right; None likewise.
    """

    object: int
    number: int
    kind: str
    number_probability: float | None = None
    kind_probability: float | None = None


def refuse_missing_highdicom() -> None:
    """Refuse to write segmentations where what writes them is not installed.

    Raises:
        InputError: It is missing.
    """
    missing = [module for module in ("pydicom", "highdicom") if find_spec(module) is None]
    if missing:
        raise InputError(
            "inference.formats: dicom_seg",
            "pydicom and highdicom to write DICOM segmentations",
            f"no {' and no '.join(missing)} installed",
            'Install them with pip install -e ".[dicom]", or leave the format out.',
        )


def dicom_segmentation(
    source: "Dataset", objects: NDArray[np.integer], teeth: Sequence[Segment]
) -> bytes:
    """Write the teeth of an X-ray as a DICOM Segmentation, each as a segment.

    Pixels are bits, a frame of the X-ray's size a segment, unpacked: what every reader of
    segmentations knows. (Label maps, as long as one frame, are of 2024: ITK and DCMTK do not read
    them yet.) There is no frame of reference, since an X-ray through a jaw has no place in space:
    the frames are those of the X-ray, pixel by pixel.

    Args:
        source: What the X-ray's file says of itself, see `LazyDicom.header`.
        objects: (rows, columns) as the X-ray is stored, 0 background, the objects by their labels.
        teeth: What the objects are. Those without a pixel are left out, as viewers stumble over
            empty segments; an X-ray without any has one empty segment, which says so.

    Returns:
        The bytes of a file. Each has UIDs of its own.

    Raises:
        InputError: The map has another size than the X-ray, or nothing can be written about it.
    """
    silence_pydicom()
    size = source.Rows, source.Columns
    if objects.shape != size:
        raise InputError(
            "label map",
            f"{size[1]}x{size[0]} px, as the DICOM file says",
            f"{objects.shape[1]}x{objects.shape[0]}",
            _LEAVE_OUT,
        )
    labels, found = _numbered_from_one(objects, teeth)
    described = [_described(place, tooth) for place, tooth in enumerate(found, 1)]
    try:
        return _written(source, labels, described)
    except (MemoryError, ImportError):
        raise
    except Exception as failure:  # its words may quote a value, a name too
        expected, found_instead = "a DICOM file about which another can be written", type(failure)
    raise InputError("X-ray", expected, f"one that fails ({found_instead.__name__})", _LEAVE_OUT)


def _written(
    source: "Dataset", labels: NDArray[np.uint16], described: "list[SegmentDescription]"
) -> bytes:
    import highdicom
    from pydicom import Dataset
    from pydicom.uid import generate_uid

    as_known, own_class = deepcopy(source), source.SOPClassUID
    as_known.SOPClassUID = _KNOWN_CLASS
    segmentation = highdicom.seg.Segmentation(
        source_images=[as_known],
        pixel_array=labels,
        segmentation_type=highdicom.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=described or [_nothing_found()],
        series_instance_uid=generate_uid(prefix=None),
        series_number=SERIES_NUMBER,
        sop_instance_uid=generate_uid(prefix=None),
        instance_number=1,
        manufacturer=PROGRAM,
        manufacturer_model_name=PROGRAM,
        software_versions=VERSION,
        device_serial_number=VERSION,
        content_label="TEETH",
        content_description="Teeth by their FDI numbers (ISO 3950)",
        series_description="Teeth",
        omit_empty_frames=bool(described),
    )
    segmentation.ContentCreatorName = None
    segmentation.PatientOrientation = source.get("PatientOrientation")
    plane = Dataset()
    plane.ImageOrientationPatient = source.get("ImageOrientationPatient") or _AS_VIEWERS_TAKE_IT
    segmentation.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence = [plane]
    for element in segmentation.iterall():
        if element.keyword == "ReferencedSOPClassUID":
            element.value = own_class
    written = io.BytesIO()
    segmentation.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _numbered_from_one(
    objects: NDArray[np.integer], teeth: Sequence[Segment]
) -> tuple[NDArray[np.uint16], list[Segment]]:
    """Return the map with segment numbers in place of labels, and the segments in their order."""
    counts = np.bincount(objects.ravel())
    found = [tooth for tooth in teeth if 0 < tooth.object < len(counts) and counts[tooth.object]]
    numbers = np.zeros(len(counts), np.uint16)
    for number, tooth in enumerate(found, 1):
        numbers[tooth.object] = number
    return numbers[objects], found


def _described(place: int, tooth: Segment) -> "SegmentDescription":
    name = f"{tooth.kind} {tooth.number or ''}".strip()
    described = _segment(place, name, segment_concepts(tooth.kind, tooth.number), tooth.number)
    if tooth.number_probability is None or tooth.kind_probability is None:
        return described
    described.SegmentDescription = (
        f"{name}. Probability of the number (ISO 3950): {tooth.number_probability:.2f}, "
        f"of the kind: {tooth.kind_probability:.2f}."
    )
    return described


def _nothing_found() -> "SegmentDescription":
    return _segment(1, NOTHING_FOUND, SegmentConcepts(ANATOMY, TOOTH), 0)


def _segment(
    place: int, label: str, concepts: SegmentConcepts, number: int
) -> "SegmentDescription":
    import highdicom
    from pydicom.sr.codedict import codes

    algorithm = highdicom.AlgorithmIdentificationSequence(
        name=PROGRAM, family=codes.cid7162.ArtificialIntelligence, version=VERSION
    )
    return highdicom.seg.SegmentDescription(
        segment_number=place,
        segment_label=label,
        segmented_property_category=_code(concepts.category),
        segmented_property_type=_code(concepts.type),
        algorithm_type=highdicom.seg.SegmentAlgorithmTypeValues.AUTOMATIC,
        algorithm_identification=algorithm,
        anatomic_regions=[_code(concepts.region)] if concepts.region else None,
        # OHIF does not open segmentations without colours.
        display_color=highdicom.color.CIELabColor.from_rgb(*_colour(place, number)),
    )


def _code(concept: Concept) -> "Code":
    from pydicom.sr.coding import Code

    return Code(concept.code, SCHEME, concept.meaning)


def _colour(place: int, number: int) -> tuple[int, int, int]:
    """Return the colour of a segment, another one than the teeth around it have."""
    if not number:
        return _COLOURS[place % len(_COLOURS)]
    along = number % 10 * (-1 if tooth_numbers.is_right(number) else 1)
    across = 0 if tooth_numbers.is_upper(number) else 3
    over = 2 if tooth_numbers.is_milk(number) else 0
    return _COLOURS[(along + across + over) % len(_COLOURS)]
