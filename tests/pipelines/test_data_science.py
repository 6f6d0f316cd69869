import hashlib
import logging
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
from in_memory import run
from PIL import Image

from teeth_unet.datasets import CheckpointDataset, KerasModelDataset
from teeth_unet.errors import InputError
from teeth_unet.imaging import Preparation, content_hash, resize_probabilities
from teeth_unet.pipelines.data_science import create_pipeline, nodes
from teeth_unet.scoring import NATIVE, Scoring, score_case
from teeth_unet.unet import Augmentation, Network, Prediction, Training, best_epoch

SIZE = 32
PARTS = {"train": 8, "validation": 3, "test": 4}

PARAMETERS = {
    "params:preparation": Preparation(size=SIZE),
    "params:network": Network(filters=(4, 8), dropout=(0, 0.1), patch=1, momentum=0.5),
    "params:training": Training(
        epochs=8,
        batch_size=3,
        learning_rate=0.02,
        metrics=("iou",),
        precision="float32",
        augmentation=Augmentation(flip=0.5),
    ),
    "params:prediction": Prediction(mirror=True),
    "params:scoring": Scoring(native_tolerance=3, calibration_bins=4),
}

PAIR = ("positives", "negatives")

ROWS, COLUMNS = 3, 2  # pixels of a native picture to one of the network's size

UP_TO_FITTING = {"compile_unet", "fit_unet", "discard_checkpoint", "record_training"}
AFTER_FITTING = {node.name for node in create_pipeline().nodes} - UP_TO_FITTING


def pictures(count, seed):
    """X-rays with one bright tooth each on a darker, noisy ground, and their masks."""
    rng = np.random.default_rng(seed)
    y = np.zeros((count, SIZE, SIZE, 1), np.float32)
    for case, (top, left, side) in enumerate(rng.integers(4, 16, (count, 3))):
        y[case, top : top + side, left : left + side] = 1
    return np.clip(0.3 + 0.4 * y + rng.normal(0, 0.1, y.shape), 0, 1).astype(np.float32), y


def enlarged(mask):
    return np.kron(mask, np.ones((ROWS, COLUMNS), np.uint8))


@pytest.fixture(scope="module")
def inputs():
    arrays = {}
    for seed, (part, count) in enumerate(PARTS.items()):
        arrays[f"x_{part}"], arrays[f"y_{part}"] = pictures(count, seed)
    splits = [part for part, count in PARTS.items() for _ in range(count)]
    names = [f"{row:03d}" for row in range(len(splits))]
    hashes = [f"content of {name}" for name in names]
    masks = np.concatenate([arrays[f"y_{part}"] for part in PARTS])[..., 0].astype(np.uint8)
    native = {name: enlarged(mask) for name, mask in zip(names, masks, strict=True)}
    cases = pd.DataFrame(
        {
            "case": names,
            "split": splits,
            "content_hash": hashes,
            "perceptual_hash": [hashlib.sha256(name.encode()).hexdigest() for name in names],
            "mask_hash": [content_hash(mask) for mask in native.values()],
            "width": COLUMNS * SIZE,
            "height": ROWS * SIZE,
        }
    )
    raw_masks = {name: partial(Image.fromarray, 255 * mask) for name, mask in native.items()}
    return {**arrays, **PARAMETERS, "cases": cases, "raw_masks": raw_masks}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    names = ("compiled_unet", "fitted_unet")
    models = {name: KerasModelDataset(filepath=str(folder / f"{name}.keras")) for name in names}
    return {**models, "checkpoints": CheckpointDataset(filepath=str(folder / "checkpoint.npz"))}


@pytest.fixture(scope="module")
def made(inputs, models):
    return run(create_pipeline(), inputs, models)


def kept(made):
    return {"training_record": made["training_record"]}


def rerun_after_fitting(inputs, models):
    """Predict, choose and score again with the network that was fitted in `made`."""
    pipeline = create_pipeline().only_nodes(*AFTER_FITTING)
    return run(pipeline, inputs, {"fitted_unet": models["fitted_unet"]})


def test_all_that_is_promised_is_made(made, inputs):
    assert made.keys() - inputs.keys() == {
        "checkpoints",
        "compiled_unet",
        "fitted_unet",
        "training_history",
        "training_record",
        "validation_probabilities",
        "decision_threshold",
        "predicted_probabilities",
        "predicted_masks",
        "case_scores",
        "calibration",
        "scores",
    }


def test_the_history_has_one_number_an_epoch(made):
    history = made["training_history"]
    assert history["epoch"] == list(range(1, 9))
    assert {"loss", "dice", "iou", "val_loss", "val_dice", "val_iou"} <= history.keys()
    assert {len(numbers) for numbers in history.values()} == {8}


def test_no_checkpoint_is_left_of_a_training_that_is_done(made):
    assert made["checkpoints"].latest() is None


def test_fitting_changes_a_copy_and_leaves_the_compiled_network_alone(made, inputs):
    compiled, fitted = made["compiled_unet"], made["fitted_unet"]
    fresh = nodes.compile_unet(
        inputs["cases"],
        *(PARAMETERS[f"params:{name}"] for name in ("preparation", "network")),
        PARAMETERS["params:training"],
    )
    weights = zip(compiled.get_weights(), fresh.get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in weights)
    weights = zip(compiled.get_weights(), fitted.get_weights(), strict=True)
    assert not all(np.array_equal(*pair) for pair in weights)


@pytest.mark.parametrize(
    ("name", "part"),
    [("validation_probabilities", "validation"), ("predicted_probabilities", "test")],
)
def test_there_is_a_map_of_probabilities_for_each_case(made, name, part):
    probabilities = made[name]
    assert probabilities.shape == (PARTS[part], SIZE, SIZE, 1)
    assert probabilities.dtype == np.float32
    assert probabilities.min() >= 0
    assert probabilities.max() <= 1


def test_probabilities_come_from_the_fitted_network(made, inputs):
    x, model = inputs["x_test"], made["fitted_unet"]
    mirrored = model.predict_on_batch(x[:, :, ::-1])[:, :, ::-1]
    expected = (model.predict_on_batch(x) + mirrored) / 2
    np.testing.assert_allclose(made["predicted_probabilities"], expected, atol=1e-5)


def test_masks_are_probabilities_from_the_threshold_on(made):
    masks = made["predicted_masks"]
    assert masks.dtype == np.uint8
    threshold = made["decision_threshold"]["threshold"]
    np.testing.assert_array_equal(masks, made["predicted_probabilities"] >= threshold)


def test_a_probability_equal_to_the_threshold_is_tooth():
    probabilities = np.array([0.3499, 0.35, 0.3501], np.float32).reshape(1, 1, 3, 1)
    masks = nodes.predict_masks(probabilities, {"threshold": 0.35})
    assert masks.ravel().tolist() == [0, 1, 1]


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
        assert scores.loc[row].drop("case").to_dict() == expected
        counted = [f"native_{one}_{other}" for one in ("true", "false") for other in PAIR]
        assert sum(expected[name] for name in counted) == ROWS * COLUMNS * SIZE**2


def scored(made, inputs, **changes):
    arguments = {name: inputs[name] for name in ("y_test", "raw_masks", "cases")}
    for name in ("predicted_probabilities", "decision_threshold", "training_record"):
        arguments[name] = made[name]
    return nodes.score_cases(**{**arguments, "scoring": PARAMETERS["params:scoring"], **changes})


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


def test_the_network_learns_what_a_tooth_is(made):
    # All pixels called tooth would give .25: X-rays and masks go together all the way.
    assert made["scores"]["dice"]["mean"] > 0.6


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


def test_the_threshold_is_chosen_on_the_validation_cases(made, inputs):
    decision = made["decision_threshold"]
    assert decision["chosen_on"] == "validation"
    masks = made["validation_probabilities"] >= decision["threshold"]
    pairs = zip(inputs["y_validation"], masks, strict=True)
    assert decision["dice"] == pytest.approx(np.mean([score_case(*p)["dice"] for p in pairs]))


def test_nothing_that_leads_to_the_threshold_reads_test_data():
    leading = create_pipeline().to_outputs("decision_threshold").datasets()
    assert not leading & {"x_test", "y_test", "predicted_probabilities"}


def test_other_test_cases_leave_the_threshold_alone(made, inputs, models):
    x, y = pictures(PARTS["test"], seed=9)
    other = rerun_after_fitting({**inputs, **kept(made), "x_test": 1 - x, "y_test": y}, models)
    assert other["decision_threshold"] == made["decision_threshold"]
    assert other["scores"]["dice"]["mean"] != made["scores"]["dice"]["mean"]


def test_without_validation_cases_the_threshold_is_a_half(made, inputs, models):
    none = np.zeros((0, SIZE, SIZE, 1), np.float32)
    empty = {"x_validation": none, "y_validation": none}
    other = rerun_after_fitting({**inputs, **kept(made), **empty}, models)
    half = {"threshold": 0.5, "chosen_on": "nothing", "dice": None}
    assert other["decision_threshold"] == other["scores"]["decision_threshold"] == half
    assert other["validation_probabilities"].shape == (0, SIZE, SIZE, 1)
    np.testing.assert_array_equal(other["predicted_masks"], made["predicted_probabilities"] >= 0.5)


def test_more_masks_than_test_cases_are_refused(made, inputs):
    two_tested = inputs["cases"].iloc[:-2]
    with pytest.raises(InputError, match="expected 2 test cases, found 4"):
        scored(made, inputs, cases=two_tested)


def test_the_record_names_settings_and_training_cases(made):
    record = made["training_record"]
    assert record["epochs"] == 8
    assert record["best_epoch"] == best_epoch(made["training_history"])
    assert record["trained_on"] == [f"content of {row:03d}" for row in range(8)]
    assert record["validated_on"] == [f"content of {row:03d}" for row in range(8, 11)]
    for name in ("preparation", "network", "training"):
        assert record[name] == PARAMETERS[f"params:{name}"].model_dump()


@pytest.mark.parametrize(
    ("before", "now"), [("train", "validation"), ("train", "test"), ("validation", "test")]
)
def test_cases_that_the_network_was_made_with_are_never_scored(made, inputs, before, now):
    split_anew = inputs["cases"].copy()
    one, other = (split_anew.index[split_anew["split"] == part][0] for part in (before, now))
    split_anew.loc[[one, other], "split"] = [now, before]
    told = rf"found 1 that had: {split_anew['case'][one]}\. The cases were split anew"
    with pytest.raises(InputError, match=told):
        scored(made, inputs, cases=split_anew)


def test_a_table_that_was_changed_by_hand_is_checked_for_leaks(inputs):
    changed = inputs["cases"].copy()
    changed.loc[0, "perceptual_hash"] = changed["perceptual_hash"].iloc[-1]
    settings = (PARAMETERS[f"params:{name}"] for name in ("preparation", "network", "training"))
    with pytest.raises(InputError, match=r"000 \(train\) and 014 \(test\) are nearly identical"):
        nodes.compile_unet(changed, *settings)


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
    assert "Dice on 1 test cases: mean 1.000 (95 % interval 1.000 to 1.000)" in caplog.text
