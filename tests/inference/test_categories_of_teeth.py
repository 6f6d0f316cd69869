"""Files of annotation tools call teeth by their numbers, and give these back when they are read."""

import json
from pathlib import PurePosixPath

import numpy as np
import pytest
import yaml
from fake_segmenter import FakeNumberingNetwork, FakeSegmenter
from small_xrays import segment
from test_annotation_files import ALL, XRAYS, Annotation, coco

from teeth_unet.annotations import Annotations, number_labels, open_annotations, rasterise
from teeth_unet.pictures import open_png

pytestmark = pytest.mark.usefixtures("fake_separation_network")


def shown(folder, case):
    """Categories of the objects of a case, the same in all three formats."""
    (labelme,) = folder.glob(f"labelme/{case}.json")
    names = yaml.safe_load((folder / "yolo/data.yaml").read_text("utf-8"))["names"]
    lines = (folder / f"yolo/{case}.txt").read_text("utf-8").splitlines()
    content = coco(folder)
    of_id = {each["id"]: each["name"] for each in content["categories"]}
    found = [of_id[each["category_id"]] for each in content["annotations"]]
    assert found == [names[int(line.split()[0])] for line in lines]
    shapes = json.loads(labelme.read_text("utf-8"))["shapes"]
    assert found == [each["label"] for each in shapes]
    return found


@pytest.mark.parametrize(
    ("notation", "named"),
    [
        ("fdi", ["18", "17", "16"]),
        ("universal", ["1", "2", "3"]),
        ("palmer", ["UR8", "UR7", "UR6"]),
    ],
)
def test_categories_are_the_numbers_of_the_teeth(store, folder, notation, named):
    segment(store, {"7": XRAYS["7"]}, ALL.model_copy(update={"notation": notation}))
    assert shown(folder, "7") == named


def test_what_is_no_tooth_is_called_what_it_is(store, folder, monkeypatch):
    kinds = {17: "implant", 16: "germ"}
    monkeypatch.setattr(
        FakeSegmenter, "numbering_network", property(lambda _: FakeNumberingNetwork(kinds))
    )
    segment(store, {"7": XRAYS["7"]}, ALL)
    assert shown(folder, "7") == ["18", "implant", "16"]


def test_without_numbers_every_tooth_is_a_tooth(store, folder):
    segment(store, {"7": XRAYS["7"]}, ALL.model_copy(update={"numbers": False}))
    assert shown(folder, "7") == ["tooth"] * 3
    assert [each["name"] for each in coco(folder)["categories"]] == ["tooth"]


def test_categories_are_the_same_in_every_file_and_count_from_one(store, folder):
    """CVAT takes a category of COCO with the id 0 for none; classes of YOLO count from 0."""
    listed = []
    for xrays in ({"7": XRAYS["7"]}, {"none": XRAYS["none"]}):
        segment(store, xrays, ALL)
        listed.append([(each["id"], each["name"]) for each in coco(folder)["categories"]])
    assert listed[0] == listed[1]
    assert [number for number, _ in listed[0]] == list(range(1, len(listed[0]) + 1))
    names = yaml.safe_load((folder / "yolo/data.yaml").read_text("utf-8"))["names"]
    assert [(number + 1, name) for number, name in names.items()] == listed[0]
    assert {"11", "48", "85", "implant", "pontic", "tooth"} <= set(names.values())


@pytest.mark.parametrize("other", [{"notation": "palmer"}, {"numbers": False}])
def test_categories_change_with_the_settings_though_there_is_no_tooth(store, folder, other):
    listed = []
    for changes in ({}, other):
        segment(store, {"none": XRAYS["none"]}, ALL.model_copy(update=changes))
        listed.append([each["name"] for each in coco(folder)["categories"]])
        names = yaml.safe_load((folder / "yolo/data.yaml").read_text("utf-8"))["names"]
        assert listed[-1] == list(names.values())
    assert listed[0] != listed[1]


@pytest.mark.parametrize("notation", ["fdi", "universal", "palmer"])
@pytest.mark.parametrize("place", ["coco.json", "labelme/*.json", "yolo/*"])
def test_what_comes_back_is_what_was_found_with_its_numbers(store, folder, place, notation):
    segment(store, XRAYS, ALL.model_copy(update={"notation": notation}))
    found = open_annotations([Annotation(folder, path) for path in sorted(folder.glob(place))])
    # Numbers of front teeth alone may be of either notation.
    asked = {} if notation == "palmer" else {"notation": notation}
    numbering = number_labels(found, Annotations(**asked))
    by_file = {PurePosixPath(each.file).stem: each for each in found.pictures}
    for case, load in XRAYS.items():
        stem = case if place.startswith("yolo") else PurePosixPath(load.name).stem
        back = rasterise(by_file[stem], 400, 200, numbering)
        with open_png(folder / f"labels/{case}.png") as labels:
            np.testing.assert_array_equal(back, np.asarray(labels))
