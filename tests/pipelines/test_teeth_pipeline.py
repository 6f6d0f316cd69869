"""The teeth pipeline on perfect probabilities of phantoms, so that the truth is known."""

import numpy as np
import pandas as pd
import pytest
from in_memory import run
from PIL import Image

from teeth_unet import imaging
from teeth_unet.datasets import GalleryDataset
from teeth_unet.errors import InputError
from teeth_unet.numbering import CHART_COLUMNS, label_map_of, load_numbering_network
from teeth_unet.phantoms import PhantomSettings, draw_truth, draw_xray
from teeth_unet.pipelines.teeth import create_pipeline
from teeth_unet.pipelines.teeth.nodes import ALL_CASES, NUMBER_COLUMNS
from teeth_unet.pipelines.teeth.scoring_nodes import score_teeth, single_teeth
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
    truths = {f"case-{case}": draw_truth(SETTINGS, case) for case in CASES}
    return {
        case: label_map_of(truth, truth.counted(SETTINGS.mouth.mask))
        for case, truth in truths.items()
    }


@pytest.fixture(scope="module")
def inputs(labels):
    masks = [imaging.resize_mask((each > 0).astype(np.uint8), SIZE) for each in labels.values()]
    return {
        "predicted_probabilities": np.stack(masks)[..., None].astype(np.float32) * 0.9,
        "decision_threshold": {"threshold": 0.5},
        "cases": pd.DataFrame(
            {
                "case": ["unused", *labels],
                "split": ["train", *["test"] * len(labels)],
                "content_hash": ["a", "b", "c", "d"],
                "mask_hash": ["", *(imaging.content_hash(_binary(one)) for one in labels.values())],
                "width": 700,
                "height": 350,
            }
        ),
        "case_scores": pd.DataFrame({"case": list(labels), "dice": [0.8, 0.9, 0.7]}),
        "raw_xrays": {
            f"case-{case}": lazily(Image.fromarray(draw_xray(SETTINGS, case))) for case in CASES
        },
        "fitted_numbering": load_numbering_network(),
        "numbering_record": {},
        "inspected_tooth_numbers": [{"case": "case-0"}, {"case": "case-1"}, {"case": "unused"}],
        "raw_tooth_labels": {
            case: lazily(Image.fromarray(each)) for case, each in labels.items() if case != "case-2"
        },
        "raw_masks": {
            case: lazily(Image.fromarray(255 * _binary(each))) for case, each in labels.items()
        },
        "mask_encoding": decide_encoding({}, Masks()),
        "params:plots": Plots(cases=2),
    }


ARGUMENTS = ["predicted_tooth_labels", "predicted_tooth_numbers", "numbered_teeth"]
ARGUMENTS += ["predicted_probabilities", "raw_tooth_labels", "raw_masks", "mask_encoding"]
ARGUMENTS += ["inspected_tooth_numbers", "cases", "case_scores", "numbering_record"]


def scored(made, **changes):
    """What `score_teeth` gives with some of its inputs changed."""
    return score_teeth(**{name: made[name] for name in ARGUMENTS} | changes)


def _binary(labels):
    return (labels > 0).astype(np.uint8)


@pytest.fixture(scope="module")
def made(inputs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("teeth")
    galleries = {
        name: GalleryDataset(filepath=str(folder / name))
        for name in (
            *("predicted_tooth_labels", "predicted_tooth_numbers"),
            *("tooth_plots", "chart_plots"),
        )
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
    assert list(table) == ["case", *TOOTH_COLUMNS, *NUMBER_COLUMNS]
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


def test_without_true_label_maps_there_are_counts_alone(made):
    scores, of_cases = scored(made, raw_tooth_labels={"of another set": None})
    assert scores["teeth_a_case"] == made["tooth_scores"]["teeth_a_case"]
    assert scores["against_truth"] is scores["erosion"] is scores["numbers"] is None
    assert of_cases.empty


def test_masks_with_one_number_a_tooth_are_label_maps_as_well(made, labels):
    masks = {case: lazily(Image.fromarray(each)) for case, each in labels.items()}
    encoding = survey_masks(masks, Masks())
    scores, _ = scored(made, raw_tooth_labels={}, raw_masks=masks, mask_encoding=encoding)
    assert scores["against_truth"]["cases"] == 3
    truth = sum(len(np.unique(each)) - 1 for each in labels.values())
    assert scores["against_truth"]["true_teeth"] == truth
    assert scores["numbers"] == made["tooth_scores"]["numbers"]


def test_a_true_label_map_of_another_size_is_refused(made):
    other = {"case-1": lazily(Image.new("L", (64, 32)))}
    with pytest.raises(InputError, match=r"case-1: expected 700x350 px.*found 64x32"):
        scored(made, raw_tooth_labels=other)


def test_numbers_are_scored_where_the_truth_has_fdi_numbers(made, labels):
    numbers, of_cases = made["tooth_scores"]["numbers"], made["tooth_number_scores"]
    assert numbers["cases"] == 2
    assert numbers["true_teeth"] == sum(
        len(np.unique(labels[case])) - 1 for case in ("case-0", "case-1")
    )
    assert numbers["found"]["mean"] > 0.98
    assert numbers["right_number"]["mean"] > 0.98
    assert {row["number"] for row in numbers["by_number"]} >= {11, 21, 31, 41}
    assert list(of_cases["case"]) == ["case-0", "case-1"]
    assert list(of_cases["content_hash"]) == ["b", "c"]


def test_a_case_that_the_numbering_network_has_learned_from_is_never_scored(made):
    with pytest.raises(InputError, match="case-1"):
        scored(made, numbering_record={"trained_on": ["c"], "validated_on": []})


def test_label_maps_by_number_are_those_of_the_table(made):
    for case, open_numbers in made["predicted_tooth_numbers"].items():
        labels = imaging.decode_labels(made["predicted_tooth_labels"][case]())
        numbers = imaging.decode_labels(open_numbers())
        rows = made["numbered_teeth"].query("case == @case").set_index("object")["number"]
        for label, number in rows.items():
            assert set(numbers[labels == label]) == {number}
        np.testing.assert_array_equal(numbers > 0, labels > 0)


def test_every_case_has_a_chart_and_all_of_them_a_picture(made, labels):
    charts = made["tooth_charts"]
    assert list(charts) == CHART_COLUMNS
    assert list(charts["case"]) == list(labels)
    for case, row in charts.set_index("case").iterrows():
        missing = [int(place) for place in CHART_COLUMNS[4:] if row[place] == "missing"]
        assert row["missing"] == " ".join(map(str, missing))
        assert not set(missing) & set(np.unique(labels[case]).tolist())
    assert set(made["chart_plots"]) == {ALL_CASES, "case-2", "case-1"}


def test_teeth_without_number_count_piece_by_piece_and_what_is_no_tooth_does_not():
    truth = np.zeros((4, 12), np.uint8)
    truth[1, 0], truth[1, 2], truth[1, 4], truth[1, 6], truth[1, 8] = 11, 107, 107, 104, 103
    single = single_teeth(truth)
    assert len(np.unique(single)) - 1 == 4
    assert single[1, 6] == 0
    counted = np.where(truth > 0, np.arange(12, dtype=np.uint8), 0)
    np.testing.assert_array_equal(single_teeth(counted), counted)


@pytest.mark.parametrize("others", [["case-1", "case-0", "case-2"], ["case-0", "case-1"]])
def test_predictions_of_other_cases_are_refused(inputs, others):
    of_others = {**inputs, "case_scores": pd.DataFrame({"case": others})}
    with pytest.raises(InputError, match="split again"):
        run(create_pipeline().only_nodes("number_teeth"), of_others)


def test_the_teeth_are_drawn_for_the_cases_whose_prediction_is(made):
    plots = made["tooth_plots"]
    assert set(plots) == {"case-2", "case-1"}  # of the lowest Dice and of the highest
    for draw in plots.values():
        assert draw().size == (700, 350)


def test_a_case_without_teeth_has_a_label_map_and_no_row(inputs, tmp_path):
    black = {case: lazily(Image.new("L", (700, 350))) for case in inputs["raw_xrays"]}
    probabilities = np.zeros((3, SIZE, SIZE, 1), np.float32)
    empty = {**inputs, "raw_xrays": black, "predicted_probabilities": probabilities}
    entries = {
        name: GalleryDataset(filepath=str(tmp_path / name))
        for name in ("predicted_tooth_labels", "predicted_tooth_numbers")
    }
    pipeline = create_pipeline() - create_pipeline().only_nodes("plot_teeth", "plot_charts")
    made = run(pipeline, empty, entries)
    assert made["measured_teeth"].empty
    assert made["tooth_scores"]["teeth_a_case"] == 0
    assert made["tooth_scores"]["against_truth"]["sensitivity"]["mean"] == 0
    assert made["tooth_scores"]["numbers"]["found"]["mean"] == 0
    assert not np.asarray(label_picture(np.zeros((3, 3), np.int32))).any()
