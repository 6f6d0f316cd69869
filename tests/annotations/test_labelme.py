"""Files of LabelMe."""

import json

import numpy as np
import pytest
from drawing import drawn, marked, read
from tool_files import SQUARE, in_base64, in_memory, labelme, labelme_shape, png

from teeth_unet.annotations import Polygons
from teeth_unet.annotations.formats import labelme as form
from teeth_unet.errors import InputError


def one(*shapes, **more):
    return {"17.json": labelme(*shapes, **more)}


def test_a_polygon_has_the_pixels_whose_middles_it_encloses():
    labels = drawn(form, one(labelme_shape("11", SQUARE)))
    assert marked(labels, 11) == [
        "........",
        ".XX.....",
        ".XX.....",
        ".XX.....",
        "........",
        "........",
    ]


def test_a_rectangle_and_a_circle_count_as_labelme_fills_them():
    files = one(
        labelme_shape("11", [[3, 4], [1, 1]], shape_type="rectangle"),
        labelme_shape("21", [[6, 3], [6, 4.2]], shape_type="circle"),
    )
    labels = drawn(form, files)
    assert marked(labels, 11)[1:4] == [".XX....."] * 3
    # The middles at .5 and .5 from the circle's are .71 away, those at 1.5 and .5 are 1.58.
    assert marked(labels, 21)[1:5] == ["........", ".....XX.", ".....XX.", "........"]
    notes = read(form, files).notes
    assert notes == [
        "Shapes drawn as rectangles count as they are filled: 1 in all, first in 17.json.",
        "Shapes drawn as circles count as they are filled: 1 in all, first in 17.json.",
    ]


@pytest.mark.parametrize("kind", ["rectangle", "oriented_rectangle", "rotation"])
def test_a_rectangle_may_have_four_corners_and_be_turned(kind):
    turned = [[4, 0], [8, 4], [6, 6], [2, 2]]
    files = one(labelme_shape("11", turned, shape_type=kind))
    assert marked(drawn(form, files), 11) == [
        "...X....",
        "..XXX...",
        "..XXXX..",
        "...XXXX.",
        "....XXX.",
        ".....X..",
    ]


@pytest.mark.parametrize("white", [1, 255])
def test_a_mask_lies_where_its_first_point_is(white):
    mask = in_base64(png(np.array([[1, 0, 1], [0, 1, 1]]) * white))
    labels = drawn(form, one(labelme_shape("11", [[2, 3], [4, 4]], shape_type="mask", mask=mask)))
    assert marked(labels, 11)[3:5] == ["..X.X...", "...XX..."]


def test_a_mask_may_reach_out_of_the_picture():
    mask = in_base64(png(np.full((3, 3), 255)))
    labels = drawn(form, one(labelme_shape("11", [[-1, 4], [1, 6]], shape_type="mask", mask=mask)))
    assert marked(labels, 11)[4:] == ["XX......", "XX......"]


def test_shapes_of_a_group_are_one_object():
    part = [[[0, 0], [1, 0], [1, 1], [0, 1]], [[3, 0], [4, 0], [4, 1], [3, 1]]]
    files = one(*(labelme_shape("tooth", points, group_id=4) for points in part))
    assert drawn(form, files)[0].tolist() == [201, 0, 0, 201, 0, 0, 0, 0]
    files = one(*(labelme_shape("tooth", points) for points in part))
    assert drawn(form, files)[0].tolist() == [201, 0, 0, 202, 0, 0, 0, 0]


@pytest.mark.parametrize("kind", ["point", "line", "linestrip", "points", "lines"])
def test_what_encloses_nothing_is_left_out_and_told(kind):
    found = read(form, one(labelme_shape("11", [[1, 1], [2, 2]], shape_type=kind)))
    assert found.labels == {}
    assert found.notes == [
        f"Shapes drawn as {kind!r} are left out: they enclose nothing: 1 in all, first in 17.json."
    ]
    assert [list(picture.read_shapes()) for picture in found.pictures] == [[]]


def test_polygons_of_two_corners_are_left_out_and_told():
    found = read(form, one(labelme_shape("11", [[1, 1], [2, 2]]), labelme_shape("12", [])))
    assert found.notes == [
        "Polygons of fewer than three corners are left out: 2 in all, first in 17.json."
    ]


def test_a_background_shape_is_a_hole_in_the_shapes_before_it():
    # https://github.com/wkentaro/labelme/issues/813
    whole = [[0, 0], [8, 0], [8, 6], [0, 6]]
    files = one(labelme_shape("11", whole), labelme_shape("_background_", SQUARE))
    assert marked(drawn(form, files), 11) == [
        "XXXXXXXX",
        "X..XXXXX",
        "X..XXXXX",
        "X..XXXXX",
        "XXXXXXXX",
        "XXXXXXXX",
    ]
    files = one(labelme_shape("_background_", SQUARE), labelme_shape("11", whole))
    assert (drawn(form, files) == 11).all()


def test_a_hole_is_cut_out_of_masks_too_and_may_be_one():
    full, corner = png(np.full((2, 4), 255)), png([[255]])
    files = one(
        labelme_shape("11", [[2, 1], [5, 2]], shape_type="mask", mask=in_base64(full)),
        labelme_shape("_background_", [[3, 2], [3, 2]], shape_type="mask", mask=in_base64(corner)),
    )
    assert marked(drawn(form, files), 11)[1:3] == ["..XXXX..", "..X.XX.."]


def test_a_hole_needs_no_size_of_the_picture():
    whole = [[0, 0], [8, 0], [8, 6], [0, 6]]
    shapes = labelme_shape("11", whole), labelme_shape("_background_", SQUARE)
    labels = drawn(form, one(*shapes, imageHeight=None))
    assert marked(labels, 11)[:2] == ["XXXXXXXX", "X..XXXXX"]


def test_holes_that_touch_no_shape_leave_it_as_it_is():
    apart = [[5, 0], [7, 0], [7, 2], [5, 2]]
    files = one(labelme_shape("11", SQUARE), labelme_shape("_background_", apart))
    (picture,) = read(form, files).pictures
    assert isinstance(picture.read_shapes()[0].region, Polygons)


def test_a_hundred_holes_are_the_most_and_their_picture_has_a_limit():
    shapes = [labelme_shape("11", SQUARE), *[labelme_shape("_background_", SQUARE)] * 101]
    with pytest.raises(InputError, match=r"^17.json: expected at most 100 holes, found 101"):
        read(form, one(*shapes))
    with pytest.raises(InputError, match=r"^17.json: expected at most 200000000 pixels"):
        read(form, one(*shapes[:2], size=(10**5, 10**5)))


def test_ignored_shapes_are_left_out():
    found = read(form, one(labelme_shape("__ignore__", SQUARE)))
    assert found.labels == {}
    assert "__ignore__" in found.notes[0]


def test_the_oldest_files_without_kind_group_and_version_are_read():
    # https://github.com/wkentaro/labelme/issues/434
    old = {
        "lineColor": [0, 255, 0, 128],
        "fillColor": [255, 0, 0, 128],
        "imagePath": "17.jpg",
        "imageData": None,
        "shapes": [{"label": "11", "points": SQUARE, "line_color": None, "fill_color": None}],
    }
    (picture,) = read(form, {"17.json": old}).pictures
    assert picture.file == "17.jpg"
    assert marked(drawn(form, {"17.json": old}), 11)[1] == ".XX....."


def test_an_embedded_picture_tells_the_size_that_is_missing():
    data = in_base64(png(np.zeros((6, 8))))
    files = one(labelme_shape("11", SQUARE), imageData=data, imageHeight=None, imageWidth=None)
    (picture,) = read(form, files).pictures
    assert picture.size == (8, 6)


@pytest.mark.parametrize("data", ["", "A", "data:image/png;base64,AAAA", "no base64 at all"])
def test_an_embedded_picture_that_is_none_is_passed_over(data):
    files = one(labelme_shape("11", SQUARE), imageData=data, imageHeight=None)
    assert marked(drawn(form, files), 11)[1] == ".XX....."


@pytest.mark.parametrize("size", [0, -3, "wide", None, True, [], 1e99])
def test_without_a_usable_size_coordinates_are_those_of_the_picture(size):
    labels = drawn(form, one(labelme_shape("11", SQUARE), imageWidth=size))
    assert marked(labels, 11)[1] == ".XX....."


def test_width_and_height_that_are_exchanged_are_put_right_and_told():
    files = one(labelme_shape("11", [[6, 1], [8, 1], [8, 2], [6, 2]]), size=(6, 8))
    found = read(form, files)
    assert found.pictures[0].size == (8, 6)
    assert "exchanged" in found.notes[0]


@pytest.mark.parametrize(
    ("file", "path", "name"),
    [
        ("17.json", "17.png", "17.png"),
        ("json/17.json", "..\\img\\17.png", "img/17.png"),
        ("json/17.json", "../img/17.png", "img/17.png"),
        ("17.json", "../../../../etc/17.png", "etc/17.png"),
        ("a/17.json", "C:\\Users\\me\\Bilder\\17.png", "a/17.png"),
        ("a/17.json", "/home/me/17.png", "a/17.png"),
        ("a/17.json", "", "a/17.png"),
        ("a/17.json", None, "a/17.png"),
        ("a/17.json", "..", "a/17.png"),
        ("ä 17.json", "ä 17.jpg", "ä 17.jpg"),
    ],
)
def test_a_picture_is_named_as_it_lies_beside_its_annotation(file, path, name):
    (picture,) = read(form, {file: labelme(path=path)}).pictures
    assert picture.file == name


def test_a_picture_that_is_called_otherwise_than_its_file_is_told():
    found = read(form, one(path="scan 3.png"))
    assert found.pictures[0].file == "scan 3.png"
    assert "Files that name a picture called otherwise" in found.notes[0]


def test_two_annotations_of_a_picture_are_refused_unless_one_is_empty():
    full, empty = labelme(labelme_shape("11", SQUARE)), labelme()
    with pytest.raises(InputError, match=r"b.json: expected one annotation of '17.png'.*a.json"):
        read(form, {"a.json": full, "b.json": full})
    for files in ({"a.json": full, "b.json": empty}, {"a.json": empty, "b.json": full}):
        found = read(form, files)
        assert len(found.pictures) == 1
        assert len(found.pictures[0].read_shapes()) == 1
        assert "without shapes" in found.notes[-1]


def test_labels_are_counted_over_the_set():
    shapes = [labelme_shape(label, SQUARE) for label in ("11", "21", "21")]
    assert read(form, one(*shapes)).labels == {"11": 1, "21": 2}


def test_a_number_as_label_and_what_other_programs_add_are_taken():
    shape = {**labelme_shape(11, SQUARE), "difficult": False, "score": 0.9, "attributes": {}}
    assert marked(drawn(form, one(shape)), 11)[1] == ".XX....."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_other_encodings_with_their_marks_are_read(encoding):
    text = json.dumps(labelme(labelme_shape("ä", SQUARE)), ensure_ascii=False)
    found = form.read(in_memory({"17.json": text.encode(encoding)}))
    assert found.labels == {"ä": 1}


def test_a_document_is_known_by_its_shapes_and_picture():
    assert form.is_document(labelme())
    assert not form.is_document({"shapes": []})
    assert not form.is_document([labelme()])
    assert not form.are_files(["17.json"])
