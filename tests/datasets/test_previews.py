import base64
import io
from typing import get_type_hints

import numpy as np
import pytest
from kedro_datasets._typing import TablePreview
from PIL import Image

from teeth_unet.datasets.previews import as_picture, contact_sheet, of_what_is_there, pick


def opened(preview):
    picture = Image.open(io.BytesIO(base64.b64decode(preview, validate=True)))
    assert picture.format == "PNG"
    return picture


def test_items_are_picked_evenly():
    assert pick(list("abcdefghijk"), 3) == ["a", "f", "k"]


@pytest.mark.parametrize(
    ("array", "levels"),
    [
        (np.array([[0.0, 0.5, 1.0]]), [0, 127, 255]),
        (np.array([[-0.2, 1.7]], np.float32), [0, 255]),
        (np.array([[0, 1]], np.uint8), [0, 255]),
        (np.array([[0, 1, 2]], np.uint8), [0, 1, 2]),
        (np.array([[70, 255]], np.uint8), [70, 255]),
        (np.array([[False, True]]), [0, 255]),
        (np.array([[[0], [1]]], np.uint8), [0, 255]),
    ],
)
def test_arrays_become_grey_pictures(array, levels):
    picture = as_picture(array)
    assert picture.mode == "L"
    assert np.asarray(picture).ravel().tolist() == levels


def test_a_sheet_shows_pictures_row_by_row_as_large_as_they_fit():
    levels = [10, 20, 30, 40, 50, 60]
    sheet = opened(contact_sheet([Image.new("L", (20, 20), level) for level in levels]))
    assert sheet.size == (1200, 800)  # three columns and two rows of 400 x 400
    middles = [(200 + 400 * column, 200 + 400 * row) for row in (0, 1) for column in (0, 1, 2)]
    assert [sheet.getpixel(middle) for middle in middles] == [(level, 255) for level in levels]


@pytest.mark.parametrize(
    ("size", "shown"), [((100, 100), (792, 792)), ((300, 100), (1192, 397)), ((1, 1000), (1, 792))]
)
def test_a_single_picture_fills_the_sheet_undistorted(size, shown):
    transparency = opened(contact_sheet([Image.new("L", size)])).getchannel("A")
    left, top, right, bottom = transparency.getbbox()
    assert (right - left, bottom - top) == shown
    assert abs(left + right - 1200) <= 1  # in the middle
    assert abs(top + bottom - 800) <= 1


def test_where_there_is_no_picture_a_sheet_is_transparent():
    sheet = opened(contact_sheet([Image.new("L", (20, 20), 70)] * 5))
    assert sheet.getpixel((600, 600)) == (70, 255)
    assert sheet.getpixel((1000, 600))[1] == 0


def test_arrays_are_shown_like_pictures():
    array = np.full((4, 4, 1), 200, np.uint8)
    assert contact_sheet([array]) == contact_sheet([Image.fromarray(array[..., 0])])


def test_one_coloured_picture_makes_a_coloured_sheet():
    grey, coloured = Image.new("L", (4, 4), 7), Image.new("RGB", (4, 4), (10, 20, 30))
    sheet = opened(contact_sheet([grey, coloured]))
    assert sheet.getpixel((300, 400)) == (7, 7, 7, 255)
    assert sheet.getpixel((900, 400)) == (10, 20, 30, 255)


def test_there_is_no_sheet_of_nothing():
    assert contact_sheet(iter([])) is None


class Entry:
    def __init__(self, there):
        self.there = there

    def exists(self):
        return self.there

    @of_what_is_there
    def preview(self, rows=5) -> TablePreview:
        """Show some rows."""
        return rows


def test_there_is_a_preview_of_what_is_there_only():
    assert Entry(there=True).preview(rows=3) == 3
    assert Entry(there=False).preview() is None


def test_the_display_is_still_known_by_the_return_type():
    assert get_type_hints(Entry.preview)["return"] is TablePreview
