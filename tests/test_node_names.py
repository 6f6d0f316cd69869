"""Nodes may be named on the command line without the box that kedro-viz draws them in."""

import pytest

from teeth_unet import node_names
from teeth_unet.node_names import with_groups
from teeth_unet.pipeline_registry import register_pipelines


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setattr(node_names, "pipelines", register_pipelines())


@pytest.mark.parametrize("option", ["node_names", "from_nodes", "to_nodes"])
@pytest.mark.parametrize(
    ("asked_for", "name", "full"),
    [
        ({}, "fit_unet", "data_science.fit_unet"),
        ({"pipeline": "training"}, "plot_teeth", "teeth.plot_teeth"),
        ({"pipeline": "export"}, "add_model_card", "export.add_model_card"),
        ({"pipelines": ["reporting", "teeth"]}, "plot_sample", "reporting.plot_sample"),
        ({"pipeline": "cross_validation"}, "prepare_cases", "data_processing.prepare_cases"),
        ({"pipeline": "cross_validation"}, "split_folds", "fold_assignment.split_folds"),
    ],
)
def test_a_name_without_its_box_stands_for_the_whole(option, asked_for, name, full):
    given = {**asked_for, option: [name], "env": "abdi"}
    assert with_groups(given) == {**given, option: [full]}


@pytest.mark.parametrize(
    ("asked_for", "name"),
    [
        ({}, "data_science.fit_unet"),
        ({"pipeline": "cross_validation"}, "fold_03.fit_unet"),
        ({"pipeline": "cross_validation"}, "fit_unet"),  # of which fold?
        ({"pipeline": "inference"}, "fit_unet"),
        ({"pipeline": "no such"}, "fit_unet"),
        ({}, "unet"),
        ({}, "fit_unte"),
    ],
)
def test_a_whole_name_stays_and_what_is_not_one_node_is_left_for_kedro_to_refuse(asked_for, name):
    given = {**asked_for, "node_names": (name,)}
    assert list(with_groups(given)["node_names"]) == [name]


def test_options_that_name_no_node_stay_as_they_are():
    given = {"pipeline": None, "node_names": (), "from_nodes": [], "to_outputs": ["report"]}
    assert with_groups(given) == given
