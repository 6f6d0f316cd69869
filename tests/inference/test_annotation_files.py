"""What was found, as files of annotation tools: made, found again, added, and never lost."""

import json
from pathlib import PurePosixPath

import numpy as np
import pytest
from PIL import ExifTags, Image
from small_results import files
from small_xrays import segment

from teeth_unet.annotations import Annotations, number_labels, open_annotations, rasterise
from teeth_unet.inference import Inference
from teeth_unet.inference import cases as cases_of_the_room

pytestmark = pytest.mark.usefixtures("fake_separation_network")

ALL = Inference(overlay=False, formats="coco+labelme+yolo")
PLAIN = Inference(overlay=False)


class File:
    """An X-ray of 400x200 px with a few teeth, as a file of a folder."""

    def __init__(self, name, teeth=3, orientation=None):
        self.name, self.teeth, self.orientation = name, teeth, orientation

    def read(self):
        return f"{self.teeth} {self.orientation}".encode()

    def count_pixels(self, content):
        return 80_000

    def __call__(self):
        levels = np.full((200, 400), 20, np.uint8)
        for tooth in range(self.teeth):
            levels[60:140, 40 + 50 * tooth : 70 + 50 * tooth] = 230
        if not self.orientation:
            return Image.fromarray(levels)
        image = Image.fromarray(np.ascontiguousarray(np.rot90(levels)))
        image.getexif()[ExifTags.Base.Orientation] = self.orientation
        return image


KINDS = ("coco.json", "labelme", "yolo")

XRAYS = {
    "7": File("in/7.png"),
    "none": File("none.dcm", teeth=0),
    "lying": File("l.jpg", 2, orientation=6),
}


def coco(folder):
    return json.loads((folder / "coco.json").read_text("utf-8"))


def test_each_format_has_its_files(store, folder):
    summary = segment(store, XRAYS, ALL)
    assert summary["not_written"] == {}
    assert {name for name in files(folder) if name.split("/")[0] in KINDS} == {
        "coco.json",
        "yolo/data.yaml",
        *(f"{kind}/{case}.{suffix}" for case in XRAYS
          for kind, suffix in (("labelme", "json"), ("yolo", "txt"))),
    }  # fmt: skip


def test_files_name_the_xray_and_its_upright_size(store, folder):
    segment(store, XRAYS, ALL)
    images = {each["file_name"]: (each["width"], each["height"]) for each in coco(folder)["images"]}
    assert images == dict.fromkeys(("in/7.png", "none.dcm", "l.jpg"), (400, 200))
    labelme = json.loads((folder / "labelme/7.json").read_text("utf-8"))
    size = labelme["imageWidth"], labelme["imageHeight"]
    assert (labelme["imagePath"], labelme["imageData"], *size) == ("7.png", None, 400, 200)


def test_every_tooth_is_there_once(store, folder):
    segment(store, XRAYS, ALL)
    teeth = {case: len(store.rows(case)[1]) for case in XRAYS}
    assert teeth == {"7": 3, "none": 0, "lying": 2}
    assert len(coco(folder)["annotations"]) == 5
    for case, count in teeth.items():
        shapes = json.loads((folder / f"labelme/{case}.json").read_text("utf-8"))["shapes"]
        assert len(shapes) == count
        lines = (folder / f"yolo/{case}.txt").read_text("utf-8").splitlines()
        assert len(lines) == count


def test_numbers_of_the_label_map_are_those_of_the_table(store):
    segment(store, {"7": XRAYS["7"]}, ALL)
    labels = store.instances("7")
    for tooth in store.rows("7")[1]:
        assert labels[round(tooth["centre_y"]), round(tooth["centre_x"])] == tooth["tooth"]


def test_the_label_map_of_a_huge_xray_is_at_its_own_size(store, monkeypatch):
    monkeypatch.setattr(cases_of_the_room, "MOST_PIXELS", 20_000)
    segment(store, {"7": XRAYS["7"]}, ALL)
    labels = store.instances("7")
    assert labels.shape == (200, 400)
    mask = np.asarray(Image.open(store.path / "masks/7.png")) > 0
    assert ((labels > 0) == mask).mean() > 0.98


def test_what_is_done_is_left_as_it_is(store, folder):
    segment(store, XRAYS, ALL)
    before = {name: (folder / name).stat().st_mtime_ns for name in files(folder)}
    assert segment(store, XRAYS, ALL)["found"] == 3
    assert {name: (folder / name).stat().st_mtime_ns for name in files(folder)} == before


def test_without_formats_files_of_an_earlier_run_stay(store, folder):
    segment(store, XRAYS, ALL)
    before = files(folder)
    assert segment(store, XRAYS, PLAIN)["found"] == 3
    assert files(folder) == before


def test_another_format_needs_no_network_where_there_was_one_before(store, folder):
    segment(store, XRAYS, Inference(overlay=False, formats=["coco"]))
    assert not (folder / "labelme").exists()
    assert segment(store, XRAYS, ALL)["found"] == 3
    at_once = {name: (folder / name).read_bytes() for name in files(folder) if "rows" not in name}
    for name in at_once:
        (folder / name).unlink()
    segment(store, XRAYS, ALL)
    assert at_once == {name: (folder / name).read_bytes() for name in at_once}


def test_the_first_format_has_the_xray_segmented_again(store):
    segment(store, XRAYS, PLAIN)
    summary = segment(store, XRAYS, ALL)
    assert (summary["made"], summary["found"]) == (3, 0)


def test_a_run_that_was_killed_between_two_xrays_goes_on(store, folder):
    segment(store, {"7": XRAYS["7"]}, ALL)
    summary = segment(store, XRAYS, ALL)
    assert (summary["made"], summary["found"]) == (2, 1)
    assert len(coco(folder)["images"]) == 3


def test_a_run_that_is_killed_while_it_adds_a_format_goes_on(store):
    segment(store, XRAYS, Inference(overlay=False, formats=["coco"]))

    def kill(self, path, content):
        if path.parent.name == "rows":
            raise KeyboardInterrupt
        written(self, path, content)

    written = type(store)._write_json
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(store), "_write_json", kill)
        with pytest.raises(KeyboardInterrupt):
            segment(store, XRAYS, ALL)
    summary = segment(store, XRAYS, ALL)
    assert (summary["made"], summary["found"], summary["failures"]) == (0, 3, {})


def test_one_that_fails_is_in_no_file(store, folder):
    segment(store, XRAYS, ALL)

    class Broken(File):
        def read(self):
            return b"another"

        def __call__(self):
            raise ValueError("broken")

    summary = segment(store, {**XRAYS, "7": Broken("in/7.png")}, ALL)
    assert list(summary["failures"]) == ["7"]
    assert len(coco(folder)["images"]) == 2
    assert not (folder / "labelme/7.json").exists()


def test_another_xray_under_the_name_has_other_files(store, folder):
    segment(store, {"7": File("7.png", 3)}, ALL)
    segment(store, {"7": File("7.png", 2)}, ALL)
    assert len(coco(folder)["annotations"]) == 2
    assert len((folder / "yolo/7.txt").read_text("utf-8").splitlines()) == 2


def test_files_of_others_are_removed_if_that_is_asked_for(store, folder):
    segment(store, XRAYS, ALL)
    fewer = {"7": XRAYS["7"]}
    segment(store, fewer, PLAIN.model_copy(update={"remove_others": True}))
    assert not (folder / "coco.json").exists()
    assert not (folder / "yolo/none.txt").exists()
    assert (folder / "yolo/7.txt").exists()


@pytest.mark.parametrize(
    "name", ["labelme/7.json", "yolo/7.txt", "instances/7.png", "labels/7.png", "masks/7.png"]
)
def test_a_file_of_a_case_that_somebody_has_changed_is_left_alone(store, folder, name):
    segment(store, XRAYS, ALL)
    (folder / name).write_text("corrected")
    if not name.startswith("instances"):
        assert segment(store, XRAYS, ALL)["failures"] == {}
    failures = segment(store, {"7": File("in/7.png", 2)}, ALL)["failures"]
    assert "made or changed by somebody else" in failures["7"]
    assert (folder / name).read_text() == "corrected"


@pytest.mark.parametrize("name", ["coco.json", "yolo/data.yaml"])
def test_a_file_of_all_that_somebody_else_has_made_is_left_alone_and_told(store, folder, name):
    store.begin()
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("mine")
    summary = segment(store, XRAYS, ALL)
    assert "made or changed by somebody else" in summary["not_written"][name]
    assert (folder / name).read_text() == "mine"
    assert summary["made"] == 3


def test_a_corrected_file_of_all_stays_as_long_as_the_xrays_are_the_same(store, folder):
    segment(store, XRAYS, ALL)
    (folder / "coco.json").write_text("corrected")
    assert segment(store, XRAYS, ALL)["not_written"] == {}
    more = {**XRAYS, "8": File("8.png", 1)}
    assert list(segment(store, more, ALL)["not_written"]) == ["coco.json"]
    assert (folder / "coco.json").read_text() == "corrected"


def test_a_corrected_label_map_counts(store, folder):
    segment(store, XRAYS, Inference(overlay=False, formats=["coco"]))
    labels = store.instances("7").astype(np.uint8)
    fewer = Image.fromarray(np.where(labels == 3, 0, labels).astype(np.uint8))
    fewer.save(folder / "instances/7.png")
    segment(store, XRAYS, ALL)
    assert len(coco(folder)["annotations"]) == 4
    assert len((folder / "yolo/7.txt").read_text("utf-8").splitlines()) == 2


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("coco", ("coco",)),
        ("coco+yolo+coco", ("coco", "yolo")),
        (["labelme"], ("labelme",)),
        ([], ()),
    ],
)
def test_formats_are_a_list_or_names_with_a_plus(given, read):
    assert Inference(formats=given).formats == read


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"formats": "coc"}, "unknown format 'coc': did you mean 'coco'"),
        ({"formats": ""}, "unknown format ''"),
        ({"formats": "coco", "teeth": False}, "leave out inference.teeth=false"),
    ],
)
def test_what_is_no_format_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        Inference(**given)


class Annotation:
    """A file of annotations in the folder of results."""

    def __init__(self, folder, path):
        self.name = path.relative_to(folder).as_posix()
        self.read = path.read_bytes


@pytest.mark.parametrize("place", ["coco.json", "labelme/*.json", "yolo/*"])
def test_without_numbers_teeth_come_back_to_the_pixel(store, folder, place):
    segment(store, XRAYS, ALL.model_copy(update={"numbers": False}))
    found = open_annotations([Annotation(folder, path) for path in sorted(folder.glob(place))])
    numbering = number_labels(found, Annotations(shapes="teeth"))
    by_file = {PurePosixPath(each.file).stem: each for each in found.pictures}
    for case, load in XRAYS.items():
        labels = store.instances(case)
        stem = case if place.startswith("yolo") else PurePosixPath(load.name).stem
        back = rasterise(by_file[stem], 400, 200, numbering)
        np.testing.assert_array_equal(back > 0, labels > 0)
        assert len(np.unique(back)) == len(np.unique(labels))
