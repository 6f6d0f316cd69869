"""Lengths in mm, and how sure they are."""

from types import SimpleNamespace

import pytest

from teeth_unet.inference import Inference
from teeth_unet.inference.millimetres import Spacing, in_millimetres, spacing_of

DICOM = {"pixel_spacing_mm": (0.1, 0.2), "pixel_spacing_source": "PixelSpacing, calibrated"}
DETECTOR = {**DICOM, "pixel_spacing_source": "ImagerPixelSpacing, at detector"}
GIVEN = Spacing(0.08, 0.08, "given", 0.15)


@pytest.mark.parametrize(
    ("info", "inference", "expected"),
    [
        ({}, Inference(), None),
        # Texts that a PNG file may hold:
        ({"pixel_spacing_mm": "0.1"}, Inference(), None),
        ({"pixel_spacing_mm": "01", "pixel_spacing_source": "given"}, Inference(), None),
        ({"pixel_spacing_mm": "0.1"}, Inference(pixel_spacing=0.08), GIVEN),
        ({}, Inference(pixel_spacing=0.08), GIVEN),
        (DICOM, Inference(), Spacing(0.1, 0.2, "PixelSpacing, calibrated", 0.15)),
        (DICOM, Inference(pixel_spacing=0.08), GIVEN),
        (DETECTOR, Inference(), Spacing(0.1, 0.2, "ImagerPixelSpacing, at detector", 0.3)),
        (
            DETECTOR,
            Inference(spacing_uncertainty=0.4),
            Spacing(0.1, 0.2, "ImagerPixelSpacing, at detector", 0.4),
        ),
    ],
)
def test_the_size_of_a_pixel_is_the_users_or_dicoms_or_unknown(info, inference, expected):
    assert spacing_of(info, inference) == expected


@pytest.mark.parametrize(
    ("tilt", "length", "width"),
    [
        (0, 10.0, 10.0),  # upright: 100 rows of .1 mm, 50 columns of .2 mm
        (90, 20.0, 5.0),  # lying: 100 columns, 50 rows
        (45, 15.81, 7.91),  # sqrt((.1² + .2²) / 2) mm a pixel in both directions
        (-45, 15.81, 7.91),
    ],
)
def test_sides_are_measured_along_their_own_direction(tilt, length, width):
    tooth = SimpleNamespace(tilt=tilt, length=100, width=50, area=4000)
    assert in_millimetres(tooth, Spacing(0.1, 0.2, "given", 0.15)) == {
        "length_mm": length,
        "width_mm": width,
        "area_mm2": 80.0,
        "mm_uncertainty": 0.15,
    }
