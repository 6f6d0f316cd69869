"""Stores of MLflow for tests, and what is in them."""

from importlib.util import find_spec

import pytest

needs_mlflow = pytest.mark.skipif(
    find_spec("mlflow") is None, reason='MLflow is not installed: pip install -e ".[mlflow]"'
)

NAMES = (
    "MLFLOW_TRACKING_URI",
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_RUN_ID",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES",
    "MLFLOW_HTTP_REQUEST_TIMEOUT",
)
"""What of the environment tells MLflow where to log, and how patient to be."""


def store(path):
    """Return the URI of a database file."""
    return f"sqlite:///{path.as_posix()}"


def runs_in(uri, experiment):
    """Return a client and the runs of an experiment, the latest first."""
    import mlflow

    client = mlflow.MlflowClient(uri)
    found = client.get_experiment_by_name(experiment)
    return client, list(client.search_runs([found.experiment_id])) if found else []


def logged_models(client, run):
    """Return the models of a run."""
    models = client.search_logged_models([run.info.experiment_id])
    return [model for model in models if model.source_run_id == run.info.run_id]
