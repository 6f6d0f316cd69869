"""The window of a DICOM file, chosen by the user."""

from pathlib import Path

import numpy as np
import pytest
from fake_segmenter import settings
from PIL import Image
from pydantic import ValidationError

from teeth_unet.inference import Inference
from teeth_unet.inference.cases import look_at, open_xray
from teeth_unet.pictures.dicom import LazyDicom
from teeth_unet.quality import Quality

pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import dicom

VALUES = np.array([[0, 1000, 2000], [4095, 3000, 4000]], np.uint16)
SETTINGS = settings(size=32)


def reader(**elements):
    content = dicom(VALUES, VOILUTFunction="LINEAR_EXACT", **elements)
    return LazyDicom("a.dcm", Path("clinic"), lambda: content)


def levels(load, window):
    inference = Inference(window=window)
    return open_xray("a", load, SETTINGS, inference, Quality()).xray.tolist()


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        ("file", [[0, 64, 128], [255, 191, 255]]),  # of 4000 values around 2000
        ("none", [[0, 62, 125], [255, 187, 249]]),
        ([1000, 2000], [[0, 128, 255], [255, 255, 255]]),
        ((3000, 2000), [[0, 0, 0], [255, 128, 255]]),
    ],
)
def test_a_dicom_file_is_shown_through_the_window_of_the_settings(window, expected):
    found = levels(reader(WindowCenter=2000, WindowWidth=4000), window)
    assert np.abs(np.array(found) - expected).max() <= 1


def test_other_pictures_have_no_window():
    assert levels(lambda: Image.fromarray(VALUES), [5, 5]) == levels(
        lambda: Image.fromarray(VALUES), "file"
    )


def test_with_another_window_a_result_is_made_anew():
    load = reader(WindowCenter=2000, WindowWidth=4000)
    fingerprints = {
        look_at(load, "", Inference(window=window), Quality()).fingerprint
        for window in ("file", "none", (5, 5), (5, 6))
    }
    assert len(fingerprints) == 4


@pytest.mark.parametrize("window", ["auto", [5], [5, 0], [5, -1], [5, "wide"], [float("nan"), 5]])
def test_a_window_that_is_none_is_refused(window):
    with pytest.raises(ValidationError):
        Inference(window=window)
