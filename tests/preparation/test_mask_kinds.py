"""Whatever people have as masks: read exactly, or told."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from mask_drawings import (
    COLOUR_CONTAINERS,
    COLOUR_KINDS,
    FDI,
    GREY_CONTAINERS,
    GREY_KINDS,
    VOC,
    WHITE,
    as_picture,
    coloured,
    on_transparent,
    one_colour,
    palette,
    resampled,
    stretched,
    through,
    tooth_numbers,
    white,
)
from PIL import Image
from pydantic import ValidationError
from scipy.ndimage import gaussian_filter, maximum_filter, minimum_filter

from teeth_unet import imaging
from teeth_unet.imaging import survey_mask
from teeth_unet.phantoms import PhantomSettings, draw_xray
from teeth_unet.preparation import (
    Masks,
    Preparation,
    open_native_labels,
    prepare_case,
    prepare_set,
    survey_masks,
)
from teeth_unet.preparation.deciding import decide_encoding
from teeth_unet.quality import UnusableCase

SET = {str(case): tooth_numbers(case, teeth=8 + case) for case in range(5)}

XRAY = as_picture(np.random.default_rng(0).integers(1, 250, SET["0"].shape).astype(np.uint8))


def loaders(draw):
    """Openers of the masks of the set, each drawn from its label map."""
    pictures = {case: draw(labels) for case, labels in SET.items()}
    return {case: lambda picture=picture: picture for case, picture in pictures.items()}


def read(masks, settings=None):
    """How the masks are read, and what becomes of each case."""
    encoding = survey_masks(masks, settings or Masks())
    cases = {case: prepare_case(case, lambda: XRAY, masks[case], encoding, 64) for case in masks}
    return encoding, cases


def assert_exact(masks, kind, settings=None):
    """Every tooth pixel is tooth and every other is not."""
    encoding, cases = read(masks, settings)
    assert encoding["coding"]["kind"] == kind
    for case, labels in SET.items():
        assert not isinstance(cases[case], UnusableCase), cases[case]
        assert cases[case].record.mask_hash == imaging.content_hash((labels > 0).astype(np.uint8))
    return encoding


def dice_of(masks, settings=None):
    """Dice of each mask, as it is read, with what was drawn."""
    encoding = survey_masks(masks, settings or Masks())
    scores = []
    for case, labels in SET.items():
        coding = encoding["others"].get(case, encoding["coding"])
        mask = imaging.decode_mask(masks[case]())
        found = imaging.binarise(mask, coding["threshold"], rims=coding["rims"])
        scores.append(imaging.count_overlap(labels > 0, found).dice)
    return scores


@pytest.mark.parametrize("container", GREY_CONTAINERS.values(), ids=GREY_CONTAINERS)
@pytest.mark.parametrize(("draw", "kind"), GREY_KINDS.values(), ids=GREY_KINDS)
def test_grey_masks_of_every_kind_are_exact_in_every_container(draw, kind, container):
    assert_exact(loaders(lambda labels: container(draw(labels))), kind)


@pytest.mark.parametrize("container", COLOUR_CONTAINERS.values(), ids=COLOUR_CONTAINERS)
@pytest.mark.parametrize(("draw", "kind"), COLOUR_KINDS.values(), ids=COLOUR_KINDS)
def test_coloured_masks_of_every_kind_are_exact_in_every_container(draw, kind, container):
    assert_exact(loaders(lambda labels: container(draw(labels))), kind)


@pytest.mark.parametrize(
    "draw",
    [
        lambda labels: as_picture(4095 * (labels > 0).astype(np.uint16)),
        lambda labels: as_picture(65535 * (labels > 0).astype(np.uint16)),
        lambda labels: as_picture((labels > 0).astype(np.float32), "TIFF"),
        lambda labels: through(Image.fromarray(labels > 0)),
        lambda labels: as_picture(on_transparent(labels)),
    ],
    ids=["12 bits", "16 bits", "floats of 0 and 1", "1 bit", "white on transparent"],
)
def test_binary_masks_of_other_depths_are_exact(draw):
    assert_exact(loaders(draw), "binary")


def test_a_palette_with_an_index_a_tooth_is_exact_and_keeps_its_numbers():
    masks = loaders(lambda labels: through(palette(labels)))
    encoding = assert_exact(masks, "labels")
    for case, labels in SET.items():
        mask_hash = imaging.content_hash((labels > 0).astype(np.uint8))
        found = open_native_labels(case, mask_hash, masks, encoding)
        np.testing.assert_array_equal(found, labels)


@pytest.mark.parametrize(
    ("draw", "numbers"),
    [
        (lambda labels: as_picture(FDI[labels].astype(np.uint16)), lambda labels: FDI[labels]),
        (lambda labels: as_picture(stretched(labels)), stretched),
    ],
    ids=["FDI numbers", "stretched numbers"],
)
def test_label_maps_keep_their_numbers(draw, numbers):
    masks = loaders(draw)
    encoding = survey_masks(masks, Masks())
    for case, labels in SET.items():
        mask_hash = imaging.content_hash((labels > 0).astype(np.uint8))
        found = open_native_labels(case, mask_hash, masks, encoding)
        np.testing.assert_array_equal(found, numbers(labels))


def test_colours_become_one_number_a_tooth():
    masks = loaders(lambda labels: as_picture(coloured(labels)))
    encoding = survey_masks(masks, Masks())
    for case, labels in SET.items():
        mask_hash = imaging.content_hash((labels > 0).astype(np.uint8))
        found = open_native_labels(case, mask_hash, masks, encoding)
        pairs = np.unique(np.stack([found.ravel(), labels.ravel()]), axis=1)
        assert pairs.shape[1] == labels.max() + 1  # one to one
        assert found[labels == 0].max() == 0


@pytest.mark.parametrize("draw", [white, one_colour], ids=["white", "one colour"])
def test_masks_that_do_not_tell_teeth_apart_are_no_label_maps(draw):
    masks = loaders(lambda labels: as_picture(draw(labels)))
    encoding = survey_masks(masks, Masks())
    assert all(open_native_labels(case, "", masks, encoding) is None for case in SET)


@pytest.mark.parametrize(
    ("draw", "least"),
    [
        (lambda labels: as_picture(white(labels), "JPEG", quality=75), 1.0),
        (lambda labels: as_picture(white(labels), "JPEG", quality=30), 0.999),
        (lambda labels: as_picture(np.array(as_picture(white(labels), "JPEG"))), 1.0),
        (lambda labels: as_picture(one_colour(labels), "JPEG"), 0.999),
        (lambda labels: as_picture(coloured(labels), "JPEG", quality=95), 0.97),
        (lambda labels: as_picture(coloured(labels), "JPEG", quality=75), 0.97),
        (lambda labels: through(resampled(white(labels))), 0.98),
        (lambda labels: through(resampled(white(labels), Image.Resampling.LANCZOS)), 0.98),
        (lambda labels: through(resampled(one_colour(labels))), 0.98),
        (lambda labels: through(resampled(labels)), 0.95),
    ],
    ids=[
        "white, JPEG 75",
        "white, JPEG 30",
        "white, JPEG kept as PNG",
        "one colour, JPEG",
        "a colour a tooth, JPEG 95",
        "a colour a tooth, JPEG 75",
        "white, enlarged",
        "white, enlarged by Lanczos' filter",
        "one colour, enlarged",
        "numbers, enlarged",
    ],
)
def test_noise_and_rims_are_no_levels_of_their_own(draw, least):
    assert min(dice_of(loaders(draw))) >= least


DOUBTFUL = {
    "two shades of grey": (
        lambda labels: as_picture(
            np.choose((labels > 0) + (labels % 2) * 1, [0, 85, 255]).astype(np.uint8)
        ),
        "85 (",
    ),
    "types of teeth": (
        lambda labels: as_picture(np.where(labels > 0, 1 + labels % 3, 0).astype(np.uint8)),
        "any may be tooth",
    ),
    "teeth, a filling and an implant": (
        lambda labels: as_picture(
            np.select([labels == 0, labels == 3, labels == 5], [0, 85, 170], 255).astype(np.uint8)
        ),
        "170 (",
    ),
    "numbers, and 255 where nobody is sure (Endoscapes 5)": (
        lambda labels: as_picture(np.where(labels == 3, 255, labels).astype(np.uint8)),
        "nobody is sure",
    ),
    "classes with a rim of 255 (CAT-Net 9)": (
        lambda labels: as_picture(
            np.where(
                maximum_filter(labels, 3) > minimum_filter(labels, 3),
                255,
                np.where(labels > 0, 1 + labels % 2, 0),
            ).astype(np.uint8)
        ),
        "255 (",
    ),
    "upper and lower jaw": (
        lambda labels: as_picture(
            np.where(labels > 0, 1 + (np.arange(len(labels)) > 45)[:, np.newaxis], 0).astype(
                np.uint8
            )
        ),
        "1 (",
    ),
    "red and dark green": (
        lambda labels: as_picture(
            np.where(
                (labels % 2)[..., np.newaxis] > 0,
                one_colour(labels, (255, 0, 0)),
                one_colour(labels, (0, 64, 0)),
            )
        ),
        "several colours, each all over",
    ),
    "numbers in JPEG": (lambda labels: as_picture(labels, "JPEG"), "JPEG cannot keep apart"),
    "stretched numbers in JPEG": (
        lambda labels: as_picture(stretched(labels), "JPEG"),
        "label map saved as JPEG",
    ),
    "a background that is not black": (
        lambda labels: as_picture(np.where(labels > 0, 200 - labels, 60).astype(np.uint8)),
        "a background that is not black",
    ),
    "a palette that begins with white": (
        lambda labels: through(_on_white(labels)),
        "index 0 of the palette (",
    ),
    "X-rays": (
        lambda labels: as_picture(_photograph(labels)),
        "`xrays` and `masks` may be swapped",
    ),
    "dark X-rays": (
        lambda labels: as_picture(_photograph(labels) // 3),
        "`xrays` and `masks` may be swapped",
    ),
}


def _on_white(labels):
    picture = palette(labels)
    picture.putpalette([WHITE, WHITE, WHITE, *VOC.ravel().tolist()[3:]])
    return picture


def _photograph(labels):
    noise = np.random.default_rng(int(labels.sum())).normal(0, 12, labels.shape)
    return np.clip(90 + 60 * (labels > 0) + noise, 1, 255).astype(np.uint8)


@pytest.mark.parametrize(("draw", "told"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_in_doubt_is_told_with_the_levels_and_never_read(draw, told):
    encoding, cases = read(loaders(draw))
    assert encoding["coding"] is None
    assert {case.check for case in cases.values()} == {"unclear_masks"}
    assert told in cases["0"].found
    assert "%)" in cases["0"].found
    assert cases["0"].remedy.endswith(".")


@pytest.mark.parametrize("dark", [1, 2, 3])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_swapped_xrays_are_told_first_with_one_short_remedy(dark, kind):
    drawn = PhantomSettings(cases=6, width=(400, 500))
    xrays = [as_picture(draw_xray(drawn, case) // dark, kind) for case in range(6)]
    encoding = decide_encoding({str(n): survey_mask(one) for n, one in enumerate(xrays)}, Masks())
    assert "6 of 6 masks have hardly any black background (`xrays` and" in encoding["found"]
    assert "JPEG" not in encoding["found"]
    assert encoding["remedy"].startswith("Look which path is which.")
    assert "--params" not in encoding["remedy"]


def test_jpeg_is_no_reason_where_no_file_is_one():
    faint = loaders(lambda labels: as_picture(_faint(labels)))
    found = read(faint)[0]
    assert found["coding"] is None
    assert "JPEG" not in found["found"] + found["remedy"]


def _faint(labels):
    """Levels that run into each other, on black."""
    noise = np.random.default_rng(int(labels.sum())).integers(-40, 40, labels.shape)
    return np.where(labels > 0, 100 + noise, 0).astype(np.uint8)


@pytest.mark.parametrize("name", ["two shades of grey", "types of teeth", "upper and lower jaw"])
def test_a_setting_decides_where_there_is_doubt(name):
    draw, _ = DOUBTFUL[name]
    assert "preparation.masks.kind=classes" in read(loaders(draw))[0]["remedy"]
    assert_exact(loaders(draw), "classes", Masks(kind="classes"))


def _two_shades(labels):
    return np.choose((labels > 0) + (labels % 2) * 1, [0, 85, 255]).astype(np.uint8)


OF_A_KNOWN_KIND = {
    # what is drawn, and the least Dice; .7 to .96 if all that is not black counted
    "two shades of grey, JPEG": (lambda labels: as_picture(_two_shades(labels), "JPEG"), 0.98),
    "colours, JPEG": (lambda labels: as_picture(coloured(labels), "JPEG"), 0.97),
    "FDI numbers, JPEG": (lambda labels: as_picture(FDI[labels].astype(np.uint8), "JPEG"), 0.95),
    "two shades of grey, enlarged": (lambda labels: through(resampled(_two_shades(labels))), 0.97),
}


@pytest.mark.parametrize("kind", ["classes", "labels"])
@pytest.mark.parametrize(("draw", "least"), OF_A_KNOWN_KIND.values(), ids=OF_A_KNOWN_KIND)
def test_noise_and_rims_are_none_where_the_kind_is_told_either(draw, least, kind):
    assert min(dice_of(loaders(draw), Masks(kind=kind))) >= least


def test_the_noise_of_webp_is_none_in_large_masks_either():
    labels = tooth_numbers().repeat(4, axis=0).repeat(4, axis=1)
    mask = as_picture(coloured(labels), "WEBP", quality=75)
    coding = survey_masks({"0": lambda: mask}, Masks())["coding"]
    found = imaging.binarise(imaging.decode_mask(mask), coding["threshold"], rims=coding["rims"])
    assert imaging.count_overlap(labels > 0, found).dice > 0.98


def test_one_exact_mask_of_low_numbers_among_those_in_jpeg_keeps_them():
    masks = loaders(lambda labels: as_picture(coloured(labels), "JPEG"))
    masks["0"] = lambda: as_picture(SET["0"])
    assert dice_of(masks, Masks(kind="labels"))[0] == 1


def test_a_threshold_leaves_out_a_class():
    draw, _ = DOUBTFUL["two shades of grey"]
    _, cases = read(loaders(draw), Masks(kind="binary", threshold=127))
    for case, labels in SET.items():
        bright = ((labels % 2) > 0).astype(np.uint8)
        assert cases[case].record.mask_hash == imaging.content_hash(bright)


def test_a_threshold_without_a_kind_is_refused():
    with pytest.raises(ValidationError, match="a threshold needs a kind"):
        Masks(threshold=100)


def _blurred(labels):
    return as_picture(gaussian_filter(white(labels), 1.5))


def _red_and_yellow(labels):
    inner = minimum_filter(labels, 5)
    colours = one_colour(labels, (255, 0, 0)) + one_colour(inner, (0, 255, 0))
    return through(resampled(colours))


REPORTED = {
    # what people reported of their masks, and the least Dice with what was drawn
    "soft brush (SIDA 25, U-2-Net 319)": (_blurred, 0.97),
    "0 and 1 instead of 0 and 255 (HybridNets 60)": (
        lambda labels: as_picture((labels > 0).astype(np.uint8)),
        1.0,
    ),
    "red and yellow with rims (segtran 44)": (_red_and_yellow, 0.97),
    "class numbers in the red channel (js-segment-annotator 25)": (
        lambda labels: as_picture(np.dstack([labels, 0 * labels, 0 * labels])),
        1.0,
    ),
    "white saved as JPEG (glasses-detector 23)": (
        lambda labels: as_picture(white(labels), "JPEG", quality=60),
        0.99,
    ),
    "colours saved as JPEG (muggled_sam 14)": (
        lambda labels: as_picture(coloured(labels), "JPEG", quality=85),
        0.97,
    ),
    "a palette of classes (segmentation_keras 14)": (
        lambda labels: through(palette((labels > 0).astype(np.uint8))),
        1.0,
    ),
    "class times 1000 and instance (Cityscapes)": (
        lambda labels: as_picture(
            np.where(labels > 0, 1000 * FDI[labels] + labels, 0).astype(np.uint16)
        ),
        1.0,
    ),
    "numbers as colours of a colour map": (
        lambda labels: as_picture(
            one_colour(labels, (1, 1, 1)) * np.dstack([7 * labels, 255 - 9 * labels, 3 * labels])
        ),
        1.0,
    ),
}


@pytest.mark.parametrize(("draw", "least"), REPORTED.values(), ids=REPORTED)
def test_masks_that_people_reported_are_read(draw, least):
    masks = loaders(draw)
    assert survey_masks(masks, Masks())["odd"] == {}
    assert min(dice_of(masks)) >= least


ONE_OF_ANOTHER_KIND = {
    # the set, the one, whether it is read all the same
    "binary among colours": (coloured, white, True),
    "binary among numbers": (lambda labels: labels, white, True),
    "0 and 1 among white": (white, lambda labels: (labels > 0).astype(np.uint8), True),
    "red among white": (white, lambda labels: one_colour(labels, (255, 0, 0)), True),
    "a dark colour among white": (white, one_colour, True),
    "colours among white": (white, coloured, False),
    "numbers among white": (white, lambda labels: labels, False),
    "a grey one among white": (white, lambda labels: 85 * (labels > 0).astype(np.uint8), False),
    "two shades among colours": (
        coloured,
        lambda labels: np.choose((labels > 0) + (labels % 2) * 1, [0, 85, 255]).astype(np.uint8),
        False,
    ),
    "an X-ray among white": (white, _photograph, False),
    "an X-ray among numbers": (lambda labels: labels, _photograph, False),
}


@pytest.mark.parametrize(
    ("of_the_set", "the_one", "is_read"), ONE_OF_ANOTHER_KIND.values(), ids=ONE_OF_ANOTHER_KIND
)
def test_one_mask_of_another_kind_comes_out_right_or_is_named(of_the_set, the_one, is_read):
    masks = loaders(lambda labels: as_picture(of_the_set(labels)))
    masks["3"] = lambda: as_picture(the_one(SET["3"]))
    _, cases = read(masks)
    for case, labels in SET.items():
        if case == "3" and not is_read:
            assert cases[case].check == "odd_mask"
            assert "where the other masks have" in cases[case].found
        else:
            expected = imaging.content_hash((labels > 0).astype(np.uint8))
            assert cases[case].record.mask_hash == expected


def test_the_teeth_of_a_binary_mask_among_label_maps_are_not_taken_for_one():
    masks = loaders(lambda labels: as_picture(labels))
    masks["3"] = lambda: as_picture(white(SET["3"]))
    encoding = survey_masks(masks, Masks())
    assert open_native_labels("3", "", masks, encoding) is None


@pytest.mark.parametrize("speck", [1, 60, 254])
def test_a_speck_in_the_mask_of_a_toothless_patient_stays_a_speck(speck):
    masks = loaders(lambda labels: as_picture(white(labels)))
    spotted = np.zeros_like(SET["3"])
    spotted[5, 5] = speck
    masks["3"] = lambda: as_picture(spotted)
    _, cases = read(masks)
    assert cases["3"].record.tooth_share == (speck == 254) / spotted.size


def test_masks_without_any_tooth_are_empty_and_not_in_doubt():
    encoding, cases = read(loaders(lambda labels: as_picture(np.zeros_like(labels))))
    assert encoding["found"] == "Nothing is marked in any mask."
    assert {case.record.tooth_share for case in cases.values()} == {0.0}


def test_one_mask_alone_is_a_set():
    masks = {"0": lambda: as_picture(coloured(SET["0"]))}
    encoding = survey_masks(masks, Masks())
    made = prepare_set({"0": lambda: XRAY}, masks, encoding, Preparation(size=64))
    assert made.records[0].tooth_share == np.mean(SET["0"] > 0)


NUMBERS = st.lists(st.integers(1, 254), min_size=13, max_size=13, unique=True)


@given(NUMBERS)
def test_label_maps_of_any_numbers_are_exact(numbers):
    chosen = np.array([0, *numbers], np.uint8)
    assert_exact(loaders(lambda labels: as_picture(chosen[labels])), "labels")


@given(st.lists(st.integers(1, 0xFFFFFF), min_size=13, max_size=13, unique=True))
def test_label_maps_of_any_colours_are_exact(colours):
    chosen = np.array([[0, 0, 0], *([c >> 16, c >> 8 & 255, c & 255] for c in colours)], np.uint8)
    assume((chosen != chosen[:, :1]).any())
    assert_exact(loaders(lambda labels: as_picture(chosen[labels])), "labels")


@given(st.integers(1, 65535))
def test_binary_masks_of_any_level_are_exact(level):
    picture = loaders(lambda labels: as_picture(level * (labels > 0).astype(np.uint16)))
    assert_exact(picture, "binary")


@given(st.permutations(list(SET)), st.sampled_from(sorted(ONE_OF_ANOTHER_KIND)))
def test_the_decision_does_not_depend_on_the_order_of_the_cases(order, name):
    of_the_set, the_one, _ = ONE_OF_ANOTHER_KIND[name]
    masks = loaders(lambda labels: as_picture(of_the_set(labels)))
    masks["3"] = lambda: as_picture(the_one(SET["3"]))
    assert survey_masks({case: masks[case] for case in order}, Masks()) == survey_masks(
        masks, Masks()
    )
