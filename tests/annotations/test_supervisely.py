"""Projects of Supervisely."""

import zlib

import numpy as np
import pytest
from drawing import drawn, marked, read
from tool_files import (
    SQUARE,
    SUPERVISELY_META,
    in_base64,
    png,
    supervisely,
    supervisely_bitmap,
    supervisely_object,
    supervisely_polygon,
)

from teeth_unet.annotations.formats import reading
from teeth_unet.annotations.formats import supervisely as form
from teeth_unet.errors import InputError


def one(*objects, **more):
    return {"meta.json": SUPERVISELY_META, "d/ann/17.png.json": supervisely(*objects, **more)}


def packed(png_file):
    return in_base64(zlib.compress(png_file))


def with_mask(data, origin=(2, 1), kind="bitmap"):
    mask = {"data": data, "origin": list(origin)}
    return one(supervisely_object("11", geometryType=kind, bitmap=mask))


def test_a_bitmap_lies_where_its_origin_is():
    labels = drawn(form, one(supervisely_bitmap("11", [2, 1], [[1, 0, 1], [0, 1, 1]])))
    assert marked(labels, 11)[1:3] == ["..X.X...", "...XX..."]


@pytest.mark.parametrize(
    "content",
    [
        png(np.array([[1, 0], [1, 1]])),
        png(np.array([[255, 0], [255, 255]])),
        png(np.array([[0, 1], [0, 0]]), "P", [9, 9, 9, 0, 0, 0], transparency=1),
        png(np.array([[(0, 0, 0, 255), (0, 0, 0, 0)], [(0, 0, 0, 255), (0, 0, 0, 255)]])),
    ],
    ids=["0 and 1", "0 and 255", "palette", "opacity"],
)
@pytest.mark.parametrize("pack", [packed, in_base64], ids=["packed", "as the tool sends it"])
def test_every_way_to_store_a_bitmap_is_read(content, pack):
    # https://github.com/supervisely/supervisely/pull/781
    assert marked(drawn(form, with_mask(pack(content))), 11)[1:3] == ["..X.....", "..XX...."]


def test_a_bitmap_without_transparent_pixels_is_all_marked():
    content = png(np.array([[1, 1], [1, 1]]), "P", [0, 0, 0, 0, 0, 0], transparency=0)
    assert marked(drawn(form, with_mask(packed(content))), 11)[1:3] == ["..XX....", "..XX...."]


def test_of_an_alpha_mask_what_is_half_opaque_counts():
    pixels = np.zeros((1, 3, 4), dtype=np.uint8)
    pixels[0, :, 3] = 127, 128, 255
    labels = drawn(form, with_mask(packed(png(pixels)), kind="alpha_mask"))
    assert marked(labels, 11)[1] == "...XX..."


def test_a_bitmap_may_reach_out_of_the_picture():
    labels = drawn(form, one(supervisely_bitmap("11", [-1, 4], np.ones((3, 3)))))
    assert marked(labels, 11)[4:] == ["XX......", "XX......"]


def test_whole_numbers_are_middles_of_pixels_and_others_are_edges():
    whole = [[1, 1], [4, 1], [4, 4], [1, 4]]
    labels = drawn(form, one(supervisely_polygon("11", whole)))
    # From the middle of pixel 1 to that of pixel 4: of the middles on an edge, those on the left
    # and upper ones belong to the shape.
    assert marked(labels, 11)[0:5] == ["........", ".XXX....", ".XXX....", ".XXX....", "........"]
    parts = [[1.25, 1.25], [4.25, 1.25], [4.25, 4.25], [1.25, 4.25]]
    labels = drawn(form, one(supervisely_polygon("11", parts)))
    assert marked(labels, 11)[0:5] == ["........", ".XXX....", ".XXX....", ".XXX....", "........"]


def test_interior_rings_are_holes():
    outline = [[-1, -1], [8, -1], [8, 6], [-1, 6]]
    hole = [[1, 1], [3, 1], [3, 3], [1, 3]]
    labels = drawn(form, one(supervisely_polygon("11", outline, hole, [[0, 0]])))
    assert marked(labels, 11)[:3] == ["XXXXXXXX", "X..XXXXX", "X..XXXXX"]


def test_the_parts_of_a_multipolygon_are_one_object():
    parts = [
        {"exterior": [[0, 0], [1, 0], [1, 1], [0, 1]], "interior": []},
        {"exterior": [[3, 0], [4, 0], [4, 1], [3, 1]]},
    ]
    files = one(supervisely_object("tooth", geometryType="multipolygon", parts=parts))
    assert drawn(form, files)[0].tolist() == [201, 0, 0, 201, 0, 0, 0, 0]


def test_objects_of_an_instance_are_one():
    parts = [[[0, 0], [1, 0], [1, 1], [0, 1]], [[3, 0], [4, 0], [4, 1], [3, 1]]]
    files = one(*(supervisely_polygon("tooth", part, instance="a7") for part in parts))
    assert drawn(form, files)[0].tolist() == [201, 0, 0, 201, 0, 0, 0, 0]


@pytest.mark.parametrize("kind", ["rectangle", "line", "point", "cuboid", "graph"])
def test_what_encloses_nothing_or_more_than_a_tooth_is_left_out_and_told(kind):
    points = {"exterior": [[0, 0], [3, 3]], "interior": []}
    found = read(form, one(supervisely_object("11", geometryType=kind, points=points)))
    assert found.labels == {}
    assert f"drawn as {kind!r} are left out" in found.notes[0]


def test_a_polygon_of_two_corners_is_left_out_and_told():
    found = read(form, one(supervisely_polygon("11", [[1, 1], [2, 2]])))
    assert found.labels == {}
    assert "fewer than three corners" in found.notes[0]


def test_the_oldest_objects_without_a_kind_are_polygons():
    points = {"exterior": SQUARE, "interior": []}
    assert read(form, one(supervisely_object("11", points=points))).labels == {"11": 1}


def test_a_tag_called_so_gives_a_tooth_its_number():
    tags = [{"name": "checked"}, {"name": "FDI", "value": 11}, {"name": "state", "value": None}]
    found = read(form, one(supervisely_polygon("tooth", SQUARE, **{"tags": tags})))
    assert found.labels == {"tooth 11 FDI": 1}


@pytest.mark.parametrize(
    ("file", "picture"),
    [
        ("d2/ann/7.jpg.json", "d2/img/7.jpg"),
        ("Teeth Segmentation JSON/d2/ann/7.jpg.json", "Teeth Segmentation JSON/d2/img/7.jpg"),
        ("ann/7.png.json", "img/7.png"),
        ("ann/7.json", "img/7.png"),
        ("7.png.json", "7.png"),
    ],
)
def test_a_picture_is_called_as_its_annotation(file, picture):
    found = read(form, {"meta.json": SUPERVISELY_META, file: supervisely()})
    assert [each.file for each in found.pictures] == [picture]


def test_other_files_of_a_project_are_passed_over():
    files = {
        **one(supervisely_polygon("11", SQUARE)),
        "obj_class_to_machine_color.json": {"11": [1, 1, 1]},
        "d/img/17.png": b"",
        "d/meta/17.png.json": {"a": 1},
        "d/masks_machine/17.png": b"",
    }
    assert form.are_files(list(files))
    assert [picture.file for picture in read(form, files).pictures] == ["d/img/17.png"]


def test_a_bitmap_that_unpacks_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_UNPACKED", 1 << 20)
    bomb = in_base64(zlib.compress(bytes(50 << 20), 9))
    (picture,) = read(form, with_mask(bomb)).pictures
    (shape,) = picture.read_shapes()
    with pytest.raises(InputError, match=r"17.png.json, object 0 \('11'\).*more than 1 MiB"):
        shape.region.decode()


def test_a_picture_in_a_bitmap_that_has_billions_of_pixels_is_refused():
    header = bytearray(png(np.zeros((1, 1))))
    header[16:24] = (100_000).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    (picture,) = read(form, with_mask(packed(bytes(header)))).pictures
    with pytest.raises(InputError, match=r"object 0.*10000000000 pixels"):
        picture.read_shapes()[0].region.decode()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "no base64 at all!",
        "AAAA",
        in_base64(zlib.compress(b"no picture")),
        in_base64(zlib.compress(png(np.ones((9, 9))))[:-9]),
        in_base64(zlib.compress(png(np.ones((9, 9)))[:-30])),
    ],
    ids=["empty", "no base64", "no zlib", "no picture", "zlib cut off", "picture cut off"],
)
def test_a_damaged_bitmap_is_refused_with_its_file_and_object(data):
    (picture,) = read(form, with_mask(data)).pictures
    with pytest.raises(InputError, match=r"17.png.json, object 0 \('11'\)"):
        picture.read_shapes()[0].region.decode()


def test_a_document_is_known_by_its_size_and_objects():
    assert form.is_document(supervisely())
    assert not form.is_document(SUPERVISELY_META)
    assert not form.are_files(["a/7.json", "annotations/7.json"])
