"""Small DICOM files, made in memory."""

import io

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

PATIENT = "Mustermann^Erika"


def dicom(levels, syntax=ExplicitVRLittleEndian, pixels=None, without=(), **elements):
    """The bytes of a DICOM file of a patient, with a picture of stored values.

    Args:
        levels: (h, w) grey or (h, w, 3) values, uint8, uint16 or int16.
        syntax: How the file says that it is written.
        pixels: What to write instead of the values.
        without: Elements to leave out.
        elements: Others, by keyword, in place of the usual ones.
    """
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = syntax
    meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"  # digital X-ray for presentation
    meta.MediaStorageSOPInstanceUID = generate_uid()
    written = {"is_implicit_VR": syntax.is_implicit_VR, "is_little_endian": syntax.is_little_endian}
    file = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128, **written)
    levels = np.asarray(levels)
    bits = levels.dtype.itemsize * 8
    file.PatientName = PATIENT
    file.PatientID = "4711"
    file.Rows, file.Columns = levels.shape[:2]
    file.SamplesPerPixel = levels.shape[2] if levels.ndim == 3 else 1
    if levels.ndim == 3:
        file.PlanarConfiguration = 0
    file.PhotometricInterpretation = "RGB" if levels.ndim == 3 else "MONOCHROME2"
    file.BitsAllocated = file.BitsStored = bits
    file.HighBit = bits - 1
    file.PixelRepresentation = int(levels.dtype.kind == "i")
    for name, value in elements.items():
        setattr(file, name, value)
    file.PixelData = levels.tobytes() if pixels is None else pixels
    for name in without:
        delattr(file, name)
    stored = io.BytesIO()
    file.save_as(stored, enforce_file_format=True)
    return stored.getvalue()
