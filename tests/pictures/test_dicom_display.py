"""Grey levels and windows of whole DICOM files, as a viewer would show them."""

from pathlib import Path

import numpy as np
import pytest

from teeth_unet.pictures.dicom import LazyDicom

pydicom = pytest.importorskip("pydicom", reason="needs the extra dicom: pip install -e .[dicom]")

from dicom_files import dicom  # noqa: E402 (it needs pydicom)

EIGHT = np.array([[0, 10, 200], [255, 100, 50]], np.uint8)
TWELVE = np.array([[0, 1000, 2000], [4095, 3000, 4000]], np.uint16)


def opened(content):
    return LazyDicom("a.dcm", Path("clinic"), lambda: content)()


def levels(*arguments, **elements):
    return np.asarray(opened(dicom(*arguments, **elements))).tolist()


def test_monochrome1_is_turned_round():
    assert levels(EIGHT, PhotometricInterpretation="MONOCHROME1") == (255 - EIGHT).tolist()


def test_sixteen_bits_without_a_window_are_stretched_from_the_lowest_to_the_highest():
    # (v - 500) / 2000 * 255: 500, 1500 and 2500 become 0, 127.5 and 255.
    assert levels(np.array([[500, 1500, 2500]], np.uint16)) == [[0, 128, 255]]
    assert levels(np.array([[-100, 0, 100]], np.int16)) == [[0, 128, 255]]


def test_a_picture_of_one_value_is_black_and_no_error():
    assert levels(np.full((2, 2), 777, np.uint16)) == [[0, 0], [0, 0]]


def test_a_window_is_applied_after_rescaling():
    # 2 v - 1000 gives -1000, 1000, 3000, 7190, 5000, 7000; the exact window 0..4000 then cuts.
    found = levels(
        TWELVE,
        RescaleSlope=2,
        RescaleIntercept=-1000,
        WindowCenter=2000,
        WindowWidth=4000,
        VOILUTFunction="LINEAR_EXACT",
    )
    assert found == [[0, 64, 191], [255, 255, 255]]


def test_of_several_windows_the_first_counts():
    one = levels(TWELVE, WindowCenter=[2000, 100], WindowWidth=[4000, 10])
    assert one == levels(TWELVE, WindowCenter=2000, WindowWidth=4000)


@pytest.mark.parametrize(
    ("centre", "width", "function"),
    [
        (1500, 0, "LINEAR"),
        (1500, 0.5, "LINEAR"),
        (1500, -5, "SIGMOID"),
        (1500, 1000, "CUBIC"),  # what the two numbers mean to it, nobody knows
        (1500, 1000, ["LINEAR", "SIGMOID"]),
        (1500, None, "LINEAR"),
        (None, 1000, "LINEAR"),
        ("nan", 1000, "LINEAR"),
        (1500, "inf", "LINEAR_EXACT"),
    ],
)
@pytest.mark.usefixtures("careless")
def test_a_window_that_is_none_is_left_out(centre, width, function):
    # Stretched as without a window: (v - 500) / 2000 * 255.
    values = np.array([[500, 1500, 2500]], np.uint16)
    window = {"WindowCenter": centre, "WindowWidth": width, "VOILUTFunction": function}
    assert levels(values, **window) == [[0, 128, 255]]
    turned = levels(values, **window, PhotometricInterpretation="MONOCHROME1")
    assert turned == [[255, 128, 0]]
    assert levels(EIGHT, **window) == EIGHT.tolist()


def test_words_in_place_of_numbers_are_left_out():
    content = dicom(
        np.array([[500, 1500, 2500]], np.uint16),
        WindowCenter=1500,
        WindowWidth=7654,
        ImagerPixelSpacing=[0.1, 0.1],
        EstimatedRadiographicMagnificationFactor=1.29,
    )
    for number, word in ((b"7654", b"wide"), (b"1.29", b"much")):
        assert content.count(number) == 1
        content = content.replace(number, word)
    image = opened(content)
    assert np.asarray(image).tolist() == [[0, 128, 255]]
    assert image.info["pixel_spacing_source"] == "ImagerPixelSpacing, at detector"


@pytest.mark.parametrize("function", ["LINEAR_EXACT", "linear_exact", "Linear_Exact "])
@pytest.mark.usefixtures("careless")
def test_the_function_of_a_window_may_be_written_in_small_letters(function):
    # (v - 2000) / 4000 + 1/2 of 255: 1000 becomes 63.75.
    found = levels(TWELVE, WindowCenter=2000, WindowWidth=4000, VOILUTFunction=function)
    assert found == [[0, 64, 128], [255, 191, 255]]


def lookup_table(descriptor, data):
    item = pydicom.Dataset()
    item.LUTDescriptor, item.LUTData = descriptor, np.array(data, "<u2").tobytes()
    return [item]


def test_a_table_of_values_takes_the_place_of_a_window():
    found = levels(
        np.array([[0, 1, 2, 3, 9]], np.uint16),
        VOILUTSequence=lookup_table([4, 0, 16], [0, 100, 200, 400]),
    )
    assert found == [[0, 64, 128, 255, 255]]


def test_a_table_of_the_modality_comes_before_the_window():
    found = levels(
        np.array([[0, 1, 2]], np.uint16),
        ModalityLUTSequence=lookup_table([3, 0, 16], [1000, 0, 2000]),
        WindowCenter=1000,
        WindowWidth=2000,
        VOILUTFunction="LINEAR_EXACT",
    )
    assert found == [[128, 0, 255]]
