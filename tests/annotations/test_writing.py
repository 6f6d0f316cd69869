"""Teeth as COCO and YOLO files."""

import json

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from pycocotools import mask as coco_masks
from pycocotools.coco import COCO
from scipy.ndimage import gaussian_filter

from teeth_unet.annotations import LabelledPicture, coco_file, yolo_file, yolo_names
from teeth_unet.annotations.filling import filled

NAMES = {11: "11", 21: "21", 38: "38"}
SIZES = array_shapes(min_dims=2, max_dims=2, max_side=12)
LABELS = arrays(np.uint16, SIZES, elements=st.sampled_from([0, 11, 21, 38]))


def with_hole_and_parts():
    labels = np.zeros((14, 20), dtype=np.uint16)
    labels[1:8, 1:8], labels[3:6, 3:5], labels[9:11, 12:15], labels[12:, 17:] = 38, 0, 38, 7
    return labels


def written(*labels, names=NAMES):
    pictures = (LabelledPicture(f"{i}.png", each) for i, each in enumerate(labels, start=1))
    return "".join(coco_file(pictures, names))


def loaded(path, text):
    path.write_text(text, encoding="utf-8")
    return COCO(path)


def smooth(seed, height=150, width=260):
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(height, width)), 6)
    return np.digitize(noise, np.quantile(noise, [0.4, 0.6, 0.8])).astype(np.uint16)


def test_a_coco_file_holds_what_its_readers_ask_for():
    content = json.loads(written(with_hole_and_parts(), np.zeros((5, 6), dtype=np.uint16)))
    assert content["images"] == [
        {"id": 1, "file_name": "1.png", "width": 20, "height": 14},
        {"id": 2, "file_name": "2.png", "width": 6, "height": 5},
    ]
    assert [(each["id"], each["name"]) for each in content["categories"]] == [
        (1, "11"), (2, "21"), (3, "38"), (4, "tooth"),
    ]  # fmt: skip
    other, tooth = content["annotations"]
    assert (other["category_id"], other["image_id"], other["bbox"], other["area"]) == (
        4, 1, [17, 12, 3, 2], 6,
    )  # fmt: skip
    assert (tooth["category_id"], tooth["bbox"], tooth["area"]) == (3, [1, 1, 14, 10], 49)
    assert [len(ring) % 2 for ring in tooth["segmentation"]] == [0, 0]
    assert tooth["iscrowd"] == 0


def test_no_picture_at_all_is_a_coco_file_too():
    assert json.loads(written())["images"] == []


def test_the_same_teeth_give_the_same_text():
    assert written(smooth(1), smooth(2)) == written(smooth(1), smooth(2))


def test_names_of_any_letters_stay_what_they_are(tmp_path):
    text = written(with_hole_and_parts(), names={38: 'Zahn "38" ¾ зуб'})
    loader = loaded(tmp_path / "teeth.json", text)
    assert loader.cats[1]["name"] == 'Zahn "38" ¾ зуб'


@given(LABELS)
def test_polygons_of_a_coco_file_filled_again_are_the_same_pixels(labels):
    content = json.loads(written(labels))
    numbers = {
        each["id"]: int(each["name"].replace("tooth", "0")) for each in content["categories"]
    }
    again = np.zeros_like(labels)
    for annotation in content["annotations"]:
        for ring in annotation["segmentation"]:
            window, inside = filled([np.reshape(ring, (-1, 2))], *labels.shape[::-1])
            again[window][inside] = numbers[annotation["category_id"]]
    assert np.array_equal(again, labels)


@given(LABELS)
def test_lines_of_a_yolo_file_filled_again_are_the_same_pixels(labels):
    again = np.zeros_like(labels)
    for line in yolo_file(labels, NAMES).splitlines():
        tooth, *shares = line.split()
        ring = np.reshape([float(share) for share in shares], (-1, 2)) * labels.shape[::-1]
        window, inside = filled([ring], *labels.shape[::-1])
        again[window][inside] = [11, 21, 38][int(tooth)]
    assert np.array_equal(again, labels)


@pytest.mark.parametrize("seed", range(3))
def test_pycocotools_reads_nearly_the_same_pixels(tmp_path, seed):
    labels = smooth(seed)
    loader = loaded(tmp_path / "teeth.json", written(labels, names={1: "1", 2: "2", 3: "3"}))
    for annotation in loader.loadAnns(loader.getAnnIds()):
        theirs = loader.annToMask(annotation).astype(bool)
        ours = labels == annotation["category_id"]
        assert 2 * (theirs & ours).sum() / (theirs.sum() + ours.sum()) > 0.99
        assert annotation["area"] == pytest.approx(
            int(coco_masks.area(loader.annToRLE(annotation))), rel=0.02
        )


def test_a_yolo_file_of_no_teeth_is_empty():
    assert yolo_file(np.zeros((4, 4), dtype=np.uint16), NAMES) == ""


def test_a_yolo_file_has_a_line_a_tooth_in_shares():
    labels = np.zeros((4, 8), dtype=np.uint16)
    labels[1:3, 2:6] = 21
    (line,) = yolo_file(labels, NAMES).splitlines()
    tooth, *shares = line.split()
    assert tooth == "1"
    assert {float(share) for share in shares[::2]} == {0.25, 0.3125, 0.6875, 0.75}
    assert {float(share) for share in shares[1::2]} == {0.25, 0.375, 0.625, 0.75}


def test_classes_are_named_beside_yolo_files():
    content = yaml.safe_load(yolo_names(NAMES))
    assert content["names"] == {0: "11", 1: "21", 2: "38", 3: "tooth"}
