"""DICOM files as programs write them, against what a careful viewer shows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from teeth_unet.pictures.dicom import LazyDicom

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import dicom, palette  # noqa: E402 (it needs pydicom)

EIGHT = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)
TWELVE = np.array([[0, 1000, 2000], [4095, 3000, 4000]], np.uint16)
# (v - 0) / 4095 * 255: 62.3, 124.5, 255, 186.8, 249.1
TWELVE_LEVELS = [[0, 62, 125], [255, 187, 249]]


def opened(content):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content)()


def levels(*arguments, **elements):
    return np.asarray(opened(dicom(*arguments, **elements))).tolist()


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
    found = np.asarray(replace(lazy, window=window)())
    assert np.abs(found - np.array(expected)).max() <= 1
    assert lazy.window == "file"


PALETTES = {
    "16 bits": (palette([0, 0x8080, 0xFFFF]), [[0, 128, 255, 255]]),
    "8 bits": (palette([9, 100, 200, 0], bits=8), [[9, 100, 200, 0]]),
    "8 bits in 16": (palette([9, 100, 200]), [[9, 100, 200, 200]]),
    "that begins later": (palette([0, 0x8080, 0xFFFF], first=1), [[0, 0, 128, 255]]),
}


@pytest.mark.parametrize(("elements", "expected"), PALETTES.values(), ids=PALETTES)
def test_a_palette_of_grey_gives_its_levels(elements, expected):
    assert levels(np.array([[0, 1, 2, 3]], np.uint8), **elements) == expected
