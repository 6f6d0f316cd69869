"""The command that a refusal names makes again all that belongs together, and no more."""

import pytest

from teeth_unet.lineage_hooks import entries
from teeth_unet.lineage_hooks.entries import command_from
from teeth_unet.pipeline_registry import register_pipelines

PIPELINES = register_pipelines()


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(entries, "pipelines", PIPELINES)


REMEDIES = [
    ("params:training", "compiled_unet", "training", "compile_unet"),
    ("params:split", "predicted_masks", "training", "split_cases"),
    ("params:preparation", "x_test", "training", "survey_masks"),
    ("raw_masks", "case_scores", "training", "survey_masks"),
    ("params:scoring", "scores", "training", "measure_calibration,score_cases"),
    (
        "decision_threshold",
        "predicted_masks",
        "training",
        "predict_masks,score_cases",
    ),
    ("cases", "cases", "training", "split_cases"),
    ("segmenter", "unchecked_models", "export", "convert_network"),
]


@pytest.mark.parametrize(("what", "entry", "pipeline", "nodes"), REMEDIES)
def test_the_first_nodes_that_read_what_differs_are_named(what, entry, pipeline, nodes):
    assert command_from(what, entry) == f"kedro run --pipeline {pipeline} --from-nodes {nodes}"


def test_folds_are_made_again_together():
    assert command_from("params:training", "fold_03.scores") == (
        "kedro run --pipeline cross_validation"
    )


@pytest.mark.parametrize(("what", "entry", "pipeline", "nodes"), REMEDIES)
def test_after_the_remedy_nothing_of_the_earlier_version_is_left(what, entry, pipeline, nodes):
    command = command_from(what, entry)
    names = command.rpartition(" ")[2].split(",")
    whole = PIPELINES[pipeline]
    full = [node.name for node in whole.nodes if node.name.rpartition(".")[2] in names]
    again = whole.from_nodes(*full)
    assert entry in again.all_outputs()
    readers = {node for node in whole.nodes if what in node.inputs}
    if what != entry:
        assert readers <= set(again.nodes)
