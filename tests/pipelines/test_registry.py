import inspect
from functools import partial
from graphlib import TopologicalSorter
from types import SimpleNamespace
from typing import get_type_hints

import pytest
from kedro.validation.parameter_validator import ParameterValidator
from project import ENVIRONMENTS, PIPELINES, configuration

from teeth_unet import pipeline_registry
from teeth_unet.configuration import Settings
from teeth_unet.errors import InputError
from teeth_unet.preparation import Preparation
from teeth_unet.settings_page import BLOCKS
from teeth_unet.splits import PLACE_OF_FOLDS, CrossValidation, Split
from teeth_unet.unet import Network, Prediction, Training, check_size

NODES = {node.name: node for pipeline in PIPELINES.values() for node in pipeline.nodes}

CLASSES = BLOCKS  # which the page of all settings tells

OF_TRAINING = ("data_processing", "data_science", "reporting", "teeth")


def hints_by_input(node):
    """The type hint of the argument that each input of a node arrives at."""
    function = node.func.func if isinstance(node.func, partial) else node.func
    hints = get_type_hints(function)
    arrived = inspect.signature(node.func).bind(*node.inputs).arguments
    by_input = {}
    for argument, value in arrived.items():
        for name in [value] if isinstance(value, str) else value:  # *args take several
            by_input[name] = hints[argument]
    return by_input


def class_of(name):
    """The class of a block of parameters, which may be within another one."""
    first, *rest = name.removeprefix("params:").split(".")
    found = CLASSES[first]
    for field in rest:
        found = found.model_fields[field].annotation
    return found


def test_pretraining_trains_as_data_science_does():
    named = {node.name.rpartition(".")[2] for node in PIPELINES["data_science"].nodes}
    own = {node.name.rpartition(".")[2] for node in PIPELINES["pretraining"].nodes}
    assert {name for name in own - named if "number" not in name} == {
        "draw_cases",
        "discard_drawings",
        "round_weights",
    }
    assert named <= own


def test_pretraining_shares_no_entry_with_any_other_pipeline():
    others = set().union(
        *(each.datasets() for name, each in PIPELINES.items() if name != "pretraining")
    )
    assert PIPELINES["pretraining"].datasets() & others == {"params:scoring"}


def test_the_pipelines_are_known_by_these_names():
    parts = [*OF_TRAINING, "cross_validation", "comparison", "export", "inference", "pretraining"]
    assert sorted(PIPELINES) == sorted(["__default__", "training", *parts])


def test_training_is_made_of_four_others_and_is_the_default():
    parts = (PIPELINES[name] for name in OF_TRAINING)
    names = {node.name for pipeline in parts for node in pipeline.nodes}
    assert {node.name for node in PIPELINES["training"].nodes} == names
    assert PIPELINES["__default__"] == PIPELINES["training"]


def test_training_needs_pictures_parameters_and_a_place_for_checkpoints():
    inputs = PIPELINES["training"].inputs()
    pictures = {"raw_xrays", "raw_masks", "raw_tooth_labels"}
    of_training = CLASSES.keys() - {"cross_validation", "export", "inference", "pretraining"}
    assert inputs == {
        *pictures,
        "start",
        "checkpoints",
        "fold_checkpoints",
        "numbering_checkpoints",
        *(f"params:{name}" for name in of_training),
    }


def test_there_are_as_many_folds_as_their_parameters_say():
    folds = configuration("base")["parameters"]["cross_validation"]["folds"]
    boxes = {node.namespace for node in PIPELINES["cross_validation"].nodes}
    around = {"data_processing", "fold_assignment", "fold_summary"}
    assert boxes == {f"fold_{fold:02d}" for fold in range(1, folds + 1)} | around


@pytest.mark.parametrize(
    "content",
    ["", "folds: 10", "cross_validation: {folds: 1}", "cross_validation: {folds: ten}", ":"],
)
def test_a_file_that_does_not_say_the_number_of_folds_is_named(tmp_path, monkeypatch, content):
    place = tmp_path / PLACE_OF_FOLDS
    place.parent.mkdir(parents=True)
    place.write_text(content)
    monkeypatch.setattr(pipeline_registry, "PROJECT", tmp_path)
    with pytest.raises(
        InputError, match=f"^{PLACE_OF_FOLDS}: expected cross_validation with folds"
    ):
        pipeline_registry.register_pipelines()


def test_the_number_of_folds_may_be_a_template(tmp_path, monkeypatch):
    place = tmp_path / PLACE_OF_FOLDS
    place.parent.mkdir(parents=True)
    place.write_text("_few: 4\ncross_validation: {_seed: 2, folds: '${_few}', seed: '${._seed}'}")
    monkeypatch.setattr(pipeline_registry, "PROJECT", tmp_path)
    assert pipeline_registry.number_of_folds() == 4


def test_what_else_the_file_refers_to_is_no_matter_of_the_folds(tmp_path, monkeypatch):
    place = tmp_path / PLACE_OF_FOLDS
    place.parent.mkdir(parents=True)
    place.write_text("cross_validation: {folds: 3}\nnote: ${globals:data} ${runtime_params:x,1}")
    monkeypatch.setattr(pipeline_registry, "PROJECT", tmp_path)
    assert pipeline_registry.number_of_folds() == 3


def test_without_a_project_there_are_as_many_folds_as_by_default(tmp_path, monkeypatch):
    monkeypatch.setattr(pipeline_registry, "PROJECT", tmp_path)
    assert pipeline_registry.number_of_folds() == CrossValidation().folds == 10


def test_a_run_has_as_many_folds_as_its_own_settings_say(monkeypatch):
    monkeypatch.setattr(pipeline_registry, "_configuration", None)
    context = SimpleNamespace(
        config_loader={"parameters": {"cross_validation": {"folds": 3, "_template": 1}}},
        project_path=".",
    )
    monkeypatch.setattr(pipeline_registry.pipelines, "configure", lambda module: None)
    pipeline_registry.PipelinesOfConfiguration().after_context_created(context)
    assert pipeline_registry.number_of_folds() == 3


@pytest.mark.parametrize(
    ("packaged", "there", "before"),
    [(True, "", True), (True, "segmenter", False), (True, "cases", False), (False, "", False)],
)
def test_export_makes_cases_where_only_the_package_has_a_network(
    tmp_path, monkeypatch, packaged, there, before
):
    catalog = {name: {"filepath": name} for name in ("segmenter", "cases")}
    if there:
        (tmp_path / there).touch()
    monkeypatch.setattr(pipeline_registry, "_project", tmp_path)
    monkeypatch.setattr(pipeline_registry, "_configuration", {"parameters": {}, "catalog": catalog})
    place = tmp_path if packaged else None
    monkeypatch.setattr(pipeline_registry, "packaged_segmenter", lambda: place)
    pipelines = pipeline_registry.register_pipelines()
    assert ("raw_xrays" in pipelines["export"].inputs()) == before
    assert pipelines["training"].datasets() == PIPELINES["training"].datasets()


def test_an_entry_without_a_file_is_no_reason_to_make_cases(tmp_path, monkeypatch):
    catalog = {"segmenter": {"filepath": "none.zip"}, "cases": {"type": "MemoryDataset"}}
    monkeypatch.setattr(pipeline_registry, "_project", tmp_path)
    monkeypatch.setattr(pipeline_registry, "_configuration", {"parameters": {}, "catalog": catalog})
    monkeypatch.setattr(pipeline_registry, "packaged_segmenter", lambda: tmp_path)
    assert "raw_xrays" not in pipeline_registry.register_pipelines()["export"].inputs()


def test_a_number_of_folds_that_cannot_be_is_named(monkeypatch):
    settings = {"parameters": {"cross_validation": {"folds": 1}}}
    monkeypatch.setattr(pipeline_registry, "_configuration", settings)
    with pytest.raises(InputError, match=r"^cross_validation\.folds: expected a usable value"):
        pipeline_registry.number_of_folds()


def test_every_fold_trains_as_data_science_does():
    nodes = (node.name.removeprefix("data_science.") for node in PIPELINES["data_science"].nodes)
    fold = PIPELINES["cross_validation"].only_nodes_with_namespaces(["fold_01"])
    assert {f"fold_01.{name}" for name in nodes if not name.startswith("discard_")} < {
        node.name for node in fold.nodes
    }


@pytest.mark.parametrize("pipeline", sorted(PIPELINES.keys() - {"cross_validation", "pretraining"}))
def test_every_part_of_a_pipeline_is_one_box_without_datasets_of_its_own(pipeline):
    parts = OF_TRAINING if pipeline in ("training", "__default__") else (pipeline,)
    assert {node.namespace for node in PIPELINES[pipeline].nodes} == set(parts)
    assert not any("." in name for name in PIPELINES[pipeline].datasets())
    assert all(node.name == f"{node.namespace}.{node._name}" for node in PIPELINES[pipeline].nodes)


@pytest.mark.parametrize("pipeline", PIPELINES)
def test_data_flows_from_box_to_box_and_never_back(pipeline):
    nodes = PIPELINES[pipeline].node_dependencies
    boxes = {node.namespace: set() for node in nodes}
    for node, before in nodes.items():
        boxes[node.namespace] |= {one.namespace for one in before} - {node.namespace}
    TopologicalSorter(boxes).prepare()  # raises CycleError


def test_teeth_do_not_wait_for_the_report_that_tells_of_them():
    assert not PIPELINES["teeth"].inputs() & PIPELINES["reporting"].all_outputs()
    assert PIPELINES["reporting"].inputs() & PIPELINES["teeth"].all_outputs()


@pytest.mark.parametrize("node", NODES.values(), ids=NODES)
def test_every_node_is_named_by_its_author(node):
    assert node._name is not None
    assert all(part.isidentifier() for part in node.name.split("."))


@pytest.mark.parametrize("node", NODES.values(), ids=NODES)
def test_every_node_is_typed_and_says_what_it_does(node):
    hints = hints_by_input(node)
    assert len(hints) == len(node.inputs)
    assert inspect.getdoc(node.func)


@pytest.mark.parametrize("node", NODES.values(), ids=NODES)
def test_parameters_are_hinted_by_their_class(node):
    # A hint that Kedro cannot resolve would switch the check off, and a raw mapping would arrive.
    for name, hint in hints_by_input(node).items():
        if name.startswith("params:"):
            assert issubclass(hint, Settings)
            assert hint is class_of(name)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("pipeline", PIPELINES)
def test_parameters_arrive_as_their_class(pipeline, environment):
    raw = configuration(environment)["parameters"]
    arrived = ParameterValidator({pipeline: PIPELINES[pipeline]}).validate_raw_params(raw)
    names = {name for name in PIPELINES[pipeline].inputs() if name.startswith("params:")}
    for name in (full_name.removeprefix("params:") for full_name in names):
        block = arrived
        for key in name.split("."):
            block = block[key]
        assert type(block) is class_of(name)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_parameter_files_hold_what_the_pipelines_read_and_nothing_else(environment):
    assert configuration(environment)["parameters"].keys() == CLASSES.keys()


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_size_suits_the_network(environment):
    parameters = configuration(environment)["parameters"]
    check_size(Network(**parameters["network"]), Preparation(**parameters["preparation"]).size)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_environment_keeps_the_parameters_that_it_does_not_change(environment):
    base, changed = configuration("base")["parameters"], configuration(environment)["parameters"]
    for block, values in base.items():
        assert values.keys() <= changed[block].keys()


def test_the_article_is_trained_as_published():
    parameters = configuration("article")["parameters"]
    network, training = Network(**parameters["network"]), Training(**parameters["training"])
    assert network.filters == (32, 64, 128, 256, 512)
    assert network.dropout == (0.1, 0.2, 0.3, 0.4, 0.5)
    assert (network.patch, network.pooling, network.upsampling) == (1, "max", "transposed")
    assert (training.loss, training.optimizer) == ("binary_crossentropy", "adam")
    assert (training.batch_size, training.epochs) == (8, 100)
    assert set(training.augmentation.model_dump().values()) == {0}
    assert not Prediction(**parameters["prediction"]).mirror
    assert parameters["preparation"]["size"] == 512
    split = Split(**parameters["split"])
    assert (split.order, split.test_cases, split.validation_cases) == ("natural", 11, 0)
