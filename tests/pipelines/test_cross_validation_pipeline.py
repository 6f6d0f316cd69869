from functools import partial

import numpy as np
import pandas as pd
import pytest
from in_memory import run
from PIL import Image

from teeth_unet import unet
from teeth_unet.datasets import CheckpointDataset, CheckpointFolderDataset
from teeth_unet.errors import InputError
from teeth_unet.numbering import NumberLearning
from teeth_unet.pipelines import data_processing, data_science, teeth
from teeth_unet.pipelines.cross_validation import create_pipeline, nodes, numbering_nodes
from teeth_unet.preparation import Preparation
from teeth_unet.quality import Quality
from teeth_unet.reporting import Report
from teeth_unet.scoring import IDENTITY, Scoring
from teeth_unet.splits import CrossValidation, Split
from teeth_unet.unet import Fitting, Network, Prediction, Training

pytestmark = pytest.mark.slow

SIZE, CASES, FOLDS = 32, 9, 3
NAMES = [f"fold_{fold:02d}" for fold in range(1, FOLDS + 1)]

PARAMETERS = {
    "params:preparation": Preparation(size=SIZE),
    "params:quality": Quality(),
    "params:split": Split(test_cases=1, validation_cases=2),
    "params:cross_validation": CrossValidation(folds=FOLDS),
    "params:network": Network(filters=(4, 8), dropout=(0, 0), patch=1),
    "params:training": Training(epochs=2, batch_size=2, precision="float32"),
    "params:numbering": NumberLearning(learn=False, drawings=0, training=Fitting()),
    "params:prediction": Prediction(),
    "params:scoring": Scoring(),
    "params:report": Report(),
}


def pictures():
    """X-rays that nobody would take for one another, with a bright tooth each, and their masks."""
    rng = np.random.default_rng(4)
    xrays, masks = {}, {}
    for case in range(1, CASES + 1):
        mask = np.zeros((40, 64), np.uint8)
        top, left, side = rng.integers(6, 20, 3)
        mask[top : top + side, left : left + side] = 255
        coarse = rng.integers(40, 160, (5, 8)).astype(np.uint8)
        xray = np.kron(coarse, np.ones((8, 8), np.uint8)) + mask // 3
        xrays[str(case)] = partial(Image.fromarray, xray.astype(np.uint8))
        masks[str(case)] = partial(Image.fromarray, mask)
    return {"raw_xrays": xrays, "raw_masks": masks}


KINDS = ("checkpoints", "numbering_checkpoints")


def stores(folder, names=NAMES):
    own = {
        f"{name}.{kind}": CheckpointDataset(filepath=str(folder / f"{name}.{kind}.npz"))
        for name in names
        for kind in KINDS
    }
    none = CheckpointFolderDataset(filepath=str(folder / "fold_checkpoints"))
    return own | {f"{name}.fold_checkpoints": none for name in names}


NOT_GIVEN = {"raw_tooth_labels": {}, "start": None}


def folds_of(folds):
    parts = (data_processing, data_science, teeth)
    return create_pipeline(folds, *(part.create_pipeline() for part in parts))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    inputs = {**pictures(), **PARAMETERS, **NOT_GIVEN}
    return run(folds_of(FOLDS), inputs, stores(tmp_path_factory.mktemp("checkpoints")))


def test_without_validation_cases_every_fold_has_a_threshold_of_a_half(tmp_path):
    changed = {"params:split": Split(test_cases=1, validation_cases=0)}
    changed |= {"params:cross_validation": CrossValidation(folds=2)}
    stores_of_two = stores(tmp_path, NAMES[:2])
    made = run(folds_of(2), {**pictures(), **PARAMETERS, **NOT_GIVEN, **changed}, stores_of_two)
    folds = made["cross_validation_scores"]["folds"]
    assert [(fold["decision_threshold"], fold["chosen_on"]) for fold in folds] == [
        (0.5, "nothing")
    ] * 2
    assert "There were no validation cases" in made["cross_validation_report"]


def test_what_is_said_of_several_folds_is_said_once(made, caplog):
    split = Split(order="random", test_cases=0.2, validation_cases=0.1)
    tables = nodes.split_folds(made["folds"], CrossValidation(folds=FOLDS), split)
    assert all("validation" not in set(table["split"]) for table in tables)
    (warning,) = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert warning.startswith("Fold 1, 2, 3: No validation cases: split.validation_cases=0.1")


FOLDS_OF_THREE = pd.DataFrame({"case": ["b", "a", "c"], "fold": [1, 2, 1]})


def scores_of(*cases):
    return pd.DataFrame({"case": list(cases), "dice": [0.5] * len(cases)})


def test_scores_of_all_folds_stand_in_the_order_of_the_cases():
    table = nodes.gather_case_scores(FOLDS_OF_THREE, scores_of("c", "b"), scores_of("a"))
    assert table["case"].tolist() == ["b", "a", "c"]
    assert table["fold"].tolist() == [1, 2, 1]


@pytest.mark.parametrize(
    ("scored", "found"),
    [
        (["a", "b"], r"1 without scores \(c\)\."),
        ([], r"3 without scores \(b\)\."),
        (["a", "b", "c", "z"], r"1 of no fold \(z\)\."),
        (["a", "c", "z"], r"1 without scores \(b\) and 1 of no fold \(z\)\."),
        (["a", "b", "c", "a"], r"1 scored several times \(a\)\."),
    ],
)
def test_scores_of_another_division_into_folds_are_refused(scored, found):
    with pytest.raises(InputError, match=f"one of each of the 3 cases, .*found {found}"):
        nodes.gather_case_scores(FOLDS_OF_THREE, scores_of(*scored))


def test_every_case_is_scored_once_in_the_order_of_the_cases(made):
    table = made["cross_validation_case_scores"]
    assert list(table["case"]) == [str(case) for case in range(1, CASES + 1)]
    assert list(table["fold"]) == list(made["folds"]["fold"])
    assert not table.isna().any(axis=None)
    for column in IDENTITY:
        assert list(table[column]) == list(made["folds"][column])
    for number, name in enumerate(NAMES, 1):
        own = table[table["fold"] == number].drop(columns="fold").reset_index(drop=True)
        pd.testing.assert_frame_equal(own, made[f"{name}.case_scores"])


def test_no_network_has_seen_what_it_is_scored_on(made):
    for name in NAMES:
        cases, record = made[f"{name}.cases"], made[f"{name}.training_record"]
        tested = set(cases.loc[cases["split"] == "test", "content_hash"])
        assert len(record["trained_on"]) == CASES - 3 - 2
        assert not tested & set(record["trained_on"])


def test_every_fold_starts_from_the_same_fresh_network(made):
    fresh = unet.build_unet(PARAMETERS["params:network"], SIZE).get_weights()
    for name in NAMES:
        for found, expected in zip(made[f"{name}.compiled_unet"].get_weights(), fresh, strict=True):
            np.testing.assert_array_equal(found, expected)


def test_a_fold_comes_out_the_same_without_the_folds_before_it(made, tmp_path):
    """It would not, if weights, optimizer or random streams were handed on from fold to fold."""
    last = NAMES[-1]
    alone = folds_of(FOLDS).only_nodes(f"{last}.compile_unet", f"{last}.fit_unet")
    inputs = {name: made[name] for name in alone.inputs() if "checkpoints" not in name}
    again = run(alone, inputs, {f"{last}.checkpoints": stores(tmp_path)[f"{last}.checkpoints"]})
    assert again[f"{last}.training_history"]["loss"] == made[f"{last}.training_history"]["loss"]
    pairs = zip(
        again[f"{last}.fitted_unet"].get_weights(),
        made[f"{last}.fitted_unet"].get_weights(),
        strict=True,
    )
    assert all(np.array_equal(*pair) for pair in pairs)


def test_the_summary_is_over_all_cases_and_lists_the_folds(made):
    scores, table = made["cross_validation_scores"], made["cross_validation_case_scores"]
    assert scores["cases"] == CASES
    assert scores["dice"]["mean"] == pytest.approx(table["dice"].mean())
    assert scores["native"]["dice"]["mean"] == pytest.approx(table["native_dice"].mean())
    assert [fold["fold"] for fold in scores["folds"]] == [1, 2, 3]
    for fold, name in zip(scores["folds"], NAMES, strict=True):
        own = made[f"{name}.scores"]
        assert fold["dice"] == own["dice"]["mean"]
        assert fold["decision_threshold"] == own["decision_threshold"]["threshold"]
        assert fold["cases"] == 3


def test_checkpoints_are_kept_until_all_folds_are_done(made):
    assert all(made[f"{name}.checkpoints"].latest() is None for name in NAMES)
    (discarding,) = folds_of(FOLDS).only_nodes("fold_summary.discard_checkpoints").nodes
    stores = [f"{name}.checkpoints" for name in NAMES]
    of_numbers = [f"{name}.numbering_checkpoints" for name in NAMES]
    assert discarding.inputs == ["cross_validation_scores", *stores, *of_numbers]


def test_folds_share_the_pictures_and_the_parameters_and_nothing_else():
    pipeline = folds_of(FOLDS)
    for name in NAMES:
        fold = pipeline.only_nodes_with_namespaces([name])
        shared = {entry for entry in fold.inputs() if not entry.startswith(f"{name}.")}
        own = fold.inputs() - shared
        stores = {f"{name}.{kind}" for kind in (*KINDS, "fold_checkpoints")}
        assert own == {f"{name}.cases", *stores}
        assert {entry for entry in shared if not entry.startswith("params:")} == {
            "mask_encoding",
            "start",
            "prepared_masks",
            "prepared_tooth_numbers",
            "prepared_xrays",
            "raw_masks",
            "raw_xrays",
        }
        assert all(entry.startswith(f"{name}.") for entry in fold.all_outputs())


def test_teeth_of_every_case_are_numbered_by_its_fold(made):
    for name in NAMES:
        own = list(made[f"{name}.case_scores"]["case"])
        assert list(made[f"{name}.predicted_tooth_numbers"]) == own
        assert list(made[f"{name}.tooth_charts"]["case"]) == own


def test_without_a_truth_of_numbers_the_report_says_nothing_of_them(made):
    assert made["cross_validation_tooth_scores"] == {"numbers": None}
    assert made["cross_validation_tooth_number_scores"].empty
    assert "Numbers of teeth" not in made["cross_validation_report"]


NUMBERS = {"a": [11, 12], "b": [21, 0], "c": [0, 0]}  # c has no truth
FOUND = {"a": [11, 13], "b": [21, 0], "c": [31, 32]}


def strip(numbers):
    return partial(Image.fromarray, np.kron(np.uint8([numbers]), np.ones((4, 4), np.uint8)))


def numbered(**changed):
    """What `score_numbers` is given of two folds, with case b in a fold of its own."""
    folds = pd.DataFrame(
        {
            **{"case": ["a", "b", "c"], "fold": [1, 2, 1], "height": 4, "width": 8},
            **{name: [f"{name} of {case}" for case in "abc"] for name in IDENTITY},
        }
    )
    teeth = [
        pd.DataFrame({"case": list(case), "number": numbers, "number_probability": 0.9})
        for case, numbers in (("aa", [11, 13]), ("b", [21]))
    ]
    found = {case: strip(numbers) for case, numbers in FOUND.items()}
    maps = [{case: found[case] for case in cases} for cases in ("ac", "b")]
    records = [{"trained_on": [], "validated_on": []}, {}]
    records = changed.pop("records", records)
    arguments = {
        "folds": folds,
        "raw_tooth_labels": {case: strip(NUMBERS[case]) for case in "ab"},
        "raw_masks": {},
        "mask_encoding": {},
        "inspected_tooth_numbers": [{"case": "a"}, {"case": "b"}],
        **changed,
    }
    return numbering_nodes.score_numbers(*arguments.values(), *maps, *teeth, *records)


def test_numbers_of_all_folds_are_summed_up_together():
    scores, table = numbered()
    assert scores["numbers"]["cases"] == 2
    assert scores["numbers"]["right_number"]["mean"] == pytest.approx(2 / 3)
    assert scores["numbers"]["taken_for"]["12"] == {"13": 1}
    assert table[["case", "fold"]].to_numpy().tolist() == [["a", 1], ["b", 2]]
    assert list(table["exact_chart"]) == [False, True]
    assert list(table["mask_hash"]) == ["mask_hash of a", "mask_hash of b"]


def test_a_network_of_numbers_that_has_seen_a_case_of_its_fold_is_refused():
    seen = {"trained_on": ["content_hash of b"], "validated_on": []}
    assert numbered(records=[seen, {}])[0]["numbers"]["cases"] == 2
    with pytest.raises(InputError, match="b"):
        numbered(records=[{}, seen])


@pytest.mark.parametrize("changed", ["content_hash", "perceptual_hash"])
def test_a_leak_between_the_parts_of_a_fold_fails_the_run(made, changed):
    folds = made["folds"].copy()
    one, other = (folds.index[folds["fold"] == number][0] for number in (1, 2))
    folds.loc[other, changed] = folds.loc[one, changed]
    with pytest.raises(InputError, match="every X-ray in one part only"):
        nodes.split_folds(folds, PARAMETERS["params:cross_validation"], PARAMETERS["params:split"])
