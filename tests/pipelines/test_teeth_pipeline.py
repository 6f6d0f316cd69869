"""The teeth pipeline on perfect probabilities of phantoms, so that the truth is known."""

import numpy as np
import pandas as pd
import pytest
from in_memory import run
from PIL import Image

from teeth_unet import imaging
from teeth_unet.datasets import GalleryDataset
from teeth_unet.errors import InputError
from teeth_unet.phantoms import PhantomSettings, draw_labels
from teeth_unet.pipelines.teeth import create_pipeline
from teeth_unet.pipelines.teeth.nodes import score_teeth
from teeth_unet.preparation import Masks, decide_encoding, survey_masks
from teeth_unet.reporting import Plots
from teeth_unet.teeth import TOOTH_COLUMNS, label_picture

SETTINGS = PhantomSettings(cases=40, seed=4242, width=(700, 700), aspect=(2.0, 2.0))
SIZE = 256
CASES = [0, 1, 2]


def lazily(picture):
    return lambda: picture


@pytest.fixture(scope="module")
def labels():
    return {f"case-{case}": draw_labels(SETTINGS, case) for case in CASES}


@pytest.fixture(scope="module")
def inputs(labels):
    masks = [imaging.resize_mask((each > 0).astype(np.uint8), SIZE) for each in labels.values()]
    grey = np.random.default_rng(0).integers(0, 256, (350, 700), dtype=np.uint8)
    return {
        "predicted_probabilities": np.stack(masks)[..., None].astype(np.float32) * 0.9,
        "decision_threshold": {"threshold": 0.5},
        "cases": pd.DataFrame(
            {
                "case": ["unused", *labels],
                "split": ["train", *["test"] * len(labels)],
                "mask_hash": ["", *(imaging.content_hash(_binary(one)) for one in labels.values())],
                "width": 700,
                "height": 350,
            }
        ),
        "case_scores": pd.DataFrame({"case": list(labels), "dice": [0.8, 0.9, 0.7]}),
        "raw_xrays": {case: lazily(Image.fromarray(grey)) for case in labels},
        "raw_tooth_labels": {
            case: lazily(Image.fromarray(each)) for case, each in labels.items() if case != "case-2"
        },
        "raw_masks": {
            case: lazily(Image.fromarray(255 * _binary(each))) for case, each in labels.items()
        },
        "mask_encoding": decide_encoding({}, Masks()),
        "params:plots": Plots(cases=2),
    }


def _binary(labels):
    return (labels > 0).astype(np.uint8)


@pytest.fixture(scope="module")
def made(inputs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("teeth")
    galleries = {
        name: GalleryDataset(filepath=str(folder / name))
        for name in ("predicted_tooth_labels", "tooth_plots")
    }
    return run(create_pipeline(), inputs, galleries)


def test_every_test_case_has_a_label_map_of_its_own_size(made, labels):
    found = made["predicted_tooth_labels"]
    assert list(found) == list(labels)
    for case, truth in labels.items():
        predicted = imaging.decode_labels(found[case]())
        assert predicted.shape == truth.shape
        assert 2 * ((predicted > 0) & (truth > 0)).sum() / (
            (predicted > 0).sum() + (truth > 0).sum()
        ) == pytest.approx(1, abs=0.04)


def test_the_table_has_one_row_a_tooth(made):
    table = made["measured_teeth"]
    assert list(table) == ["case", *TOOTH_COLUMNS]
    for case, open_labels in made["predicted_tooth_labels"].items():
        rows = table[table["case"] == case]
        numbers = np.unique(imaging.decode_labels(open_labels()))
        assert len(rows) == len(numbers) - 1
        assert list(rows["tooth"]) == list(range(1, len(rows) + 1))
        assert (rows["length_px"] > rows["width_px"]).mean() > 0.8


def test_cases_with_a_true_label_map_are_compared_with_it(made, labels):
    scores = made["tooth_scores"]
    truth = sum(len(np.unique(labels[case])) - 1 for case in ("case-0", "case-1"))
    assert scores["cases"] == 3
    assert scores["against_truth"]["cases"] == 2
    assert scores["against_truth"]["true_teeth"] == truth
    assert scores["against_truth"]["absolute_count_error"]["mean"] <= 0.5
    assert scores["against_truth"]["length_error"]["median"] < 0.03
    assert scores["teeth_a_case"] == len(made["measured_teeth"]) / 3


def test_the_simple_method_is_scored_beside_it(made):
    ours, simple = (made["tooth_scores"][name] for name in ("against_truth", "erosion"))
    assert simple["cases"] == ours["cases"]
    assert simple["absolute_count_error"]["mean"] > ours["absolute_count_error"]["mean"]


def test_without_true_label_maps_there_are_counts_alone(inputs, made):
    scores = score_teeth(
        made["predicted_tooth_labels"],
        inputs["predicted_probabilities"],
        {"of another set": None},
        inputs["raw_masks"],
        inputs["mask_encoding"],
        inputs["cases"],
        inputs["case_scores"],
    )
    assert scores["teeth_a_case"] == made["tooth_scores"]["teeth_a_case"]
    assert scores["against_truth"] is None
    assert scores["erosion"] is None


def test_masks_with_one_number_a_tooth_are_label_maps_as_well(inputs, made, labels):
    masks = {case: lazily(Image.fromarray(each)) for case, each in labels.items()}
    scores = score_teeth(
        made["predicted_tooth_labels"],
        inputs["predicted_probabilities"],
        {},
        masks,
        survey_masks(masks, Masks()),
        inputs["cases"],
        inputs["case_scores"],
    )
    assert scores["against_truth"]["cases"] == 3
    truth = sum(len(np.unique(each)) - 1 for each in labels.values())
    assert scores["against_truth"]["true_teeth"] == truth


def test_a_true_label_map_of_another_size_is_refused(inputs, made):
    other = {"case-1": lazily(Image.new("L", (64, 32)))}
    with pytest.raises(InputError, match=r"case-1: expected 700x350 px.*found 64x32"):
        score_teeth(
            made["predicted_tooth_labels"],
            inputs["predicted_probabilities"],
            other,
            inputs["raw_masks"],
            inputs["mask_encoding"],
            inputs["cases"],
            inputs["case_scores"],
        )


@pytest.mark.parametrize("scored", [["case-1", "case-0", "case-2"], ["case-0", "case-1"]])
def test_predictions_of_other_cases_are_refused(inputs, scored):
    of_others = {**inputs, "case_scores": pd.DataFrame({"case": scored})}
    with pytest.raises(InputError, match="split again"):
        run(create_pipeline().only_nodes("separate_teeth"), of_others)


def test_the_teeth_are_drawn_for_the_cases_whose_prediction_is(made):
    plots = made["tooth_plots"]
    assert set(plots) == {"case-2", "case-1"}  # of the lowest Dice and of the highest
    for draw in plots.values():
        assert draw().size == (700, 350)


def test_a_case_without_teeth_has_a_label_map_and_no_row(inputs, tmp_path):
    empty = {**inputs, "predicted_probabilities": np.zeros((3, SIZE, SIZE, 1), np.float32)}
    entry = GalleryDataset(filepath=str(tmp_path / "labels"))
    pipeline = create_pipeline() - create_pipeline().only_nodes("plot_teeth")
    made = run(pipeline, empty, {"predicted_tooth_labels": entry})
    assert made["measured_teeth"].empty
    assert made["tooth_scores"]["teeth_a_case"] == 0
    assert made["tooth_scores"]["against_truth"]["sensitivity"]["mean"] == 0
    assert not np.asarray(label_picture(np.zeros((3, 3), np.int32))).any()
