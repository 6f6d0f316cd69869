"""YOLO segmentation labels as tools write them."""

import numpy as np
import pytest
from files_in_memory import File, text_file

from teeth_unet.annotations import Numbering, open_annotations, rasterise
from teeth_unet.errors import InputError

LINE = "1 0.125 0.25 0.625 0.25 0.625 0.75 0.125 0.75\n"
PIXELS = np.zeros((8, 16), dtype=np.uint16)
PIXELS[2:6, 2:10] = 21
NAMES = text_file("data.yaml", "names: ['11', '21']\n")
TEETH = Numbering({"11": 11, "21": 21}, single_teeth=True)


def opened(text, *more):
    return open_annotations([text_file("labels/17.txt", text), *(more or [NAMES])])


def drawn(annotations):
    (picture,) = annotations.pictures
    return rasterise(picture, 16, 8, TEETH)


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (LINE, []),
        (LINE.replace("\n", "\r\n"), []),
        ("\ufeff" + LINE, []),
        (f"\n{LINE}\n \n", []),
        (LINE.replace("1 ", "1.0 ", 1), []),
        (LINE.replace(" ", "\t"), []),
        (LINE.replace(" ", ", "), []),
        (LINE.replace(" ", ";"), []),
        (LINE.replace(".", ","), ["Lines with decimal commas: 1."]),
        (LINE.replace("0.125", "1.25e-01"), []),
        (LINE.replace("\n", " 0.9\n"), ["Lines with one number more, taken for a confidence: 1."]),
        (LINE + "0 0.5 0.5 0.1 0.1\n",
         ["Lines with a box, which marks no region, are left out: 1."]),
        (LINE + "0 0.5 0.5 0.1 0.1 0.99\n",
         ["Lines with a box, which marks no region, are left out: 1."]),
    ],
    ids=[
        "plain", "Windows", "byte order mark", "empty lines", "1.0", "tabs", "commas",
        "semicolons", "decimal commas", "exponent", "confidence", "box", "box with confidence",
    ],
)  # fmt: skip
def test_a_line_is_a_region_however_it_is_written(text, notes):
    annotations = opened(text)
    assert np.array_equal(drawn(annotations), PIXELS)
    assert annotations.labels == {"21": 1}
    assert annotations.notes == notes


@pytest.mark.parametrize(
    "table",
    [
        text_file("data.yaml", "names:\n  0: '11'\n  1: '21'\nnc: 2\n"),
        text_file("data.yaml", "train: ../train/images\nnc: 2\nnames: [11, 21]\n"),
        text_file("dataset/data.yml", "names: [11, 21]"),
        text_file("classes.txt", "11\n21\n"),
        text_file("classes.txt", "11\r\n21"),
        text_file("obj.names", "11\n21\n", "utf-8-sig"),
    ],
    ids=["by number", "list", "folder", "classes.txt", "Windows", "darknet"],
)
def test_classes_have_their_names_from_a_table(table):
    assert opened(LINE, table).labels == {"21": 1}


@pytest.mark.parametrize("name", ["no", "011", "1e3", "~", "2024-01-01"])
def test_names_in_yaml_stay_text(name):
    assert opened(LINE, text_file("data.yaml", f"names: [x, {name}]")).labels == {name: 1}


def test_classes_without_a_table_are_called_by_their_number():
    annotations = open_annotations([text_file("17.txt", LINE)])
    assert annotations.labels == {"class 1": 1}
    assert annotations.notes == [
        "Classes without names, since there is no data.yaml or classes.txt: 1."
    ]


def test_a_class_that_the_table_lacks_is_called_by_its_number():
    assert opened(LINE.replace("1", "7", 1)).labels == {"class 7": 1}


def test_an_empty_file_says_that_nothing_is_marked():
    annotations = open_annotations(
        [text_file("labels/17.txt", LINE), text_file("labels/18.txt", " \n"), NAMES]
    )
    assert [(each.file, len(each.read_shapes())) for each in annotations.pictures] == [
        ("images/17.png", 1), ("images/18.png", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("label", "picture"),
    [
        ("labels/17.txt", "images/17.png"),
        ("train/labels/17_png.rf.0a1b.txt", "train/images/17_png.rf.0a1b.png"),
        ("labels/train/17.v2.txt", "images/train/17.v2.png"),
        ("labels/labels/17.txt", "labels/images/17.png"),
        ("obj_train_data/17.txt", "obj_train_data/17.png"),
        ("17.TXT", "17.png"),
    ],
)
def test_a_label_file_is_of_the_picture_of_its_name(label, picture):
    annotations = open_annotations([text_file(label, LINE), NAMES])
    assert [each.file for each in annotations.pictures] == [picture]


def test_lists_of_pictures_and_notes_are_no_labels():
    beside = [
        text_file(name, "images/17.png\n")
        for name in ("train.txt", "val.txt", "README.roboflow.txt", "README.dataset.txt")
    ]
    assert len(opened(LINE, NAMES, *beside).pictures) == 1


def test_other_text_beside_labels_is_told_and_left_out():
    annotations = opened(LINE, NAMES, text_file("about.txt", "Teeth,\nfrom two clinics\n"))
    assert len(annotations.pictures) == 1
    assert annotations.notes == [
        "Text files without a line that begins with a number are left out: 1."
    ]


def test_coordinates_a_little_outside_are_cut_off():
    # yolov5 10632, label-studio 5014, X-AnyLabeling 547
    annotations = opened("1 -0.1 0 1.0021 0 1.0004 1.02 -0.1 1.0\n")
    assert (drawn(annotations) == 21).all()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3 780 588 778 590 772 590\n", "588 to 780|found 588 to 780"),  # yolov5 10196
        ("0 0.1 0.2 nan 0.3 0.1 0.5\n", "nan"),
        ("0 0.1 0.2 inf 0.3 0.1 0.5\n", "inf"),
        ("0 0.1 0.2 0.3 0.3 0.1 x\n", "0.1 x"),
        ("0 0.1 0.2\n", "0 0.1 0.2"),
        ("0\n", "'0'"),
        ("-1 0.1 0.2 0.3 0.3 0.1 0.4\n", "-1 0.1"),
        ("0.5 0.1 0.2 0.3 0.3 0.1 0.4\n", "0.5 0.1"),
        ("nan 0.1 0.2 0.3 0.3 0.1 0.4\n", "nan 0.1"),
        ("1e99 0.1 0.2 0.3 0.3 0.1 0.4\n", "1e99"),
        (", , ,\n", "', , ,'"),
    ],
)
def test_a_line_that_is_none_is_refused_by_its_place(text, found):
    with pytest.raises(InputError, match=found) as refused:
        opened(LINE + text)
    assert str(refused.value).startswith("labels/17.txt, line 2: expected lines of a class")


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("names: [a, b", "YAML"),
        ("names: 3", "something else"),
        ("names: {0: [a]}", "something else"),
        ("- 3", "something else"),
        ("names: [" + "[" * 5000, "YAML"),
        ("a: &a [x]\nb: &b [*a, *a]\nnames: [*b, *b, *b]", "something else"),
        ("kpt_shape: [17, 3]\nnames: [a]", "labels of points: kpt_shape"),
    ],
)
def test_a_table_of_classes_that_is_none_is_refused(table, found):
    with pytest.raises(InputError, match=found) as refused:
        opened(LINE, text_file("data.yaml", table))
    assert str(refused.value).startswith("data.yaml: ")


def test_two_tables_of_classes_that_differ_are_refused():
    with pytest.raises(InputError, match="the classes of data.yaml"):  # noqa: RUF043
        opened(LINE, NAMES, text_file("classes.txt", "21\n11\n"))


def test_a_label_file_that_is_no_text_is_refused():
    with pytest.raises(InputError, match="expected text in UTF-8"):
        opened(LINE, NAMES, File("labels/18.txt", b"0 0.1 \xff"))
