"""Files of CVAT for images."""

import numpy as np
import pytest
from drawing import drawn, marked, read
from tool_files import cvat, cvat_image, cvat_shape, in_memory

from teeth_unet.annotations.formats import cvat as form
from teeth_unet.errors import InputError

POINTS = "1.00,1.00;3.00,1.00;3.00,4.00;1.00,4.00"


def one(*shapes, **image):
    return {"annotations.xml": cvat(cvat_image(*shapes, **image))}


def mask(rle, left=0, top=0, width=4, height=3, label="11"):
    return cvat_shape("mask", label, rle=rle, left=left, top=top, width=width, height=height)


def test_a_polygon_has_the_pixels_whose_middles_it_encloses():
    labels = drawn(form, one(cvat_shape("polygon", "11", points=POINTS)))
    assert marked(labels, 11)[1:5] == [".XX.....", ".XX.....", ".XX.....", "........"]


def test_a_mask_is_runs_along_rows_that_begin_outside():
    # https://github.com/cvat-ai/cvat/issues/5828, 6487, 8124
    labels = drawn(form, one(mask("1, 2, 3, 1, 0, 3, 1, 1", left=2, top=1)))
    assert marked(labels, 11)[1:4] == ["...XX...", "....XX..", "..XX.X.."]


def test_runs_that_end_early_go_on_outside():
    labels = drawn(form, one(mask("0, 4")))
    assert marked(labels, 11)[:2] == ["XXXX....", "........"]


def test_a_mask_may_reach_out_of_the_picture():
    labels = drawn(form, one(mask("0,12", left=-2, top=4)))
    assert marked(labels, 11)[3:] == ["........", "XX......", "XX......"]


@pytest.mark.parametrize(
    ("rle", "found"),
    [
        ("1, 12", "do not fit into its 4x3 px"),  # https://github.com/cvat-ai/cvat/issues/9460
        ("-1, 4", "do not fit"),
        ("5, 99999999999", "do not fit"),
        ("99999999999999999999999", "rle="),
        ("1, x", "rle="),
        ("1 2 3", "rle="),
    ],
)
def test_runs_that_cannot_be_are_refused(rle, found):
    with pytest.raises(InputError, match=f"mask '11' of picture '17.png'.*{found}"):
        read(form, one(mask(rle)))


@pytest.mark.parametrize(("width", "height"), [(0, 3), (-4, -3), (10**6, 10**6), ("x", 3)])
def test_masks_of_impossible_sizes_are_refused(width, height):
    with pytest.raises(InputError, match=r"mask '11' of picture '17.png'"):
        read(form, one(mask("1", width=width, height=height)))


def test_an_ellipse_is_filled_and_turned():
    files = one(cvat_shape("ellipse", "11", cx=4, cy=3, rx=3, ry=1, rotation=90))
    assert marked(drawn(form, files), 11) == ["...XX..."] * 6


def test_boxes_lines_points_tags_and_the_rest_are_left_out_and_told():
    files = one(
        cvat_shape("box", "11", xtl=1, ytl=1, xbr=2, ybr=2),
        cvat_shape("polyline", "11", points=POINTS),
        cvat_shape("points", "11", points="1,1"),
        cvat_shape("tag", "bad", "<attribute name='fdi'>12</attribute>"),
        cvat_shape("skeleton", "11", cvat_shape("points", "a", points="1,1")),
        cvat_shape("polygon", "12", points="1,1;2,2"),
    )
    found = read(form, files)
    assert found.labels == {}
    assert [note.split(": ")[0] for note in found.notes] == [
        "Shapes drawn as 'box' are left out",
        "Shapes drawn as 'polyline' are left out",
        "Shapes drawn as 'points' are left out",
        "Shapes drawn as 'tag' are left out",
        "Shapes drawn as 'skeleton' are left out",
        "Polygons of fewer than three corners are left out",
    ]


def test_shapes_are_in_the_order_in_which_they_lie_upon_each_other():
    upper = cvat_shape("polygon", "21", points=POINTS, z_order=2)
    lower = cvat_shape("polygon", "11", points=POINTS, z_order=-1)
    for files in (one(upper, lower), one(lower, upper)):
        (picture,) = read(form, files).pictures
        assert [shape.label for shape in picture.read_shapes()] == ["11", "21"]
        assert marked(drawn(form, files), 21)[1] == ".XX....."


def test_shapes_of_a_group_are_one_object_and_group_0_is_none():
    parts = ["0,0;1,0;1,1;0,1", "3,0;4,0;4,1;3,1"]
    grouped = one(*(cvat_shape("polygon", "tooth", points=p, group_id=5) for p in parts))
    assert drawn(form, grouped)[0].tolist() == [201, 0, 0, 201, 0, 0, 0, 0]
    apart = one(*(cvat_shape("polygon", "tooth", points=p, group_id=0) for p in parts))
    assert drawn(form, apart)[0].tolist() == [201, 0, 0, 202, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("label", "attribute", "value", "expected"),
    [
        ("tooth", "fdi", "11", "tooth 11 FDI"),
        ("tooth", "Universal No.", "8", "tooth 8 Universal"),
        ("Tooth", "Tooth_Number", " 11 ", "Tooth 11"),
        ("tooth", "number", "UR1", "tooth UR1"),
        ("caries", "fdi", "11", "caries"),
        ("tooth", "id", "11", "tooth"),
        ("tooth", "state", "11", "tooth"),
        ("tooth", "fdi", "not to be seen", "tooth"),
        ("12", "fdi", "11", "12"),
    ],
)
def test_an_attribute_called_so_gives_a_tooth_its_number(label, attribute, value, expected):
    inside = f'<attribute name="{attribute}">{value}</attribute>'
    found = read(form, one(cvat_shape("polygon", label, inside, points=POINTS)))
    assert found.labels == {expected: 1}
    assert bool(found.notes) == (label != expected)


def test_attributes_of_what_is_left_out_are_not_those_of_the_shape_before():
    files = one(
        cvat_shape("polygon", "tooth", points=POINTS),
        cvat_shape("box", "tooth", '<attribute name="fdi">11</attribute>', xtl=0),
    )
    assert read(form, files).labels == {"tooth": 1}


def test_pictures_without_shapes_are_there_and_those_of_several_files_together():
    files = {
        "task 1/annotations.xml": cvat(cvat_image(name="1.png"), cvat_image(name="2.png")),
        "task 2/annotations.xml": cvat(cvat_image(name="sub\\3.png", size=(20, 10))),
        "task 2/images/3.png": b"",
    }
    found = read(form, files)
    assert [(picture.file, picture.size) for picture in found.pictures] == [
        ("1.png", (8, 6)),
        ("2.png", (8, 6)),
        ("sub/3.png", (20, 10)),
    ]


def test_a_picture_in_two_jobs_counts_where_it_has_shapes_and_is_refused_if_both_have_some():
    full = cvat_image(cvat_shape("polygon", "11", points=POINTS))
    found = read(form, {"annotations.xml": cvat(cvat_image(), full, cvat_image())})
    assert [len(picture.read_shapes()) for picture in found.pictures] == [1]
    assert found.notes
    with pytest.raises(InputError, match=r"annotations.xml: expected one annotation of '17.png'"):
        read(form, {"annotations.xml": cvat(full, full)})


def test_labels_of_the_task_and_things_in_its_description_are_no_shapes():
    meta = (
        "<task><labels><label><name>11</name><attributes><attribute><name>fdi</name></attribute>"
        "</attributes></label></labels><segments><segment><id>1</id></segment></segments></task>"
    )
    assert read(form, {"a.xml": cvat(cvat_image(), meta=meta)}).labels == {}


def test_a_file_of_videos_is_refused_with_the_export_to_take():
    files = {"a.xml": cvat('<track id="0" label="11"></track>')}
    with pytest.raises(InputError, match=r'Export the task as "CVAT for images 1.1"'):
        read(form, files)


ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE annotations [<!ENTITY a "aaaaaaaaaa">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><annotations>&b;</annotations>'
)
OUTSIDE = (
    '<!DOCTYPE annotations [<!ENTITY a SYSTEM "file:///etc/passwd">]><annotations>&a;</annotations>'
)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (ENTITIES, "a document type"),
        (OUTSIDE, "a document type"),
        ('<!DOCTYPE annotations SYSTEM "http://localhost/x"><annotations/>', "a document type"),
        ("<annotations>&a;</annotations>", "undefined entity"),
        ("<annotation><filename>17.png</filename></annotation>", "begins with <annotation>"),
        ("<annotations>" + "<a>" * 100_000, "elements within each other"),
        (cvat(cvat_image())[:-20], "no element found|not well-formed|unclosed"),
        ("", "no element found"),
        ("plain words", "syntax error"),
        ('<?xml version="1.0" encoding="klingon"?><annotations/>', "unknown encoding"),
        (cvat(cvat_image(name="")), "a picture without name"),
        (cvat(cvat_image(size=("x", 6))), "width='x'"),
        (cvat(cvat_image(size=(0, 6))), "of 0x6 px"),
        (cvat(cvat_image(size=("nan", 6))), "width='nan'"),
        (cvat(cvat_image(size=("1e300", 6))), "width='1e300'"),
    ],
)
def test_what_is_no_such_file_is_refused(content, found):
    with pytest.raises(InputError, match=f"^a.xml: expected a file of CVAT .*({found})"):
        read(form, {"a.xml": content})


@pytest.mark.parametrize(
    "points", ["1,1;2", "1,1;2,x;3,3", "nan,1;2,2;3,3", "inf,1;2,2;3,3", "1e99,1;2,2;3,3", "1;2;3"]
)
def test_corners_that_cannot_be_are_refused(points):
    with pytest.raises(InputError, match=r"polygon '11' of picture '17.png' with points="):
        read(form, one(cvat_shape("polygon", "11", points=points)))


def test_a_million_corners_are_the_most():
    files = one(cvat_shape("polygon", "11", points="1,1;" * 1_000_001))
    with pytest.raises(InputError, match="more than 1,000,000 corners"):
        read(form, files)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_with_their_marks_are_read(encoding):
    text = cvat(cvat_image(cvat_shape("polygon", "ä", points=POINTS)))
    text = text.replace("utf-8", encoding.removesuffix("-sig"))
    assert form.read(in_memory({"a.xml": text.encode(encoding)})).labels == {"ä": 1}


def test_a_file_is_known_by_its_beginning():
    assert form.is_text(cvat())
    assert form.is_text("\ufeff<?xml version='1.0'?>\n<!-- CVAT -->\n<annotations>")
    assert not form.is_text("<annotation>")
    assert not form.is_text("annotations")
    assert not form.is_document({})


def test_many_pictures_keep_their_corners_as_numbers():
    shapes = [cvat_shape("polygon", str(number), points=POINTS) for number in range(11, 19)]
    images = [cvat_image(*shapes, name=f"{number}.png") for number in range(1000)]
    found = read(form, {"a.xml": cvat(*images)})
    assert len(found.pictures) == 1000
    assert sum(found.labels.values()) == 8000
    shape = found.pictures[7].read_shapes()[0]
    assert shape.region.rings[0].dtype == np.float32
