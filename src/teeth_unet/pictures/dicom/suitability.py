"""Whether a DICOM file holds one X-ray that can be shown, by its own words.

Values of a file may be anything, names too: only what is in a list here, or a number, is quoted.
"""

from typing import TYPE_CHECKING

from teeth_unet.errors import InputError

if TYPE_CHECKING:
    from pydicom import FileDataset

EXPORT = "Export it as uncompressed DICOM of one grey picture, or as PNG or TIFF."
_TAKE_AWAY = "Take it away, or give the file that holds the picture."

_PANORAMIC = (
    "Give the panoramic X-ray itself; one that bears another modality by mistake, as PNG or TIFF."
)

MODALITIES = ("PX", "DX", "CR", "RG", "IO", "OT")
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

_REQUIRED = (
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "PixelRepresentation",
)
"""Elements that every picture has, beside its size (PS3.3, C.7.6.3)."""

_ALLOCATED = (1, 8, 16, 32)  # bits; 64 are for floats

_GREY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
_COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")


def refuse_unsuitable(file: "FileDataset", subject: str, pixel_limit: int) -> None:
    """Refuse what is no single X-ray, and what is too large.

    Args:
        file: Its elements.
        subject: What errors call the file.
        pixel_limit: Most pixels.

    Raises:
        InputError: It is not what is looked for; the first reason is told.
        Exception: It is damaged.
    """
    if "PixelData" not in file:
        raise InputError(subject, "one picture, grey or in RGB", _without_pixels(file), _TAKE_AWAY)
    if found := _what_instead_of_one_picture(file):
        raise InputError(subject, "one picture, grey or in RGB", found, EXPORT)
    _refuse_other_modalities(file, subject)
    if file.Rows * file.Columns > pixel_limit:
        found = f"{file.Columns}x{file.Rows}"
        raise InputError(subject, f"at most {pixel_limit} pixels", found, EXPORT)


def is_in_colours(file: "FileDataset") -> bool:
    """Tell whether the picture has three channels."""
    return bool(file.SamplesPerPixel == 3 and file.PhotometricInterpretation in _COLOURS)


def _what_instead_of_one_picture(file: "FileDataset") -> str:
    """Say what a file holds that is not one picture; nothing if it is one."""
    missing = [name for name in ("Rows", "Columns", *_REQUIRED) if file.get(name) is None]
    if missing:
        return f"one without the element {', '.join(missing)}"
    if not file.Rows or not file.Columns:
        return "one of no pixels"
    if (frames := int(file.get("NumberOfFrames") or 1)) != 1:
        return f"{frames} frames (a film or a volume)"
    stored, allocated = int(file.BitsStored), int(file.BitsAllocated)
    if allocated not in _ALLOCATED or not 1 <= stored <= allocated:
        return f"one of {stored} bits in {allocated}"
    kind = file.PhotometricInterpretation
    if is_in_colours(file) or (file.SamplesPerPixel == 1 and kind in _GREY):
        return ""
    told = kind if kind in (*_GREY, *_COLOURS) else "an unknown PhotometricInterpretation"
    return f"one of {int(file.SamplesPerPixel)} sample(s) in {told}"


def _without_pixels(file: "FileDataset") -> str:
    from pydicom.uid import UID

    if "FloatPixelData" in file or "DoubleFloatPixelData" in file:
        return "one of floats"
    kind = file.get("SOPClassUID") or file.file_meta.get("MediaStorageSOPClassUID")
    name = kind.name if isinstance(kind, UID) and kind.name != kind else ""
    if "Directory" in name:
        return "the index of a disc (DICOMDIR)"
    if name and "Image" not in name:
        return f"none ({name.removesuffix(' Storage')})"
    return "none (a truncated file, or a report, a drawing or the like)"


def _refuse_other_modalities(file: "FileDataset", subject: str) -> None:
    """Refuse what is no single X-ray by its own word: a section, a photograph and the like.

    Intraoral ones pass, as what software of dentists may call any of its pictures; one that looks
    unlike the X-rays of the training is reported once it is open.
    """
    modality = str(file.get("Modality") or "").strip().upper()
    if modality and modality not in MODALITIES:
        # What is no known code may be anything, a name too, and is not shown.
        found = _OTHER_MODALITIES.get(modality, "a modality of another kind")
        expected = f"an X-ray (modality {', '.join(MODALITIES)}, or none)"
        raise InputError(subject, expected, found, _PANORAMIC)
