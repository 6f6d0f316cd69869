import os

import pytest
from mlflow_stores import NAMES

from teeth_unet.experiments.places import find_place, impatient


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_by_default_runs_go_to_a_file_of_the_project(tmp_path):
    place = find_place(tmp_path, "tiny")
    assert place.uri == f"sqlite:///{tmp_path.as_posix()}/data/mlflow.db"
    assert place.experiment == "tiny"
    assert place.artifacts == (tmp_path / "data" / "mlflow_artifacts").as_uri()
    look = place.how_to_look("1", "abc")
    assert look == "mlflow ui --backend-store-uri sqlite:///data/mlflow.db"


@pytest.mark.parametrize(
    ("uri", "look"),
    [
        ("http://host:5000", "http://host:5000/#/experiments/1/runs/abc"),
        ("https://ann:s3cret@host/mlflow/", "https://host/mlflow/#/experiments/1/runs/abc"),
        ("sqlite:////shared/runs.db", "mlflow ui --backend-store-uri sqlite:////shared/runs.db"),
        (
            "postgresql://ann:s3cret@host/runs",
            'mlflow ui --backend-store-uri "$MLFLOW_TRACKING_URI"',
        ),
    ],
)
def test_the_users_own_place_is_taken_and_told_without_its_password(
    uri, look, tmp_path, monkeypatch
):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    place = find_place(tmp_path, "tiny")
    assert (place.uri, place.artifacts) == (uri, None)
    assert "s3cret" not in place.shown
    assert place.how_to_look("1", "abc") == look


@pytest.mark.parametrize(
    ("set_to", "experiment"),
    [
        ({}, "tiny"),
        ({"MLFLOW_EXPERIMENT_NAME": "molars"}, "molars"),
        ({"MLFLOW_EXPERIMENT_NAME": ""}, "tiny"),
        ({"MLFLOW_EXPERIMENT_ID": "7"}, None),  # MLflow finds it
    ],
)
def test_the_experiment_is_the_users_or_named_after_the_environment(
    set_to, experiment, tmp_path, monkeypatch
):
    for name, value in set_to.items():
        monkeypatch.setenv(name, value)
    assert find_place(tmp_path, "tiny").experiment == experiment


def test_a_server_is_asked_for_seconds_only_unless_the_user_has_more_patience(monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "99")
    with impatient():
        assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "99"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "99"
