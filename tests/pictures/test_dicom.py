"""X-rays as DICOM files, written here with pydicom."""

import errno
import io
import logging
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.inference import Inference
from teeth_unet.inference.millimetres import spacing_of
from teeth_unet.pictures.dicom import LazyDicom, is_dicom, named_as_dicom
from teeth_unet.pictures.dicom import reading as room

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import PATIENT, dicom  # noqa: E402 (it needs pydicom)
from pydicom.uid import (  # noqa: E402
    JPEGBaseline8Bit,
    JPEGLosslessSV1,
)

EIGHT = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)
TWELVE = np.array([[0, 1000, 2000], [4095, 3000, 4000]], np.uint16)


def opened(content, name="a.dcm"):
    return LazyDicom(name, Path("clinic"), lambda: content)()


def levels(*arguments, **elements):
    return np.asarray(opened(dicom(*arguments, **elements))).tolist()


def test_eight_bits_are_levels_as_they_are():
    assert levels(EIGHT) == EIGHT.tolist()


def test_pixels_are_counted_before_the_picture_is_opened():
    reader = LazyDicom("a.dcm", Path("clinic"), bytes)
    whole = dicom(EIGHT, Columns=3000, Rows=2000)
    assert reader.count_pixels(whole) == 6_000_000
    for content in (b"", b"no DICOM", whole[:140], dicom(EIGHT, Rows=None)):
        assert reader.count_pixels(content) == 0


def test_colours_stay_colours():
    image = opened(dicom(np.arange(24, dtype=np.uint8).reshape(2, 4, 3)))
    assert image.mode == "RGB"
    assert np.asarray(image).ravel().tolist() == list(range(24))


def test_jpeg_inside_is_unpacked():
    jpeg = io.BytesIO()
    Image.fromarray(np.full((16, 16), 90, np.uint8)).save(jpeg, "JPEG", quality=100)
    pixels = pydicom.encaps.encapsulate([jpeg.getvalue()])
    image = opened(dicom(np.zeros((16, 16), np.uint8), JPEGBaseline8Bit, pixels))
    assert np.ptp(np.asarray(image)) == 0
    assert np.asarray(image)[0, 0] == 90


@pytest.mark.parametrize(
    ("elements", "spacing", "source"),
    [
        ({}, None, None),
        (  # nobody says that it is calibrated
            {"PixelSpacing": [0.1, 0.2]},
            (0.1, 0.2),
            "PixelSpacing, uncalibrated, as at detector",
        ),
        (  # there is nothing sensible that it differs from
            {"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [25, 25]},
            (0.1, 0.1),
            "PixelSpacing, uncalibrated, as at detector",
        ),
        (
            {"PixelSpacing": [0.1, 0.2], "PixelSpacingCalibrationType": "GEOMETRY"},
            (0.1, 0.2),
            "PixelSpacing, calibrated",
        ),
        (  # the same, with fewer digits
            {"PixelSpacing": [0.0963, 0.0963], "ImagerPixelSpacing": [0.09627, 0.09627]},
            (0.09627, 0.09627),
            "ImagerPixelSpacing, at detector",
        ),
        (
            {"PixelSpacing": [0.08, 0.08], "ImagerPixelSpacing": [0.1, 0.1]},
            (0.08, 0.08),
            "PixelSpacing, calibrated",
        ),
        (  # a copy, which says nothing of the patient
            {"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [0.1, 0.1]},
            (0.1, 0.1),
            "ImagerPixelSpacing, at detector",
        ),
        (
            {
                "PixelSpacing": [0.1, 0.1],
                "ImagerPixelSpacing": [0.1, 0.1],
                "PixelSpacingCalibrationType": "FIDUCIAL",
            },
            (0.1, 0.1),
            "PixelSpacing, calibrated",
        ),
        ({"ImagerPixelSpacing": [0.1, 0.2]}, (0.1, 0.2), "ImagerPixelSpacing, at detector"),
        (
            {"ImagerPixelSpacing": [0.1, 0.2], "EstimatedRadiographicMagnificationFactor": 1.25},
            (0.08, 0.16),
            "ImagerPixelSpacing, magnification 1.25",
        ),
        (  # no magnification of any device
            {"ImagerPixelSpacing": [0.1, 0.1], "EstimatedRadiographicMagnificationFactor": 40},
            (0.1, 0.1),
            "ImagerPixelSpacing, at detector",
        ),
        *(
            (
                {
                    "ImagerPixelSpacing": [0.1, 0.1],
                    "EstimatedRadiographicMagnificationFactor": no_number,
                },
                (0.1, 0.1),
                "ImagerPixelSpacing, at detector",
            )
            for no_number in (0, [1.2, 1.3], "nan", "")
        ),
        ({"PixelSpacing": [0, 0]}, None, None),
        ({"PixelSpacing": [25, 25]}, None, None),
    ],
)
@pytest.mark.usefixtures("careless")
def test_the_size_of_a_pixel_is_told_with_its_source(elements, spacing, source):
    info = opened(dicom(EIGHT, **elements)).info
    assert info.get("pixel_spacing_mm") == (spacing and pytest.approx(spacing))
    assert info.get("pixel_spacing_source") == source


@pytest.mark.parametrize(
    ("elements", "uncertainty"),
    [
        ({"PixelSpacing": [0.1, 0.1]}, 0.3),
        ({"ImagerPixelSpacing": [0.1, 0.1]}, 0.3),
        ({"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [0.125, 0.125]}, 0.15),
    ],
)
def test_a_spacing_that_nobody_calibrated_is_as_unsure_as_at_the_detector(elements, uncertainty):
    image = opened(dicom(EIGHT, **elements))
    assert spacing_of(image.info, Inference()).uncertainty == uncertainty


JPEG_LOSSLESS = dicom(EIGHT, JPEGLosslessSV1, pydicom.encaps.encapsulate([b"\xff\xd8\xff\xd9"]))

REFUSED = {
    "a film": (dicom(EIGHT, NumberOfFrames=2, pixels=EIGHT.tobytes() * 2), "2 frames"),
    "a report": (dicom(EIGHT, without=["PixelData"]), "found none"),
    "a palette": (dicom(EIGHT, PhotometricInterpretation="PALETTE COLOR"), "PALETTE COLOR"),
    "no decoder": (JPEG_LOSSLESS, r"JPEG Lossless.*1\.2\.840\.10008\.1\.2\.4\.70"),
    "huge": (
        dicom(EIGHT, Rows=60_000, Columns=60_000),
        "at most .* found 60000x60000",
    ),
    "a section": (dicom(EIGHT, Modality="CT"), r"an X-ray \(modality PX, .* tomography \(CT\)"),
    "a photograph": (dicom(EIGHT, Modality="XC"), "a photograph"),
    "no modality": (dicom(EIGHT, Modality="MUSTERMANN"), "a modality of another kind"),
    "truncated": (dicom(TWELVE)[:-5], "truncated"),
    "truncated early": (dicom(TWELVE)[:200], "truncated|damaged"),
    "only the magic": (b"\0" * 128 + b"DICM", "truncated|damaged"),
    "empty": (b"", "an empty file"),
    "text": (b"no DICOM at all", "damaged"),
    "damaged numbers": (dicom(EIGHT, BitsAllocated=13), "8 bits in 13"),
}


@pytest.mark.parametrize(("content", "found"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown_is_an_error_that_names_the_file(content, found):
    with pytest.raises(InputError, match=found) as error:
        opened(content)
    assert str(error.value).startswith("a.dcm in clinic: expected ")


def test_a_drive_that_drops_out_is_told_from_a_damaged_file():
    lost = OSError(errno.EIO, "Input/output error")

    def read():
        raise lost

    with pytest.raises(OSError, match=r"Input/output error: 'a\.dcm in clinic'") as error:
        LazyDicom("a.dcm", Path("clinic"), read)()
    assert error.value is lost


def test_errors_of_the_reader_pass_as_they_are():
    told = InputError("clinic", "a file", "none", "Look for it.")

    def read():
        raise told

    with pytest.raises(InputError) as error:
        LazyDicom("a.dcm", Path("clinic"), read)()
    assert error.value is told


@pytest.mark.parametrize("where", ["reading", "decoding"])
def test_too_little_memory_is_no_fault_of_the_file(where, monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(room, "displayed_levels", fail)
    content = dicom(EIGHT)
    with pytest.raises(MemoryError):
        LazyDicom("a.dcm", Path("clinic"), fail if where == "reading" else lambda: content)()


@pytest.mark.parametrize("modality", ["PX", "DX", "CR", "RG", "IO", "OT", "", "px "])
def test_xrays_of_every_kind_are_read_and_what_does_not_tell(modality):
    with warnings.catch_warnings(action="ignore"):  # of writing small letters
        content = dicom(EIGHT, Modality=modality)
    assert np.asarray(opened(content)).tolist() == EIGHT.tolist()


@pytest.mark.parametrize("length", range(0, 1200, 41))
def test_a_file_that_ends_anywhere_is_an_error_of_its_own(length):
    whole = dicom(np.zeros((40, 40), np.uint8))
    assert len(whole) > 1200
    with pytest.raises(InputError):
        opened(whole[:length])


@pytest.mark.parametrize(("content", "_"), REFUSED.values(), ids=REFUSED)
def test_errors_say_nothing_of_the_patient(content, _, caplog, recwarn):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(InputError) as error:
        opened(content)
    chain = [error.value, error.value.__cause__, error.value.__context__]
    said = f"{chain} {caplog.text} {[str(one.message) for one in recwarn]}"
    assert chain[1:] == [None, None]
    assert not any(word in said for word in (PATIENT, "Mustermann", "MUSTER-4711"))


def test_nothing_of_the_patient_is_in_the_picture():
    image = opened(dicom(EIGHT, PixelSpacing=[0.1, 0.1]))
    assert set(image.info) == {"pixel_spacing_mm", "pixel_spacing_source"}


def test_without_pydicom_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(room, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install -e "\.\[dicom\]"'):
        opened(dicom(EIGHT))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a.dcm", True),
        ("x/A.DCM", True),
        ("a.dicom", True),
        ("disc/DICOMDIR", False),
        ("notes.txt", False),
        ("disc/IM000001", None),
        ("1.2.840.113619.2", None),
    ],
)
def test_names_that_do_not_tell_leave_it_to_the_content(name, told):
    assert named_as_dicom(name) is told


def test_the_content_tells_by_four_letters():
    assert is_dicom(dicom(EIGHT)[:132])
    assert not is_dicom(b"DICM")
