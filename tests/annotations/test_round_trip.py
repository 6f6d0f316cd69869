"""Teeth written, read, numbered and drawn again."""

import json

import numpy as np
import pytest
from files_in_memory import text_file
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from teeth_unet.annotations import (
    Annotations,
    LabelledPicture,
    coco_file,
    number_labels,
    open_annotations,
    rasterise,
    yolo_file,
    yolo_names,
)

NAMES = {11: "11", 36: "tooth 36", 48: "FDI 48", 85: "85"}
SIZES = array_shapes(min_dims=2, max_dims=2, max_side=14)
LABELS = arrays(np.uint16, SIZES, elements=st.sampled_from([0, 0, 11, 36, 48, 85]))
SETTINGS = Annotations(notation="fdi")


def coco(labels):
    text = "".join(coco_file([LabelledPicture("17.png", labels)], NAMES))
    return open_annotations([text_file("teeth.json", text)])


def yolo(labels):
    files = [("labels/17.txt", yolo_file(labels, NAMES)), ("data.yaml", yolo_names(NAMES))]
    return open_annotations([text_file(*file) for file in files])


def coco_of_a_small_copy(labels):
    """As a tool has it that works on a copy of half the width and height."""
    content = json.loads("".join(coco_file([LabelledPicture("17.png", labels)], NAMES)))
    (image,) = content["images"]
    size = np.array((image["width"], image["height"]))
    image["width"], image["height"] = (size // 2).tolist()
    for each in content["annotations"]:
        rings = [np.reshape(ring, (-1, 2)) * (size // 2) / size for ring in each["segmentation"]]
        each["segmentation"] = [ring.ravel().round(3).tolist() for ring in rings]
    return open_annotations([text_file("teeth.json", json.dumps(content))])


def drawn(annotations, labels):
    height, width = labels.shape
    numbering = number_labels(annotations, SETTINGS)
    (picture,) = annotations.pictures
    return rasterise(picture, width, height, numbering, lambda sentence: None)


@pytest.mark.parametrize("written", [coco, yolo])
@given(labels=LABELS)
def test_a_label_map_comes_back_pixel_by_pixel(written, labels):
    assert np.array_equal(drawn(written(labels), labels), labels)


@given(LABELS, st.integers(2, 5), st.integers(2, 5))
def test_it_does_so_from_an_annotation_of_a_small_copy(labels, rows, columns):
    labels = labels.repeat(rows, axis=0).repeat(columns, axis=1)
    assert np.array_equal(drawn(coco_of_a_small_copy(labels), labels), labels)
