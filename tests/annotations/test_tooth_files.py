"""One mask file a tooth."""

import io

import numpy as np
import pytest
from drawing import drawn, marked, read
from PIL import Image
from tool_files import png

from teeth_unet.annotations.formats import tooth_files as form
from teeth_unet.errors import InputError


def mask(rows, columns, level=255):
    pixels = np.zeros((6, 8), dtype=np.uint8)
    pixels[rows, columns] = level
    return pixels


UPPER = mask(slice(1, 4), slice(1, 3))
LOWER = mask(slice(0, 2), slice(5, 7))


def tiff(pixels):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="TIFF")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("names", "file"),
    [
        (["17_11.png", "17_48.png"], "17.png"),
        (["17-11.png", "17-48.png"], "17.png"),
        (["Case 17 tooth 11.png", "Case 17 tooth 48.png"], "Case 17.png"),
        (["17_fdi_11.png", "17_fdi_48.png"], "17.png"),
        (["17_11_mask.png", "17_48_mask.png"], "17.png"),
        (["17/11.png", "17/48.png"], "17.png"),
        (["teeth/17/tooth_11.png", "teeth/17/tooth_48.png"], "teeth/17.png"),
        (["masks/cate1-00017_11.png", "masks/cate1-00017_48.png"], "masks/cate1-00017.png"),
    ],
)
def test_a_case_is_put_together_from_its_files(names, file):
    files = dict(zip(names, (png(UPPER), png(LOWER)), strict=True))
    assert form.are_files(names)
    found = read(form, files)
    assert [(picture.file, picture.size) for picture in found.pictures] == [(file, (8, 6))]
    assert found.labels == {"11": 1, "48": 1}
    labels = drawn(form, files)
    assert marked(labels, 11)[1] == ".XX....."
    assert marked(labels, 48)[1] == ".....XX."


@pytest.mark.parametrize(
    "content",
    [
        tiff(UPPER),
        tiff(UPPER > 0),
        tiff(UPPER.astype(np.uint16) * 257),
        png(UPPER // 255),
        png(np.dstack([UPPER, UPPER * 0, UPPER * 0])),
        png(np.dstack([UPPER * 0, UPPER * 0, UPPER * 0, UPPER])),
        png(np.dstack([UPPER, UPPER, UPPER, UPPER * 0 + 255])),
        png(mask(slice(1, 4), slice(1, 3), level=11)),
        png(np.maximum(UPPER, mask(slice(1, 4), slice(3, 4), level=90))),
    ],
    ids=["TIFF", "1 bit", "16 bits", "0/1", "red", "opacity", "opaque", "number", "grey rim"],
)
def test_every_way_to_store_a_mask_is_read(content):
    files = {"17_11.tif": content, "17_21.png": png(LOWER)}
    assert marked(drawn(form, files), 11) == [
        "........",
        ".XX.....",
        ".XX.....",
        ".XX.....",
        "........",
        "........",
    ]


def test_where_masks_overlap_the_smaller_tooth_has_the_pixel():
    wide = mask(slice(0, 6), slice(0, 4))
    labels = drawn(form, {"17_11.png": png(wide), "17_12.png": png(UPPER)})
    assert marked(labels, 12)[1] == ".XX....."
    assert marked(labels, 11)[1] == "X..X...."


def test_numbers_with_a_zero_before_them_are_numbers():
    files = {f"{case}_{tooth}.png": png(UPPER) for case in "ab" for tooth in ("01", "32")}
    assert read(form, files).labels == {"1": 2, "32": 2}


def test_an_empty_mask_is_a_shape_without_pixels():
    files = {"17_11.png": png(UPPER * 0), "17_21.png": png(LOWER)}
    labels = drawn(form, files)
    assert set(np.unique(labels)) == {0, 21}


def test_two_masks_of_a_tooth_are_refused():
    with pytest.raises(InputError, match=r"^17_11.tif: expected one mask of tooth 11 of case '17'"):
        read(form, {"17_11.png": png(UPPER), "17_11.tif": tiff(UPPER)})


def test_masks_of_different_sizes_are_refused():
    (picture,) = read(form, {"17_11.png": png(UPPER), "17_21.png": png(LOWER[:5])}).pictures
    with pytest.raises(InputError, match=r"^17_21.png: expected 8x6 px.*found 8x5 px"):
        picture.read_shapes()


def test_masks_without_a_number_are_left_out_and_told():
    files = {f"17_{tooth}.png": png(UPPER) for tooth in range(11, 19)} | {"17_all.png": png(UPPER)}
    found = read(form, files)
    assert len(found.labels) == 8
    assert found.notes == [
        "Masks without a tooth number in their names are left out: 1 in all, first in 17_all.png."
    ]


def test_a_damaged_mask_is_refused_by_its_name():
    files = {"17_11.png": png(UPPER), "17_21.png": png(LOWER)[:-20]}
    (picture,) = read(form, files).pictures
    with pytest.raises(InputError, match=r"^17_21.png: expected an intact picture"):
        picture.read_shapes()


@pytest.mark.parametrize(
    "names",
    [
        [f"{number}.png" for number in range(1, 60)],
        [f"masks/{number}.png" for number in range(1, 31)],
        [f"scan_{number}.png" for number in range(1, 31)],
        [f"scan_{number}.png" for number in range(100, 160)],
        [f"a/{number}.png" for number in range(1, 9)]
        + [f"b/{number}.png" for number in range(9, 12)],
        ["17_11.jpg", "17_21.jpg"],
        ["17_11.png", "18_11.png"],
        ["17_11.png", "17_21.png", "labelmap.txt"],
        ["7.png", "8.png"],
        [],
    ],
)
def test_masks_of_whole_pictures_are_none(names):
    assert not form.are_files(names)
