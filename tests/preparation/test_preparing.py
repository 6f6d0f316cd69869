import io
import random

import numpy as np
import pytest
from PIL import Image
from pydantic import ValidationError

from teeth_unet import preparation
from teeth_unet.errors import InputError
from teeth_unet.imaging import resize_mask, resize_xray
from teeth_unet.preparation import (
    Masks,
    Preparation,
    PreparedCase,
    pair_cases,
    prepare_case,
    survey_masks,
)
from teeth_unet.quality import UnusableCase

SMALL = Preparation(size=8)


def prepare_set(xrays, masks, settings):
    """Prepare cases by what their masks are found to be."""
    return preparation.prepare_set(xrays, masks, survey_masks(masks, settings.masks), settings)


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


def record_of(xray, mask):
    """What is found in a case that can be used."""
    case = prepare_case("7", xray, mask, survey_masks({"7": mask}, Masks()), 8)
    assert isinstance(case, PreparedCase)
    return case.record


def problem_of(xray, mask):
    """What makes a case unusable: the check and what was found."""
    problem = prepare_case("7", xray, mask, survey_masks({"7": mask}, Masks()), 8)
    assert isinstance(problem, UnusableCase)
    assert problem.case == "7"
    return problem.check, problem.found


def test_cases_are_paired_by_name_in_natural_order():
    names = ["10", "2", "1", "case-2", "case-10"]
    shuffled = random.Random(0).sample(names, len(names))
    pairs, lacking = pair_cases(dict.fromkeys(names), dict.fromkeys(shuffled))
    assert pairs == ["1", "2", "10", "case-2", "case-10"]
    assert lacking == []


@pytest.mark.parametrize(
    ("xrays", "masks", "lacking"),
    [
        (["1", "10", "2", "3"], ["3"], {"1": "no mask", "2": "no mask", "10": "no mask"}),
        (["3"], ["1", "10", "3"], {"1": "no X-ray", "10": "no X-ray"}),
        (["1", "2"], ["2", "11", "3"], {"1": "no mask", "3": "no X-ray", "11": "no X-ray"}),
        (["1"], [], {"1": "no mask"}),
    ],
)
def test_all_missing_partners_are_listed(xrays, masks, lacking):
    pairs, cases = pair_cases(dict.fromkeys(xrays), dict.fromkeys(masks))
    assert [(one.case, one.found) for one in cases] == list(lacking.items())
    assert {one.check for one in cases} == {"missing_partner"}
    assert pairs == sorted(set(xrays) & set(masks))


def test_all_cases_come_in_natural_order_at_one_size():
    xrays = {"10": xray(10, 30, 40), "2": xray(2, 12, 20), "1": xray(1, 8, 8)}
    masks = {"1": mask(8, 8), "2": mask(12, 20), "10": mask(30, 40)}
    made = prepare_set(xrays, masks, SMALL)

    assert [record.case for record in made.records] == ["1", "2", "10"]
    assert [(one.width, one.height) for one in made.records] == [(8, 8), (20, 12), (40, 30)]
    assert made.unusable == []
    assert made.xrays.shape == made.masks.shape == (3, 8, 8, 1)
    assert made.xrays.dtype == made.masks.dtype == np.uint8
    for row, case in enumerate(["1", "2", "10"]):
        grey, binary = xrays[case].levels, masks[case].levels // 255
        np.testing.assert_array_equal(made.xrays[row, ..., 0], resize_xray(grey, 8))
        np.testing.assert_array_equal(made.masks[row, ..., 0], resize_mask(binary, 8))


def test_cases_that_cannot_be_used_are_left_out_and_the_rest_keeps_its_rows():
    def damaged():
        raise InputError("3.png in here", "an intact picture", "a damaged file", "Replace it.")

    xrays = {"1": xray(1), "2": xray(2), "3": damaged, "4": xray(4), "5": xray(5), "9": xray(9)}
    masks = {"1": mask(), "2": mask(6, 10), "3": mask(), "4": mask(), "7": mask(), "9": xrays["9"]}
    made = prepare_set(xrays, masks, SMALL)

    assert [record.case for record in made.records] == ["1", "4"]
    for row, case in enumerate(["1", "4"]):
        grey = xrays[case].levels
        np.testing.assert_array_equal(made.xrays[row, ..., 0], resize_xray(grey, 8))
    assert [(one.case, one.check) for one in made.unusable] == [
        ("2", "size_mismatch"),
        ("3", "undecodable"),
        ("5", "missing_partner"),
        ("7", "missing_partner"),
        ("9", "same_picture"),
    ]
    told = "3.png in here: expected an intact picture, found a damaged file"
    assert made.unusable[1].found == told
    assert made.unusable[1].remedy == "Replace it."


def test_without_any_case_that_can_be_used_the_stacks_are_empty():
    made = prepare_set({"1": xray(1)}, {"1": mask(6, 10)}, SMALL)
    assert made.xrays.shape == made.masks.shape == (0, 8, 8, 1)
    assert made.records == []
    assert [one.case for one in made.unusable] == ["1"]


def test_identical_xrays_are_one_group():
    xrays = {"1": xray(1), "2": xray(2), "3": xray(1), "4": xray(4)}
    made = prepare_set(xrays, {name: mask() for name in xrays}, SMALL)
    assert [record.group for record in made.records] == [0, 1, 0, 2]


def test_pictures_that_have_the_size_already_stay_as_they_are():
    xrays, masks = {"1": xray(1, 8, 8)}, {"1": mask(8, 8)}
    made = prepare_set(xrays, masks, SMALL)
    np.testing.assert_array_equal(made.xrays[0, ..., 0], xrays["1"].levels)
    np.testing.assert_array_equal(made.masks[0, ..., 0] * 255, masks["1"].levels)


def test_every_xray_is_opened_once_and_every_mask_twice():
    xrays = {str(case): xray(case) for case in range(20)}
    masks = {str(case): mask() for case in range(20)}
    prepare_set(xrays, masks, SMALL)
    assert {loader.calls for loader in xrays.values()} == {1}
    assert {loader.calls for loader in masks.values()} == {2}


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
    hashes = {record_of(lambda x=x: x, mask()).content_hash for x in stored}
    assert len(hashes) == 1


def test_pictures_that_differ_by_one_grey_level_or_in_shape_have_different_hashes():
    levels = np.full((12, 20), 70, np.uint8)
    other = levels.copy()
    other[5, 5] += 1
    records = [
        record_of(Loader(levels), mask()),
        record_of(Loader(other), mask()),
        record_of(Loader(levels.reshape(20, 12)), mask(20, 12)),
    ]
    assert len({record.content_hash for record in records}) == 3


def test_a_mask_of_another_size_cannot_be_used():
    problem = problem_of(xray(0, height=12, width=20), mask(height=12, width=21))
    assert problem == ("size_mismatch", "a mask of 21x12 px to an X-ray of 20x12 px")


def test_exchanged_width_and_height_are_told_as_such():
    check, found = problem_of(xray(0, height=12, width=20), mask(height=20, width=12))
    assert check == "size_mismatch"
    assert found == ("a mask of 12x20 px to an X-ray of 20x12 px: width and height are exchanged")


def test_where_exif_data_exchange_width_and_height_they_are_named():
    found = problem_of(turned_by_exif(6, 12, 20), mask(12, 20))[1]
    assert "EXIF data turn them (orientation 6 of the X-ray, 1 of the mask)" in found


def test_the_same_picture_for_both_cannot_be_used():
    told = "the same picture for both X-ray and mask"
    assert problem_of(mask(), mask()) == ("same_picture", told)


def test_an_all_black_xray_of_a_toothless_patient_is_no_such_mix_up():
    assert record_of(empty_mask(), empty_mask()).tooth_share == 0


def test_a_coloured_picture_given_for_both_cannot_be_used():
    tinted = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5
    assert problem_of(Loader(tinted), Loader(tinted))[0] == "same_picture"


def turned_by_exif(orientation, height=12, width=20):
    """Opens an X-ray whose file says how it has to be turned."""

    def opened():
        picture = Image.fromarray(xray(3, height, width).levels)
        exif = picture.getexif()
        exif[0x0112] = orientation
        buffer = io.BytesIO()
        picture.save(buffer, "PNG", exif=exif)
        return Image.open(buffer)

    return opened


def test_orientation_tags_are_applied_and_kept_in_mind():
    record = record_of(turned_by_exif(6), mask(20, 12))
    assert (record.width, record.height) == (12, 20)
    assert (record.orientation, record.mask_orientation) == (6, 1)


def test_a_fault_of_the_program_is_not_taken_for_a_broken_case():
    def fault():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        prepare_set({"1": fault}, {"1": mask()}, SMALL)


@pytest.mark.parametrize("size", [0, 7, 8193, 64.5])
def test_impossible_sizes_are_refused(size):
    with pytest.raises(ValidationError):
        Preparation(size=size)
