"""A set in the catalog whose teeth are marked by an annotation tool."""

import io
import json
import logging
import pickle
import shlex

import numpy as np
import pytest
from archives import picture
from dicom_files import dicom
from PIL import ExifTags, Image
from xray_sets import PLACES, in_archive, in_folder, refusal, views

from teeth_unet.imaging import decode_labels, decode_xray
from teeth_unet.lineage import content_of_source
from teeth_unet.params_option import read
from teeth_unet.pictures import LazyImage


def rectangle(left, top, right, bottom):
    return [left, top, right, top, right, bottom, left, bottom]


def coco(pictures, labels=("11", "48")):
    """COCO JSON; shapes by picture: (label, left, top, right, bottom); the size, if not 6x4."""
    images, annotations = [], []
    for number, (name, shapes, *size) in enumerate(pictures, 1):
        width, height = size[0] if size else (6, 4)
        images.append({"id": number, "file_name": name, "width": width, "height": height})
        for label, *box in shapes:
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": labels.index(label),
                    "segmentation": [rectangle(*box)],
                    "bbox": [box[0], box[1], box[2] - box[0], box[3] - box[1]],
                    "area": (box[2] - box[0]) * (box[3] - box[1]),
                    "iscrowd": 0,
                }
            )
    categories = [{"id": number, "name": name} for number, name in enumerate(labels)]
    document = {"images": images, "annotations": annotations, "categories": categories}
    return json.dumps(document).encode()


LEFT, RIGHT = ("11", 0, 0, 2, 4), ("48", 4, 1, 6, 3)
BOTH = [LEFT, RIGHT]


def numbers(labels):
    return decode_labels(labels()).tolist()


TEETH = [[11, 11, 0, 0, 0, 0], *2 * [[11, 11, 0, 0, 48, 48]], [11, 11, 0, 0, 0, 0]]


@PLACES
def test_annotations_give_masks_and_the_numbers_of_teeth(tmp_path, place, caplog):
    xrays = place(tmp_path / "x", {"7.png": picture(9)})
    annotations = in_folder(tmp_path, {"a.json": coco([("7.png", BOTH)])}) / "a.json"
    with caplog.at_level(logging.INFO):
        found, masks, labels = views(tmp_path, xrays=xrays, annotations=annotations)
    assert list(found) == ["7"]
    assert np.asarray(masks["7"]()).tolist() == (255 * (np.array(TEETH) > 0)).tolist()
    assert numbers(labels["7"]) == TEETH
    assert f"{annotations}: COCO, 1 picture(s)" in caplog.text


def labelme_of(name):
    shapes = [
        {
            "label": label,
            "points": np.reshape(rectangle(*box), (-1, 2)).tolist(),
            "group_id": None,
            "shape_type": "polygon",
            "flags": {},
        }
        for label, *box in BOTH
    ]
    document = {"version": "5.5.0", "flags": {}, "shapes": shapes, "imagePath": name}
    return json.dumps({**document, "imageData": None, "imageHeight": 4, "imageWidth": 6}).encode()


def yolo_of():
    shares = [
        " ".join(
            f"{value / side:.6f}" for value, side in zip(rectangle(*box), 4 * [6, 4], strict=True)
        )
        for _, *box in BOTH
    ]
    return "".join(f"{number} {line}\n" for number, line in enumerate(shares)).encode()


def supervisely_of():
    objects = [
        {
            "id": number,
            "classId": number,
            "classTitle": label,
            "geometryType": "bitmap",
            "bitmap": {"data": packed(right - left, bottom - top), "origin": [left, top]},
        }
        for number, (label, left, top, right, bottom) in enumerate(BOTH)
    ]
    return json.dumps({"size": {"height": 4, "width": 6}, "objects": objects}).encode()


def packed(width, height):
    import base64
    import zlib

    stored = io.BytesIO()
    Image.new("1", (width, height), 1).save(stored, "PNG")
    return base64.b64encode(zlib.compress(stored.getvalue())).decode()


META = {"classes": [{"id": n, "title": t, "shape": "any"} for n, t in enumerate(("11", "48"))]}

SETS = {
    "COCO beside the X-rays": {
        "7.png": picture(),
        "_annotations.coco.json": coco([("7.png", BOTH)]),
    },
    "COCO in a folder": {"images/7.png": picture(), "result.json": coco([("images/7.png", BOTH)])},
    "COCO of Roboflow": {
        "train/7_png.rf.00aa.jpg": picture(0, "JPEG"),
        "train/_annotations.coco.json": coco([("7_png.rf.00aa.jpg", BOTH)]),
        "README.roboflow.txt": b"exported",
    },
    "LabelMe": {"7.png": picture(), "7.json": labelme_of("7.png")},
    "YOLO": {
        "train/images/7.png": picture(),
        "train/labels/7.txt": yolo_of(),
        "data.yaml": b"names: ['11', '48']\nnc: 2\ntrain: ../train/images\n",
    },
    "Supervisely": {
        "meta.json": json.dumps(META).encode(),
        "d2/img/7.png": picture(),
        "d2/ann/7.png.json": supervisely_of(),
    },
}


@PLACES
@pytest.mark.parametrize("name", SETS)
def test_annotations_may_lie_beside_their_xrays(tmp_path, place, name):
    path = place(tmp_path / "set", SETS[name])
    found, masks, labels = views(tmp_path, xrays=path)
    assert len(found) == len(masks) == 1
    assert [numbers(one) for one in labels.values()] == [TEETH]


NAMES = {
    "the same": ("7.png", "7.png"),
    "with folders": ("images/7.png", "export/images/7.png"),
    "with folders of Windows": ("7.png", r"C:\Ann\X-rays\7.png"),
    "another suffix": ("7.jpg", "7.png"),
    "capitals": ("IMG_7.PNG", "img_7.png"),
    "an escaped space": ("case 7.png", "case%207.png"),
    "Label Studio": ("7.png", "0a1b2c3d-7.png"),
    "Label Studio, uploaded": ("7.png", "/data/upload/1/0a1b2c3d-7.png"),
    "Label Studio, local": ("7.png", "/data/local-files/?d=teeth/7.png"),
    "Roboflow": ("7.png", "7_png.rf.0a1b2c3d4e5f.jpg"),
    "both changed by Roboflow": ("7_jpg.rf.ff00.jpg", "7_jpg.rf.00ff.jpg"),
    "Unicode in another form": ("\u00e9.png", "e\u0301.png"),
    "an address": ("7.png", "https://example.org/bucket/7.png"),
    # Each of these was reported: label-studio 7294, 729, label-studio-converter 139, X-AnyLabeling
    # 700, make-sense 163, digitalsreeni-image-annotator 45.
    "Label Studio, with images": ("7.png", r"..\\..\\media\\upload\\4\\cb0618f6-7.png"),
    "Label Studio, by project": ("7.png", "4-cb0618f6-7.png"),
    "Label Studio, as exported": ("images/90fbb0c7-a.jpg", r"images\\1/90fbb0c7-a.jpg"),
    "another folder of Windows": ("12.jpg", r"..\\label\\12.jpg"),
    "dots in the name": ("P-2021-06-11_11.45.32_01.jpg", "P-2021-06-11_11.45.32_01.jpg"),
    "the end of another name": ("er.png", "er.png"),
    "no suffix": ("Smith John.v2", "Smith John.v2"),
}


@pytest.mark.parametrize("name", NAMES)
def test_annotations_find_their_xrays_by_the_names_that_tools_make(tmp_path, name):
    file, annotated = NAMES[name]
    path = in_folder(tmp_path / "x", {file: picture(), "other.png": picture()})
    annotations = in_folder(tmp_path, {"a.json": coco([(annotated, BOTH)])}) / "a.json"
    found = views(tmp_path, xrays=path, annotations=annotations)[1]
    assert [one.name for one in found.values()] == [file]


def test_folders_tell_xrays_of_one_name_apart(tmp_path):
    path = in_folder(tmp_path / "x", {"train/7.png": picture(), "valid/7.png": picture()})
    content = coco([("valid/7.png", [LEFT]), ("train/7.png", [RIGHT])])
    annotations = in_folder(tmp_path, {"a.json": content}) / "a.json"
    labels = views(tmp_path, xrays=path, annotations=annotations)[2]
    assert {case: np.max(numbers(one)) for case, one in labels.items()} == {
        "train_7": 48,
        "valid_7": 11,
    }


AMBIGUOUS = {
    "two X-rays": (
        ["a/7.png", "b/7.png"],
        ["7.png"],
        "one X-ray of the annotation of 7.png, found two: a/7.png",
    ),
    "two annotations": (
        ["7.png"],
        ["x/7.png", "y/7.png"],
        "one annotation of X-ray 7.png, found two: x/7.png and y",
    ),
    "versions that Roboflow has made": (
        ["7.png"],
        ["7_png.rf.aa.jpg", "7_png.rf.bb.jpg"],
        "found two: 7_png.rf.aa.jpg and 7_png.rf",
    ),
    "two days": (["20230101-3.png"], ["20230205-3.png"], "none: they are of 20230205-3.png."),
    "two patients": (["12345678-1.png"], ["87654321-1.png"], "none: they are of 87654321-1"),
    "none": (["7.png", "8.png"], ["1.png"], "such as 7.png, 8.png, found none: they are of 1.png."),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_what_belongs_together_is_never_guessed(tmp_path, name):
    files, annotated, said = AMBIGUOUS[name]
    path = in_folder(tmp_path / "x", dict.fromkeys(files, picture()))
    content = coco([(one, BOTH) for one in annotated])
    annotations = in_folder(tmp_path, {"a.json": content}) / "a.json"
    assert said in refusal(tmp_path, xrays=path, annotations=annotations)


@pytest.mark.parametrize(
    ("unannotated", "cases", "told"),
    [
        ("leave_out", ["7"], "nobody marked a tooth: 2 of 3, left out"),
        ("negative", ["7", "8", "9"], "without teeth, since nobody marked any: 2 of 3"),
    ],
)
def test_xrays_without_annotation_are_left_out_or_have_no_teeth(
    tmp_path, caplog, unannotated, cases, told
):
    files = {f"{case}.png": picture() for case in (7, 8, 9)}
    path = in_folder(tmp_path / "x", files)
    content = coco([("7.png", BOTH), ("8.png", []), ("gone.png", BOTH)])
    annotations = in_folder(tmp_path, {"a.json": content}) / "a.json"
    with caplog.at_level(logging.INFO):
        found, masks, labels = views(
            tmp_path, xrays=path, annotations=annotations, form={"unannotated": unannotated}
        )
    assert list(found) == list(masks) == cases
    assert list(labels) == ["7"]
    assert all(not np.asarray(masks[case]()).any() for case in cases[1:])
    assert told in caplog.text
    assert "Annotations of no X-ray that is there: 1 of 3: gone.png" in caplog.text


def turned(orientation, size=(6, 4)):
    image = Image.fromarray(np.arange(size[0] * size[1], dtype=np.uint8).reshape(size[::-1]))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored = io.BytesIO()
    image.save(stored, "PNG", exif=exif)
    return stored.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("stored", [False, True])
def test_the_size_of_an_annotation_tells_whether_it_is_of_stored_pixels(
    tmp_path, orientation, stored
):
    path = in_folder(tmp_path / "x", {"7.png": turned(orientation)})
    size = (6, 4) if stored or orientation < 5 else (4, 6)
    content = coco([("7.png", [("11", 0, 0, 1, 1)], size)])
    annotations = in_folder(tmp_path, {"a.json": content}) / "a.json"
    found, masks, _ = views(tmp_path, xrays=path, annotations=annotations)
    levels, marked = decode_xray(found["7"]()), decode_xray(masks["7"]())
    assert marked.shape == levels.shape
    ((row, column),) = np.argwhere(marked)
    if stored and orientation >= 5:
        assert levels[row, column] == 0  # the first pixel of the file
    else:
        assert (row, column) == (0, 0)  # the first of the picture as it is shown


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_corners_outside_the_stored_picture_are_those_of_the_picture_as_it_is_shown(
    tmp_path, orientation
):
    # Label Studio, issue 6608: the size is the stored one, corners are as shown.
    path = in_folder(tmp_path / "x", {"7.png": turned(orientation)})
    content = coco([("7.png", [("11", 0, 0, 1, 1), ("48", 2, 5, 4, 6)], (6, 4))])
    annotations = in_folder(tmp_path, {"a.json": content}) / "a.json"
    masks = views(tmp_path, xrays=path, annotations=annotations)[1]
    assert np.argwhere(decode_xray(masks["7"]())).tolist() == [[0, 0], [5, 2], [5, 3]]


def test_shares_of_yolo_are_those_of_the_picture_as_it_is_shown(tmp_path):
    # supervision, pull request 2577
    files = {**SETS["YOLO"], "train/images/7.png": turned(6, (4, 6))}
    labels = views(tmp_path, xrays=in_folder(tmp_path / "set", files))[2]
    assert numbers(labels["7"]) == TEETH


def test_the_size_of_a_dicom_file_is_read(tmp_path):
    path = in_folder(tmp_path / "x", {"7": dicom(np.arange(24, dtype=np.uint8).reshape(4, 6))})
    annotations = in_folder(tmp_path, {"a.json": coco([("7.dcm", BOTH)])}) / "a.json"
    labels = views(tmp_path, xrays=path, annotations=annotations)[2]
    assert numbers(labels["7"]) == TEETH


def test_listing_decodes_and_draws_nothing(tmp_path, monkeypatch):
    path = in_folder(tmp_path / "set", SETS["LabelMe"])
    monkeypatch.setattr(LazyImage, "__call__", lambda _: pytest.fail("opened"))
    monkeypatch.setattr("teeth_unet.intake.teeth.rasterise", lambda *_: pytest.fail("drawn"))
    assert list(views(tmp_path, xrays=path)[1]) == ["7"]


def test_an_xray_is_not_decoded_for_its_mask(tmp_path, monkeypatch):
    masks = views(tmp_path, xrays=in_folder(tmp_path / "set", SETS["LabelMe"]))[1]
    monkeypatch.setattr(LazyImage, "__call__", lambda _: pytest.fail("decoded"))
    assert masks["7"]().size == (6, 4)


def test_readers_survive_pickling(tmp_path):
    for name, files in SETS.items():
        labels = views(tmp_path, xrays=in_archive(tmp_path / name, files))[2]
        assert [numbers(one) for one in pickle.loads(pickle.dumps(labels)).values()] == [TEETH]


@pytest.mark.parametrize("change", ["annotation", "X-ray", "names"])
def test_whatever_decides_about_a_mask_is_part_of_its_content(tmp_path, change):
    path = in_folder(tmp_path / "x", {"7.png": picture()})
    annotations = in_folder(tmp_path, {"a.json": coco([("7.png", BOTH)])}) / "a.json"
    before = views(tmp_path, xrays=path, annotations=annotations)
    known = [content_of_source(one) for one in before]
    assert known == [
        content_of_source(one) for one in views(tmp_path, xrays=path, annotations=annotations)
    ]
    form = {}
    if change == "annotation":
        annotations.write_bytes(coco([("7.png", [LEFT])]))
    elif change == "X-ray":
        (path / "7.png").write_bytes(picture(8))
    else:
        form = {"names": {"48": 38}}
    after = views(tmp_path, xrays=path, annotations=annotations, form=form)
    assert content_of_source(after[1]) != known[1]
    assert content_of_source(after[2]) != known[2]
    assert (content_of_source(after[0]) == known[0]) == (change != "X-ray")


def test_masks_and_annotations_are_not_given_both(tmp_path):
    path = in_folder(tmp_path / "set", SETS["LabelMe"])
    said = refusal(tmp_path, xrays=path, masks=path, annotations=path)
    assert said.startswith("--params masks and annotations: expected one of them")


def test_a_folder_of_annotations_given_as_masks_is_taken_for_what_it_is(tmp_path, caplog):
    xrays = in_folder(tmp_path / "x", {"7.png": picture()})
    given = in_folder(tmp_path / "a", {"7.json": labelme_of("7.png")})
    with caplog.at_level(logging.INFO):
        labels = views(tmp_path, xrays=xrays, masks=given)[2]
    assert numbers(labels["7"]) == TEETH
    assert f"{given} holds no masks but LabelMe: it is taken for annotations=…" in caplog.text


def test_a_set_with_masks_and_annotations_is_refused_until_one_is_named(tmp_path):
    path = in_folder(
        tmp_path / "set", {**SETS["Supervisely"], "d2/masks_machine/7.png": picture(1)}
    )
    said = refusal(tmp_path, xrays=path)
    assert "found both: 1 masks (masks_machine) and Supervisely (1 pictures)" in said
    assert "set.marks=masks or set.marks=annotations" in said
    labels = views(tmp_path, xrays=path, given={"marks": "annotations"})[2]
    assert numbers(labels["7"]) == TEETH
    masks = views(tmp_path, xrays=path, given={"marks": "masks"})[1]
    assert masks["7"].name == "d2/masks_machine/7.png"


def test_a_damaged_file_of_annotations_is_told_by_its_name(tmp_path):
    path = in_folder(tmp_path / "set", {"7.png": picture(), "7.json": labelme_of("7.png")[:-9]})
    assert "7.json" in refusal(tmp_path, xrays=path)
    assert "7.json" in refusal(tmp_path, xrays=path, annotations=path)


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("wisdom toth", "wisdom toth"),
        ("a: b", '"a: b"'),
        ("it's # 3", None),
        ("no", '"no"'),
        ("{x}", '"{x}"'),
        ("d'oh", None),
    ],
)
def test_the_command_that_says_what_a_label_means_can_be_pasted(tmp_path, label, key):
    content = coco([("7.png", [(label, 0, 0, 2, 4), RIGHT])], labels=(label, "48"))
    path = in_folder(tmp_path / "set", {"7.png": picture(), "a.json": content})
    said = refusal(tmp_path, xrays=path)
    if key:
        assert f"tooth, teeth or none: --params 'set.names={{{key}: 18}}'" in said
    given = read(shlex.split(said.partition("--params ")[2])[0], set())
    assert given == {"set": {"names": {label: 18}}}
    labels = views(tmp_path, xrays=path, given=given["set"])[2]
    assert set(np.unique(numbers(labels["7"]))) == {0, 18, 48}


@pytest.mark.parametrize(("shapes", "told"), [("auto", True), ("teeth", False), ("regions", False)])
def test_the_setting_that_decides_what_shapes_are_is_named_unless_it_is_given(
    tmp_path, caplog, shapes, told
):
    content = coco([("7.png", [("tooth", 0, 0, 2, 4)])], labels=("tooth",))
    path = in_folder(tmp_path / "set", {"7.png": picture(), "a.json": content})
    with caplog.at_level(logging.INFO):
        views(tmp_path, xrays=path, form={"shapes": shapes})
    assert ("--params set.shapes=teeth decides otherwise." in caplog.text) == told
    assert ("shapes of teeth an X-ray" in caplog.text) == told


def test_what_labels_mean_is_asked_for_by_the_name_of_the_setting(tmp_path):
    content = coco([("7.png", BOTH)], labels=("11", "48", "12"))
    content = content.replace(b'"48"', b'"21"')
    path = in_folder(tmp_path / "set", {"7.png": picture(), "a.json": content})
    said = refusal(tmp_path, xrays=path)
    assert said.startswith(f"{path}: expected tooth numbers that are clearly FDI")
    assert said.endswith("--params set.notation=fdi or --params set.notation=universal")
    labels = views(tmp_path, xrays=path, given={"notation": "fdi"})[2]
    assert np.max(numbers(labels["7"])) == 21


def test_a_folder_without_annotations_says_what_was_looked_for(tmp_path):
    xrays = in_folder(tmp_path / "x", {"7.png": picture()})
    given = in_folder(tmp_path / "a", {"notes.txt": b"some words"})
    said = refusal(tmp_path, xrays=xrays, annotations=given)
    assert said.startswith(f"{given}: expected annotations of a tool")


PIXELS = {"1.txt": b"0 10 10 20 10 20 20\n", "classes.txt": b"tooth\n"}


@pytest.mark.parametrize("beside", [{}, {"1.png": picture(255)}])
def test_what_is_wrong_in_texts_that_a_user_calls_annotations_is_told(tmp_path, beside):
    xrays = in_folder(tmp_path / "x", {"1.png": picture()})
    annotations = in_folder(tmp_path / "a", {**PIXELS, **beside})
    said = refusal(tmp_path, xrays=xrays, annotations=annotations)
    assert "1.txt, line 1 in" in said
    assert "Divide x by the picture's width" in said


def test_what_is_wrong_in_texts_beside_xrays_without_masks_is_told(tmp_path):
    xrays = in_folder(tmp_path / "x", {"1.png": picture(), **PIXELS})
    assert "Divide x by the picture's width" in refusal(tmp_path, xrays=xrays)


def test_texts_without_annotations_are_no_second_kind_beside_masks(tmp_path):
    files = {"images/1.png": picture(), "masks/1.png": picture(255)}
    xrays = in_folder(tmp_path / "x", {**files, "classes.txt": b"tooth\n", "notes.txt": b"by Ann"})
    assert list(views(tmp_path, xrays=xrays)[1]) == ["1"]


def in_colours():
    """A mask of 6x4 px: two columns in red, two in green, two in black."""
    colours = np.zeros((4, 6, 3), np.uint8)
    colours[:, :2, 0] = colours[:, 2:4, 1] = 128
    content = io.BytesIO()
    Image.fromarray(colours).save(content, "PNG")
    return content.getvalue()


VOC = {"JPEGImages/1.png": picture(), "SegmentationClass/1.png": in_colours()}
LIST = b"background:0,0,0::\ntooth:128,0,0::\n%s:%s::\n"


@PLACES
@pytest.mark.parametrize("masks_too", [False, True])
def test_a_list_that_calls_a_colour_no_tooth_is_followed(tmp_path, place, masks_too, caplog):
    path = place(tmp_path / "set", {**VOC, "labelmap.txt": LIST % (b"implant", b"0,128,0")})
    given = {"masks": path} if masks_too else {}
    with caplog.at_level(logging.INFO):
        masks = views(tmp_path, xrays=path, **given)[1]
    assert np.asarray(masks["1"]()).tolist() == [[255, 255, 0, 0, 0, 0]] * 4
    assert "a list says which colours of the masks are teeth" in caplog.text


@pytest.mark.parametrize(
    ("label", "form"), [(b"implant", {"marks": "masks"}), (b"tooth 11", {}), (b"48", {})]
)
def test_all_colours_count_where_the_list_or_the_user_says_so(tmp_path, label, form):
    path = in_folder(tmp_path / "set", {**VOC, "labelmap.txt": LIST % (label, b"0,128,0")})
    masks = views(tmp_path, xrays=path, form=form)[1]
    assert masks["1"].name == "SegmentationClass/1.png"


def test_a_damaged_list_does_not_make_masks_of_annotations(tmp_path):
    path = in_folder(tmp_path / "set", {**VOC, "labelmap.txt": LIST % (b"implant", b"128,0,0")})
    said = refusal(tmp_path, xrays=path / "JPEGImages", annotations=path)
    assert "found the colour (128, 0, 0) for 'tooth' and 'implant'" in said


def test_a_list_that_does_not_fit_the_masks_beside_it_can_be_left_out(tmp_path):
    files = {"images/1.png": picture(), "masks/1.png": picture(255)}
    colours = b'{"tooth": "#ff0000", "implant": "#00ff00"}'
    path = in_folder(tmp_path / "set", {**files, "colors.json": colours})
    assert refusal(tmp_path, xrays=path).endswith("--params set.marks=masks")
    assert list(views(tmp_path, xrays=path, form={"marks": "masks"})[1]) == ["1"]
