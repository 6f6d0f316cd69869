"""X-rays as DICOM files, read with pydicom: `pip install -e ".[dicom]"`."""

from teeth_unet.pictures.dicom.levels import Window
from teeth_unet.pictures.dicom.orientation import LIES_MIRRORED, LIES_UPSIDE_DOWN, WAS_FLIPPED
from teeth_unet.pictures.dicom.parsing import silence_pydicom
from teeth_unet.pictures.dicom.reading import DICOM_SUFFIXES, LazyDicom, named_as_dicom
from teeth_unet.pictures.dicom.recognising import BEGINNING, is_dicom

__all__ = [
    "BEGINNING",
    "DICOM_SUFFIXES",
    "LIES_MIRRORED",
    "LIES_UPSIDE_DOWN",
    "WAS_FLIPPED",
    "LazyDicom",
    "Window",
    "is_dicom",
    "named_as_dicom",
    "silence_pydicom",
]
