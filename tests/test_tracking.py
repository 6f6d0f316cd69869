import logging
import subprocess
import sys
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Node, Pipeline
from PIL import Image

from teeth_unet import tracking
from teeth_unet.tracking import MLflowTracking
from teeth_unet.unet import Training

installed = pytest.mark.skipif(
    find_spec("mlflow") is None, reason='MLflow is not installed: pip install -e ".[mlflow]"'
)

SCORES = {
    "cases": 2,
    "dice": {"mean": 0.9, "interval": [0.8, 1.0]},
    "native": {"dice": {"mean": 0.88}},
    "made_with": {"seed": 7, "versions": {"numpy": "2"}},
}
HISTORY = {"epoch": [1, 2], "loss": [0.5, 0.25], "val_dice": [0.7, 0.8]}
ENTRIES = {
    "scores": SCORES,
    "training_history": HISTORY,
    "report": "<!doctype html><title>Report</title>",
    "training_curves": Image.new("RGB", (8, 8)),
    "fold_01.training_history": HISTORY,
    "cross_validation_report": "<!doctype html><title>Folds</title>",
    "cross_validation_scores": {
        "dice": {"mean": 0.7},
        "folds": [{"fold": 1, "dice": 0.6}, {"fold": 2, "dice": 0.8}],
    },
}


def nothing(parameters):
    return None


def finish(path, outputs, name="training"):
    """Tell the hook of a run that has made these entries."""
    hook = MLflowTracking()
    parameters = {
        "training": Training(epochs=2, loss="tversky", loss_options={"alpha": 0.2}),
        "plots": {"cases": 3},
    }
    parameters["masks"] = "https://ann:s3cret@example.org/masks.zip?token=t0ken"
    hook.after_context_created(SimpleNamespace(project_path=path, env="tiny", params=parameters))
    pipeline = Pipeline([Node(nothing, "parameters", output, name=output) for output in outputs])
    catalog = DataCatalog({key: MemoryDataset(value) for key, value in ENTRIES.items()})
    hook.after_pipeline_run({"pipeline_names": [name]}, pipeline, catalog)


def logged(path):
    import mlflow

    client = mlflow.MlflowClient(f"sqlite:///{path}/data/mlflow.db")
    experiment = client.get_experiment_by_name("tiny")
    return client, client.search_runs([experiment.experiment_id])


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path


@installed
def test_parameters_scores_curves_and_report_are_logged(project):
    finish(project, ["scores", "training_history", "report", "training_curves"])
    client, (run,) = logged(project)
    assert run.info.run_name == "training"
    assert run.data.params["training.loss"] == "tversky"
    assert run.data.params["training.loss_options.alpha"] == "0.2"
    assert run.data.params["plots.cases"] == "3"
    assert run.data.params["masks"] == "https://example.org/masks.zip"  # without its login
    assert run.data.metrics["dice.mean"] == 0.9
    assert run.data.metrics["native.dice.mean"] == 0.88
    curve = client.get_metric_history(run.info.run_id, "history.val_dice")
    assert [(point.step, point.value) for point in curve] == [(1, 0.7), (2, 0.8)]
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert files == {"report.html", "scores.json", "training_curves.png"}


@installed
def test_the_folds_of_a_cross_validation_are_logged(project):
    made = ["cross_validation_scores", "fold_01.training_history", "cross_validation_report"]
    finish(project, made, "cross_validation")
    client, (run,) = logged(project)
    assert run.data.metrics["cross_validation.dice.mean"] == 0.7
    folds = client.get_metric_history(run.info.run_id, "fold.dice")
    assert [(point.step, point.value) for point in folds] == [(1, 0.6), (2, 0.8)]
    assert run.data.metrics["fold_01.history.loss"] == 0.25
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert files == {"cross_validation_report.html", "cross_validation_scores.json"}


@installed
def test_runs_of_an_environment_are_gathered_in_one_experiment(project):
    finish(project, ["scores"])
    finish(project, ["scores"])
    assert len(logged(project)[1]) == 2


@installed
def test_a_store_that_cannot_be_written_is_a_warning_and_no_more(project, caplog):
    (project / "data" / "mlflow.db").write_text("no database")
    with caplog.at_level(logging.WARNING):
        finish(project, ["scores"])
    assert "The run was not logged to MLflow (data/mlflow.db)" in caplog.text


def test_runs_without_scores_are_not_logged(project, monkeypatch):
    monkeypatch.setattr(tracking, "find_spec", pytest.fail)
    finish(project, ["report"])


def test_without_mlflow_nothing_is_logged(project, monkeypatch):
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    finish(project, ["scores"])
    assert not list((project / "data").iterdir())


@pytest.mark.slow
def test_looking_for_mlflow_does_not_import_it():
    script = "import sys, teeth_unet.settings; print('imported:', 'mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "imported: False" in done.stdout, done.stderr
