"""Masks of a whole set that do not lie on the teeth: the run stops, and says why."""

import io

import numpy as np
import pytest
from PIL import Image

from teeth_unet.imaging import turn, turn_back
from teeth_unet.phantoms import PhantomSettings, draw_labels, draw_xray
from teeth_unet.preparation import Masks, Preparation, prepare_set, survey_masks
from teeth_unet.quality import Quality, Severities, summarise_quality

SETTINGS = PhantomSettings(cases=8, width=(400, 460), seed=5)
NAMES = [str(case) for case in range(1, SETTINGS.cases + 1)]


@pytest.fixture(scope="module")
def xrays():
    return {name: draw_xray(SETTINGS, case) for case, name in enumerate(NAMES)}


@pytest.fixture(scope="module")
def masks():
    return {
        name: np.where(draw_labels(SETTINGS, case) > 0, 255, 0).astype(np.uint8)
        for case, name in enumerate(NAMES)
    }


def picture(levels, orientation=1):
    """A picture whose file says how it has to be turned."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = io.BytesIO()
    Image.fromarray(levels).save(stored, "PNG", exif=exif)
    return Image.open(stored)


def inspect(xrays, masks, **severity):
    """The findings on pictures, or arrays, by case."""

    def loaders(pictures):
        return {
            name: lambda one=one: Image.fromarray(one) if isinstance(one, np.ndarray) else one
            for name, one in pictures.items()
        }

    encoding = survey_masks(loaders(masks), Masks())
    made = prepare_set(loaders(xrays), loaders(masks), encoding, Preparation(size=256))
    quality = Quality(severity=Severities(**severity))
    stacks = made.xrays, made.masks
    return summarise_quality(made.records, made.unusable, *stacks, quality)["findings"]


def each(pictures, change):
    return {name: change(one) for name, one in pictures.items()}


def resized(mask, like):
    return np.asarray(Image.fromarray(mask).resize(like.shape[::-1], Image.Resampling.NEAREST))


def square(pictures):
    method = Image.Resampling.NEAREST
    return each(pictures, lambda one: np.asarray(Image.fromarray(one).resize((300, 300), method)))


def moved(by, axis):
    return lambda mask: np.roll(mask, round(by * mask.shape[axis]), axis)


def moved_to_either_side(masks):
    return {name: moved(0.03 if int(name) % 2 else -0.03, 1)(mask) for name, mask in masks.items()}


def in_other_order(masks, xrays, order):
    return {
        name: resized(masks[NAMES[other]], xrays[name])
        for name, other in zip(NAMES, order, strict=True)
    }


CAUSES = {
    "upside down": (lambda m, x: each(m, lambda one: turn(one, 3)), "turned by 180 degrees"),
    "mirrored": (lambda m, x: each(m, lambda one: turn(one, 2)), "mirrored left to right"),
    "rows from the bottom": (
        lambda m, x: each(m, lambda one: turn(one, 4)),
        "mirrored top to bottom",
    ),
    "shifted right": (lambda m, x: each(m, moved(0.03, 1)), "of the width left"),
    "shifted down": (lambda m, x: each(m, moved(0.06, 0)), "of the height up"),
    "shifted by a little": (lambda m, x: each(m, moved(0.015, 1)), "of the width left"),
    "shifted, each otherwise": (lambda m, x: moved_to_either_side(m), "each by another way"),
    "one off": (
        lambda m, x: in_other_order(m, x, [*range(1, 8), 0]),
        "a mask fits the X-ray 1 after its own",
    ),
    "one back": (
        lambda m, x: in_other_order(m, x, [7, *range(7)]),
        "a mask fits the X-ray 1 before its own",
    ),
    "shuffled": (
        lambda m, x: in_other_order(m, x, [3, 5, 0, 7, 1, 2, 4, 6]),
        "the X-rays of other cases",
    ),
    "something else": (
        lambda m, x: each(m, lambda one: moved(0.4, 0)(moved(0.37, 1)(one))),
        "nor do they when turned",
    ),
}
"""What is done to all masks, given the X-rays, and what is said."""


@pytest.mark.parametrize(("fault", "told"), CAUSES.values(), ids=CAUSES)
def test_the_cause_that_most_masks_share_is_found(xrays, masks, fault, told):
    (finding,) = inspect(xrays, fault(masks, xrays))
    assert (finding["check"], finding["severity"]) == ("misfitting_masks", "error")
    assert finding["cases"] == NAMES
    assert told in finding["found"]
    assert finding["remedy"].endswith(
        "If they are right as they are, set quality.severity.misfitting_masks to warning."
    )


@pytest.mark.parametrize(
    ("orientation", "told"),
    [
        (5, "transposed they do"),
        (6, "turned by a quarter counterclockwise"),
        (7, "transposed across the other diagonal"),
        (8, "turned by a quarter clockwise"),
    ],
)
def test_square_pictures_may_be_turned_by_a_quarter(xrays, masks, orientation, told):
    turned = each(square(masks), lambda one: turn(one, orientation))
    (finding,) = inspect(square(xrays), turned, odd_aspect="ignore")
    assert finding["check"] == "misfitting_masks"
    assert told in finding["found"]


@pytest.mark.parametrize("orientation", [2, 3, 4])
def test_masks_of_the_pixels_as_stored_are_told_by_the_exif_data(xrays, masks, orientation):
    stored = each(xrays, lambda one: picture(turn_back(one, orientation), orientation))
    found = inspect(stored, each(masks, lambda one: turn_back(one, orientation)))
    assert [one["check"] for one in found] == ["misfitting_masks", "orientation"]
    assert f"orientation {orientation} of the X-ray, 1 of the mask" in found[0]["found"]
    assert "a program that ignores EXIF orientation" in found[0]["remedy"]


def test_square_masks_of_the_pixels_as_stored_are_told_too(xrays, masks):
    stored = each(square(xrays), lambda one: picture(turn_back(one, 6), 6))
    turned = each(square(masks), lambda one: turn_back(one, 6))
    found = inspect(stored, turned, odd_aspect="ignore")
    assert [one["check"] for one in found] == ["misfitting_masks", "orientation"]


def test_masks_that_are_turned_as_their_xrays_are_right(xrays, masks):
    pictures = [each(one, lambda one: picture(turn_back(one, 3), 3)) for one in (xrays, masks)]
    assert [one["check"] for one in inspect(*pictures)] == ["orientation"]


def test_masks_of_upright_pixels_are_right_whatever_the_exif_data_of_the_xrays_say(xrays, masks):
    stored = each(xrays, lambda one: picture(turn_back(one, 3), 3))
    assert [one["check"] for one in inspect(stored, masks)] == ["orientation"]


def test_where_exif_data_turn_a_few_xrays_only_their_cases_are_named(xrays, masks):
    stored, turned = dict(xrays), dict(masks)
    for name in ("2", "5"):
        stored[name] = picture(turn_back(xrays[name], 3), 3)
        turned[name] = turn_back(masks[name], 3)
    found = inspect(stored, turned)
    assert [(one["check"], one["cases"]) for one in found] == [
        ("misfitting_masks", ["2", "5"]),
        ("orientation", ["2", "5"]),
    ]


def test_a_few_masks_that_misfit_are_told_one_by_one(xrays, masks):
    changed = {name: turn(one, 3) if name in "257" else one for name, one in masks.items()}
    assert "misfitting_masks" not in {one["check"] for one in inspect(xrays, changed)}


def test_negatives_are_no_misfits(xrays, masks):
    (finding,) = inspect(each(xrays, lambda one: 255 - one), masks)
    assert (finding["check"], finding["severity"]) == ("inverted_xray", "warning")


@pytest.mark.parametrize("cases", [1, 2, 8])
def test_masks_that_are_right_raise_no_alarm(xrays, masks, cases):
    few = NAMES[:cases]
    assert inspect({n: xrays[n] for n in few}, {n: masks[n] for n in few}) == []


def test_toothless_sets_raise_no_alarm(xrays, masks):
    found = inspect(xrays, each(masks, np.zeros_like))
    assert [one["check"] for one in found] == ["all_masks_empty"]


def test_coarse_masks_raise_no_alarm(xrays, masks):
    """Outlines drawn a pixel too wide, of a picture of 256: two people differ by less."""

    def coarse(mask):
        return np.maximum.reduce([np.roll(mask, (d, r), (0, 1)) for d in (-1, 1) for r in (-1, 1)])

    assert inspect(xrays, each(masks, coarse)) == []


def test_the_severity_is_a_parameter(xrays, masks):
    (finding,) = inspect(xrays, each(masks, lambda one: turn(one, 3)), misfitting_masks="warning")
    assert finding["severity"] == "warning"
