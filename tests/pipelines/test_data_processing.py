import logging

import numpy as np
import pandas as pd
import pytest
from in_memory import run
from PIL import Image

from teeth_unet import splits
from teeth_unet.errors import InputError
from teeth_unet.numbering import NumberLearning
from teeth_unet.pipelines.data_processing import create_pipeline, nodes
from teeth_unet.preparation import UNLABELLED, Preparation
from teeth_unet.quality import Quality
from teeth_unet.splits import PARTS, Split
from teeth_unet.unet import Fitting

SIZE = 16
NAMES = [str(case) for case in range(1, 13)]


def open_xray(name):
    """An X-ray like no other; the level of its first pixel tells the case."""
    levels = np.random.default_rng(int(name)).integers(0, 250, (SIZE, SIZE)).astype(np.uint8)
    levels[0, 0] = 10 * int(name)
    return lambda: Image.fromarray(levels)


def open_mask(name):
    """One white row of pixels for each case up to this one."""
    levels = np.zeros((SIZE, SIZE), np.uint8)
    levels[: int(name)] = 255
    return lambda: Image.fromarray(levels)


# Pictures of noise are neither of the usual shape nor do masks of rows fit them.
LENIENT = {"odd_aspect": "ignore", "full_mask": "ignore", "inverted_xray": "ignore"}


def process(split, xrays=None, masks=None, tooth_labels=None, learn=False, **severity):
    """Run the pipeline on pictures in memory; everything it makes, by name."""
    inputs = {
        # Out of order, as a mapping may be.
        "raw_xrays": xrays or {name: open_xray(name) for name in NAMES[::-1]},
        "raw_masks": masks or {name: open_mask(name) for name in NAMES},
        "raw_tooth_labels": tooth_labels or {},
        "params:preparation": Preparation(size=SIZE),
        "params:numbering": NumberLearning(learn=learn, drawings=0, training=Fitting()),
        "params:quality": Quality(severity={**LENIENT, **severity}),
        "params:split": split,
    }
    made = run(create_pipeline(), inputs)
    return {name: made[name] for name in made.keys() - inputs.keys()}


@pytest.fixture(scope="module")
def made():
    return process(Split(order="random", seed=3, validation_cases=3, test_cases=4))


def test_all_that_is_promised_is_made(made):
    parts = {f"{axis}_{part}" for axis in "xy" for part in PARTS}
    tables = {"mask_encoding", "inspected_cases", "unusable_cases", "cases", "data_quality"}
    tables |= {"inspected_tooth_numbers", "prepared_tooth_numbers"}
    tables |= {"numbers_train", "numbers_validation"}
    assert made.keys() == parts | tables | {"prepared_xrays", "prepared_masks", "mask_images"}


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
        assert x[row, 0, 0, 0] == 10 * name
        assert y[row].sum() == name * SIZE


@pytest.mark.parametrize("part", PARTS)
def test_parts_are_rows_of_what_was_prepared_with_a_byte_a_pixel(made, part):
    rows = np.flatnonzero(made["cases"]["split"] == part)
    for axis, prepared in (("x", "prepared_xrays"), ("y", "prepared_masks")):
        assert made[f"{axis}_{part}"].dtype == np.uint8
        np.testing.assert_array_equal(made[f"{axis}_{part}"], made[prepared][rows])


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


def test_what_a_split_cannot_serve_for_is_said(caplog):
    process(Split(order="random", test_cases=0.2, validation_cases=0.1))
    told = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert len(told) == 2
    assert "split.validation_cases=0.1 would take 1 of 12" in told[0]
    assert "Only 2 of 12 cases are for testing" in told[1]


def test_identical_xrays_stay_together_and_are_reported(caplog):
    xrays = {name: open_xray(name) for name in NAMES} | {"12": open_xray("1")}
    with caplog.at_level(logging.INFO, "teeth_unet"):
        made = process(Split(order="natural", test_cases=4), xrays=xrays)
    parts = dict(zip(made["cases"]["case"], made["cases"]["split"], strict=True))
    assert parts["12"] == parts["1"] == "train"
    assert made["data_quality"]["identical_xrays"] == [
        {"cases": ["1", "12"], "masks_identical": False}
    ]
    assert "identical_xrays: cases 1 and 12 are the same X-ray, with different masks" in caplog.text
    assert "Split: 8 train, 0 validation, 4 test" in caplog.text


def without_mask(case):
    return {name: open_mask(name) for name in NAMES if name != case}


def test_a_missing_mask_stops_the_run():
    with pytest.raises(InputError, match="missing_partner: no mask for 7"):
        process(Split(test_cases=4), masks=without_mask("7"))


def test_what_stops_the_run_has_been_written_down_before():
    inputs = {"raw_xrays": {name: open_xray(name) for name in NAMES}}
    inputs |= {
        "raw_tooth_labels": {},
        "raw_masks": without_mask("7"),
        "params:preparation": Preparation(size=SIZE),
    }
    up_to_the_report = create_pipeline().to_nodes("report_quality")
    made = run(up_to_the_report, {**inputs, "params:quality": Quality()})
    first = made["data_quality"]["findings"][0]
    assert (first["check"], first["severity"], first["cases"]) == (
        "missing_partner",
        "error",
        ["7"],
    )
    assert made["data_quality"]["left_out"] == ["7"]
    assert made["unusable_cases"][0]["case"] == "7"


def test_a_case_without_mask_is_left_out_where_that_is_only_a_warning(caplog):
    with caplog.at_level(logging.WARNING, "teeth_unet"):
        made = process(Split(test_cases=4), masks=without_mask("7"), missing_partner="warning")
    assert list(made["cases"]["case"]) == [name for name in NAMES if name != "7"]
    assert len(made["prepared_xrays"]) == len(made["prepared_masks"]) == 11
    assert "missing_partner: no mask for 7. Add or rename" in caplog.text


def test_where_no_case_can_be_used_the_run_stops_and_says_so():
    masks = {name: lambda: Image.new("L", (4, 4), 255) for name in NAMES}
    with pytest.raises(InputError, match="size_mismatch"):
        process(Split(test_cases=4), masks=masks, size_mismatch="warning")


def test_a_leak_in_the_split_stops_the_run(made):
    cases = made["cases"].copy()
    rows = [cases.index[cases["split"] == part][0] for part in ("train", "test")]
    cases.loc[rows[1], "content_hash"] = cases.loc[rows[0], "content_hash"]
    with pytest.raises(InputError, match="are identical"):
        splits.refuse_leaks(cases)


def test_warnings_are_shown_one_line_each_and_notes_are_not(caplog):
    masks = {name: open_mask(name) for name in NAMES} | {"3": open_mask("0")}
    with caplog.at_level(logging.WARNING, "teeth_unet"):
        process(Split(test_cases=4), masks=masks, full_mask="note", grey_mask="note")
    assert [record.getMessage() for record in caplog.records] == [
        "empty_mask: no tooth in the mask of case 3. Right for patients without teeth; otherwise "
        "draw the teeth."
    ]


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
    encoding = nodes.survey_masks(masks, Preparation(size=SIZE))
    prepared = nodes.prepare_cases(xrays, masks, encoding, Preparation(size=SIZE))
    prepared_xrays, prepared_masks, inspected, unusable = prepared
    assert "group" in inspected.columns
    quality = nodes.report_quality(
        inspected, unusable, prepared_xrays, prepared_masks, encoding, [], Quality()
    )
    assert (quality["cases"], quality["left_out"]) == (0, ["1", "2"])
    with pytest.raises(InputError, match="no X-ray for 2"):
        nodes.split_cases(inspected, quality, Split(test_cases=1))


def numbered(name):
    """A label map with two incisors and, in every second case, an implant."""
    numbers = np.zeros((SIZE, SIZE), np.uint8)
    numbers[4:8, 1:4], numbers[4:8, 9:12] = 11, 21
    numbers[12:15, int(name)] = 104 if int(name) % 2 else 0
    return lambda: Image.fromarray(numbers)


def test_numbers_to_learn_from_are_those_of_the_cases_of_each_part():
    labels = {name: numbered(name) for name in NAMES if name != "5"}
    made = process(
        Split(order="natural", validation_cases=3, test_cases=2), tooth_labels=labels, learn=True
    )
    for part, names in (("train", NAMES[:7]), ("validation", NAMES[7:10])):
        numbers = made[f"numbers_{part}"]
        assert numbers.shape == made[f"y_{part}"].shape
        assert numbers.dtype == np.uint8
        for row, name in enumerate(names):
            truth = np.asarray(numbered(name)()) if name != "5" else np.uint8(UNLABELLED)
            np.testing.assert_array_equal(
                numbers[row, ..., 0], np.broadcast_to(truth, (SIZE, SIZE))
            )


@pytest.mark.parametrize(
    ("learn", "labelled"), [(False, NAMES), (True, [])], ids=["not asked for", "no label maps"]
)
def test_where_nothing_is_learned_there_are_no_numbers(learn, labelled):
    labels = {name: numbered(name) for name in labelled}
    made = process(Split(test_cases=2), tooth_labels=labels, learn=learn)
    for entry in ("prepared_tooth_numbers", "numbers_train", "numbers_validation"):
        assert made[entry].shape == (0, SIZE, SIZE, 1)


def test_label_maps_with_odd_numbers_are_told_of_in_the_quality_report():
    def teeth(name):
        numbers = np.zeros((SIZE, SIZE), np.uint8)
        numbers[4:8, 1:4], numbers[4:8, 9:12] = (21, 11) if name == "7" else (11, 21)
        numbers[12:15, 1:4] = 19 if name == "2" else 0
        return lambda: Image.fromarray(numbers)

    made = process(
        Split(test_cases=4), tooth_labels={name: teeth(name) for name in NAMES if name != "5"}
    )
    assert [one["case"] for one in made["inspected_tooth_numbers"]] == [
        name for name in NAMES if name != "5"
    ]
    findings = {one["check"]: one["cases"] for one in made["data_quality"]["findings"]}
    assert findings["swapped_sides"] == ["7"]
    assert findings["unknown_number"] == ["2"]


def test_masks_that_are_label_maps_are_looked_at_as_well():
    def teeth():
        numbers = np.zeros((SIZE, SIZE), np.uint8)
        for place, number in enumerate((28, 27, 26, 25, 11, 12, 13, 14)):
            numbers[6:9, 2 * place : 2 * place + 2] = number
        return Image.fromarray(numbers)

    made = process(Split(test_cases=4), masks=dict.fromkeys(NAMES, teeth))
    assert made["mask_encoding"]["coding"]["kind"] == "labels"
    (finding,) = [
        one for one in made["data_quality"]["findings"] if one["check"] == "swapped_sides"
    ]
    assert finding["cases"] == NAMES
    assert finding["found"].startswith("in 12 of 12 label maps the patient's left")


def test_teeth_that_are_counted_are_not_taken_for_fdi_numbers():
    opened = []

    def counted(name):
        numbers = np.zeros((2, 64), np.uint8)
        numbers[:, ::2] = np.arange(1, 33)
        return lambda: opened.append(name) or Image.fromarray(numbers)

    made = process(Split(test_cases=4), tooth_labels={name: counted(name) for name in NAMES})
    assert made["inspected_tooth_numbers"] == []
    assert len(opened) == 5  # no more are opened than it takes to know


def test_all_masks_empty_stops_the_run():
    with pytest.raises(InputError, match="all 12 masks empty"):
        process(Split(test_cases=4), masks={name: open_mask("0") for name in NAMES})
