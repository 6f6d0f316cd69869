"""Outlines as files of LabelMe, and back."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tool_files import in_memory

from teeth_unet.annotations import Numbering, labelme_file, outlines, rasterise
from teeth_unet.annotations.formats import labelme

NAMES = {number: str(number) for number in range(11, 49)}


def written(labels, file="17.png"):
    height, width = labels.shape
    return labelme_file(file, width, height, outlines(labels), NAMES)


def back(labels):
    height, width = labels.shape
    (picture,) = labelme.read(in_memory({"17.json": written(labels)})).pictures
    numbering = Numbering({str(number): number for number in range(1, 86)}, single_teeth=True)
    return rasterise(picture, width, height, numbering)


def ringed():
    """A ring with a dot in its hole, beside a tooth in two parts."""
    labels = np.zeros((20, 30), dtype=np.uint16)
    labels[2:18, 2:16], labels[5:15, 5:13], labels[9:11, 8:10] = 11, 0, 11
    labels[3:6, 20:24] = labels[10:16, 22:28] = 48
    labels[6, 6] = 12
    return labels


def test_what_is_written_is_read_again_pixel_for_pixel():
    assert np.array_equal(back(ringed()), ringed())


@given(arrays(np.uint16, (9, 11), elements=st.sampled_from([0, 11, 12, 48])))
def test_every_label_map_comes_back_as_it_was(labels):
    assert np.array_equal(back(labels), labels)


def test_parts_of_a_tooth_are_polygons_of_one_group():
    shapes = json.loads(written(ringed()))["shapes"]
    assert [(shape["label"], shape["group_id"], shape["shape_type"]) for shape in shapes] == [
        ("11", 11, "polygon"),
        ("11", 11, "polygon"),
        ("12", None, "polygon"),
        ("48", 48, "polygon"),
        ("48", 48, "polygon"),
    ]


def test_no_corner_but_the_first_is_where_the_first_one_is():
    """LabelMe takes such a corner for the end of the shape, and drops it."""
    labels = ringed()
    labels[15:17, 4:6] = labels[3:5, 12:14] = 0
    for shape in json.loads(written(labels))["shapes"]:
        first, *rest = shape["points"]
        assert first not in rest
        assert len(rest) >= 2


def test_the_file_has_what_labelme_asks_for():
    document = json.loads(written(ringed(), file="ä 1.png"))
    assert document["imagePath"] == "ä 1.png"
    assert document["imageData"] is None
    assert (document["imageWidth"], document["imageHeight"]) == (30, 20)
    assert document["version"].startswith("5.")
    assert document["flags"] == {}


def test_names_stand_for_numbers_and_what_has_none_is_a_tooth():
    text = labelme_file("1.png", 30, 20, outlines(ringed()), {48: "third molar"})
    labels = [shape["label"] for shape in json.loads(text)["shapes"]]
    assert labels == ["tooth"] * 3 + ["third molar"] * 2


def test_the_same_outlines_give_the_same_text():
    assert written(ringed()) == written(ringed())


@pytest.mark.parametrize("labels", [np.zeros((3, 4), np.uint16), np.full((3, 4), 11, np.uint16)])
def test_a_picture_without_teeth_and_one_that_is_all_tooth_are_written(labels):
    assert np.array_equal(back(labels), labels)


def test_a_name_that_is_no_text_is_written_all_the_same():
    assert "17�.png" in written(ringed(), file="17\udcff.png")
