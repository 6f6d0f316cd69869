"""A run that is killed while it trains, and the same command again."""

import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from tiny_project import Project

from teeth_unet import unet

COMMAND = ("run", "--pipeline", "training", "--env", "tiny", "--params")

EPOCHS = "training.epochs=60"


def killed_in_training(project):
    """Start a run and kill it once its first checkpoint is there."""
    run = subprocess.Popen(
        [sys.executable, "-m", "kedro", *COMMAND, EPOCHS],
        cwd=project.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not checkpoint(project).exists():
        assert run.poll() is None, "the run ended before its first checkpoint"
        time.sleep(0.01)
    os.kill(run.pid, signal.SIGKILL)
    assert run.wait() == -signal.SIGKILL


def checkpoint(project):
    return project.path / "data" / "06_models" / "checkpoint.npz"


def results(project):
    """The fitted weights and the scores of the test cases."""
    data = project.path / "data"
    weights = unet.load_model(data / "06_models" / "fitted_unet.keras").get_weights()
    return weights, pd.read_csv(data / "07_model_output" / "case_scores.csv")


@pytest.fixture(scope="module")
def killed(tmp_path_factory, finished_project):
    path = tmp_path_factory.mktemp("killed") / "project"
    shutil.copytree(finished_project.path, path, ignore=shutil.ignore_patterns("0[5-8]*"))
    project = Project(path)
    killed_in_training(project)
    return project


def copy_of(project, path):
    shutil.copytree(project.path, path)
    return Project(path)


def test_the_same_command_goes_on_and_ends_as_if_nothing_had_happened(killed, tmp_path):
    resumed = copy_of(killed, tmp_path / "resumed")
    printed = resumed.kedro(*COMMAND, EPOCHS)
    assert "Going on after epoch" in printed
    anew = copy_of(killed, tmp_path / "anew")
    printed = anew.kedro(*COMMAND, f"{EPOCHS},training.resume=false")
    assert "Going on after epoch" not in printed

    (weights, scores), (expected_weights, expected_scores) = results(resumed), results(anew)
    for found, expected in zip(weights, expected_weights, strict=True):
        np.testing.assert_array_equal(found, expected)
    pd.testing.assert_frame_equal(scores, expected_scores)
    assert not checkpoint(resumed).exists()
    assert not checkpoint(anew).exists()


def test_another_command_is_refused_and_says_what_differs(killed, tmp_path):
    project = copy_of(killed, tmp_path / "other")
    printed = project.kedro(*COMMAND, f"{EPOCHS},training.learning_rate=0.5", code=1)
    assert "training.learning_rate was 0.004, is 0.5. Put it back" in printed
    assert "start again with --params training.resume=false" in printed
    assert "Traceback" not in printed
    assert checkpoint(project).exists()
