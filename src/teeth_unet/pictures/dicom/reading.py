"""X-rays as DICOM files, read with pydicom: `pip install -e ".[dicom]"`.

Only what it takes to show the picture and to measure in it is ever read. What a file says of its
patient is neither looked at, nor shown in an error: the words of pydicom, which may quote any
value, are left out.
"""

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom.levels import displayed_levels
from teeth_unet.pictures.dicom.spacing import pixel_spacing
from teeth_unet.pictures.opening import PIXEL_LIMIT, read_content

if TYPE_CHECKING:
    from pydicom import FileDataset

DICOM_SUFFIXES = (".dcm", ".dicom")

_INDEX = "dicomdir"  # of a disc: DICOM as well, and no picture

_TAGS = [
    "Modality",
    "Rows",
    "Columns",
    "NumberOfFrames",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelData",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "ModalityLUTSequence",
    "RescaleSlope",
    "RescaleIntercept",
    "VOILUTSequence",
    "VOILUTFunction",
    "WindowCenter",
    "WindowWidth",
    "PixelSpacing",
    "PixelSpacingCalibrationType",
    "ImagerPixelSpacing",
    "EstimatedRadiographicMagnificationFactor",
]

_DEFLATED = b"1.2.840.10008.1.2.1.99"  # the whole file packed: it may unpack without end
_NO_WARNINGS = ("ignore", None, Warning, re.compile(r"pydicom\b"), 0)  # as in warnings.filters
_GREY = ("MONOCHROME1", "MONOCHROME2")
_EXPORT = "Export it as uncompressed DICOM of one grey picture, or as PNG or TIFF."

_PANORAMIC = (
    "Give the panoramic X-ray itself; one that bears another modality by mistake, as PNG or TIFF."
)

_MODALITIES = ("PX", "DX", "CR", "RG", "IO", "OT")
"""Panoramic, digital, computed and film radiography; intraoral; "other", as of scanned films."""

_OTHER_MODALITIES = {
    "CT": "computed tomography (CT)",
    "MR": "magnetic resonance (MR)",
    "US": "ultrasound (US)",
    "NM": "nuclear medicine (NM)",
    "PT": "positron emission (PT)",
    "MG": "mammography (MG)",
    "XA": "angiography (XA)",
    "RF": "fluoroscopy (RF)",
    "XC": "a photograph (XC)",
    "ES": "endoscopy (ES)",
}


@dataclass(frozen=True)
class LazyDicom:
    """A DICOM file whose picture is read and decoded at each call; safe in several threads.

    Attributes:
        name: Name of the file inside its folder or archive, with "/" between the parts.
        origin: The folder or the archive.
        read: Returns the bytes of the file.
        pixel_limit: Most pixels; a larger picture is refused before it is decoded.
    """

    name: str
    origin: Path
    read: Callable[[], bytes]
    pixel_limit: int = PIXEL_LIMIT

    def __str__(self) -> str:
        return f"{self.name} in {self.origin}"

    def count_pixels(self, content: bytes) -> int:
        """Return the pixels that the bytes of the file stand for, 0 if they are no picture."""
        return _count_pixels(content)

    def __call__(self) -> Image.Image:
        """Return the picture as a viewer would show it, bone bright.

        Returns:
            A picture of mode L, or RGB where it is stored in colours. Its `info` has
            `pixel_spacing_mm`, (row, column), and `pixel_spacing_source` where the file tells.

        Raises:
            InputError: The file cannot be read, is no intact DICOM file, or holds something else
                than one X-ray; or what is needed to read it is not installed.
            MemoryError: There is not enough for the picture.
        """
        if find_spec("pydicom") is None:
            raise InputError(
                str(self),
                "pydicom to read DICOM files",
                "nothing of that name installed",
                'Install it: pip install -e ".[dicom]"',
            )
        content = read_content(self.read, str(self))
        fault: InputError | MemoryError | ImportError
        try:
            return _open(content, str(self), self.pixel_limit)
        except (InputError, MemoryError, ImportError) as failure:
            fault = failure
        except Exception:  # damaged files fail in as many ways as there are elements
            fault = self._damaged()
        raise fault  # out here, so that pydicom's own error is not chained to it

    def _damaged(self) -> InputError:
        return InputError(
            str(self),
            "an intact DICOM file with a picture",
            "a truncated or damaged file, or one of another kind",
            "Replace the file, or take it away.",
        )


def named_as_dicom(name: str) -> bool | None:
    """Tell by its name whether a file is DICOM; None where the name does not say.

    Discs and archives of clinics name files `IM000001` or `1.2.840.113619.2.5`.
    """
    last = name.rpartition("/")[2].lower()
    if last == _INDEX:
        return False
    suffix = Path(last).suffix
    if suffix in DICOM_SUFFIXES:
        return True
    return None if not suffix or suffix[1:].isdigit() else False


def _count_pixels(content: bytes) -> int:
    if find_spec("pydicom") is None:
        return 0
    import pydicom

    _silence_pydicom()
    with contextlib.suppress(Exception):  # opening it will tell what is wrong
        if _DEFLATED not in content[:2048]:
            tags = ["Rows", "Columns"]
            file = pydicom.dcmread(io.BytesIO(content), stop_before_pixels=True, specific_tags=tags)
            return int(file.Rows) * int(file.Columns)
    return 0


def _open(content: bytes, subject: str, pixel_limit: int) -> Image.Image:
    import pydicom

    if _DEFLATED in content[:2048]:
        raise InputError(subject, "pictures that can be read one by one", "deflated DICOM", _EXPORT)
    _silence_pydicom()
    file = pydicom.dcmread(io.BytesIO(content), specific_tags=_TAGS)
    _refuse_unsuitable(file, subject, pixel_limit)
    values = file.pixel_array
    image = _picture(values, file)
    # What later errors call the picture; Pillow's own readers set it too.
    image.filename = subject  # type: ignore[attr-defined]
    image.info.update(pixel_spacing(file))
    return image


def _silence_pydicom() -> None:
    """Keep pydicom's warnings, which quote values, to itself; from now on, in the whole process.

    `warnings.catch_warnings` is no way to do that: filters belong to the process, and threads that
    put back the old ones crosswise leave those of each other behind.
    """
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)  # where they go as well
    if _NO_WARNINGS not in warnings.filters:
        warnings.filterwarnings("ignore", module=_NO_WARNINGS[3].pattern)


def _refuse_unsuitable(file: "FileDataset", subject: str, pixel_limit: int) -> None:
    """Refuse what is no single picture, what is too large, and what cannot be unpacked here."""
    from pydicom.pixels.decoders.base import get_decoder

    frames, found = int(file.get("NumberOfFrames") or 1), ""
    if "PixelData" not in file or not file.get("Rows") or not file.get("Columns"):
        found = "none (a truncated file, or a report, a drawing or the like)"
    elif frames != 1:
        found = f"{frames} frames (a film or a volume)"
    elif file.SamplesPerPixel != 1 and not _in_colours(file):
        found = f"{file.SamplesPerPixel} samples of {file.PhotometricInterpretation}"
    elif file.SamplesPerPixel == 1 and file.PhotometricInterpretation not in _GREY:
        found = f"one in {file.PhotometricInterpretation}"
    if found:
        raise InputError(subject, "one picture, grey or in RGB", found, _EXPORT)
    _refuse_other_modalities(file, subject)
    if file.Rows * file.Columns > pixel_limit:
        found = f"{file.Columns}x{file.Rows}"
        raise InputError(subject, f"at most {pixel_limit} pixels", found, _EXPORT)
    syntax = file.file_meta.TransferSyntaxUID
    try:
        readable = get_decoder(syntax).is_available
    except NotImplementedError:
        readable = False
    if not readable:
        raise InputError(
            subject,
            "a compression that can be unpacked here",
            f"{syntax.name} ({syntax})",
            f"{_EXPORT} Or install decoders: pip install pylibjpeg[all]",
        )


def _refuse_other_modalities(file: "FileDataset", subject: str) -> None:
    """Refuse what is no single X-ray by its own word: a section, a photograph and the like.

    Intraoral ones pass, as what software of dentists may call any of its pictures; one that looks
    unlike the X-rays of the training is reported once it is open.
    """
    modality = str(file.get("Modality") or "").strip().upper()
    if modality and modality not in _MODALITIES:
        # What is no known code may be anything, a name too, and is not shown.
        found = _OTHER_MODALITIES.get(modality, "a modality of another kind")
        expected = f"an X-ray (modality {', '.join(_MODALITIES)}, or none)"
        raise InputError(subject, expected, found, _PANORAMIC)


def _in_colours(file: "FileDataset") -> bool:
    interpretations = ("RGB", "YBR")
    return bool(
        file.SamplesPerPixel == 3 and file.PhotometricInterpretation.startswith(interpretations)
    )


def _picture(values: NDArray[np.integer], file: "FileDataset") -> Image.Image:
    if _in_colours(file):  # pydicom has made RGB of other colour spaces
        return Image.fromarray((values >> max(0, file.BitsStored - 8)).astype(np.uint8), "RGB")
    return Image.fromarray(displayed_levels(values, file))
