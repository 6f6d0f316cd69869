import numpy as np
import pandas as pd
import pytest
from in_memory import run
from small_science import PARAMETERS, PARTS, SIZE, pictures

from teeth_unet.datasets import CheckpointDataset, CheckpointFolderDataset
from teeth_unet.errors import InputError
from teeth_unet.pipelines.data_science import create_pipeline, nodes, scoring_nodes
from teeth_unet.scoring import score_case
from teeth_unet.unet import best_epoch, software_versions

UP_TO_FITTING = {"compile_unet", "fit_unet", "discard_checkpoint", "record_training", "fit_folds"}
UP_TO_FITTING |= {"fit_numbering", "discard_numbering_checkpoint"}
AFTER_FITTING = {node.name for node in create_pipeline().nodes} - UP_TO_FITTING


def kept(made):
    names = ("training_record", "fitted_numbering", "numbering_record", "fold_probabilities")
    return {name: made[name] for name in names}


def rerun_after_fitting(inputs, models):
    """Predict, choose and score again with the network that was fitted in `made`."""
    pipeline = create_pipeline().only_nodes(*AFTER_FITTING)
    return run(pipeline, inputs, {"fitted_unet": models["fitted_unet"]})


def test_all_that_is_promised_is_made(made, inputs):
    assert made.keys() - inputs.keys() == {
        "checkpoints",
        "compiled_unet",
        "fitted_numbering",
        "fitted_unet",
        "numbering_checkpoints",
        "numbering_history",
        "numbering_record",
        "training_history",
        "training_versions",
        "training_record",
        "validation_probabilities",
        "decision_threshold",
        "fold_checkpoints",
        "fold_probabilities",
        "predicted_probabilities",
        "predicted_masks",
        "case_scores",
        "calibration",
        "scores",
        "segmenter",
    }


def test_the_segmenter_predicts_what_was_scored(made, inputs):
    segmenter = made["segmenter"]
    xrays = np.rint(inputs["x_test"][..., 0] * 255).astype(np.uint8)
    found = np.stack([segmenter.predict_probabilities(xray) for xray in xrays])
    expected = made["predicted_probabilities"][..., 0]
    assert np.abs(found - expected).max() < 0.05  # grey levels were rounded to 8 bits
    assert segmenter.settings.threshold == made["decision_threshold"]["threshold"]
    assert segmenter.settings.mirror == inputs["params:prediction"].mirror
    assert segmenter.settings.size == xrays.shape[1]
    assert segmenter.settings.scores == made["scores"]
    assert segmenter.settings.training == made["training_record"]
    assert segmenter.settings.data_note == inputs["params:report"].data_note
    assert segmenter.settings.synthetic


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
        inputs["start"],
    )
    weights = zip(compiled.get_weights(), fresh.get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in weights)
    weights = zip(compiled.get_weights(), fitted.get_weights(), strict=True)
    assert not all(np.array_equal(*pair) for pair in weights)


def test_a_training_begins_with_the_weights_of_its_start_and_tells_so(made, inputs):
    start = made["segmenter"]
    settings = (PARAMETERS[f"params:{name}"] for name in ("preparation", "network", "training"))
    compiled = nodes.compile_unet(inputs["cases"], *settings, start)
    weights = zip(compiled.get_weights(), start.model.get_weights(), strict=True)
    assert all(np.array_equal(*pair) for pair in weights)

    settings = (PARAMETERS[f"params:{name}"] for name in ("preparation", "network", "training"))
    history, versions = made["training_history"], made["training_versions"]
    record = nodes.record_training(history, versions, inputs["cases"], *settings, start)
    assert record["start"]["fingerprint"] == start.fingerprint
    assert record["start"]["record"] == made["training_record"]
    assert "start" not in made["training_record"]
    assert made["scores"]["made_with"]["start"] == "scratch"


@pytest.mark.parametrize("part", ["validation", "test"])
def test_cases_that_the_start_has_seen_are_refused_before_the_training(made, inputs, part):
    settings = [PARAMETERS[f"params:{name}"] for name in ("preparation", "network", "training")]
    cases = inputs["cases"].copy()
    cases.loc[0, "split"] = part  # it was a training case of the start
    with pytest.raises(InputError, match=rf"{part} cases: .*training\.start names.* found 1 that"):
        nodes.compile_unet(cases, *settings, made["segmenter"])


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
    tested = pd.DataFrame({"split": ["test"]})
    masks = scoring_nodes.predict_masks(probabilities, {"threshold": 0.35}, tested)
    assert masks.ravel().tolist() == [0, 1, 1]


def test_the_network_learns_what_a_tooth_is(made):
    # All pixels called tooth would give .25: X-rays and masks go together all the way.
    assert made["scores"]["dice"]["mean"] > 0.6


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
    half["note"] = "there are no validation cases to choose one by"
    assert other["decision_threshold"] == other["scores"]["decision_threshold"] == half
    assert other["validation_probabilities"].shape == (0, SIZE, SIZE, 1)
    np.testing.assert_array_equal(other["predicted_masks"], made["predicted_probabilities"] >= 0.5)


def test_validation_cases_without_teeth_choose_neither_epoch_nor_threshold(
    made, inputs, tmp_path, caplog
):
    empty = {"y_validation": np.zeros_like(inputs["y_validation"])}
    store = {
        name: CheckpointDataset(filepath=str(tmp_path / f"{name}.npz"))
        for name in ("checkpoints", "numbering_checkpoints")
    }
    store["fold_checkpoints"] = CheckpointFolderDataset(filepath=str(tmp_path / "folds"))
    few = {"params:training": inputs["params:training"].model_copy(update={"epochs": 2})}
    other = run(create_pipeline(), {**inputs, **few, **empty}, store)
    record = other["training_record"]
    assert (record["best_epoch"], record["epochs"]) == (2, 2)
    assert record["why_last_epoch"] == "there are no validation cases with teeth"
    why = "none of the 3 validation cases has teeth"
    half = {"threshold": 0.5, "chosen_on": "nothing", "dice": None, "note": why}
    assert other["decision_threshold"] == half
    warnings = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert f"Threshold 0.50: {why}" in warnings
    assert "Dice 1" not in caplog.text
    assert "why_last_epoch" not in made["training_record"]


def test_the_record_names_settings_and_training_cases(made):
    record = made["training_record"]
    assert record["epochs"] == 8
    assert record["best_epoch"] == best_epoch(made["training_history"])
    assert record["trained_on"] == [f"content of {row:03d}" for row in range(8)]
    assert record["validated_on"] == [f"content of {row:03d}" for row in range(8, 11)]
    for name in ("preparation", "network", "training"):
        assert record[name] == PARAMETERS[f"params:{name}"].model_dump()


def test_the_record_tells_the_versions_that_the_network_was_fitted_with(made, inputs):
    assert made["training_record"]["versions"] == software_versions() == made["training_versions"]
    settings = (PARAMETERS[f"params:{name}"] for name in ("preparation", "network", "training"))
    earlier = {"keras": "3.0.0"}
    later = nodes.record_training(
        made["training_history"], earlier, inputs["cases"], *settings, None
    )
    assert later["versions"] == earlier


def test_a_table_that_was_changed_by_hand_is_checked_for_leaks(inputs):
    changed = inputs["cases"].copy()
    changed.loc[0, "perceptual_hash"] = changed["perceptual_hash"].iloc[-1]
    settings = (PARAMETERS[f"params:{name}"] for name in ("preparation", "network", "training"))
    with pytest.raises(InputError, match=r"000 \(train\) and 014 \(test\) are nearly identical"):
        nodes.compile_unet(changed, *settings, None)
