"""A training begins with a network that is there, through the `kedro` command."""

import json
import shutil

import pandas as pd
import pytest
import yaml
from small_segmenters import small_segmenter
from tiny_project import Project

from teeth_unet.segmentation import read_segmenter, write_segmenter

NAME = "my start, 2.zip"
TINY = ("--env", "tiny")
NETWORK = {"filters": (2, 4), "dropout": (0, 0), "patch": 2}


def train(project, *given, code=0):
    parameters = ",".join(given)
    return project.kedro("run", "--pipeline", "training", *TINY, "--params", parameters, code=code)


@pytest.fixture(scope="module")
def taught(tmp_path_factory, finished_project):
    """A project in which one training has begun with the network of another."""
    path = tmp_path_factory.mktemp("taught") / "project"
    shutil.copytree(finished_project.path, path)
    project = Project(path)
    shutil.move(path / "data" / "06_models" / "segmenter.zip", path / NAME)
    train(project, f"training.start={NAME}", "training.seed=3")
    return project


def record(project):
    [*_, last] = sorted(project.path.glob("data/07_model_output/training_record.json/*/*"))
    return json.loads(last.read_text())


def test_all_that_is_made_of_it_tells_what_it_began_with(taught):
    start = read_segmenter(taught.path / NAME)
    told = record(taught)["start"]
    assert told["fingerprint"] == start.fingerprint
    assert told["record"] == start.settings.training
    made = read_segmenter(taught.path / "data" / "06_models" / "segmenter.zip")
    assert made.settings.training["start"] == told
    report = (taught.path / "data" / "08_reporting" / "report.html").read_text()
    assert f"It began with the network of: {start.taught_on} ({start.fingerprint[:12]})" in report
    for entry in ("fitted_unet", "scores", "report"):
        lineage = taught.kedro("lineage", entry, *TINY)
        assert f"start StartDataset: filepath={taught.path / NAME};" in " ".join(lineage.split())
        assert "all that it was made from is as it was" in lineage


def test_what_it_began_with_may_change_afterwards(taught, tmp_path):
    shutil.copytree(taught.path, tmp_path / "copy")
    project = Project(tmp_path / "copy")
    (project.path / NAME).unlink()
    project.kedro("run", "--pipeline", "reporting", *TINY)
    project.kedro("run", "--pipeline", "data_science", *TINY, "--from-nodes", "score_cases")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["training.start=none.zip"], "none.zip, where there is none"),
        (["training.start="], "training.start: expected a path or an address, found nothing"),
        (["training.start=https://h/a.zip"], "found another address"),
        (["training.start=conf"], "found a folder"),
        (["training.start=README.txt"], "a file of another kind, or a damaged one"),
        (["training.start=data/06_models/segmenter.zip"], "in whose place it puts its own"),
        ([f"training.start={NAME}", "network.filters=[4,4]"], "network.filters=[4,8]"),
        ([f"training.start={NAME}", "preparation.size=64"], "preparation.size=32"),
        ([f"training.start={NAME}", "split.seed=5"], "the network that training.start names"),
    ],
)
def test_a_start_that_cannot_be_is_refused_before_the_training(taught, given, said):
    (taught.path / "README.txt").write_text("no segmenter")
    printed = train(taught, *given, code=2 if given[0].endswith("=") else 1)
    assert said in " ".join(printed.split())
    assert "Traceback" not in printed
    assert "Epoch 1" not in printed


def test_every_fold_begins_with_the_network_of_the_package(project, monkeypatch):
    place = project.path / "src" / "teeth_unet" / "segmentation" / "segmenter.zip"
    training = {"network": NETWORK, "trained_on": ["a"], "validated_on": []}
    write_segmenter(place, small_segmenter(data_note="Drawings.", training=training))
    monkeypatch.setenv("PYTHONPATH", str(project.path / "src"))
    parameters = project.path / "conf" / "tiny" / "parameters.yml"
    found = yaml.safe_load(parameters.read_text())
    found["training"]["start"] = "package"
    found["network"] = {"filters": [2, 4], "dropout": [0.0, 0.0], "patch": 2}
    parameters.write_text(yaml.safe_dump({**found, "cross_validation": {"folds": 2}}))
    project.kedro("run", "--pipeline", "cross_validation", *TINY)
    for fold in ("fold_01", "fold_02"):
        made = read_segmenter(project.path / "data" / "06_models" / fold / "segmenter.zip")
        assert made.settings.training["start"]["taught_on"] == "package: Drawings."
    report = (project.path / "data" / "08_reporting" / "cross_validation_report.html").read_text()
    assert "It began with the network of: package: Drawings." in report
    scored = pd.read_csv(project.path / "data/07_model_output/cross_validation_case_scores.csv")
    assert len(scored) == 8
