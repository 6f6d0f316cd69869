"""A set too small for parts: what each fold's network finds is scored; the kept one learns all."""

import numpy as np
import pytest
from in_memory import run
from small_science import PARAMETERS, SIZE

from teeth_unet import unet
from teeth_unet.datasets import CheckpointDataset, CheckpointFolderDataset
from teeth_unet.errors import InputError
from teeth_unet.numbering import load_numbering_network
from teeth_unet.pipelines.data_science import create_pipeline, fold_nodes, nodes, numbering_nodes
from teeth_unet.scoring import choose_threshold, score_case

FOLDS = [1, 2, 1, 3, 2, 3]


def few(inputs):
    """Six cases in three folds: all are for training and for testing."""
    x, y = inputs["x_train"][:6], inputs["y_train"][:6]
    cases = inputs["cases"].iloc[:6].assign(split=[f"fold {fold}" for fold in FOLDS])
    arrays = {"x_train": x, "y_train": y, "x_test": x, "y_test": y}
    none = {"x_validation": x[:0], "y_validation": y[:0]}
    return {**inputs, **arrays, **none, "cases": cases}


def stores(folder):
    names = ("checkpoints", "numbering_checkpoints")
    kept = {name: CheckpointDataset(filepath=str(folder / f"{name}.npz")) for name in names}
    return {**kept, "fold_checkpoints": CheckpointFolderDataset(filepath=str(folder / "folds"))}


@pytest.fixture(scope="module")
def crossed(inputs, tmp_path_factory):
    return run(create_pipeline(), few(inputs), stores(tmp_path_factory.mktemp("checkpoints")))


def fitted_alone(crossed, fold):
    """What a network gives of one fold that has learned from the others, and of nothing else."""
    out = np.array(FOLDS) == fold
    x, y = crossed["x_train"], crossed["y_train"]
    training = PARAMETERS["params:training"]
    compiled = unet.compile_model(
        PARAMETERS["params:network"],
        training,
        size=SIZE,
        train_cases=int((~out).sum()),
        start=crossed["compiled_unet"],
    )
    fitted, _ = unet.fit_model(compiled, x[~out], y[~out], x[:0], y[:0], training)
    return out, unet.predict(fitted, x[out], PARAMETERS["params:prediction"])


def test_every_case_is_predicted_by_a_network_that_has_learned_from_the_other_folds(crossed):
    found = crossed["predicted_probabilities"]
    np.testing.assert_array_equal(found, crossed["fold_probabilities"])
    out, alone = fitted_alone(crossed, 2)
    np.testing.assert_array_equal(found[out], alone)


def test_the_network_that_is_kept_has_learned_from_all(crossed):
    record = crossed["segmenter"].settings.training
    hashes = crossed["cases"]["content_hash"].to_list()
    assert record["trained_on"] == hashes
    assert record["folds"][1] == [hashes[row] for row in (0, 2, 3, 5)]
    kept = unet.predict(crossed["fitted_unet"], crossed["x_test"])
    assert not np.allclose(kept, crossed["predicted_probabilities"])


def test_no_case_has_a_say_in_the_threshold_that_it_is_scored_at(crossed):
    decision = crossed["decision_threshold"]
    probabilities, truths = crossed["predicted_probabilities"], crossed["y_test"]
    everyone = choose_threshold(probabilities, truths)
    assert decision["threshold"] == everyone["threshold"]
    assert decision["chosen_on"] == "folds"
    assert decision["dice"] == everyone["dice"]
    assert crossed["segmenter"].settings.threshold == everyone["threshold"]
    for fold, own in enumerate(decision["of_folds"], start=1):
        others = np.array(FOLDS) != fold
        assert own == choose_threshold(probabilities[others], truths[others])["threshold"]
    for row, fold in enumerate(FOLDS):
        mask = probabilities[row] >= decision["of_folds"][fold - 1]
        np.testing.assert_array_equal(crossed["predicted_masks"][row], mask)
        dice = score_case(truths[row], mask)["dice"]
        assert crossed["case_scores"]["dice"][row] == pytest.approx(dice)


def test_scores_are_of_all_cases_and_say_by_whom(crossed, made):
    scores = crossed["scores"]
    assert (scores["cases"], scores["networks"]) == (6, 3)
    assert scores["dice"]["interval"]
    assert "networks" not in made["scores"]
    assert len(made["fold_probabilities"]) == 0


def test_no_checkpoint_is_left(crossed):
    assert crossed["checkpoints"].latest() is None
    assert not crossed["fold_checkpoints"].path.exists()


def test_a_training_cannot_begin_with_what_has_learned_from_its_cases(crossed):
    settings = [PARAMETERS[f"params:{name}"] for name in ("preparation", "network", "training")]
    with pytest.raises(InputError, match=r"test cases: .*training\.start names.* found 6 that"):
        nodes.compile_unet(crossed["cases"], *settings, crossed["segmenter"])


def test_numbers_are_not_learned_as_nothing_would_be_left_to_score_them(crossed, tmp_path):
    labels = np.full((6, SIZE, SIZE, 1), 11, np.uint8)
    store = CheckpointDataset(filepath=str(tmp_path / "numbering.npz")).load()
    network, history, record = numbering_nodes.fit_numbering(
        *(crossed["x_train"], labels, crossed["x_train"][:0], labels[:0], crossed["cases"]),
        *(PARAMETERS["params:preparation"], PARAMETERS["params:numbering"], None, store),
    )
    assert (history, record) == ({}, {})
    assert network.fingerprint == load_numbering_network().fingerprint


def test_after_a_kill_each_training_goes_on_where_it_was(crossed, tmp_path, monkeypatch, caplog):
    names = ("x_train", "y_train", "cases", "params:network", "params:training")
    given = [crossed[name] for name in ("compiled_unet", *names, "params:prediction")]
    store = CheckpointFolderDataset(filepath=str(tmp_path / "folds")).load()
    fit_model, fitted = unet.fit_model, []

    def killed_in_the_second(*arguments):
        fitted.append(arguments[-1].path.stem)
        if fitted[-1] == "fold_2":
            raise KeyboardInterrupt
        return fit_model(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(unet, "fit_model", killed_in_the_second, raising=False)
        with pytest.raises(KeyboardInterrupt):
            fold_nodes.fit_folds(*given, store)
    assert fitted == ["fold_1", "fold_2"]
    with caplog.at_level("INFO"):
        again = fold_nodes.fit_folds(*given, store)
    told = [each.getMessage() for each in caplog.records]
    assert sum(each.startswith("Already trained for 8 of 8 epochs") for each in told) == 1
    np.testing.assert_array_equal(again, crossed["fold_probabilities"])
