import logging

import numpy as np
import pandas as pd
import pytest
from in_memory import run
from PIL import Image

from teeth_unet.errors import InputError
from teeth_unet.imaging import Preparation, Quality
from teeth_unet.pipelines.data_processing import create_pipeline, nodes
from teeth_unet.splits import PARTS, Split

SIZE = 16
NAMES = [str(case) for case in range(1, 13)]


def open_xray(name):
    """A plain grey X-ray: the level tells the case."""
    return lambda: Image.new("L", (SIZE, SIZE), 10 * int(name))


def open_mask(name):
    """One white row of pixels for each case up to this one."""
    levels = np.zeros((SIZE, SIZE), np.uint8)
    levels[: int(name)] = 255
    return lambda: Image.fromarray(levels)


# The plain X-rays of these tests would stop the run.
PLAIN = {"blank_xray": "ignore", "odd_aspect": "ignore", "full_mask": "ignore"}


def process(split, xrays=None, masks=None, **severity):
    """Run the pipeline on pictures in memory; everything it makes, by name."""
    inputs = {
        # Out of order, as a mapping may be.
        "raw_xrays": xrays or {name: open_xray(name) for name in NAMES[::-1]},
        "raw_masks": masks or {name: open_mask(name) for name in NAMES},
        "params:preparation": Preparation(size=SIZE),
        "params:quality": Quality(severity=PLAIN | severity),
        "params:split": split,
    }
    made = run(create_pipeline(), inputs)
    return {name: made[name] for name in made.keys() - inputs.keys()}


@pytest.fixture(scope="module")
def made():
    return process(Split(order="random", seed=3, validation_cases=3, test_cases=4))


def test_all_that_is_promised_is_made(made):
    parts = {f"{axis}_{part}" for axis in "xy" for part in PARTS}
    others = {"prepared_xrays", "prepared_masks", "inspected_cases", "unusable_cases", "cases"}
    assert made.keys() == parts | others | {"data_quality", "mask_images"}


def test_cases_are_in_natural_order_with_their_part(made):
    cases = made["cases"]
    assert list(cases["case"]) == NAMES
    assert cases["split"].value_counts().to_dict() == {"train": 5, "validation": 3, "test": 4}
    pd.testing.assert_frame_equal(cases.drop(columns="split"), made["inspected_cases"])


@pytest.mark.parametrize("part", PARTS)
def test_row_i_of_a_part_is_the_ith_case_of_that_part(made, part):
    names = made["cases"].query("split == @part")["case"].astype(int)
    x, y = made[f"x_{part}"], made[f"y_{part}"]
    assert x.shape == y.shape == (len(names), SIZE, SIZE, 1)
    for row, name in enumerate(names):
        np.testing.assert_allclose(x[row], 10 * name / 255, rtol=1e-6)
        assert y[row].sum() == name * SIZE


@pytest.mark.parametrize("part", PARTS)
def test_the_network_gets_float32_between_0_and_1(made, part):
    x, y = made[f"x_{part}"], made[f"y_{part}"]
    assert x.dtype == y.dtype == np.float32
    assert x.min() >= 0
    assert x.max() <= 1
    assert set(np.unique(y)) == {0, 1}


def test_grey_levels_reach_both_ends():
    xrays = np.array([0, 255], np.uint8).reshape(2, 1, 1, 1)
    cases = pd.DataFrame({"split": ["train", "train"]})
    x, _ = nodes.select_part("train", xrays, np.zeros_like(xrays), cases)
    assert x.ravel().tolist() == [0, 1]


def test_mask_images_are_white_teeth_on_black_by_case(made):
    images = made["mask_images"]
    assert list(images) == NAMES
    for row, name in enumerate(NAMES):
        levels = np.asarray(images[name]())
        np.testing.assert_array_equal(levels, made["prepared_masks"][row, ..., 0] * 255)
        assert np.count_nonzero(levels == 255) == int(name) * SIZE


def test_the_quality_report_is_of_all_cases(made):
    quality = made["data_quality"]
    assert quality["cases"] == 12
    assert quality["width"] == {"lowest": SIZE, "median": SIZE, "highest": SIZE}
    assert quality["mean_tooth_share"] == pytest.approx(6.5 / SIZE)
    assert quality["empty_masks"] == []


def test_without_validation_its_part_has_no_rows():
    made = process(Split(order="natural", test_cases=4))
    assert made["x_validation"].shape == made["y_validation"].shape == (0, SIZE, SIZE, 1)
    assert list(made["cases"]["split"]) == ["train"] * 8 + ["test"] * 4


def test_identical_xrays_stay_together_and_are_reported(caplog):
    xrays = {name: open_xray(name) for name in NAMES} | {"12": open_xray("1")}
    with caplog.at_level(logging.INFO, "teeth_unet"):
        made = process(Split(order="natural", test_cases=4), xrays=xrays)
    parts = dict(zip(made["cases"]["case"], made["cases"]["split"], strict=True))
    assert parts["12"] == parts["1"] == "train"
    assert made["data_quality"]["identical_xrays"] == [
        {"cases": ["1", "12"], "masks_identical": False}
    ]
    assert "groups of identical X-rays: 1" in caplog.text
    assert "Split: 8 train, 0 validation, 4 test" in caplog.text


def test_warnings_are_shown_one_line_each_and_notes_are_not(caplog):
    masks = {name: open_mask(name) for name in NAMES} | {"3": open_mask("0")}
    with caplog.at_level(logging.WARNING, "teeth_unet"):
        process(Split(test_cases=4), masks=masks, full_mask="note", grey_mask="note")
    assert [record.getMessage() for record in caplog.records] == [
        "empty_mask: no tooth in the mask of case 3. Right for patients without teeth; otherwise "
        "draw the teeth."
    ]


def test_a_missing_mask_stops_the_run():
    masks = {name: open_mask(name) for name in NAMES if name != "7"}
    with pytest.raises(InputError, match="no mask for 7"):
        process(Split(test_cases=4), masks=masks)


def test_a_case_left_out_is_in_no_part_and_told_of():
    masks = {name: open_mask(name) for name in NAMES if name != "7"}
    made = process(Split(test_cases=4), masks=masks, missing_partner="warning")
    remaining = [name for name in NAMES if name != "7"]
    assert list(made["cases"]["case"]) == list(made["mask_images"]) == remaining
    assert len(made["x_train"]) == 7
    assert [(one["case"], one["found"]) for one in made["unusable_cases"]] == [("7", "no mask")]
    assert made["data_quality"]["left_out"] == ["7"]


def test_the_report_is_made_although_no_case_can_be_used():
    xrays, masks = {"1": open_xray("1")}, {"2": open_mask("2")}
    prepared = nodes.prepare_cases(xrays, masks, Preparation(size=SIZE))
    prepared_xrays, prepared_masks, inspected, unusable = prepared
    assert "group" in inspected.columns
    quality = nodes.report_quality(inspected, unusable, prepared_xrays, prepared_masks, Quality())
    assert (quality["cases"], quality["left_out"]) == (0, ["1", "2"])
    with pytest.raises(InputError, match="no X-ray for 2"):
        nodes.split_cases(inspected, quality, Split(test_cases=1))


def test_all_masks_empty_stops_the_run():
    with pytest.raises(InputError, match="all 12 masks empty"):
        process(Split(test_cases=4), masks={name: open_mask("0") for name in NAMES})
