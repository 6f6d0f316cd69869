import hashlib
import io
import random
import re

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from teeth_unet.errors import InputError
from teeth_unet.imaging import (
    CaseRecord,
    Preparation,
    pair_cases,
    prepare_case,
    prepare_cases,
    resize_mask,
    resize_xray,
)

SMALL = Preparation(size=8)


class Loader:
    """Opens a picture, and counts how often."""

    def __init__(self, levels):
        self.levels = np.asarray(levels, np.uint8)
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return Image.fromarray(self.levels)


def xray(seed, height=12, width=20):
    return Loader(np.random.default_rng(seed).integers(1, 250, (height, width)))


def mask(height=12, width=20, teeth=(slice(2, 6), slice(5, 10))):
    levels = np.zeros((height, width), np.uint8)
    levels[teeth] = 255
    return Loader(levels)


def empty_mask():
    return Loader(np.zeros((12, 20), np.uint8))


def reopened(picture, format_name):
    """The picture as it comes back from a file of that format."""
    buffer = io.BytesIO()
    picture.save(buffer, format_name)
    return Image.open(buffer)


def test_cases_are_paired_by_name_in_natural_order():
    names = ["10", "2", "1", "case-2", "case-10"]
    shuffled = random.Random(0).sample(names, len(names))
    pairs = pair_cases(dict.fromkeys(names), dict.fromkeys(shuffled))
    assert pairs == ["1", "2", "10", "case-2", "case-10"]


@pytest.mark.parametrize(
    ("xrays", "masks", "lacking"),
    [
        (["1", "10", "2", "3"], ["3"], "no mask for 1, 2, 10"),
        (["3"], ["1", "10", "2", "3"], "no X-ray for 1, 2, 10"),
        (["1", "2"], ["2", "11", "3"], "no mask for 1; no X-ray for 3, 11"),
        (["1"], [], "no mask for 1"),
    ],
)
def test_all_missing_partners_are_listed(xrays, masks, lacking):
    with pytest.raises(InputError) as refusal:
        pair_cases(dict.fromkeys(xrays), dict.fromkeys(masks))
    assert refusal.value.args[2] == lacking


def test_all_cases_come_in_natural_order_at_one_size():
    xrays = {"10": xray(10, 30, 40), "2": xray(2, 12, 20), "1": xray(1, 8, 8)}
    masks = {"1": mask(8, 8), "2": mask(12, 20), "10": mask(30, 40)}
    prepared_xrays, prepared_masks, records = prepare_cases(xrays, masks, SMALL)

    assert [record.case for record in records] == ["1", "2", "10"]
    assert [(record.width, record.height) for record in records] == [(8, 8), (20, 12), (40, 30)]
    assert prepared_xrays.shape == prepared_masks.shape == (3, 8, 8, 1)
    assert prepared_xrays.dtype == prepared_masks.dtype == np.uint8
    for row, case in enumerate(["1", "2", "10"]):
        grey, binary = xrays[case].levels, masks[case].levels // 255
        np.testing.assert_array_equal(prepared_xrays[row, ..., 0], resize_xray(grey, 8))
        np.testing.assert_array_equal(prepared_masks[row, ..., 0], resize_mask(binary, 8))


def test_pictures_that_have_the_size_already_stay_as_they_are():
    xrays, masks = {"1": xray(1, 8, 8)}, {"1": mask(8, 8)}
    prepared_xrays, prepared_masks, _ = prepare_cases(xrays, masks, SMALL)
    np.testing.assert_array_equal(prepared_xrays[0, ..., 0], xrays["1"].levels)
    np.testing.assert_array_equal(prepared_masks[0, ..., 0] * 255, masks["1"].levels)


def test_every_picture_is_opened_once():
    xrays = {str(case): xray(case) for case in range(20)}
    masks = {str(case): mask() for case in range(20)}
    prepare_cases(xrays, masks, SMALL)
    assert {loader.calls for loader in [*xrays.values(), *masks.values()]} == {1}


def test_a_record_tells_what_was_found():
    levels = np.zeros((2, 10), np.uint8)
    levels[0] = [255, 255, 255, 200, 128, 127, 1, 0, 0, 0]
    grey = np.full((2, 10), 70, np.uint8)
    *_, record = prepare_case("7", Loader(grey), Loader(levels), 8)
    assert record == CaseRecord(
        case="7",
        width=10,
        height=2,
        content_hash=hashlib.sha256(b"2x10:" + grey.tobytes()).hexdigest(),
        mask_hash=hashlib.sha256(b"2x10:" + (levels > 127).astype("uint8").tobytes()).hexdigest(),
        tooth_share=5 / 20,
        grey_share=4 / 20,
    )


def test_equal_pictures_have_equal_hashes_whatever_they_are_stored_as():
    levels = xray(0).levels
    grey = Image.fromarray(levels)
    stored = [
        reopened(grey, "PNG"),
        reopened(grey, "TIFF"),
        reopened(grey, "BMP"),
        reopened(grey.convert("RGB"), "PNG"),
        Image.fromarray(levels.astype(np.uint16) * 257),
    ]
    hashes = {prepare_case("1", lambda x=x: x, mask(), 8)[2].content_hash for x in stored}
    assert len(hashes) == 1


def test_pictures_that_differ_by_one_grey_level_or_in_shape_have_different_hashes():
    levels = np.full((12, 20), 70, np.uint8)
    other = levels.copy()
    other[5, 5] += 1
    records = [
        prepare_case("1", Loader(levels), mask(), 8)[2],
        prepare_case("1", Loader(other), mask(), 8)[2],
        prepare_case("1", Loader(levels.reshape(20, 12)), mask(20, 12), 8)[2],
    ]
    assert len({record.content_hash for record in records}) == 3


def test_a_mask_of_another_size_is_refused():
    with pytest.raises(InputError) as refusal:
        prepare_case("7", xray(0, height=12, width=20), mask(height=20, width=12), 8)
    assert refusal.value.args[:3] == ("case 7", "a mask of the X-ray's 20x12 px", "one of 12x20 px")


def test_the_same_picture_for_both_is_refused():
    with pytest.raises(InputError, match=r"case 7: .* the same picture for both"):
        prepare_case("7", mask(), mask(), 8)


def test_an_all_black_xray_of_a_toothless_patient_is_no_such_mix_up():
    *_, record = prepare_case("7", empty_mask(), empty_mask(), 8)
    assert record.tooth_share == 0


@pytest.mark.parametrize(
    ("levels", "told"),
    [
        ([0, 1, 2, 3, 20], "levels up to 20, and 100% of what is not black"),  # a label map
        ([0, 100, 100, 100, 100], "levels up to 100"),  # grey teeth
        ([0, 40, 90, 120, 200], "levels up to 200, and 75% of what is not black"),
    ],
)
def test_a_mask_that_would_lose_most_of_what_it_marks_is_refused(levels, told):
    grey = np.arange(5, dtype=np.uint8)[np.newaxis]
    with pytest.raises(InputError, match=told):
        prepare_case("7", Loader(grey), Loader(np.array([levels], np.uint8)), 8)


def test_the_noise_of_jpeg_around_white_is_not_taken_for_marks():
    grey, levels = np.arange(8, dtype=np.uint8)[np.newaxis], [[0, 15, 3, 9, 12, 15, 250, 255]]
    *_, record = prepare_case("7", Loader(grey), Loader(np.array(levels, np.uint8)), 8)
    assert record.tooth_share == 2 / 8


def test_a_coloured_picture_given_for_both_is_refused():
    tinted = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5
    with pytest.raises(InputError, match="the same picture for both"):
        prepare_case("7", Loader(tinted), Loader(tinted), 8)


def test_some_empty_masks_are_accepted_and_all_empty_masks_refused():
    xrays = {"1": xray(1), "2": xray(2)}
    *_, records = prepare_cases(xrays, {"1": empty_mask(), "2": mask()}, SMALL)
    assert [record.tooth_share > 0 for record in records] == [False, True]
    with pytest.raises(InputError, match="all 2 masks empty"):
        prepare_cases(xrays, {"1": empty_mask(), "2": empty_mask()}, SMALL)


def test_one_broken_case_is_reported_as_it_is():
    xrays = {"1": xray(1), "2": xray(2)}
    with pytest.raises(InputError, match=r"^case 2: expected a mask of the X-ray's 20x12 px"):
        prepare_cases(xrays, {"1": mask(), "2": mask(6, 10)}, SMALL)


@pytest.mark.parametrize(("broken", "listed", "more"), [(2, 2, None), (5, 5, None), (7, 5, 2)])
def test_broken_cases_are_reported_together_up_to_five(broken, listed, more):
    names = [str(case) for case in range(1, 13)]
    xrays = {name: xray(int(name)) for name in names}
    masks = {name: mask(6, 10) if int(name) <= broken else mask() for name in names}
    with pytest.raises(InputError) as refusal:
        prepare_cases(xrays, masks, SMALL)
    message = str(refusal.value)
    assert f"{broken} of 12 cases" in message
    lines = [line.split(":")[0].strip() for line in message.splitlines() if "  case " in line]
    assert lines == [f"case {name}" for name in names[:listed]]
    assert re.findall(r"and (\d+) more", message) == ([str(more)] if more else [])


def test_a_fault_of_the_program_is_not_taken_for_a_broken_case():
    def fault():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        prepare_cases({"1": fault}, {"1": mask()}, SMALL)


@pytest.mark.parametrize("size", [0, 7, 8193, 64.5])
def test_impossible_sizes_are_refused(size):
    with pytest.raises(ValidationError):
        Preparation(size=size)
