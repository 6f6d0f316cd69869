"""How the patient lies in a DICOM picture, by its own words."""

from pathlib import Path

import numpy as np
import pytest
from dicom_files import dicom

from teeth_unet.inference import Inference
from teeth_unet.inference.lying import lie_of
from teeth_unet.pictures.dicom import LazyDicom

LEVELS = np.arange(12, dtype=np.uint8).reshape(3, 4)


def opened(content):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content)()


@pytest.mark.parametrize(
    ("elements", "told"),
    [
        ({}, {}),
        ({"PatientOrientation": ["L", "F"]}, {"lies_mirrored": False}),
        ({"PatientOrientation": ["R", "F"]}, {"lies_mirrored": True}),
        ({"PatientOrientation": ["LF", "FR"]}, {"lies_mirrored": False}),
        ({"PatientOrientation": ["L", "H"]}, {"lies_mirrored": False, "lies_upside_down": True}),
        ({"PatientOrientation": ["R", "H"]}, {"lies_mirrored": True, "lies_upside_down": True}),
        # From the side: nothing of left and right.
        ({"PatientOrientation": ["A", "F"]}, {}),
        ({"PatientOrientation": ""}, {}),
        ({"PatientOrientation": "R"}, {}),
        ({"PatientOrientation": ["R", "F", "F"]}, {}),
        ({"PatientOrientation": ["", ""]}, {}),
        ({"FieldOfViewHorizontalFlip": "YES"}, {"was_flipped": True}),
        ({"FieldOfViewHorizontalFlip": "NO"}, {}),
        # The flip has put it right.
        (
            {"FieldOfViewHorizontalFlip": "YES", "PatientOrientation": ["L", "F"]},
            {"lies_mirrored": False},
        ),
    ],
)
@pytest.mark.usefixtures("careless")
def test_the_orientation_is_told_as_far_as_the_file_does(elements, told):
    info = opened(dicom(LEVELS, **elements)).info
    names = ("lies_mirrored", "lies_upside_down", "was_flipped")
    assert {name: info[name] for name in names if name in info} == told


@pytest.mark.parametrize(
    ("info", "asked_for", "mirrored", "doubt"),
    [
        ({}, "auto", False, ""),
        ({}, True, True, ""),
        ({}, False, False, ""),
        ({"lies_mirrored": True}, "auto", True, "The file says that the X-ray lies mirrored: it"),
        ({"lies_mirrored": False}, "auto", False, ""),
        ({"lies_mirrored": True}, True, True, ""),
        ({"lies_mirrored": False}, False, False, ""),
        ({"lies_mirrored": True}, False, False, "lies mirrored, the setting that it lies as usual"),
        ({"lies_mirrored": False}, True, True, "lies as usual, the setting that it lies mirrored"),
        ({"was_flipped": True}, "auto", False, "was flipped, and not which side is the left"),
        # The setting says which side is the left.
        ({"was_flipped": True}, False, False, ""),
        ({"was_flipped": True}, True, True, ""),
        ({"lies_upside_down": True}, "auto", False, "lies upside down"),
        # Texts of a PNG file.
        ({"lies_mirrored": "True", "was_flipped": "yes"}, "auto", False, ""),
    ],
)
def test_file_and_setting_together_say_how_an_xray_lies(info, asked_for, mirrored, doubt):
    lie = lie_of(info, Inference(mirrored=asked_for))
    assert lie.mirrored is mirrored
    assert bool(lie.doubts) == bool(doubt)
    assert doubt in " ".join(lie.doubts)


def test_pictures_stay_as_they_are_stored():
    usual, mirrored = (
        np.asarray(opened(dicom(LEVELS, PatientOrientation=[row, "F"]))) for row in "LR"
    )
    np.testing.assert_array_equal(usual, mirrored)
