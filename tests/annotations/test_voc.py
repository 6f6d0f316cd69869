"""Masks with one colour or number a label."""

import numpy as np
import pytest
from drawing import drawn, marked, read, squares
from tool_files import COLOURED, LABELMAP, in_memory, png

from teeth_unet.annotations.formats import voc as form
from teeth_unet.errors import InputError

TEETH = squares(t11=(slice(1, 4), slice(1, 3)), t21=(slice(0, 2), slice(5, 7)))
NUMBERED = np.select([TEETH == 11, TEETH == 21], [1, 2], 0)
VOC_PALETTE = [0, 0, 0, 128, 0, 0, 0, 128, 0]


def cvat_masks(mask, listed=LABELMAP):
    return {"labelmap.txt": listed, "SegmentationClass/17.png": mask}


@pytest.mark.parametrize(
    "files",
    [
        cvat_masks(png(COLOURED)),
        cvat_masks(png(np.dstack((COLOURED, np.full((6, 8), 255))))),
        cvat_masks(png(NUMBERED, "P", VOC_PALETTE)),
        cvat_masks(png(NUMBERED)),  # https://github.com/cvat-ai/cvat/issues/2390
        {"class_names.txt": "_background_\n11\n21\n", "SegmentationClass/17.png": png(NUMBERED)},
        {
            "class_names.txt": "__ignore__\n_background_\n11\n21\n",
            "SegmentationClassPNG/17.png": png(NUMBERED, "P", VOC_PALETTE),
        },
        {"class_names.txt": "_background_\n11\n21\n", "masks/17.png": png(COLOURED)},
        {"class_dict.csv": "name,r,g,b\n11,128,0,0\n21,0,128,0\n", "17.png": png(COLOURED)},
        {"class_dict.csv": "name;r;g;b\r\n11;128;0;0\r\n21;0;128;0\r\n", "17.png": png(COLOURED)},
        {"label_colors.txt": "128 0 0\t11\n0 128 0\t21\n", "17.png": png(COLOURED)},
        {"colors.json": {"11": [128, 0, 0], "21": "#008000"}, "17.png": png(COLOURED)},
        {
            "palette.json": [
                {"name": "11", "color": "#800000"},
                {"name": "21", "color": [0, 128, 0]},
            ],
            "17.png": png(COLOURED),
        },
        {
            "obj_class_to_machine_color.json": {"21": [2, 2, 2], "11": [1, 1, 1]},
            "meta.json": {"classes": [{"title": "11", "color": "#FF0000"}]},
            "d/masks_machine/17.png": png(np.dstack([NUMBERED] * 3)),
            "d/masks_human/17.png": png(COLOURED),
            "d/img/17.png": b"no mask",
        },
        {
            "_classes.csv": "Pixel Value, Class\n0, background\n1, 11\n2, 21\n",
            "17_mask.png": png(NUMBERED),
            "17.png": b"no mask",
        },
        {
            "dataset_meta.json": {"label_map": {"0": "background", "1": "11", "2": "21"}},
            "masks/17.png": png(NUMBERED),
            "images/17.png": b"no mask",
        },
    ],
)
def test_every_list_gives_colours_and_numbers_their_labels(files):
    assert form.are_files(list(files))
    assert np.array_equal(drawn(form, files), TEETH)
    found = read(form, files)
    assert found.labels == {"11": 1, "21": 1}
    assert found.pictures[0].size == (8, 6)
    assert found.pictures[0].file.endswith("17.png")
    assert not found.notes


def test_the_background_may_be_anywhere_in_the_list_and_have_any_colour():
    # https://github.com/cvat-ai/cvat/issues/2032 and 6274
    coloured = np.full((6, 8, 3), (0, 215, 255), dtype=np.uint8)
    coloured[2:4, 2:4] = (48, 112, 32)
    listed = "# label:color_rgb:parts:actions\n11:48,112,32::\nBackground:0,215,255::\n"
    labels = drawn(form, cvat_masks(png(coloured), listed + "background:0,0,0::\n"))
    assert marked(labels, 11)[1:5] == ["........", "..XX....", "..XX....", "........"]


@pytest.mark.parametrize(
    "files",
    [
        {"class_names.txt": "implant\n11\n21\n", "masks/17.png": png(NUMBERED)},
        {"class_names.txt": "implant\n11\n21\n", "masks/17.png": png(COLOURED)},
        {"labelmap.txt": "11:128,0,0::\n21:0,128,0::\n", "masks/17.png": png(NUMBERED)},
    ],
)
def test_a_list_without_background_whose_numbers_begin_at_0_is_refused(files):
    with pytest.raises(
        InputError, match=r"a line for the background.* found none: 0 is '(implant|11)'"
    ):
        read(form, files)


def test_colours_that_the_list_does_not_have_are_told():
    # https://github.com/cvat-ai/cvat/issues/7847
    coloured = COLOURED.copy()
    coloured[5] = 255
    found = read(form, cvat_masks(png(coloured)))
    assert found.notes == [
        "Masks with the colour (255, 255, 255), which labelmap.txt does not have: left out: "
        "1 in all, first in SegmentationClass/17.png."
    ]
    assert found.labels == {"11": 1, "21": 1}


def test_numbers_that_the_list_does_not_have_are_told():
    numbered = NUMBERED.copy()
    numbered[5] = 9
    found = read(form, cvat_masks(png(numbered)))
    assert "the number 9, which labelmap.txt does not have" in found.notes[0]


def test_masks_of_objects_tell_teeth_of_one_label_apart():
    tooth, objects = np.zeros((6, 8, 3), np.uint8), np.zeros((6, 8, 3), np.uint8)
    tooth[1:4, 1:3] = tooth[1:4, 3:5] = (128, 0, 0)
    objects[1:4, 1:3], objects[1:4, 3:5] = (128, 0, 0), (0, 128, 0)
    files = {
        "labelmap.txt": "background:0,0,0::\ntooth:128,0,0::\n",
        "SegmentationClass/17.png": png(tooth),
    }
    assert read(form, files).labels == {"tooth": 1}
    files["SegmentationObject/17.png"] = png(objects)
    assert read(form, files).labels == {"tooth": 2}
    assert set(np.unique(drawn(form, files))) == {0, 201, 202}


def test_masks_of_objects_of_another_size_are_refused():
    files = cvat_masks(png(COLOURED)) | {"SegmentationObject/17.png": png(COLOURED[:3])}
    with pytest.raises(InputError, match=r"^SegmentationObject/17.png: expected 8x6 px.*8x3 px"):
        read(form, files)


def test_a_mask_in_subfolders_names_its_picture_with_them():
    files = {"labelmap.txt": LABELMAP, "SegmentationClass/a/b/17.png": png(COLOURED)}
    assert read(form, files).pictures[0].file == "a/b/17.png"


def test_a_mask_without_teeth_is_a_picture_without_shapes():
    found = read(form, cvat_masks(png(np.zeros((6, 8, 3)))))
    assert found.labels == {}
    assert [list(picture.read_shapes()) for picture in found.pictures] == [[]]


def test_an_xray_in_place_of_a_mask_is_refused():
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3))
    with pytest.raises(InputError, match=r"17.png: expected a mask of at most 4096 colours"):
        read(form, cvat_masks(png(noise)))


def test_lists_of_several_parts_have_to_be_alike():
    files = {
        "train/_classes.csv": "Pixel Value, Class\n1, 11\n2, 21\n",
        "valid/_classes.csv": "Pixel Value, Class\n1, 11\n2, 21\n",
        "train/17_mask.png": png(NUMBERED),
    }
    assert read(form, files).labels == {"11": 1, "21": 1}
    files["valid/_classes.csv"] = "Pixel Value, Class\n1, 21\n2, 11\n"
    with pytest.raises(InputError, match=r"^valid/_classes.csv: expected one list of labels"):
        read(form, files)


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("labelmap.txt", "", "none"),
        ("labelmap.txt", "# nothing\n", "none"),
        ("labelmap.txt", "11:128,0::\n", "not enough values"),
        ("labelmap.txt", "11:128,0,900::\n", "900"),
        ("labelmap.txt", "11:128,0,x::\n", "invalid literal"),
        ("labelmap.txt", "11:1,0,0::\n21:1,0,0::\n", r"\(1, 0, 0\) for '11' and '21'"),
        ("class_dict.csv", "name,r,g,b\n11,1,2\n", "too many values"),
        ("_classes.csv", "Pixel Value, Class\none, 11\n", "invalid literal"),
        ("_classes.csv", "Pixel Value, Class\n1, 11\n1, 21\n", "number 1 for '11' and '21'"),
        ("colors.json", "[", "Expecting value"),
        ("colors.json", "[" * 100_000, "an entry"),
        ("colors.json", '"x"', "a str"),
        ("colors.json", '{"11": "red"}', "the colour 'red'"),
        ("colors.json", '{"11": {"r": 1}}', "the colour"),
        ("colors.json", '{"11": [NaN, 1, 2]}', "invalid literal"),
        ("colors.json", "[{}]", "an entry"),
        ("colors.json", "[7]", "an entry"),
    ],
)
def test_a_list_that_is_none_is_refused(name, content, found):
    with pytest.raises(InputError, match=f"^{name}: expected .*{found}"):
        read(form, {name: content, "17.png": png(COLOURED)})


def test_a_set_is_known_by_its_list_and_masks():
    assert not form.are_files(["17.png"])
    assert not form.are_files(["labelmap.txt"])
    assert not form.are_files(["classes.txt", "images/17.png", "labels/17.txt"])
    assert not form.are_files(["meta.json", "d/ann/17.png.json", "d/masks_machine/17.png"])


def test_the_bytes_of_a_mask_are_read_anew_each_time():
    files = in_memory(cvat_masks(png(COLOURED)))
    (picture,) = form.read(files).pictures
    assert [shape.label for shape in picture.read_shapes()] == ["11", "21"]
    assert [shape.label for shape in picture.read_shapes()] == ["11", "21"]
