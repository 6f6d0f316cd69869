"""What a run's training needs is there before its first node, or the run is refused."""

from types import SimpleNamespace

import pytest
from kedro.pipeline import Node, Pipeline

from teeth_unet import pipeline_registry
from teeth_unet.errors import InputError
from teeth_unet.training_devices import TrainingDevices, distribution_of
from teeth_unet.unet import Distribution, Training

SEVERAL = {"kind": "data_parallel", "address": "127.0.0.1:9", "processes": 2, "process": 1}


def keep(training):
    return training


FITS = Pipeline([Node(keep, "params:training", "fitted", name="data_science.fit_unet")])
COMPILES = Pipeline([Node(keep, "params:training", "compiled", name="data_science.compile_unet")])


@pytest.fixture
def done(monkeypatch):
    """What is done for the training of a run."""
    steps = []
    monkeypatch.setattr("teeth_unet.unet.choose_backend", lambda each: steps.append(each.kind))
    monkeypatch.setattr("teeth_unet.unet.join", lambda each: steps.append("join"), raising=False)
    return steps


def before_run(distribution, pipeline=FITS, names=("data_science",), runner="SequentialRunner"):
    hook = TrainingDevices()
    parameters = {"training": {"epochs": 1, "distribution": distribution}}
    hook.after_context_created(SimpleNamespace(params=parameters))
    hook.before_pipeline_run({"pipeline_names": list(names), "runner": runner}, pipeline)


@pytest.mark.parametrize("names", [["data_science"], ["training"], ["cross_validation"]])
@pytest.mark.parametrize("distribution", ["none", "mirrored", {"kind": "data_parallel"}])
def test_one_process_runs_any_pipeline_and_meets_nobody(done, distribution, names):
    before_run(distribution, names=names)
    assert done == [distribution if isinstance(distribution, str) else "data_parallel"]


def test_several_processes_meet_before_the_first_node(done):
    before_run(SEVERAL)
    assert done == ["data_parallel", "join"]


def test_nobody_is_waited_for_where_nothing_is_fitted(done):
    before_run(SEVERAL, COMPILES)
    assert done == ["data_parallel"]


def test_a_run_without_a_training_needs_no_devices(done):
    before_run(SEVERAL, Pipeline([Node(keep, "params:plots", "x", name="plot")]), ["reporting"])
    assert done == []


@pytest.mark.parametrize("names", [["training"], [], ["data_science", "reporting"]])
def test_several_processes_run_data_science_alone(done, names):
    with pytest.raises(InputError, match=r"--pipeline data_science, which several processes can"):
        before_run(SEVERAL, names=names)
    assert done == []


@pytest.mark.parametrize("runner", ["ParallelRunner", "teeth_unet.runners.DaskRunner"])
def test_several_processes_run_their_nodes_themselves(done, runner):
    with pytest.raises(InputError, match=f"expected the SequentialRunner, found {runner}"):
        before_run(SEVERAL, runner=runner)
    assert done == []


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({}, Distribution()),
        ({"training": {"epochs": 1}}, Distribution()),
        ({"training": {"distribution": {"_note": 1, "kind": "mirrored"}}}, "mirrored"),
        ({"training": Training(distribution="mirrored")}, "mirrored"),
        ({"training": None}, Distribution()),  # refused elsewhere
    ],
)
def test_the_parameters_say_on_which_devices(parameters, found):
    expected = Distribution(kind=found) if isinstance(found, str) else found
    assert distribution_of(parameters) == expected


def test_a_wrong_kind_is_refused_by_name():
    with pytest.raises(InputError, match=r"^training.distribution.kind: .* found 'multi'"):
        distribution_of({"training": {"distribution": "multi"}})


def test_a_helping_process_compiles_and_fits_and_saves_nothing(monkeypatch):
    def registered(helps):
        shape = pipeline_registry.Shape(folds=2, shards=1, lacks_cases=False, helps=helps)
        monkeypatch.setattr(pipeline_registry, "current_shape", lambda: shape)
        return pipeline_registry.register_pipelines()

    helping, whole = registered(True)["data_science"], registered(False)["__default__"].datasets()
    names = [node.name for node in helping.nodes]
    assert names == ["data_science.compile_unet", "data_science.fit_unet"]
    assert helping.all_outputs().isdisjoint(whole)
    assert helping.inputs() <= whole
    assert not any("checkpoints" in name for name in helping.inputs())
