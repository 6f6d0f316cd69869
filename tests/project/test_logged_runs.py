"""Runs of the project in MLflow, by the commands that a user gives."""

import pytest
from mlflow_stores import NAMES, logged_models, needs_mlflow, runs_in, store

pytestmark = needs_mlflow

SUMMARISE = ("--from-nodes", "summarise_scores", "--to-nodes", "summarise_scores")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def logged(project):
    return runs_in(store(project.path / "data" / "mlflow.db"), "tiny")


def test_what_was_refused_before_the_first_node_leaves_no_run(project):
    wrong = ("--params", "trainng.epochs=3")
    project.kedro("run", "--pipeline", "training", "--env", "tiny", *wrong, code=1)
    assert not (project.path / "data" / "mlflow.db").exists()


def test_a_training_its_failure_and_nothing_to_do(finished_copy):
    project = finished_copy
    again = ("run", "--pipeline", "training", "--env", "tiny", "--only-missing-outputs")
    project.kedro(*again)
    for run in logged(project)[1]:  # of the training itself
        assert run.info.status == "FINISHED"
    before = len(logged(project)[1])
    printed = project.kedro("run", "--pipeline", "data_science", "--env", "tiny")
    assert "look at it with: mlflow ui --backend-store-uri sqlite:///data/mlflow.db" in printed
    client, (run, *_) = logged(project)
    assert len(logged(project)[1]) == before + 1
    assert [model.name for model in logged_models(client, run)] == ["segmenter"]
    (project.path / "data" / "05_model_input" / "x_test.npy").write_bytes(b"no array")
    project.kedro("run", "--pipeline", "data_science", "--env", "tiny", code=1)
    _, (run, *_) = logged(project)
    assert run.info.status == "FAILED"
    assert "x_test" in run.data.tags["failure"]


def test_what_is_logged_of_scores_made_anew_is_what_their_network_was_made_with(finished_copy):
    parameters = finished_copy.path / "conf" / "tiny" / "parameters.yml"
    parameters.write_text(parameters.read_text().replace("epochs: 2", "epochs: 99"))
    finished_copy.kedro("run", "--pipeline", "data_science", "--env", "tiny", *SUMMARISE)
    _, (run, *_) = logged(finished_copy)
    assert run.data.params["training.epochs"] == "2"
    assert run.data.params["split.test_cases"] == "2"
    assert "raw_xrays" in " ".join(run.data.tags)


def test_without_its_server_a_run_goes_on_and_says_so_first(finished_copy, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")  # the port that discards
    printed = finished_copy.kedro("run", "--pipeline", "data_science", "--env", "tiny", *SUMMARISE)
    told = printed.index("This run is not logged, its results are saved as always")
    assert told < printed.index("Running node")
