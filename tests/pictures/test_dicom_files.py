"""DICOM files in every way of writing and packing, with their head and without."""

import io
from pathlib import Path

import numpy as np
import pytest

from teeth_unet.errors import InputError
from teeth_unet.pictures import BEGINNING, recognise
from teeth_unet.pictures.dicom import LazyDicom

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import deflated, dicom  # noqa: E402 (it needs pydicom)
from pydicom.uid import (  # noqa: E402
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)

EIGHT = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)
TWELVE = np.array([[0, 1000, 2000], [4095, 3000, 4000]], np.uint16)
# (v - 0) / 4095 * 255: 62.3, 124.5, 255, 186.8, 249.1
TWELVE_LEVELS = [[0, 62, 125], [255, 187, 249]]


def opened(content):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content)()


def in_syntax(syntax, levels=TWELVE):
    """The bytes of a file written in a syntax that is not compressed."""
    big = levels.astype(levels.dtype.newbyteorder(">")).tobytes()
    return dicom(levels, syntax, big if syntax == ExplicitVRBigEndian else None)


def without_preamble(content):
    return content[132:]


def head_of(content):
    """The bytes of the head, and of what follows."""
    end = 144 + int.from_bytes(content[140:144], "little")
    return content[132:end], content[end:]


SYNTAXES = (ImplicitVRLittleEndian, ExplicitVRLittleEndian, ExplicitVRBigEndian)
WRITTEN = {
    **{f"{syntax.name}": in_syntax(syntax) for syntax in SYNTAXES},
    **{f"{syntax.name}, no preamble": without_preamble(in_syntax(syntax)) for syntax in SYNTAXES},
    **{f"{syntax.name}, no head": head_of(in_syntax(syntax))[1] for syntax in SYNTAXES},
    **{
        f"{syntax.name}, preamble and no head": bytes(128) + b"DICM" + head_of(in_syntax(syntax))[1]
        for syntax in SYNTAXES
    },
    "no TransferSyntaxUID": in_syntax(ExplicitVRLittleEndian).replace(
        b"\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0", b""
    ),
    "deflated": deflated(in_syntax(ExplicitVRLittleEndian)),
    "RLE": None,
    "32 bits": in_syntax(ImplicitVRLittleEndian, TWELVE.astype(np.uint32)),
}


def in_rle():
    file = pydicom.dcmread(io.BytesIO(dicom(TWELVE)))
    file.compress(RLELossless)
    stored = io.BytesIO()
    file.save_as(stored)
    return stored.getvalue()


WRITTEN["RLE"] = in_rle()


@pytest.mark.parametrize("content", WRITTEN.values(), ids=WRITTEN)
def test_a_file_is_read_however_it_is_written(content):
    assert recognise(content[:BEGINNING]) == "dicom"
    assert np.asarray(opened(content)).tolist() == TWELVE_LEVELS


def test_the_cut_out_head_is_what_it_was_meant_to_be():
    content = in_syntax(ExplicitVRLittleEndian)
    assert len(WRITTEN["no TransferSyntaxUID"]) == len(content) - 28
    assert head_of(content)[1][:4] == b"\x10\0\x10\0"


def test_a_deflated_file_that_unpacks_without_end_is_refused(monkeypatch):
    from teeth_unet.pictures.dicom import parsing

    monkeypatch.setattr(parsing, "_LARGEST_UNPACKED", 10_000)
    assert np.asarray(opened(WRITTEN["deflated"])).shape == (2, 3)
    with pytest.raises(InputError, match="at most 10000 bytes"):
        opened(deflated(dicom(np.zeros((1000, 1000), np.uint8))))


@pytest.mark.parametrize(
    ("precision", "stored", "allocated"), [(8, 8, 16), (14, 16, 16), (12, 16, 16), (12, 12, 16)]
)
def test_jpeg_2000_inside_may_have_other_bits_than_the_file_says(precision, stored, allocated):
    codec = pytest.importorskip("openjpeg.utils", reason="needs the extra dicom")
    values = np.linspace(0, 2**precision - 1, 80 * 90).reshape(80, 90)
    values = values.astype("u1" if precision <= 8 else "u2")
    packed = pydicom.encaps.encapsulate([codec.encode_array(values, bits_stored=precision)])
    content = dicom(
        values.astype("u2"),
        pydicom.uid.JPEG2000Lossless,
        packed,
        BitsStored=stored,
        HighBit=stored - 1,
        BitsAllocated=allocated,
    )
    expected = np.rint(values * 255.0 / (2**precision - 1))
    assert np.abs(np.asarray(opened(content)) - expected).max() <= 1


@pytest.mark.parametrize("name", ["JPEG2000.dcm", "JPGExtended.dcm", "SC_rgb_jpeg_dcmtk.dcm"])
def test_a_compressed_picture_larger_than_the_file_says_is_not_decoded(name, monkeypatch):
    file = pydicom.dcmread(pydicom.data.get_testdata_file(name))
    file.Modality, file.Rows = "PX", file.Rows // 2
    stored = io.BytesIO()
    file.save_as(stored)
    reach = lambda *_: pytest.fail("decoded")  # noqa: E731
    monkeypatch.setattr(pydicom.Dataset, "convert_pixel_data", reach)
    from teeth_unet.pictures.dicom import unpacking

    monkeypatch.setattr(unpacking, "_refuse_without_decoder", lambda *_: None)
    with pytest.raises(InputError, match="as the file says"):
        opened(stored.getvalue())


BOX = b"\0\0\0\x0cjP  \r\n\x87\n"


@pytest.mark.parametrize(
    "box", [b"\0\0\0\0ftyp", b"\0\0\0\x07ftyp", b"\0", b"\xff\xff\xff\xffftyp"]
)
def test_boxes_of_jpeg_2000_without_an_end_do_not_hang(box):
    packed = pydicom.encaps.encapsulate([BOX + box + b"\0\0"])
    with pytest.raises(InputError):
        opened(dicom(EIGHT, pydicom.uid.JPEG2000Lossless, packed))
