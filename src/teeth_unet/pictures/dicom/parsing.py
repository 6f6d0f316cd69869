"""From the bytes of a DICOM file to its elements, however its beginning is written."""

import io
import logging
import re
import warnings
import zlib
from typing import TYPE_CHECKING

from teeth_unet.errors import InputError
from teeth_unet.pictures.dicom.recognising import is_dicom

if TYPE_CHECKING:
    from pydicom import FileDataset

TAGS = [
    "SOPClassUID",
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
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "PixelData",
    "FloatPixelData",
    "DoubleFloatPixelData",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
    "RedPaletteColorLookupTableDescriptor",
    "RedPaletteColorLookupTableData",
    "GreenPaletteColorLookupTableDescriptor",
    "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableData",
    "ModalityLUTSequence",
    "RescaleSlope",
    "RescaleIntercept",
    "VOILUTSequence",
    "VOILUTFunction",
    "WindowCenter",
    "WindowWidth",
    "PresentationLUTShape",
    "PixelSpacing",
    "PixelSpacingCalibrationType",
    "ImagerPixelSpacing",
    "EstimatedRadiographicMagnificationFactor",
    "PatientOrientation",
    "FieldOfViewHorizontalFlip",
]
"""All elements that are ever looked at."""

_DEFLATED = "1.2.840.10008.1.2.1.99"  # all after the head packed: it may unpack without end
_LARGEST_UNPACKED = 1_000_000_000  # bytes, as of any file that is read
_LOGGERS = ("pydicom", "highdicom", "pylibjpeg", "libjpeg", "openjpeg")
_NO_WARNINGS = (
    "ignore",
    None,
    Warning,
    re.compile(r"(py|high)dicom\b"),
    0,
)  # as in warnings.filters


def elements_of(content: bytes, subject: str, tags: list[str] = TAGS) -> "FileDataset":
    """Read the elements that are looked at.

    A file need not have the preamble, the head (group 0002) or the transfer syntax that PS3.10
    asks for; how it is written is found out from its first elements then.

    Args:
        content: The bytes of the file.
        subject: What errors call the file.
        tags: Keywords of the elements.

    Returns:
        A dataset whose head has a transfer syntax, unless its pixels are packed and nothing tells
        how.

    Raises:
        InputError: It is none by its beginning, or unpacks to more than any picture.
        Exception: It is damaged.
    """
    import pydicom
    from pydicom import uid

    silence_pydicom()
    if not is_dicom(content):
        found = "a damaged file or one of another kind" if content else "an empty file"
        raise InputError(subject, "a DICOM file", found, "Replace the file, or take it away.")
    content = _inflated(content, subject)
    file = pydicom.dcmread(io.BytesIO(content), specific_tags=tags, force=True)
    if "TransferSyntaxUID" not in file.file_meta and not _is_packed(file):
        implicit, little = file.original_encoding
        explicit = uid.ExplicitVRLittleEndian if little else uid.ExplicitVRBigEndian
        file.file_meta.TransferSyntaxUID = uid.ImplicitVRLittleEndian if implicit else explicit
    return file


def _inflated(content: bytes, subject: str) -> bytes:
    """Unpack a file of the deflated transfer syntax, and no more of it than there may be."""
    if _DEFLATED.encode() not in content:
        return content
    from pydicom.filereader import _read_file_meta_info, read_preamble

    file = io.BytesIO(content)
    read_preamble(file, force=True)
    if _read_file_meta_info(file).get("TransferSyntaxUID") != _DEFLATED:
        return content
    unpacked = zlib.decompressobj(-zlib.MAX_WBITS).decompress(file.read(), _LARGEST_UNPACKED)
    if len(unpacked) == _LARGEST_UNPACKED:
        found = "a deflated file that unpacks to more"
        remedy = "Export it as uncompressed DICOM."
        raise InputError(subject, f"at most {_LARGEST_UNPACKED} bytes", found, remedy)
    return unpacked


def _is_packed(file: "FileDataset") -> bool:
    return "PixelData" in file and file["PixelData"].is_undefined_length


def silence_pydicom() -> None:
    """Keep to themselves, from now on, what pydicom, its decoders and highdicom say of values.

    `warnings.catch_warnings` is no way to do that: filters belong to the process, and threads that
    put back the old ones crosswise leave those of each other behind.
    """
    for name in _LOGGERS:  # where they go as well
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    if _NO_WARNINGS not in warnings.filters:
        warnings.filterwarnings("ignore", module=_NO_WARNINGS[3].pattern)
