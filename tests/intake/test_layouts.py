"""X-rays and masks in one folder or archive: public sets as they are packed."""

from pathlib import Path

import pytest

from teeth_unet.errors import InputError
from teeth_unet.intake.layouts import laid_out, of_teeth, stem_of_mask
from teeth_unet.intake.pairing import pair

TUFTS = (
    "Radiographs/1.JPG",
    "Radiographs/2.JPG",
    "Segmentation/teeth_mask/1.jpg",
    "Segmentation/teeth_mask/2.jpg",
    "Segmentation/maxillomandibular/1.jpg",
    "Expert/mask/1.jpg",
    "Student/mask/1.jpg",
)

SETS = {
    "Tufts": (TUFTS, {"1": "Segmentation/teeth_mask/1.jpg", "2": "Segmentation/teeth_mask/2.jpg"}),
    "images and masks": (("images/7.png", "masks/7.png"), {"7": "masks/7.png"}),
    "in a folder of the set": (("Set 1/img/7.png", "Set 1/mask/7.png"), {"7": "Set 1/mask/7.png"}),
    "UFBA-UESC": (
        ("images/cate1-00001.jpg", "labels/cate1-00001.png"),
        {"cate1-00001": "labels/*"},
    ),
    "abdi": (("Images/1.png", "Original_Masks/1.png"), {"1": "Original_Masks/1.png"}),
    "VOC": (
        ("JPEGImages/7.jpg", "SegmentationClass/7.png", "SegmentationObject/7.png"),
        {"7": "SegmentationClass/7.png"},
    ),
    "nnU-Net": (("imagesTr/a_7_0000.png", "labelsTr/a_7.png"), {"a_7_0000": "labelsTr/a_7.png"}),
    "parts above": (
        ("train/images/1.png", "train/masks/1.png", "valid/images/2.png", "valid/masks/2.png"),
        {"1": "train/masks/1.png", "2": "valid/masks/2.png"},
    ),
    "parts below": (
        ("images/train/1.png", "images/test/2.png", "masks/train/1.png", "masks/test/2.png"),
        {"1": "masks/train/1.png", "2": "masks/test/2.png"},
    ),
    "the same names in every part": (
        ("train/images/1.png", "train/masks/1.png", "valid/images/1.png", "valid/masks/1.png"),
        {"train_1": "train/masks/1.png", "valid_1": "valid/masks/1.png"},
    ),
    "STS-2D": (
        (
            "A-PXI/Labeled/Image/1.png",
            "A-PXI/Labeled/Mask/1.png",
            "A-PXI/Unlabeled/Image/9.png",
            "C-PXI/Labeled/Image/1.png",
            "C-PXI/Labeled/Mask/1.png",
        ),
        {
            "A-PXI_Labeled_1": "A-PXI/Labeled/Mask/1.png",
            "C-PXI_Labeled_1": "C-PXI/Labeled/Mask/1.png",
        },
    ),
    "masks deeper than X-rays": (("images/7.png", "masks/2020/7.png"), {"7": "masks/2020/7.png"}),
    "a poster beside": (("images/7.png", "masks/7.png", "poster.png"), {"7": "masks/7.png"}),
    "one folder": (("7.png", "7_mask.png", "8.png", "8_mask.png"), {"7": "7_mask.png", "8": "8_*"}),
    "one folder, before": (("mask_7.jpg", "img_7.jpg"), {"img_7": "mask_7.jpg"}),
    "one folder, dots": (("7.jpg", "7.label.png"), {"7": "7.label.png"}),
    # Reported: Pytorch-UNet 122 (1 found the masks of 10 and 11), 301, cvat 7523
    "numbers that begin other numbers": (
        (
            "imgs/1.tif",
            "imgs/11.tif",
            "imgs/110.tif",
            "masks/1.tif",
            "masks/11.tif",
            "masks/110.tif",
        ),
        {"1": "masks/1.tif", "11": "masks/11.tif", "110": "masks/110.tif"},
    ),
    "names that end in other names": (
        ("imgs/bee.tif", "imgs/honeybee.tif", "masks/bee_mask.tif", "masks/honeybee_mask.tif"),
        {"bee": "masks/bee_mask.tif", "honeybee": "masks/honeybee_mask.tif"},
    ),
    "a case called mask": (("a_mask.png", "a_mask_gt.png"), {"a_mask": "a_mask_gt.png"}),
}


def paired(names, mask_name=None):
    layout = laid_out(names, mask_name)
    masks = [each for folder in of_teeth(list(layout.masks)) for each in layout.masks[folder]]
    return pair(Path("set"), layout.xrays, masks, mask_name)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("under", ["", "downloaded/"])
def test_masks_find_their_xrays_in_sets_as_they_are_packed(name, under):
    names, expected = SETS[name]
    found = paired([under + each for each in names]).masks
    assert found.keys() == expected.keys()
    for case, mask in expected.items():
        assert found[case].startswith(under + mask.rstrip("*"))


def test_what_is_neither_is_told():
    layout = laid_out([*TUFTS, "poster.png"])
    assert layout.xrays == ("Radiographs/1.JPG", "Radiographs/2.JPG")
    assert layout.others == ("poster.png",)
    assert list(layout.masks) == ["Segmentation/teeth_mask", "Segmentation", "mask"]


@pytest.mark.parametrize(
    "name",
    ["7_mask", "7-label", "7_gt", "7 seg", "7_teeth_mask", "7_mask_teeth", "mask_7", "7_MASKS"],
)
def test_the_usual_ways_to_name_a_mask(name):
    assert stem_of_mask(f"{name}.png") == "7"


@pytest.mark.parametrize("name", ["7", "mask", "unmasked", "7mask", "7_upper", "gtx_7"])
def test_other_names_are_those_of_the_case(name):
    assert stem_of_mask(f"{name}.png") is None


def test_a_pattern_of_the_user_names_masks():
    names = ["7.png", "7_annotated by Bob.png", "8_mask.png", "8.png"]
    assert paired(names, "{case}_annotated by bob").masks == {"7": "7_annotated by Bob.png"}


@pytest.mark.parametrize(
    ("xrays", "masks", "both"),
    [
        (["7.png"], ["7.png", "7_mask.png"], "7.png and 7_mask.png"),
        (["7.png", "7.jpg"], ["7.png"], "7.png and 7.jpg"),
        (["a/7.png", "b/7.png"], ["7.png"], "a/7.png and b/7.png"),
        (["7_image.png", "7_xray.png"], ["7.png"], "7_image.png and 7_xray.png"),
        (["a.png", "x/A.png"], ["z/q.png"], None),
    ],
)
def test_what_could_be_two_things_is_refused_with_both(xrays, masks, both):
    if both is None:
        assert list(pair(Path("set"), xrays, masks).xrays) == ["a", "x_A"]
        return
    with pytest.raises(InputError) as error:
        pair(Path("set"), xrays, masks)
    assert f"two: {both}" in str(error.value)


def test_a_mask_without_xray_keeps_its_own_name():
    pairs = pair(Path("set"), ["1.png"], ["1.png", "2_mask.png"])
    assert pairs.masks == {"1": "1.png", "2_mask": "2_mask.png"}
    assert pairs.xrays == {"1": "1.png"}
