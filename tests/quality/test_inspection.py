import hashlib

import numpy as np
import pytest

from teeth_unet.quality import inspect_case


def test_a_record_tells_what_was_found():
    tooth = np.zeros((2, 10), np.uint8)
    tooth[0, :5] = 1
    grey = np.full((2, 10), 70, np.uint8)
    grey[0, :5] = 90
    record = inspect_case("7", grey, tooth, 0.2, (3, 1))
    assert record.case == "7"
    assert (record.width, record.height) == (10, 2)
    assert record.content_hash == hashlib.sha256(b"2x10:" + grey.tobytes()).hexdigest()
    assert record.mask_hash == hashlib.sha256(b"2x10:" + tooth.tobytes()).hexdigest()
    assert record.tooth_share == 5 / 20
    assert record.grey_share == 0.2
    assert record.mean_level == 75
    assert record.level_span == 90 - 70
    assert record.clipped_share == 0
    assert record.tooth_contrast == 90 - 70
    assert (record.orientation, record.mask_orientation) == (3, 1)


def test_a_frame_of_black_or_white_is_left_out_of_the_levels():
    grey = np.zeros((6, 8), np.uint8)
    grey[:, 6:] = 255
    grey[1:4, 2:6] = [[0, 50, 50, 255]] * 3
    record = inspect_case("7", grey, np.zeros_like(grey))
    assert record.clipped_share == 0  # what is black or white throughout belongs to the frame
    assert record.mean_level == 50


def test_black_and_white_inside_the_picture_is_clipped():
    grey = np.full((4, 5), 50, np.uint8)
    grey[1, 1:3] = 0
    grey[2, 1:3] = 255
    assert inspect_case("7", grey, np.zeros_like(grey)).clipped_share == 4 / 20


@pytest.mark.parametrize("level", [0, 1])
def test_without_tooth_or_without_background_there_is_no_contrast(level):
    grey = np.arange(20, dtype=np.uint8).reshape(4, 5)
    assert inspect_case("7", grey, np.full((4, 5), level, np.uint8)).tooth_contrast == 0


@pytest.mark.parametrize("level", [0, 70, 255])
def test_a_picture_of_one_level_has_neither_span_nor_fingerprint(level):
    grey = np.full((4, 5), level, np.uint8)
    record = inspect_case("7", grey, np.zeros_like(grey))
    assert (record.level_span, record.perceptual_hash) == (0, "")
    assert record.mean_level == level
