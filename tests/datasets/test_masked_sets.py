"""A set for a training in the catalog: X-rays with masks, however they are packed."""

import logging
import pickle
import shlex

import numpy as np
import pytest
from archives import picture
from dicom_files import dicom
from xray_sets import PLACES, in_archive, in_folder, refusal, views

from teeth_unet.datasets import XraySetDataset
from teeth_unet.errors import InputError
from teeth_unet.lineage import content_of_source
from teeth_unet.params_option import read

WHITE = picture(255)


@PLACES
def test_xrays_and_masks_of_two_places_are_paired_by_name(tmp_path, place):
    xrays = place(tmp_path / "x", {"7.jpg": picture(9, "JPEG"), "8.png": picture(8)})
    masks = place(tmp_path / "m", {"7.png": WHITE, "deep/8_mask.gif": picture(255, "GIF", (9, 9))})
    found, marked, labels = views(tmp_path, xrays=xrays, masks=masks)
    assert (list(found), list(marked), list(labels)) == (["7", "8"], ["7", "8"], [])
    assert np.asarray(found["8"]()).max() == 8
    assert [read().size for read in marked.values()] == [(6, 4), (9, 9)]


@PLACES
@pytest.mark.parametrize("masks_too", [False, True])
def test_one_place_may_hold_both(tmp_path, place, masks_too):
    files = {"images/7.png": picture(7), "masks/7.png": WHITE, "README.txt": b"-"}
    path = place(tmp_path / "set", files)
    given = {"masks": path} if masks_too else {}
    found, marked, _ = views(tmp_path, xrays=path, **given)
    assert found["7"].name == "images/7.png"
    assert marked["7"].name == "masks/7.png"


@PLACES
@pytest.mark.parametrize("file", ["dataset.json", "dataset-metadata.json", "meta.json"])
def test_a_description_of_the_set_is_no_annotation_beside_masks(tmp_path, place, file):
    files = {"imagesTr/7_0000.png": picture(7), "labelsTr/7.png": picture(1)}
    described = b'{"labels": {"background": 0, "tooth": 1}, "numTraining": 1}'
    path = place(tmp_path / "set", {**files, file: described})
    assert views(tmp_path, xrays=path)[1]["7_0000"].name == "labelsTr/7.png"


def test_a_file_that_is_no_annotation_is_told_where_there_are_no_masks(tmp_path):
    path = in_folder(tmp_path / "set", {"7.png": picture(7), "a.json": b'{"teeth": []}'})
    assert "expected files of one of these formats" in refusal(tmp_path, xrays=path)


def test_a_folder_in_an_archive_is_a_place(tmp_path):
    files = {"s/x/7.png": picture(7), "s/good/7.png": WHITE, "s/bad/7.png": picture(3)}
    path = in_archive(tmp_path / "set", files)
    _, marked, _ = views(tmp_path, xrays=path / "s" / "x", masks=path / "s/good")
    assert marked["7"].name == "s/good/7.png"
    assert "found other ones: s." in refusal(tmp_path, xrays=path / "S", masks=path)


def test_the_usual_places_are_taken_where_nothing_is_given(tmp_path):
    in_folder(tmp_path / "raw", {"xrays/1.png": picture(1), "masks/1.png": WHITE})
    in_folder(tmp_path / "raw", {"tooth_labels/1.png": picture(4)})
    found, marked, labels = views(tmp_path)
    assert found.keys() == marked.keys() == labels.keys() == {"1"}


def test_masks_of_the_usual_place_count_where_a_set_has_none(tmp_path):
    in_folder(tmp_path / "raw", {"masks/1.png": WHITE})
    xrays = in_folder(tmp_path / "x", {"1.png": picture(1)})
    assert views(tmp_path, xrays=xrays)[1]["1"].origin == tmp_path / "raw/masks"


def test_label_maps_have_a_place_of_their_own(tmp_path):
    xrays = in_folder(tmp_path / "x", {"1.png": picture(1), "2.png": picture(1)})
    masks = in_folder(tmp_path / "m", {"1.png": WHITE, "2.png": WHITE})
    labels = in_folder(tmp_path / "l", {"2_label.png": picture(11)})
    found = views(tmp_path, xrays=xrays, masks=masks, tooth_labels=labels)[2]
    assert np.asarray(found["2"]()).max() == 11
    assert list(found) == ["2"]


def test_label_maps_may_be_given_as_annotations(tmp_path, caplog):
    xrays = in_folder(tmp_path / "x", {"1.png": picture(1)})
    labels = in_folder(tmp_path / "l", {"1.png": picture(11), "cases.csv": b"case\n1\n"})
    with caplog.at_level(logging.INFO):
        _, marked, _ = views(tmp_path, xrays=xrays, annotations=labels)
    assert marked["1"].origin == labels
    assert f"{labels} holds pictures: they are read as masks, as with masks=…" in caplog.text


def test_dicom_files_are_xrays_and_no_masks(tmp_path):
    content = dicom(np.array([[1, 2]], np.uint8))
    xrays = in_folder(tmp_path / "x", {"Smith John.v2": content})
    masks = in_folder(tmp_path / "m", {"Smith John.v2.png": WHITE})
    found, marked, _ = views(tmp_path, xrays=xrays, masks=masks)
    assert found.keys() == marked.keys() == {"Smith John.v2"}
    said = refusal(tmp_path, xrays=masks, masks=xrays)
    assert "expected masks as pictures, found 1 DICOM file(s)" in said


@pytest.mark.parametrize(
    ("unmasked", "cases", "masks", "told"),
    [
        (
            *("reported", ["1", "2", "3"], ["1"]),
            "without a mask: 2 of 3, --params set.unmasked=leave_out leaves them out",
        ),
        ("leave_out", ["1"], ["1"], "X-rays without a mask: 2 of 3, left out"),
        (
            *("negative", ["1", "2", "3"], ["1", "2", "3"]),
            "X-rays without a mask: 2 of 3, taken for X-rays without teeth",
        ),
    ],
)
def test_what_becomes_of_xrays_without_mask_is_a_setting(
    tmp_path, caplog, unmasked, cases, masks, told
):
    files = {"images/1.png": picture(1), "masks/1.png": WHITE}
    files |= {"images/2.png": picture(1), "images/3.jpg": picture(1, "JPEG", (3, 5))}
    path = in_folder(tmp_path / "set", files)
    with caplog.at_level(logging.INFO):
        found, marked, _ = views(tmp_path, xrays=path, form={"unmasked": unmasked})
    assert (list(found), list(marked)) == (cases, masks)
    assert told in caplog.text
    if unmasked == "negative":
        empty = marked["3"]()
        assert (empty.size, np.asarray(empty).max()) == ((3, 5), 0)


def test_a_value_of_one_run_counts_before_that_of_the_environment(tmp_path):
    files = {"1.png": picture(1), "1 by Bob.png": WHITE, "1_mask.png": picture(3)}
    path = in_folder(tmp_path / "set", files)
    form = {"mask_name": "{case} by Ann", "unmasked": "leave_out"}
    given = {"mask_name": "{case} by Bob"}
    found, marked, _ = views(tmp_path, xrays=path, form=form, given=given)
    assert marked["1"].name == "1 by Bob.png"
    assert list(found) == ["1"]


def test_a_part_of_a_set_may_be_all_that_counts(tmp_path):
    files = {f"{part}/{kind}/1.png": WHITE for part in "ab" for kind in ("img", "mask")}
    path = in_archive(tmp_path / "set", files)
    found, marked, _ = views(tmp_path, xrays=path, form={"within": "b"})
    assert (found["1"].name, marked["1"].name) == ("b/img/1.png", "b/mask/1.png")


@PLACES
def test_a_folder_that_the_environment_names_is_asked_for_by_the_name_of_its_setting(
    tmp_path, place
):
    path = place(tmp_path / "one", {"set/images/1.png": WHITE, "set/masks/1.png": WHITE})
    told = refusal(tmp_path, xrays=path, form={"within": "Teeth JSON"})
    said = "expected the folder 'Teeth JSON' in it, which set.within names, found other ones: set."
    assert told.startswith(f"{path}: {said} Correct set.within; capitals count.")


def test_a_public_set_says_where_own_archives_go(tmp_path):
    path = in_archive(tmp_path / "one", {"set/images/1.png": WHITE, "set/masks/1.png": WHITE})
    told = refusal(tmp_path, addresses=str(path), form={"within": "Teeth JSON"})
    assert "Own X-rays go with --env folder: --params xrays=…,masks=…" in told


def test_a_public_set_that_cannot_be_had_asks_for_one_archive_in_its_place(tmp_path):
    told = refusal(tmp_path, addresses=str(tmp_path / "gone.zip"))
    first, _, rest = told.partition("the same archive on this machine: --params xrays=ARCHIVE.")
    assert "masks=" not in first
    assert rest.startswith(" Own X-rays go with --env folder: ")


REFUSED = {
    "two folders of masks": (
        {"images/1.png": WHITE, "masks/1.png": WHITE, "labels/1.png": WHITE},
        "found several: labels (1), masks (1). Give the one that counts: --params xrays=…,masks=",
    ),
    "no masks": ({"1.png": WHITE, "2.png": WHITE}, "2 picture(s), none of which is a mask"),
    "two masks": (
        {"images/1.png": WHITE, "masks/1.png": WHITE, "masks/1_gt.png": WHITE},
        "two: masks/1.png and masks/1_gt.png",
    ),
    "nothing": ({"a.txt": b"-"}, "found no pictures, but 1 other file(s): a.txt. "),
}


@PLACES
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_missing_or_ambiguous_is_refused_with_what_was_found(tmp_path, place, name):
    files, said = REFUSED[name]
    path = place(tmp_path / "set", files)
    told = refusal(tmp_path, xrays=path)
    assert told.startswith(f"{path}: expected")
    assert said in told


@PLACES
def test_the_same_path_twice_without_masks_in_it_is_told_as_that(tmp_path, place):
    path = place(tmp_path / "set", {"1.png": WHITE, "2.png": WHITE})
    told = refusal(tmp_path, xrays=path, masks=path)
    assert told.startswith("--params xrays and masks: expected two places")
    assert f"found the same path twice, without masks in it: {path}. Give the folder" in told


def test_an_empty_folder_of_masks_has_no_pictures(tmp_path):
    xrays, masks = in_folder(tmp_path / "x", {"1.png": WHITE}), tmp_path / "m"
    masks.mkdir()
    assert "found no pictures. Give the folder of the masks" in refusal(
        tmp_path, xrays=xrays, masks=masks
    )


def test_the_folder_that_an_ambiguous_set_names_is_taken(tmp_path):
    files = {"images/1.png": picture(9), "masks/1.png": WHITE, "labels/1.png": picture(1)}
    path = in_folder(tmp_path / "set", files)
    found, marked, _ = views(tmp_path, xrays=path, masks=path / "labels")
    assert (found["1"].name, marked["1"].origin) == ("images/1.png", path / "labels")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"form": {"unmaskd": "negative"}}, "did you mean 'unmasked'?"),
        ({"given": {"mask_name": "mask"}}, "set.mask_name: expected a usable value"),
        ({"given": "negative"}, "--params set: expected one of its values"),
    ],
)
def test_a_wrong_option_is_refused_with_its_name(tmp_path, options, said):
    with pytest.raises(InputError) as error:
        XraySetDataset(content="xrays", filepath=str(tmp_path), **options)
    assert said in str(error.value)


def test_the_log_says_once_what_was_decided(tmp_path, caplog):
    files = {"Radiographs/1.png": WHITE, "Segmentation/teeth_mask/1.png": WHITE}
    files |= {"Segmentation/jaws/1.png": WHITE, "poster.png": WHITE, "terms.pdf": b"-"}
    path = in_folder(tmp_path / "set", files)
    with caplog.at_level(logging.INFO):
        views(tmp_path, xrays=path)
        views(tmp_path, xrays=path)
    assert [one.message for one in caplog.records] == [
        f"{path}: 1 X-ray in Radiographs, 1 mask in Segmentation/teeth_mask",
        f"{path}: masks are those in Segmentation/teeth_mask; left out: Segmentation",
        f"{path}: 1 file(s) are no pictures: terms.pdf",
        f"{path}: 1 picture(s) are no X-rays by their folder or name: poster.png",
    ]


@PLACES
def test_the_log_says_how_many_xrays_and_masks_are_where(tmp_path, place, caplog):
    names = ("1.png", "2.png")
    files = {f"{kind}/{name}": WHITE for kind in ("images", "masks") for name in names}
    path = place(tmp_path / "set", files)
    xrays, masks = (in_folder(tmp_path / one, dict.fromkeys(names, WHITE)) for one in "xm")
    with caplog.at_level(logging.INFO):
        views(tmp_path, xrays=path)
        views(tmp_path, xrays=xrays, masks=masks)
    assert [one.message for one in caplog.records] == [
        f"{path}: 2 X-rays in images, 2 masks in masks",
        f"{xrays}: 2 X-rays",
        f"{masks}: 2 masks",
    ]


def test_a_change_of_a_file_is_seen_and_a_set_that_is_the_same_is_not_listed_again(tmp_path):
    path = in_folder(tmp_path / "set", {"images/1.png": picture(1), "masks/1.png": WHITE})
    before = views(tmp_path, xrays=path)
    assert views(tmp_path, xrays=path)[0] is before[0]
    content = content_of_source(before[1])
    (path / "masks/1.png").write_bytes(picture(254))
    after = views(tmp_path, xrays=path)
    assert content_of_source(after[1]) != content
    assert np.asarray(after[1]["1"]()).max() == 254
    in_folder(path, {"images/2.png": picture(2)})
    assert list(views(tmp_path, xrays=path)[0]) == ["1", "2"]


def test_readers_survive_pickling(tmp_path):
    path = in_archive(tmp_path / "set", {"images/1.png": picture(5), "masks/1.png": WHITE})
    found, marked, _ = pickle.loads(pickle.dumps(views(tmp_path, xrays=path)))
    assert np.asarray(found["1"]()).max() == 5
    assert np.asarray(marked["1"]()).max() == 255


def test_the_command_that_names_masks_is_one_that_can_be_written(tmp_path):
    xrays = in_folder(tmp_path / "x", {"7.png": picture(7)})
    masks = in_folder(tmp_path / "m", {"8.png": WHITE})
    said = refusal(tmp_path, xrays=xrays, masks=masks, form={"unmasked": "leave_out"})
    given = shlex.split(said.partition("--params ")[2])[0]
    assert read(given, set()) == {"set": {"mask_name": "{case}_mask"}}
