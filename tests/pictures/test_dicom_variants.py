"""DICOM files as programs write them, against what a careful viewer shows."""

import io
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.pictures import BEGINNING, recognise
from teeth_unet.pictures.dicom import LazyDicom

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import PATIENT, dicom  # noqa: E402 (it needs pydicom)
from pydicom.uid import (  # noqa: E402
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    RLELossless,
)

EIGHT = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)
TWELVE = np.array([[0, 1000, 2000], [4095, 3000, 4000]], np.uint16)
# (v - 0) / 4095 * 255: 62.3, 124.5, 255, 186.8, 249.1
TWELVE_LEVELS = [[0, 62, 125], [255, 187, 249]]


def opened(content, **options):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content, **options)()


def levels(*arguments, **elements):
    return np.asarray(opened(dicom(*arguments, **elements))).tolist()


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


def deflated(content):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    file = pydicom.dcmread(io.BytesIO(content))
    file.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    head = io.BytesIO()
    pydicom.filewriter.write_file_meta_info(head, file.file_meta)
    rest = head_of(content)[1]
    return bytes(128) + b"DICM" + head.getvalue() + packer.compress(rest) + packer.flush()


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


SHOWN = {
    # case: (values, elements, levels)
    "12 bits at the top, HighBit 15": (
        TWELVE << 4,
        {"BitsStored": 12, "HighBit": 15},
        TWELVE_LEVELS,
    ),
    "12 bits in the middle, HighBit 13": (
        (TWELVE << 2) | np.uint16(0b1000000000000001),  # bits of an overlay beside them
        {"BitsStored": 12, "HighBit": 13},
        TWELVE_LEVELS,
    ),
    "12 bits at the bottom, though HighBit is 15": (
        TWELVE,
        {"BitsStored": 12, "HighBit": 15},
        TWELVE_LEVELS,
    ),
    "12 bits with a sign at the top": (
        (TWELVE.astype(np.int16) - 2048) << 4,
        {"BitsStored": 12, "HighBit": 15},
        TWELVE_LEVELS,
    ),
    "an overlay in the bits that are not used": (
        TWELVE | np.uint16(0xF000),
        {"BitsStored": 12, "HighBit": 11},
        TWELVE_LEVELS,
    ),
    "an inverse shape": (TWELVE, {"PresentationLUTShape": "INVERSE"}, "inverted"),
    "MONOCHROME1 with the shape that belongs to it": (
        TWELVE,
        {"PresentationLUTShape": "INVERSE", "PhotometricInterpretation": "MONOCHROME1"},
        "inverted",
    ),
    "an identical shape": (TWELVE, {"PresentationLUTShape": "IDENTITY"}, TWELVE_LEVELS),
    "a slope of 0": (TWELVE, {"RescaleSlope": 0, "RescaleIntercept": 5}, TWELVE_LEVELS),
    "padding below": (
        np.array([[-2000, 0, 2000], [4095, 1000, -2000]], np.int16),
        {"PixelPaddingValue": -2000},
        [[0, 0, 125], [255, 62, 0]],
    ),
    "padding above, in a range": (
        np.array([[60_000, 0, 2000], [4095, 1000, 60_010]], np.uint16),
        {"PixelPaddingValue": 60_000, "PixelPaddingRangeLimit": 60_010},
        [[0, 0, 125], [255, 62, 0]],
    ),
    "padding that is white, inverted": (
        np.array([[0, 1000, 3000], [2000, 2500, 0]], np.uint16),
        {"PixelPaddingValue": 0, "PhotometricInterpretation": "MONOCHROME1"},
        [[0, 255, 0], [128, 64, 0]],
    ),
    "padding alone": (np.full((1, 2), 7, np.uint16), {"PixelPaddingValue": 7}, [[0, 0]]),
    "padding of 8 bits": (EIGHT, {"PixelPaddingValue": 255}, [[0, 10, 200], [0, 100, 50]]),
    "a window for fewer bits": (TWELVE, {"WindowCenter": 128, "WindowWidth": 256}, TWELVE_LEVELS),
    "a window for more bits": (
        TWELVE,
        {"WindowCenter": 32768, "WindowWidth": 65536},
        TWELVE_LEVELS,
    ),
    "a window below all values": (TWELVE, {"WindowCenter": -5000, "WindowWidth": 9}, TWELVE_LEVELS),
    "a window above all values": (TWELVE, {"WindowCenter": 9000, "WindowWidth": 9}, TWELVE_LEVELS),
    "a window of 12 bits for 8": (
        EIGHT,
        {"WindowCenter": 2048, "WindowWidth": 4096},
        EIGHT.tolist(),
    ),
    "a window that fits": (TWELVE, {"WindowCenter": 2048, "WindowWidth": 4096}, TWELVE_LEVELS),
    "one bit": (np.array([[0, 1]], np.uint8), {"BitsStored": 1, "HighBit": 0}, [[0, 255]]),
}


@pytest.mark.parametrize(("values", "elements", "expected"), SHOWN.values(), ids=SHOWN)
def test_a_file_is_shown_as_a_careful_viewer_does(values, elements, expected):
    if expected == "inverted":
        expected = (255 - np.array(TWELVE_LEVELS)).tolist()
    found = np.array(levels(values, **elements))
    assert np.abs(found - np.array(expected)).max() <= 1


UNUSABLE_TABLES = {
    "of no entries": ([0, 0, 16], []),
    "of a descriptor of two": ([4, 0], [1, 2, 3, 4]),
    "shorter than it says": ([400, 0, 16], [1, 2, 3, 4]),
    "of a depth that is none": ([4, 0, 99], [1, 2, 3, 4]),
}


@pytest.mark.parametrize(("descriptor", "data"), UNUSABLE_TABLES.values(), ids=UNUSABLE_TABLES)
def test_a_table_that_is_none_is_left_out(descriptor, data):
    item = pydicom.Dataset()
    item.LUTDescriptor, item.LUTData = descriptor, np.array(data, "<u2").tobytes()
    found = np.array(levels(TWELVE, VOILUTSequence=[item]))
    assert np.abs(found - TWELVE_LEVELS).max() <= 1


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


def test_a_few_hot_pixels_do_not_darken_the_others():
    values = np.linspace(0, 4095, 6000).astype(np.uint16).reshape(60, 100)
    plain = np.array(levels(values))
    values[0, :3] = 65535
    found = np.array(levels(values))
    assert (found[0, :3] == 255).all()
    assert np.abs(found - plain)[1:].max() <= 1


WINDOWS = {
    "file": ("file", [[0, 0, 128], [255, 255, 255]]),  # (v - 1500) / 1000
    "none": ("none", TWELVE_LEVELS),
    "given": ((2000, 2000), [[0, 0, 128], [255, 255, 255]]),  # (v - 1000) / 2000
    "given, narrow": ((1000, 0.5), [[0, 128, 255], [255, 255, 255]]),
    "given, though it shows nothing": ((-9000, 10), [[255] * 3] * 2),
}


@pytest.mark.parametrize(("window", "expected"), WINDOWS.values(), ids=WINDOWS)
def test_the_user_may_choose_the_window(window, expected):
    content = dicom(
        TWELVE, WindowCenter=2000, WindowWidth=1000, VOILUTFunction="LINEAR_EXACT", BitsStored=12
    )
    lazy = LazyDicom("a.dcm", Path("clinic"), lambda: content)
    found = np.asarray(lazy.with_window(window)())
    assert np.abs(found - np.array(expected)).max() <= 1
    assert lazy.window == "file"


def palette(red, green=None, blue=None, bits=16, first=0):
    """Elements of a palette."""
    found = {"PhotometricInterpretation": "PALETTE COLOR"}
    green, blue = red if green is None else green, red if blue is None else blue
    for colour, table in (("Red", red), ("Green", green), ("Blue", blue)):
        data = np.array(table, "<u2" if bits == 16 else "u1").tobytes()
        found[f"{colour}PaletteColorLookupTableDescriptor"] = [len(table), first, bits]
        found[f"{colour}PaletteColorLookupTableData"] = data
    return found


PALETTES = {
    "16 bits": (palette([0, 0x8080, 0xFFFF]), [[0, 128, 255, 255]]),
    "8 bits": (palette([9, 100, 200, 0], bits=8), [[9, 100, 200, 0]]),
    "8 bits in 16": (palette([9, 100, 200]), [[9, 100, 200, 200]]),
    "that begins later": (palette([0, 0x8080, 0xFFFF], first=1), [[0, 0, 128, 255]]),
}


@pytest.mark.parametrize(("elements", "expected"), PALETTES.values(), ids=PALETTES)
def test_a_palette_of_grey_gives_its_levels(elements, expected):
    assert levels(np.array([[0, 1, 2, 3]], np.uint8), **elements) == expected


JPEG_LOSSLESS = pydicom.encaps.encapsulate([b"\xff\xd8\xff\xd9"])
RED = palette([0, 255], [0, 0], [0, 0], bits=8)
REFUSED = {
    "a palette of colours": (dicom(EIGHT, **RED), "palette of grey, found one of colours"),
    "no palette": (dicom(EIGHT, PhotometricInterpretation="PALETTE COLOR"), "or none"),
    "JPEG of 12 bits": (
        dicom(TWELVE, JPEGExtended12Bit, JPEG_LOSSLESS, BitsStored=12, HighBit=11),
        r"JPEG Extended .* of 12 bits",
    ),
    "floats": (dicom(EIGHT, without=["PixelData"], FloatPixelData=bytes(24)), "one of floats"),
    "a report": (
        dicom(EIGHT, without=["PixelData"], SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11"),
        r"none \(Basic Text SR\)\. Take it away",
    ),
    "the index of a disc": (
        dicom(EIGHT, without=["PixelData"], SOPClassUID="1.2.840.10008.1.3.10"),
        "index of a disc",
    ),
    "an element missing": (dicom(EIGHT, without=["BitsStored"]), "without the element BitsStored"),
    "a name for a kind": (
        dicom(EIGHT, PhotometricInterpretation=PATIENT.upper()),
        "an unknown PhotometricInterpretation",
    ),
    "more bits than there are": (dicom(EIGHT, BitsStored=12), "one of 12 bits in 8"),
    "packed, and no word of how": (
        dicom(EIGHT, JPEGLosslessSV1, JPEG_LOSSLESS).replace(
            b"\x02\0\x10\0UI\x16\x001.2.840.10008.1.2.4.70", b""
        ),
        "no word .TransferSyntaxUID. of how",
    ),
    "truncated": (dicom(TWELVE)[:-4], r"12 bytes of pixels, found 8 \(a truncated file\)"),
}


@pytest.mark.parametrize(("content", "found"), REFUSED.values(), ids=REFUSED)
def test_the_reason_of_a_refusal_is_the_true_one(content, found):
    with pytest.raises(InputError, match=found) as error:
        opened(content)
    said = f"{error.value} {error.value.__cause__} {error.value.__context__}"
    assert "Mustermann" not in said.title()


@pytest.mark.parametrize("installed", [True, False])
def test_what_cannot_be_unpacked_names_the_command_that_may_help(installed, monkeypatch):
    from teeth_unet.pictures.dicom import unpacking

    monkeypatch.setattr(unpacking, "find_spec", lambda _: installed or None)
    with pytest.raises(InputError) as error:
        opened(dicom(EIGHT, JPEGLosslessSV1, JPEG_LOSSLESS))
    assert ('pip install -e ".[dicom]"' in str(error.value)) is not installed
    assert "truncated" not in str(error.value)


def test_a_jpeg_inside_that_is_damaged_is_not_chained_to_the_words_of_its_decoder():
    jpeg = io.BytesIO()
    Image.fromarray(np.full((16, 16), 90, np.uint8)).save(jpeg, "JPEG")
    cut = pydicom.encaps.encapsulate([jpeg.getvalue()[:-200]])
    content = dicom(np.zeros((16, 16), np.uint8), pydicom.uid.JPEGBaseline8Bit, cut)
    with pytest.raises(InputError, match="JPEG Baseline") as error:
        opened(content)
    assert error.value.__cause__ is None
    assert error.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("JPGExtended.dcm", "L"),
        ("JPEG2000.dcm", "L"),
        ("MR_small_jpeg_ls_lossless.dcm", "L"),
        ("SC_rgb_jpeg_gdcm.dcm", "RGB"),  # JPEG Lossless, first-order prediction
        ("JPEGLSNearLossless_16.dcm", "L"),
        ("MR_small_RLE.dcm", "L"),
    ],
)
def test_the_extra_unpacks_what_archives_pack(name, mode):
    for module in ("libjpeg", "openjpeg"):
        pytest.importorskip(module, reason="needs the extra dicom: pip install -e .[dicom]")
    file = pydicom.dcmread(pydicom.data.get_testdata_file(name))
    file.Modality = "PX"
    stored = io.BytesIO()
    file.save_as(stored)
    image = opened(stored.getvalue())
    assert image.mode == mode
    assert np.asarray(image).std() > 10


def test_the_files_of_pydicom_are_read_or_refused_in_words_of_ours():
    folder = Path(pydicom.data.__file__).parent / "test_files"
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    outcomes = Counter(
        outcome(content) for content in contents if recognise(content[:BEGINNING]) == "dicom"
    )
    assert outcomes["read"] > 20
    assert outcomes["refused"] > 80
    assert set(outcomes) == {"read", "refused"}


def outcome(content):
    try:
        opened(content)
    except InputError as error:
        return "refused" if error.__cause__ is None else "refused in words of others"
    return "read"
