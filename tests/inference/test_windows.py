"""`inference.window` sets, or leaves out, the window of DICOM files, and of nothing else."""

from pathlib import Path

import numpy as np
import pytest
from small_xrays import PLAIN, File, mask, segment

from teeth_unet.inference import Inference
from teeth_unet.pictures.dicom import LazyDicom

dicom_files = pytest.importorskip("dicom_files", reason="pydicom is not installed")

VALUES = np.tile(np.linspace(0, 4095, 64).astype(np.uint16), (32, 1))


def xray(**elements):
    content = dicom_files.dicom(VALUES, BitsStored=12, HighBit=11, **elements)
    return LazyDicom("7", Path("in"), lambda: content)


@pytest.mark.parametrize(
    ("window", "bright"),
    [("file", 0.75), ("none", 0.5), ([1024, 2048], 0.25), ([3500, 500], 0.85)],
)
def test_the_window_decides_what_is_bright(store, window, bright):
    windowed = xray(WindowCenter=3072, WindowWidth=2048)
    segment(store, {"7": windowed}, Inference(overlay=False, teeth=False, window=window))
    # The segmenter takes for tooth what is brighter than the middle of the grey levels.
    assert (mask(store, "7") > 0).mean() == pytest.approx(1 - bright, abs=0.05)


def test_another_window_has_dicom_files_segmented_again_and_no_others(store):
    xrays = {"7": xray(), "8": File()}
    segment(store, xrays, PLAIN)
    other = segment(store, xrays, Inference(overlay=False, teeth=False, window=(100, 200)))
    assert (other["made"], other["found"]) == (1, 1)


@pytest.mark.parametrize("window", ["files", "", None, 5, [1], [1, 0], [1, -2], [1, 2, 3],
                                    [float("nan"), 5], [5, float("inf")], ["a", "b"]])  # fmt: skip
def test_what_is_no_window_is_refused(window):
    with pytest.raises(ValueError, match=r"expected file, none, or \[centre, width\]"):
        Inference(window=window)
