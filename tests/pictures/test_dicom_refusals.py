"""What cannot be shown of a DICOM file is refused with the true reason, in words of ours."""

import io
import random
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from mutations import mutated
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.pictures import BEGINNING, recognise
from teeth_unet.pictures.dicom import LazyDicom

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import PATIENT, dicom, every_kind, palette, use  # noqa: E402 (it needs pydicom)
from pydicom.uid import JPEGExtended12Bit, JPEGLosslessSV1  # noqa: E402

EIGHT = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)
TWELVE = np.array([[0, 1000, 2000], [4095, 3000, 4000]], np.uint16)


def opened(content):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content)()


JPEG_LOSSLESS = pydicom.encaps.encapsulate([b"\xff\xd8\xff\xd9"])
RED = palette([0, 0], bits=8) | palette([0, 255], bits=8, colours=["Red"])
with warnings.catch_warnings(action="ignore"):  # of the name
    NAMED = dicom(EIGHT, PhotometricInterpretation=PATIENT.upper())
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
    "a name for a kind": (NAMED, "an unknown PhotometricInterpretation"),
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


def test_no_mutation_of_a_dicom_file_gives_another_error():
    chance, refused, valid = random.Random(7), 0, list(every_kind().values())
    for trial in range(600):
        try:
            use(mutated(valid[trial % len(valid)], chance))
        except InputError:
            refused += 1
    assert 100 < refused < 600


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
