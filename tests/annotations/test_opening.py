"""Which format files have."""

import json

import pytest
from files_in_memory import File, json_file, text_file

from teeth_unet.annotations import open_annotations
from teeth_unet.errors import InputError

COCO = {
    "images": [{"id": 1, "file_name": "17.png", "width": 8, "height": 6}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 3, "segmentation": [[0, 0, 4, 0, 4, 4]]}
    ],
    "categories": [{"id": 3, "name": "11"}],
}
YOLO = "0 0.1 0.1 0.5 0.1 0.5 0.5\n"


@pytest.mark.parametrize("name", ["annotations.json", "a.txt", "labels", "_annotations.coco.json"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32-be"])
def test_coco_is_told_by_its_content_in_any_encoding(name, encoding):
    annotations = open_annotations([json_file(COCO, name, encoding)])
    assert annotations.format == "COCO"
    assert annotations.labels == {"11": 1}


@pytest.mark.parametrize("name", ["17.txt", "labels/17.txt", "17"])
def test_yolo_is_told_by_its_content(name):
    assert open_annotations([text_file(name, YOLO)]).format == "YOLO"


def test_empty_yolo_files_alone_are_told_by_their_folder():
    annotations = open_annotations([text_file("labels/17.txt", ""), text_file("data.yaml", "")])
    assert annotations.format == "YOLO"
    assert list(annotations.pictures[0].read_shapes()) == []


def test_files_beside_the_annotations_are_told():
    files = [
        json_file(COCO),
        File("17.png", b"\x89PNG"),
        File("18.png", b""),
        text_file("README.dataset.txt", "Teeth, 2 X-rays\n"),
        json_file({"info": {}, "categories": []}, "notes.json"),
        File("Thumbs", b"\xd0\xcf\x11\xe0\xff"),
    ]
    assert list(open_annotations(files).notes) == [
        "Files beside the annotations that are left out: 2 .png, 1 .txt, 1 .json, 1 without ending."
    ]


def test_several_formats_are_refused_by_name():
    with pytest.raises(
        InputError, match=r"COCO \(annotations.json\) and YOLO \(17.txt\)"
    ) as refused:
        open_annotations([json_file(COCO), text_file("17.txt", YOLO)])
    assert "COCO (annotations.json) and YOLO (17.txt)" in str(refused.value)
    assert "Leave those of one format" in str(refused.value)


@pytest.mark.parametrize(
    ("of_coco", "of_yolo", "remedy"),
    [
        ("coco.json", ["yolo/17.txt", "yolo/18.txt"], "Give one of these in it, by its own path:"),
        ("a/coco.json", ["b/17.txt"], "by its own path: a, b."),
        ("coco.json", ["17.txt", "18.txt"], "Leave those of one format"),
        ("a/coco.json", ["a/17.txt"], "Leave those of one format"),
        ("a/coco.json", ["a/b/17.txt"], "Leave those of one format"),
    ],
)
def test_of_several_formats_each_is_named_by_its_place_if_it_has_one(of_coco, of_yolo, remedy):
    texts = [text_file(name, YOLO) for name in of_yolo]
    with pytest.raises(InputError) as refused:
        open_annotations([json_file(COCO, of_coco), *texts])
    assert remedy in str(refused.value)


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (text_file("notes.txt", "Teeth"), "found notes.txt"),
        (json_file({"shapes": 3}), "found annotations.json"),
        (json_file([]), "found annotations.json"),
        (json_file([{"image_id": 1, "segmentation": [], "score": 0.9}]), "found annotations.json"),
        (File("17.png", b"\x89PNG"), "found 17.png"),
        (File("a.json", b""), "a.json: expected annotations, found an empty file"),
        (File("a.json", b" \n"), "a.json: expected annotations, found an empty file"),
        (File("a.json", b'{"images": [\xff]}'), "a.json: expected text in UTF-8, found bytes"),
        (File("a.json", b'{"images": ['), r"a.json: expected annotations in JSON, found damaged"),
        (File("a.json", b"[" * 10**6), "a thousand deep"),
        (File("a.json", b'{"a":' * 10**5), "a thousand deep"),
        (File("a.json", b"[" + b"9" * 5000 + b"]"), "damaged JSON"),
        (File("a.json", json.dumps(COCO).encode()[:-40]), "damaged JSON"),
    ],
)
def test_what_is_no_annotation_is_refused(file, found):
    with pytest.raises(InputError, match=found):
        open_annotations([file])


def test_no_file_at_all_is_refused():
    with pytest.raises(InputError, match=r"one of these formats: COCO, YOLO.*found no file"):
        open_annotations([])


def test_a_file_beyond_all_measure_is_refused(monkeypatch):
    monkeypatch.setattr("teeth_unet.annotations.documents.MOST_BYTES", 1 << 20)
    with pytest.raises(InputError, match="at most 1 MiB, found 2 MiB"):
        open_annotations([File("a.json", b" " * (2 << 20))])


@pytest.mark.parametrize("content", [b"[[],[]]", b"[1,2,3]", b'[{},{"a":{}}]'])
def test_a_file_of_too_many_values_is_refused_before_they_are_made(content, monkeypatch):
    monkeypatch.setattr("teeth_unet.annotations.documents.MOST_VALUES", 2)
    with pytest.raises(InputError, match=r"at most 2 values, found [345]"):
        open_annotations([File("a.json", content)])
