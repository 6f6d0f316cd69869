import logging
import subprocess
import sys

import pytest
from mlflow_stores import NAMES, needs_mlflow, runs_in, store

from teeth_unet.experiments import begin_run, cause_of
from teeth_unet.experiments.places import Place

BEGIN = """
import sys
from teeth_unet.experiments import begin_run
from teeth_unet.experiments.places import Place
begin_run(Place(sys.argv[1], "tiny"), "training", {})
"""


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def place(tmp_path):
    return Place(store(tmp_path / "runs.db"), "tiny", (tmp_path / "artifacts").as_uri())


@needs_mlflow
def test_numbers_and_parameters_are_logged_however_many(place):
    run = begin_run(place, "training", {"kedro.run_id": "2026"})
    run.log_numbers({"loss": {epoch: 1 / (epoch + 1) for epoch in range(1200)}})
    run.log_parameters({f"parameter_{number}": number for number in range(150)})
    run.end()
    client, (logged,) = runs_in(place.uri, "tiny")
    assert logged.info.status == "FINISHED"
    assert logged.data.tags["kedro.run_id"] == "2026"
    assert len(client.get_metric_history(logged.info.run_id, "loss")) == 1200
    assert len(logged.data.params) == 150


@needs_mlflow
def test_a_failure_is_told_without_secrets(place):
    begin_run(place, "training", {}).end("FAILED", "no https://ann:s3cret@host/x.zip " + 9000 * "!")
    _, (logged,) = runs_in(place.uri, "tiny")
    assert logged.info.status == "FAILED"
    assert logged.data.tags["failure"].startswith("no https://host/x.zip !")
    assert logged.data.tags["failure"] == logged.data.tags["mlflow.note.content"]


@needs_mlflow
@pytest.mark.parametrize(
    "end", ["", "raise KeyboardInterrupt", "sys.exit(3)"], ids=["leaves", "Ctrl-C", "exits"]
)
def test_a_run_whose_process_ends_before_it_is_killed(place, end):
    script = [sys.executable, "-c", f"{BEGIN}{end}", place.uri]
    subprocess.run(script, capture_output=True, check=False)
    _, (logged,) = runs_in(place.uri, "tiny")
    assert logged.info.status == "KILLED"


@needs_mlflow
def test_mlflow_is_left_as_it_was_found(place):
    import mlflow

    begin_run(place, "training", {}).end()
    assert not mlflow.is_tracking_uri_set()
    assert mlflow.active_run() is None


@needs_mlflow
def test_an_experiment_that_mlflow_is_to_find_is_found(place, monkeypatch):
    import mlflow

    number = mlflow.MlflowClient(place.uri).create_experiment("molars")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_ID", number)
    run = begin_run(Place(place.uri, None), "training", {})
    run.end()
    assert (run.experiment, run.experiment_name) == (number, "molars")


@needs_mlflow
def test_a_server_that_is_not_there_is_told_soon_and_leaves_nothing(unused_address, caplog):
    import mlflow

    with caplog.at_level(logging.WARNING), pytest.raises(Exception, match="API request") as failure:
        begin_run(Place(unused_address, "tiny"), "training", {})
    assert cause_of(failure.value).endswith("Connection refused")
    # MLflow alone would try eight times, waiting two seconds, four, eight and so on in between.
    assert caplog.text.count("Retrying") == 1
    assert not mlflow.is_tracking_uri_set()


@pytest.fixture
def unused_address():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"
