"""Small DICOM files, made in memory."""

import io
import zlib
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.filewriter import write_file_meta_info
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from teeth_unet.imaging import decode_xray
from teeth_unet.pictures.dicom import LazyDicom

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
    meta.MediaStorageSOPInstanceUID = "1.2.826.0.1.3680043.8.498.1"  # random ones differ in length
    written = {"is_implicit_VR": syntax.is_implicit_VR, "is_little_endian": syntax.is_little_endian}
    file = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128, **written)
    levels = np.asarray(levels)
    bits = levels.dtype.itemsize * 8
    file.PatientName = PATIENT
    file.PatientID = "MUSTER-4711"  # which no checksum holds
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


TWELVE = (np.arange(12 * 16).reshape(12, 16) * 21).astype(np.uint16)
PACKED = (
    *("JPGExtended.dcm", "JPEG2000.dcm", "MR_small_jpeg_ls_lossless.dcm", "SC_rgb_jpeg_gdcm.dcm"),
    *("JPEGLSNearLossless_16.dcm", "MR_small_RLE.dcm", "SC_rgb_jpeg_dcmtk.dcm"),
    *("GDCMJ2K_TextGBR.dcm", "SC_rgb_rle_16bit.dcm"),
)
"""Files that come with pydicom, by the compression."""


def as_xray(name):
    """The bytes of a file of pydicom, as if it were a panoramic X-ray."""
    file = dcmread(get_testdata_file(name, download=False))
    file.Modality = "PX"
    stored = io.BytesIO()
    file.save_as(stored)
    return stored.getvalue()


def palette(table, bits=16, first=0, colours=("Red", "Green", "Blue")):
    """Elements of a palette, the same for all colours."""
    found = {"PhotometricInterpretation": "PALETTE COLOR"}
    data = np.array(table, "<u2" if bits == 16 else "u1").tobytes()
    for colour in colours:
        found[f"{colour}PaletteColorLookupTableDescriptor"] = [len(table), first, bits]
        found[f"{colour}PaletteColorLookupTableData"] = data
    return found


def deflated(content):
    """A file packed as a whole, of one in explicit little endian."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    head = dcmread(io.BytesIO(content), stop_before_pixels=True).file_meta
    head.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    written = io.BytesIO()
    write_file_meta_info(written, head)
    rest = content[144 + int.from_bytes(content[140:144], "little") :]
    return bytes(128) + b"DICM" + written.getvalue() + packer.compress(rest) + packer.flush()


def every_kind():
    """A valid file of every kind, by name."""
    item = Dataset()
    item.LUTDescriptor, item.LUTData = [4, 0, 16], np.array([0, 9, 99, 999], "<u2").tobytes()
    big = TWELVE.astype(">u2").tobytes()
    plain = dicom(TWELVE, BitsStored=12, HighBit=11)
    return {
        "12 bits": plain,
        "no preamble": plain[132:],
        "no head": plain[144 + int.from_bytes(plain[140:144], "little") :],
        "implicit": dicom(TWELVE, ImplicitVRLittleEndian),
        "big endian": dicom(TWELVE, ExplicitVRBigEndian, big),
        "deflated": deflated(plain),
        "at the top": dicom(TWELVE << 4, BitsStored=12, HighBit=15),
        "padding": dicom(TWELVE, PixelPaddingValue=0, PixelPaddingRangeLimit=400),
        "window": dicom(TWELVE, WindowCenter=[900, 2], WindowWidth=[900, 2], RescaleSlope=2),
        "tables": dicom(TWELVE, VOILUTSequence=[item], ModalityLUTSequence=[item]),
        "inverse": dicom(TWELVE.astype("i2"), PresentationLUTShape="INVERSE"),
        "palette": dicom((TWELVE % 5).astype("u1"), **palette([0, 99, 999, 9999])),
        "colours": dicom(np.stack([TWELVE.astype("u1")] * 3, axis=2)),
        **{name: as_xray(name) for name in PACKED},
    }


def use(content, pixel_limit=10**6):
    """Do with a file what a run does; raises InputError where it cannot be used."""
    lazy = LazyDicom("fuzzed", Path("clinic"), lambda: content, pixel_limit)
    lazy.count_pixels(content)
    image = lazy()
    assert image.width * image.height <= pixel_limit
    return decode_xray(image)
