"""Parameters that are given and have no effect."""

import pytest
from kedro.pipeline import Node, Pipeline

from teeth_unet import unread_parameters
from teeth_unet.errors import InputError
from teeth_unet.pipeline_registry import register_pipelines
from teeth_unet.unread_parameters import refuse_unread


@pytest.fixture(autouse=True)
def pipelines(monkeypatch):
    registered = register_pipelines()
    monkeypatch.setattr(unread_parameters, "pipelines", registered)
    return registered


READ = [
    ("training", {"training": {"epochs": 2}, "split": {"seed": 2}, "plots": {"cases": 1}}),
    ("data_science", {"training": {"augmentation": {"flip": 0}}, "scoring": {"tolerance": 3}}),
    ("inference", {"quality": {"dark_level": 40, "severity": {"dark_xray": "ignore"}}}),
    ("cross_validation", {"split": {"validation_cases": 3}, "quality": {"most_tooth": 0.4}}),
    ("export", {"report": {"title": "Mine"}}),
    ("data_science", {"training": {"_rounds": 3}}),
]

UNREAD = [
    ("data_science", {"split": {"seed": 9}}, "split.seed", "data_processing"),
    ("inference", {"prediction": {"mirror": False}}, "prediction.mirror", "data_science"),
    ("inference", {"quality": {"most_tooth": 0.4}}, "quality.most_tooth", "data_processing"),
    ("inference", {"quality": {"severity": {"grey_mask": "ignore"}}}, "quality.severity.g", ""),
    ("cross_validation", {"split": {"test_cases": 3}}, "split.test_cases", "data_processing"),
    ("cross_validation", {"plots": {"cases": 3}}, "plots.cases", "reporting, teeth"),
    ("comparison", {"network": {"patch": 2}}, "network.patch", "cross_validation, data_science"),
]


@pytest.mark.parametrize(("name", "given"), READ)
def test_a_parameter_that_some_node_reads_is_taken(pipelines, name, given):
    for block, values in given.items():
        refuse_unread(block, values, [name], pipelines[name])


@pytest.mark.parametrize(("name", "given", "told", "able"), UNREAD)
def test_a_parameter_that_no_node_reads_is_refused_by_its_whole_name(
    pipelines, name, given, told, able
):
    ((block, values),) = given.items()
    with pytest.raises(InputError, match=rf"^--params {told}.*{name}.*It is for .*{able}"):
        refuse_unread(block, values, [name], pipelines[name])


def test_of_chosen_nodes_the_others_are_named_as_the_way_out(pipelines):
    chosen = pipelines["training"].only_nodes("data_science.summarise_scores")
    with pytest.raises(InputError, match="other nodes than the chosen ones"):
        refuse_unread("training", {"loss": "dice"}, ["training"], chosen)


def test_who_takes_all_parameters_reads_each():
    pipeline = Pipeline([Node(len, "parameters", "number", name="count")])
    refuse_unread("training", {"loss": "dice"}, ["mine"], pipeline)
