"""COCO files as tools write them."""

import numpy as np
import pytest
from files_in_memory import json_file
from pycocotools import mask as coco_masks

from teeth_unet.annotations import Numbering, open_annotations, rasterise
from teeth_unet.errors import InputError

SQUARE = [1, 1, 5, 1, 5, 4, 1, 4]
PIXELS = np.zeros((6, 8), dtype=np.uint8)
PIXELS[1:4, 1:5] = 1
PACKED = coco_masks.encode(np.asfortranarray(PIXELS))["counts"].decode()
COUNTS = [7, 3, 3, 3, 3, 3, 3, 3, 20]
TEETH = Numbering({"11": 11, "21": 21, "tooth": None, "category 9": 48}, single_teeth=True)


def annotation(segmentation, **more):
    return {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, "area": 12,
            "bbox": [1, 1, 4, 3], "segmentation": segmentation, **more}  # fmt: skip


def document(*annotations, images=None, categories=None):
    picture = {"id": 1, "file_name": "17.png", "width": 8, "height": 6}
    return {
        "info": {},
        "licenses": [],
        "images": images or [picture],
        "annotations": list(annotations),
        "categories": categories
        or [{"id": 1, "name": "11", "supercategory": ""}, {"id": 2, "name": "21"}],
    }


def opened(*annotations, **more):
    return open_annotations([json_file(document(*annotations, **more))])


def drawn(annotations, width=8, height=6):
    (picture,) = annotations.pictures
    return rasterise(picture, width, height, TEETH)


@pytest.mark.parametrize(
    "segmentation",
    [
        [SQUARE],
        SQUARE,
        [[str(number) for number in SQUARE]],
        [[1, 1], [5, 1], [5, 4], [1, 4]],
        [[[1, 1], [5, 1], [5, 4], [1, 4]]],
        [[1, 1, 3, 1, 3, 4, 1, 4], [3, 1, 5, 1, 5, 4, 3, 4]],
        [[1, 1, 4, 1, 4, 4, 1, 4], [2, 1, 5, 1, 5, 4, 2, 4]],
        [[1250, 510, 1250, 515], SQUARE],  # cocoapi 348: a line among polygons
        {"size": [6, 8], "counts": PACKED},
        {"size": [6, 8], "counts": COUNTS},
        {"size": ["6", "8"], "counts": [float(count) for count in COUNTS]},
        [COUNTS],  # cvat 6014: run lengths written as a polygon
        COUNTS,
    ],
    ids=[
        "polygon", "flat", "numbers as text", "pairs", "pairs in a polygon", "two parts",
        "parts that overlap", "a line beside", "compressed", "plain", "as floats",
        "run lengths as polygon", "flat run lengths",
    ],
)  # fmt: skip
@pytest.mark.parametrize("crowd", [0, 1])
def test_a_region_is_the_same_however_it_is_written(segmentation, crowd):
    annotations = opened(annotation(segmentation, iscrowd=crowd))
    assert annotations.labels == {"11": 1}
    assert np.array_equal(drawn(annotations), PIXELS * np.uint16(11))
    assert not annotations.notes


@pytest.mark.parametrize(
    "nothing",
    [[], None, {}],
    ids=["empty list", "null", "empty object"],
)
def test_boxes_and_points_are_told_and_left_out(nothing):
    annotations = opened(
        annotation(nothing, keypoints=[1, 2, 2]), annotation([SQUARE]), {"id": 3, "image_id": 1}
    )
    assert annotations.labels == {"11": 1}
    assert annotations.notes == [
        "Annotations of a box or points, which mark no region, are left out: 2."
    ]


@pytest.mark.parametrize(
    ("image_id", "ids"),
    [("7", 7), (7, "7"), (7.0, 7), ("a-1", "a-1"), (0, 0), (2**70, 2**70)],
)
def test_ids_may_be_text_or_numbers(image_id, ids):
    annotations = opened(
        annotation([SQUARE], image_id=image_id, category_id=image_id),
        images=[{"id": ids, "file_name": "17.png", "width": 8, "height": 6}],
        categories=[{"id": ids, "name": "11"}],
    )
    assert annotations.labels == {"11": 1}


def test_a_root_category_of_a_service_that_nothing_has_is_no_label():
    # rf-detr 1303: the first category of an export is the project's name
    categories = [
        {"id": 0, "name": "ufba-425"},
        {"id": 1, "name": "11", "supercategory": "ufba-425"},
    ]
    assert opened(annotation([SQUARE]), categories=categories).labels == {"11": 1}


def test_categories_that_the_table_lacks_are_called_by_their_id():
    annotations = opened(
        annotation([SQUARE], category_id=9),
        {"image_id": 1, "segmentation": [SQUARE]},  # make-sense 144
        annotation([SQUARE], category_id=0),
    )
    assert annotations.labels == {"category 9": 1, "no category": 1, "category 0": 1}


def test_a_picture_in_which_nothing_is_marked_has_no_shapes():
    annotations = opened()
    assert annotations.labels == {}
    assert [picture.file for picture in annotations.pictures] == ["17.png"]
    assert not drawn(annotations).any()


def test_annotations_of_pictures_that_are_not_listed_are_told():
    annotations = opened(annotation([SQUARE], image_id=13), annotation([SQUARE]))
    assert annotations.labels == {"11": 1}
    assert annotations.notes == [
        "Annotations of pictures that the file does not list are left out: 1."
    ]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("17_png.rf.0a1b2c.jpg", "17_png.rf.0a1b2c.jpg"),
        ("images/17.png", "images/17.png"),
        ("images\\cb0618f6-17.png", "images/cb0618f6-17.png"),
        # label-studio 7294, 9366: the place on the computer that wrote it
        ("..\\..\\label-studio\\media\\upload\\4\\17.png", "label-studio/media/upload/4/17.png"),
        ("C:\\Users\\x\\17.png", "Users/x/17.png"),
        ("/data/upload/17.png", "data/upload/17.png"),
        ("https://x.org/a/17.png", "x.org/a/17.png"),
        ("../../etc/17.png", "etc/17.png"),
    ],
)
def test_names_of_pictures_stay_within_the_set(written, name):
    images = [{"id": 1, "file_name": written, "width": 8, "height": 6}]
    assert opened(images=images).pictures[0].file == name


def test_files_for_training_and_test_are_one_set():
    files = [
        json_file(document(annotation([SQUARE])), "train/_annotations.coco.json"),
        json_file(document(annotation([SQUARE], category_id=2)), "test/_annotations.coco.json"),
    ]
    annotations = open_annotations(files)
    assert [picture.file for picture in annotations.pictures] == ["train/17.png", "test/17.png"]
    assert annotations.labels == {"11": 1, "21": 1}


def test_captions_of_the_same_pictures_are_told():
    captions = document({"id": 1, "image_id": 1, "caption": "Teeth"})
    files = [
        json_file(captions, "captions.json"),
        json_file(document(annotation([SQUARE])), "i.json"),
    ]
    annotations = open_annotations(files)
    assert np.array_equal(drawn(annotations), PIXELS * np.uint16(11))
    assert annotations.notes == [
        "Annotations of a box or points, which mark no region, are left out: 1.",
        "Second entries of a picture, in which nothing is marked, are left out: 1.",
    ]


@pytest.mark.parametrize("sizes", [{}, {"width": None, "height": None}, {"width": 0, "height": 0},
                                   {"width": "?", "height": float("nan")}])  # fmt: skip
def test_without_a_size_shapes_are_in_pixels_of_the_file(sizes):
    images = [{"id": 1, "file_name": "17.png", **sizes}]
    annotations = opened(annotation([SQUARE]), images=images)
    assert np.array_equal(drawn(annotations), PIXELS * np.uint16(11))


@pytest.mark.parametrize("crowds", [1, 2])
def test_one_crowd_of_teeth_is_a_region_and_several_are_teeth(crowds):
    # CVAT writes each brushed region as a crowd (cvat 8470)
    shapes = [annotation([SQUARE], iscrowd=1), annotation([[6, 0, 8, 0, 8, 2, 6, 2]], iscrowd=1)]
    annotations = opened(*shapes[:crowds], categories=[{"id": 1, "name": "tooth"}])
    assert np.unique(drawn(annotations)).tolist() == [[0, 100], [0, 201, 202]][crowds - 1]


UNUSABLE = [
    ([[1, 1, 5, 1, 5]], "5 numbers"),
    ([[1, 1, 5, 1, float("nan"), 4]], "NaN or infinity"),
    ([[1, 1, 5, 1, 1e999, 4]], "NaN or infinity"),
    ([[1, 1, 5, 1, 10**60, 4]], "NaN or infinity"),
    ([[1, 1, 5, 1, None, 4]], "NaN or infinity"),
    ([[1, 1, 5, 1, "x", 4]], "'x'"),
    ([[1, 1, 5, 1, 10**400, 4]], "1000"),
    ([[[1, 1, 1], [5, 1, 1], [5, 4, 1]]], "1"),
    ([[1, 1, [5]]], r"\[1, 1, \[5\]\]"),
    ([None], "nan"),
    ("0 1 2", "0 1 2"),
    (7, "7"),
    ({"size": [6, 8], "counts": [5, 9]}, "do not add up to 8x6 px"),
    ({"size": [6, 8], "counts": PACKED[:-1]}, "do not add up|truncated"),
    ({"size": [6, 8], "counts": PACKED.replace("3", "\\\\")}, "run lengths"),
    ({"size": [6, 8]}, "whole numbers"),
    ({"counts": COUNTS}, "the size None"),
    ({"size": [8, 6], "counts": COUNTS}, "found 6x8 px"),
    ({"size": [60000, 80000], "counts": [4_800_000_000]}, "found 80000x60000 px"),
    ({"size": 6, "counts": COUNTS}, "the size 6"),
    ({"size": [6, 8, 1], "counts": COUNTS}, r"the size \[6, 8, 1\]"),
    ({"size": [6, float("inf")], "counts": COUNTS}, "the size"),
]


@pytest.mark.parametrize(("segmentation", "found"), UNUSABLE)
def test_a_region_that_cannot_be_used_is_refused_by_name(segmentation, found):
    with pytest.raises(InputError, match=found) as refused:
        opened(annotation(segmentation, id=77))
    assert str(refused.value).startswith("annotations.json, annotation 77 of 17.png: expected ")


def test_run_lengths_of_billions_of_pixels_are_refused():
    images = [{"id": 1, "file_name": "17.png", "width": 80_000, "height": 60_000}]
    runs = {"size": [60_000, 80_000], "counts": [4_800_000_000]}
    with pytest.raises(InputError, match="run lengths of 80000x60000 px"):
        opened(annotation(runs), images=images)


@pytest.mark.parametrize(
    ("images", "found"),
    [
        ([{"id": 1}], "file_name"),
        ([{"id": 1, "file_name": " "}], "file_name"),
        ([{"id": 1, "file_name": 17}], "file_name"),
        (["17.png"], "file_name"),
        # cvat 4185: two pictures with one id
        ([{"id": 1, "file_name": "17.png"}, {"id": 1, "file_name": "18.png"}],
         "the id 1 for one picture, found it for '17.png' and '18.png'"),
    ],
)  # fmt: skip
def test_pictures_that_cannot_be_told_apart_are_refused(images, found):
    with pytest.raises(InputError, match=found):
        opened(images=images)


def test_a_picture_that_is_annotated_twice_is_refused():
    images = [{"id": 1, "file_name": "17.png"}, {"id": 2, "file_name": "17.png"}]
    with pytest.raises(InputError, match=r"one annotation of '17\.png', found two of them"):
        opened(annotation([SQUARE]), annotation([SQUARE], image_id=2), images=images)


@pytest.mark.parametrize("key", ["annotations", "categories"])
def test_what_should_be_a_list_and_is_none_is_refused(key):
    with pytest.raises(InputError, match=f"a list of {key}, found dict"):
        open_annotations([json_file({**document(), key: {"1": 2}})])
