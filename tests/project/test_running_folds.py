"""Cross-validation through the `kedro` command, on a few tiny phantoms."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from tiny_project import Project, copy_project

FOLDS = 2
RUN = ("run", "--pipeline", "cross_validation", "--env", "tiny")


def project_with_folds(path: Path) -> Project:
    project = copy_project(path)
    parameters = project.path / "conf" / "base" / "parameters_cross_validation.yml"
    parameters.write_text(f"cross_validation: {{folds: {FOLDS}, seed: 1}}\n")
    return project


@pytest.fixture(scope="module")
def validated(tmp_path_factory):
    """A project in which the first fold was run, and then the whole command."""
    project = project_with_folds(tmp_path_factory.mktemp("folds") / "project")
    project.kedro(*RUN, "--to-nodes", "fold_01.summarise_scores")
    assert (project.path / "data/06_models/fold_01/checkpoint.npz").exists()
    return replace(project, printed=project.kedro(*RUN))


def outputs(project):
    folder = project.path / "data" / "07_model_output"
    (summary,) = (folder / "cross_validation_scores.json").glob("*/*.json")
    table = pd.read_csv(folder / "cross_validation_case_scores.csv", dtype={"case": str})
    return json.loads(summary.read_text()), table


def test_every_case_is_scored_out_of_its_fold(validated):
    scores, table = outputs(validated)
    assert scores["cases"] == len(table) == 8
    assert sorted(table["fold"].unique()) == [1, 2]
    assert "Dice on 8 cases, each by a network that never saw it" in validated.printed


def test_a_fold_that_was_done_before_the_run_was_killed_is_not_trained_again(validated):
    assert validated.printed.count("Already trained for 2 of 2 epochs") == 1
    assert validated.printed.count("Epoch 2/2") == FOLDS - 1


def test_no_checkpoints_are_left(validated):
    assert not list((validated.path / "data").rglob("checkpoint*"))


def test_each_fold_keeps_its_own_network_history_and_scores(validated):
    data = validated.path / "data"
    for name in ("fold_01", "fold_02"):
        assert (data / "02_intermediate" / name / "cases.csv").exists()
        assert (data / "06_models" / name / "fitted_unet.keras").exists()
        for kept in ("training_history", "training_record", "scores"):
            assert list((data / "07_model_output" / name / f"{kept}.json").glob("*/*.json"))


# Windows and macOS start processes by spawn, Linux by fork, and from Python 3.14 on by forkserver.
@pytest.mark.parametrize("start", ["fork", "spawn", "forkserver"])
def test_processes_in_parallel_give_the_same_scores(validated, tmp_path, monkeypatch, start):
    monkeypatch.setenv("KEDRO_MP_CONTEXT", start)
    parallel = project_with_folds(tmp_path / "parallel")
    parallel.kedro(*RUN, "--runner", "ParallelRunner")
    (one, one_table), (other, other_table) = outputs(validated), outputs(parallel)
    pd.testing.assert_frame_equal(one_table, other_table)
    assert one == other
    # Each process knows what its entries were made from, and writes it down.
    assert records(parallel) == records(validated)


def records(project):
    """By entry: what it was made from, without what holds seconds or the time."""
    data = project.path / "data"
    found = [json.loads(path.read_text()) for path in data.rglob(".lineage/*.json")]
    return {each["entry"]: sorted(each["making"]["ancestors"]) for each in found}


# Processes that do not fork import this anew, so that they know the project.
SCRIPT = """
import multiprocessing, sys
from pathlib import Path
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.runner import ParallelRunner

bootstrap_project(Path.cwd())
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[1])
    with KedroSession.create(project_path=Path.cwd(), env="tiny") as session:
        session.run(pipeline_names=["data_processing"], runner=ParallelRunner(max_workers=1))
"""


@pytest.mark.parametrize("start", ["spawn", "forkserver"])
def test_a_process_that_knows_the_project_runs_many_nodes(project, start):
    (project.path / "run_here.py").write_text(SCRIPT)
    printed = project.python("run_here.py", start)
    assert "[11/11]" in printed
    assert "05_model_input/x_train.npy" in project.files()


@pytest.mark.parametrize("runner", ["SequentialRunner", "ParallelRunner"])
def test_another_number_of_folds_is_taken_from_the_command_line(project, runner):
    given = ("--runner", runner, "--params", "cross_validation.folds=4")
    printed = project.kedro(*RUN, *given, "--to-nodes", "split_folds")
    assert "4 folds of 2 to 2 cases" in printed
