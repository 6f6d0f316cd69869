"""One fault of each kind planted in a few clean phantoms; it is found, and nothing else."""

import io

import numpy as np
import pytest
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.preparation import Masks, Preparation, prepare_set, survey_masks
from teeth_unet.quality import Quality, Severities, summarise_quality

SETTINGS = PhantomSettings(cases=7, width=(400, 460), seed=3)
NAMES = [str(case) for case in range(1, SETTINGS.cases + 1)]


@pytest.fixture(scope="module")
def phantoms():
    """X-rays and masks of seven phantoms with teeth, as grey levels by case name."""
    xrays, masks = {}, {}
    for case, name in enumerate(NAMES):
        xrays[name] = draw_xray(SETTINGS, case)
        masks[name] = np.where(draw_labels(SETTINGS, case) > 0, 255, 0).astype(np.uint8)
    return xrays, masks


def inspect(xrays, masks, **severity):
    """The report on pictures given as arrays, or as functions that open them."""

    def loaders(pictures):
        return {
            name: picture if callable(picture) else lambda picture=picture: Image.fromarray(picture)
            for name, picture in pictures.items()
        }

    encoding = survey_masks(loaders(masks), Masks())
    made = prepare_set(loaders(xrays), loaders(masks), encoding, Preparation(size=256))
    quality = Quality(severity=Severities(**severity))
    return summarise_quality(made.records, made.unusable, made.xrays, made.masks, quality)


def levels(values):
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def resized(picture, width, height):
    return np.asarray(Image.fromarray(picture).resize((width, height)))


def damaged():
    raise InputError("3.png in xrays", "an intact picture", "a damaged file", "Replace it.")


def turned(picture):
    """A function that opens the picture from a file which says that it is upside down."""

    def open_file():
        upside_down = Image.fromarray(picture[::-1, ::-1])
        exif = upside_down.getexif()
        exif[0x0112] = 3
        buffer = io.BytesIO()
        upside_down.save(buffer, "PNG", exif=exif)
        return Image.open(buffer)

    return open_file


def no_mask(xrays, masks):
    del masks["3"]


def no_xray(xrays, masks):
    del xrays["3"]


def undecodable(xrays, masks):
    xrays["3"] = damaged


def other_size(xrays, masks):
    masks["3"] = masks["3"][:-10]


def same_picture(xrays, masks):
    masks["3"] = xrays["3"]


def label_map(xrays, masks):
    masks["3"] = draw_labels(SETTINGS, 2).astype(np.uint8) * 3


def an_xray(xrays, masks):
    masks["3"] = resized(xrays["6"], *xrays["3"].shape[::-1])


def grey_teeth(xrays, masks):
    masks["3"] = levels(0.4 * masks["3"])


def grey_rims(xrays, masks):
    masks["3"] = resized(resized(masks["3"], 300, 160), *masks["3"].shape[::-1])


def empty_mask(xrays, masks):
    masks["3"] = np.zeros_like(masks["3"])


def full_mask(xrays, masks):
    masks["3"] = np.full_like(masks["3"], 255)


def inverted_mask(xrays, masks):
    masks["3"] = 255 - masks["3"]


def shifted_right(xrays, masks):
    masks["3"] = np.roll(masks["3"], 9, axis=1)  # 2 % of the width


def shifted_down(xrays, masks):
    masks["3"] = np.roll(masks["3"], 7, axis=0)


def mask_of_another(xrays, masks):
    masks["3"] = 255 * (resized(masks["6"], *masks["3"].shape[::-1]) > 127).astype(np.uint8)
    masks["3"][:2, :2] = 255  # not the same mask: that has a finding of its own


def mask_of_an_unknown(xrays, masks):
    masks["3"] = masks["3"][:, ::-1]


def identical_xrays(xrays, masks):
    xrays["3"], masks["3"] = xrays["6"], np.maximum(masks["6"], np.roll(masks["6"], 1, axis=1))


def brighter_copy(xrays, masks):
    xrays["3"], masks["3"] = levels(0.9 * xrays["6"] + 25.0), masks["6"]


def smaller_copy(xrays, masks):
    xrays["3"], masks["3"] = resized(xrays["6"], 380, 190), resized(masks["6"], 380, 190)
    masks["3"] = 255 * (masks["3"] > 127).astype(np.uint8)


def one_mask_for_two(xrays, masks):
    xrays["3"] = resized(xrays["3"], *masks["6"].shape[::-1])
    masks["3"] = masks["6"]


def large(xrays, masks):
    height, width = xrays["3"].shape
    for pictures in (xrays, masks):
        image = Image.fromarray(pictures["3"])
        pictures["3"] = np.asarray(image.resize((3 * width, 3 * height), Image.Resampling.NEAREST))


def square(xrays, masks):
    for pictures in (xrays, masks):
        pictures["3"] = np.asarray(
            Image.fromarray(pictures["3"]).resize((300, 300), Image.Resampling.NEAREST)
        )


def blank(xrays, masks):
    xrays["3"] = levels(np.random.default_rng(0).normal(120, 1, xrays["3"].shape))


def negative(xrays, masks):
    xrays["3"] = 255 - xrays["3"]


def toothless_negative(xrays, masks):
    negative(xrays, masks)
    empty_mask(xrays, masks)


def overexposed(xrays, masks):
    xrays["3"] = levels(2.5 * (xrays["3"] - 60.0))


def underexposed(xrays, masks):
    xrays["3"] = levels(0.3 * xrays["3"])


def xray_upside_down(xrays, masks):
    xrays["3"] = turned(xrays["3"])


def mask_upside_down(xrays, masks):
    masks["3"] = turned(masks["3"])


@pytest.mark.parametrize(
    ("fault", "check", "cases", "told"),
    [
        (no_mask, "missing_partner", ["3"], "no mask for 3"),
        (no_xray, "missing_partner", ["3"], "no X-ray for 3"),
        (undecodable, "undecodable", ["3"], "case 3: 3.png in xrays"),
        (other_size, "size_mismatch", ["3"], "px to an X-ray of"),
        (same_picture, "same_picture", ["3"], "the same picture for both"),
        (label_map, "odd_mask", ["3"], "the mask has several levels ("),
        (grey_teeth, "odd_mask", ["3"], "level 102, where the other masks have 255"),
        (an_xray, "odd_mask", ["3"], "`xrays` and `masks` may be swapped"),
        (grey_rims, "grey_mask", ["3"], "1 of 7 masks"),
        (empty_mask, "empty_mask", ["3"], "no tooth in the mask of case 3"),
        (full_mask, "full_mask", ["3"], "case 3: 100%"),
        (inverted_mask, "full_mask", ["3"], "of the mask is tooth"),
        (shifted_right, "shifted_mask", ["3"], "px left"),
        (shifted_down, "shifted_mask", ["3"], "px up"),
        (mask_of_another, "mask_of_another_case", ["3"], "case 3: X-ray of case 6 (correlation 0."),
        (mask_of_an_unknown, "poor_alignment", ["3"], "is the median"),
        (identical_xrays, "identical_xrays", ["3", "6"], "with different masks (Dice 0.9"),
        (brighter_copy, "near_identical_xrays", ["3", "6"], "cases 3 and 6"),
        (smaller_copy, "near_identical_xrays", ["3", "6"], "of the 256 bits"),
        (large, "odd_size", ["3"], "more than 2 times off"),
        (square, "odd_aspect", ["3"], "case 3: 1.00 is width / height"),
        (blank, "blank_xray", ["3"], "grey levels of 256"),
        (negative, "inverted_xray", ["3"], "teeth darker than the rest"),
        (overexposed, "clipped_xray", ["3"], "fully black or white"),
        (underexposed, "dark_xray", ["3"], "of 255 is the mean grey level"),
        (xray_upside_down, "orientation", ["3"], "case 3: 3, mask 1"),
        (mask_upside_down, "orientation", ["3"], "case 3: 1, mask 3"),
    ],
)
def test_a_planted_fault_is_found_under_its_own_check(phantoms, fault, check, cases, told):
    xrays, masks = (dict(pictures) for pictures in phantoms)
    fault(xrays, masks)
    findings = inspect(xrays, masks)["findings"]
    assert [(one["check"], one["cases"]) for one in findings] == [(check, cases)]
    assert told in findings[0]["found"]
    assert findings[0]["severity"] == getattr(Severities(), check)
    assert findings[0]["remedy"].endswith(".")


def test_clean_phantoms_give_no_finding(phantoms):
    report = inspect(*phantoms)
    assert report["findings"] == []
    assert (report["cases"], report["left_out"]) == (7, [])
    assert report["alignment"]["masks"] == 7


def test_one_mask_for_two_xrays_is_found_and_does_not_fit_one_of_them(phantoms):
    xrays, masks = (dict(pictures) for pictures in phantoms)
    one_mask_for_two(xrays, masks)
    found = {one["check"]: one["cases"] for one in inspect(xrays, masks)["findings"]}
    assert found == {"identical_masks": ["3", "6"], "mask_of_another_case": ["3"]}


def test_a_negative_without_teeth_is_told_by_the_rest_of_the_set(phantoms):
    xrays, masks = (dict(pictures) for pictures in phantoms)
    toothless_negative(xrays, masks)
    found = {one["check"]: one["cases"] for one in inspect(xrays, masks)["findings"]}
    assert found == {"empty_mask": ["3"], "inverted_xray": ["3"]}


def test_masks_all_one_case_off_are_all_found(phantoms):
    xrays, masks = phantoms
    moved = {
        name: 255 * (resized(masks[other], *xrays[name].shape[::-1]) > 127).astype(np.uint8)
        for name, other in zip(NAMES, NAMES[1:] + NAMES[:1], strict=True)
    }
    (finding,) = inspect(xrays, moved)["findings"]
    assert (finding["check"], finding["cases"]) == ("misfitting_masks", NAMES)
    assert "in another order: a mask fits the X-ray 1 after its own" in finding["found"]


def test_all_masks_empty_is_an_error(phantoms):
    xrays, masks = phantoms
    (finding,) = inspect(xrays, {name: np.zeros_like(masks[name]) for name in NAMES})["findings"]
    assert (finding["check"], finding["severity"]) == ("all_masks_empty", "error")
    assert finding["found"].startswith("all 7 masks empty")


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_severities_are_parameters(phantoms, severity):
    xrays, masks = (dict(pictures) for pictures in phantoms)
    undecodable(xrays, masks)
    report = inspect(xrays, masks, undecodable=severity)
    assert [one["severity"] for one in report["findings"]] == [severity]
    assert (report["cases"], report["left_out"]) == (6, ["3"])


def test_what_is_ignored_is_not_told_but_is_left_out(phantoms):
    xrays, masks = (dict(pictures) for pictures in phantoms)
    undecodable(xrays, masks)
    report = inspect(xrays, masks, undecodable="ignore")
    assert (report["findings"], report["left_out"]) == ([], ["3"])


def test_pictures_too_small_to_judge_are_not_compared_with_their_masks(phantoms):
    xrays, masks = phantoms
    openers = {name: lambda name=name: Image.fromarray(masks[name]) for name in NAMES}
    made = prepare_set(
        {name: lambda name=name: Image.fromarray(xrays[name]) for name in NAMES},
        openers,
        survey_masks(openers, Masks()),
        Preparation(size=64),
    )
    report = summarise_quality(made.records, [], made.xrays, made.masks, Quality())
    assert report["alignment"] == {"masks": 0, "lowest": None, "median": None}
