"""How data_science scores what it has predicted."""

import logging
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from small_science import COLUMNS, PARAMETERS, PARTS, ROWS, SIZE

from teeth_unet.errors import InputError
from teeth_unet.imaging import resize_probabilities
from teeth_unet.pipelines.data_science import scoring_nodes as nodes
from teeth_unet.scoring import IDENTITY, NATIVE, Scoring, score_case

PAIR = ("positives", "negatives")


def scored(made, inputs, **changes):
    arguments = {name: inputs[name] for name in ("y_test", "raw_masks", "mask_encoding", "cases")}
    for name in ("predicted_probabilities", "decision_threshold", "training_record"):
        arguments[name] = made[name]
    return nodes.score_cases(**{**arguments, "settings": PARAMETERS["params:scoring"], **changes})


def test_every_test_case_is_scored_by_its_own_mask_at_both_sizes(made, inputs):
    scores = made["case_scores"]
    names = list(inputs["cases"].query("split == 'test'")["case"])
    assert list(scores["case"]) == names
    threshold = made["decision_threshold"]["threshold"]
    for row, name in enumerate(names):
        truth, probabilities = inputs["y_test"][row], made["predicted_probabilities"][row]
        expected = score_case(truth, made["predicted_masks"][row])
        # At native size the probabilities are enlarged, not the mask.
        native = resize_probabilities(probabilities[..., 0], ROWS * SIZE, COLUMNS * SIZE)
        true = np.asarray(inputs["raw_masks"][name]()) > 127
        expected |= score_case(true, native >= threshold, 3, NATIVE)
        assert scores.loc[row].drop(["case", *IDENTITY]).to_dict() == expected
        counted = [f"native_{one}_{other}" for one in ("true", "false") for other in PAIR]
        assert sum(expected[name] for name in counted) == ROWS * COLUMNS * SIZE**2


def test_every_row_tells_of_which_xray_and_mask_it_is(made, inputs):
    tested = inputs["cases"].query("split == 'test'")
    assert made["case_scores"]["content_hash"].to_list() == tested["content_hash"].to_list()
    assert made["case_scores"]["mask_hash"].to_list() == tested["mask_hash"].to_list()


def test_a_mask_other_than_the_one_prepared_is_refused(made, inputs):
    name = inputs["cases"].query("split == 'test'")["case"].iloc[1]
    full = {name: lambda: Image.new("L", (COLUMNS * SIZE, ROWS * SIZE), 255)}
    with pytest.raises(InputError, match=rf"mask of case {name}: .* found another one"):
        scored(made, inputs, raw_masks={**inputs["raw_masks"], **full})
    others = {key: mask for key, mask in inputs["raw_masks"].items() if key != name}
    with pytest.raises(InputError, match=rf"{name}: .* found none. Give the same --params masks"):
        scored(made, inputs, raw_masks=others)


def test_calibration_is_of_the_test_cases_and_part_of_the_scores(made):
    calibration = made["calibration"]
    assert made["scores"]["calibration"] == calibration
    assert len(calibration["bins"]) == 4
    assert sum(each["pixels"] for each in calibration["bins"]) == PARTS["test"] * SIZE**2
    squares = np.square(made["predicted_probabilities"] - 1.0 * (made["y_test"] > 0))
    assert calibration["brier"] == pytest.approx(squares.mean(), rel=1e-6)


def test_the_summary_is_of_the_test_cases_and_states_the_threshold(made):
    scores = made["scores"]
    assert scores["cases"] == PARTS["test"]
    assert scores["dice"]["mean"] == pytest.approx(made["case_scores"]["dice"].mean())
    assert scores["decision_threshold"] == made["decision_threshold"]


def test_scores_name_the_seed_and_the_software(made):
    made_with = made["scores"]["made_with"]
    assert made_with["seed"] == PARAMETERS["params:training"].seed
    versions = made_with["versions"]
    assert versions.keys() == {"python", "backend", "teeth-unet", "tensorflow", "keras", "numpy"}
    assert versions["numpy"] == np.__version__
    assert versions["python"] == ".".join(map(str, sys.version_info[:3]))


def test_more_masks_than_test_cases_are_refused(made, inputs):
    two_tested = inputs["cases"].iloc[:-2]
    with pytest.raises(InputError, match="expected 2 test cases, found 4"):
        scored(made, inputs, cases=two_tested)


@pytest.mark.parametrize(
    ("before", "now"), [("train", "validation"), ("train", "test"), ("validation", "test")]
)
def test_cases_that_the_network_was_made_with_are_never_scored(made, inputs, before, now):
    split_anew = inputs["cases"].copy()
    one, other = (split_anew.index[split_anew["split"] == part][0] for part in (before, now))
    split_anew.loc[[one, other], "split"] = [now, before]
    told = rf"found 1 that had: {split_anew['case'][one]}\. The cases were split again"
    with pytest.raises(InputError, match=told):
        scored(made, inputs, cases=split_anew)


def test_the_summary_has_a_block_for_the_size_of_the_xrays(made):
    scores, table = made["scores"], made["case_scores"]
    assert scores["native"]["dice"]["mean"] == pytest.approx(table["native_dice"].mean())
    assert scores["native"].keys() < scores.keys()
    assert (scores["nsd_tolerance"], scores["native"]["nsd_tolerance"]) == (2, 3)


def test_the_log_says_how_well_it_went(caplog):
    ones = np.ones((4, 4))
    cases = pd.DataFrame(
        [{"case": "1", **score_case(ones, ones), **score_case(ones, ones, 1, NATIVE)}]
    )
    with caplog.at_level(logging.INFO, "teeth_unet"):
        record = {"training": {"seed": 0}, "versions": {}}
        nodes.summarise_scores(cases, {}, {"threshold": 0.5}, record, Scoring())
    assert "Dice on 1 test cases: mean 1.000 (no interval: 1 case, and fewer than 5" in caplog.text
