"""Sets of LabelMe, CVAT, Supervisely and others, by the door; what is wrong in their JSON files."""

import json
from itertools import pairwise

import numpy as np
import pytest
from drawing import read
from tool_files import (
    SQUARE,
    SUPERVISELY_META,
    VALID,
    in_memory,
    labelme,
    labelme_shape,
    png,
    supervisely,
    supervisely_polygon,
)

from teeth_unet.annotations import (
    UNKNOWN_SIZE,
    Annotations,
    number_labels,
    open_annotations,
    rasterise,
)
from teeth_unet.annotations.formats import labelme as labelme_form
from teeth_unet.annotations.formats import supervisely as supervisely_form
from teeth_unet.errors import InputError


@pytest.mark.parametrize("name", VALID)
def test_the_door_knows_every_format_by_its_files(name):
    assert open_annotations(in_memory(VALID[name])).format == name


@pytest.mark.parametrize("name", [name for name in VALID if name != "one mask file a tooth"])
def test_xrays_beside_annotations_do_not_hide_them(name):
    files = VALID[name] | {"img/17.png": b"no annotation", "img/18.jpg": b"nor this"}
    assert open_annotations(in_memory(files)).format == name


@pytest.mark.parametrize("name", VALID)
def test_what_systems_keep_beside_files_is_passed_over(name):
    files = VALID[name] | {
        f"__MACOSX/._{known.rpartition('/')[2]}": b"\0\5\x16\7" + bytes(99) for known in VALID[name]
    }
    files |= {".DS_Store": b"\0\0\0\1Bud1", "Thumbs.db": b"\xd0\xcf", "d/desktop.ini": b"[a]"}
    found = open_annotations(in_memory(files))
    assert found.format == name
    assert found.labels == open_annotations(in_memory(VALID[name])).labels


def test_universal_numbers_of_supervisely_become_those_of_fdi():
    """The layout of the public set of Humans in the Loop: pictures and masks beside annotations."""
    corners = np.array([(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)])
    objects = [
        supervisely_polygon(str(number), (corners + np.array((column, 0))).tolist())
        for column, number in enumerate((1, 8, 9, 16, 17, 24, 25, 32))
    ]
    project = {
        "meta.json": SUPERVISELY_META,
        "obj_class_to_machine_color.json": {str(n): [n, n, n] for n in range(1, 33)},
        "d2/img/1.jpg": b"an X-ray",
        "d2/ann/1.jpg.json": supervisely(*objects),
        "d2/masks_machine/1.png": png(np.zeros((6, 8))),
    }
    found = open_annotations(
        in_memory({f"Teeth JSON/{name}": each for name, each in project.items()})
    )
    assert [picture.file for picture in found.pictures] == ["Teeth JSON/d2/img/1.jpg"]
    numbering = number_labels(found, Annotations())
    labels = rasterise(found.pictures[0], 8, 6, numbering)
    assert labels[0].tolist() == [18, 11, 21, 28, 38, 31, 41, 48]


def labelme_of(content):
    return labelme_form, {"17.json": content}


def supervisely_of(content):
    return supervisely_form, {"d/ann/17.png.json": content}


GOOD = {
    labelme_of: labelme(labelme_shape("11", SQUARE)),
    supervisely_of: supervisely(supervisely_polygon("11", SQUARE)),
}


def changed(document, path, value):
    """A copy of a JSON document with another value in one place."""
    document = json.loads(json.dumps(document))
    *way, last = path
    holder = document
    for step in way:
        holder = holder[step]
    holder[last] = value
    return json.dumps(document)


@pytest.mark.parametrize("of", GOOD)
@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda text: b"", "an empty file"),
        (lambda text: b" \n\0", "an empty file"),
        (lambda text: text[:-9].encode(), "invalid JSON: EOF"),
        (lambda text: b"\x89PNG" + text.encode(), "bytes that are no text in UTF-8"),
        (lambda text: text.replace("11", "ä").encode("latin-1"), "bytes that are no text"),
        (lambda text: text.encode("utf-16")[:-1], "bytes that are no text in UTF-16"),
        (lambda text: b"[" * 100_000, "recursion limit"),
        (lambda text: b'{"a":' * 100_000, "recursion limit"),
        (lambda text: b"null", "should be an object"),
        (lambda text: b"[]", "should be an object"),
        (lambda text: b'{"shapes": {}, "objects": "x"}', "at (shapes|size)"),
        (lambda text: text.replace("1, 1", "NaN, 1").encode(), "finite number"),
        (lambda text: text.replace("1, 1", "1e9, 1").encode(), "less than or equal to 10000000"),
        (lambda text: text.replace("1, 1", "1" * 5000 + ", 1").encode(), "less than|number"),
        (lambda text: text.replace("[1, 1]", '"x"').encode(), "valid array"),
        (lambda text: text.replace("[1, 1]", "[1]").encode(), "Field required|field required"),
        (lambda text: text.replace("[1, 1]", "[1, 1, 1]").encode(), "at most 2 items"),
        (lambda text: text.replace("1, 1", "null, 1").encode(), "valid number"),
        (lambda text: text.replace("[1, 1]", ", ".join(["[1, 1]"] * 1_000_001)).encode(),
         "at most 1000000 items"),
    ],
)  # fmt: skip
def test_a_file_that_is_damaged_is_refused_by_its_name_and_place(of, spoil, found):
    form, files = of(spoil(json.dumps(GOOD[of])))
    (name,) = files
    with pytest.raises(InputError, match=f"^{name}: expected .*({found})"):
        read(form, files)


@pytest.mark.parametrize(
    ("of", "path"),
    [
        (labelme_of, ("shapes",)),
        (labelme_of, ("shapes", 0)),
        (labelme_of, ("shapes", 0, "label")),
        (labelme_of, ("shapes", 0, "points")),
        (labelme_of, ("shapes", 0, "points", 0)),
        (labelme_of, ("shapes", 0, "shape_type")),
        (labelme_of, ("imagePath",)),
        (labelme_of, ("imageData",)),
        (supervisely_of, ("objects",)),
        (supervisely_of, ("objects", 0)),
        (supervisely_of, ("objects", 0, "classTitle")),
        (supervisely_of, ("objects", 0, "points")),
        (supervisely_of, ("objects", 0, "points", "exterior")),
        (supervisely_of, ("objects", 0, "points", "interior")),
        (supervisely_of, ("objects", 0, "tags")),
    ],
)
@pytest.mark.parametrize("value", [True, {"a": 1}, [[["x"]]]])
def test_a_value_of_a_wrong_kind_is_refused_and_its_place_is_named(of, path, value):
    form, files = of(changed(GOOD[of], path, value))
    (name,) = files
    place = ".".join(map(str, path)).replace("shape_type", "(shape_type|kind)")
    with pytest.raises(InputError, match=f"^{name}: expected .* found at {place}"):
        read(form, files)


@pytest.mark.parametrize("size", [{}, {"width": 0, "height": 6}, {"width": "wide"}])
def test_a_size_that_supervisely_does_not_tell_is_that_of_the_picture(size):
    document = changed(GOOD[supervisely_of], ("size",), size)
    (picture,) = read(*supervisely_of(document)).pictures
    assert picture.size == UNKNOWN_SIZE


def test_the_shapes_of_a_picture_are_read_when_they_are_called_for():
    files = in_memory(VALID["LabelMe"])
    (picture,) = open_annotations(files).pictures
    once, again = picture.read_shapes(), picture.read_shapes()
    assert [shape.label for shape in once] == [shape.label for shape in again]
    assert all(one is not other for one, other in pairwise([*once, *again]))
