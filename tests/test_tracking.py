import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from kedro.io import DataCatalog
from kedro.pipeline import Node, Pipeline
from matplotlib.figure import Figure
from mlflow_stores import NAMES, needs_mlflow, runs_in, store

from teeth_unet import tracking
from teeth_unet.datasets import AtomicJSONDataset, AtomicTextDataset, FigureDataset
from teeth_unet.errors import InputError
from teeth_unet.lineage import Making, write_records
from teeth_unet.tracking import MLflowTracking
from teeth_unet.unet import Training

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
    "training_curves": Figure(),
    "fold_01.training_history": HISTORY,
    "numbering_history": HISTORY,
    "fold_01.numbering_history": {},
    "cross_validation_report": "<!doctype html><title>Folds</title>",
    "cross_validation_scores": {
        "dice": {"mean": 0.7},
        "folds": [{"fold": 1, "dice": 0.6}, {"fold": 2, "dice": 0.8}],
    },
}


RUN = "2026-01-02"
MADE_WITH = {
    "parameters": {
        "training": {"loss": "tversky", "loss_options": {"alpha": 0.2}},
        "scoring": {"seed": 3},
    },
    "sources": {"raw_xrays": "8 cases, PhantomDataset: cases=8"},
}


def nothing(parameters):
    return None


def dataset_of(entry, folder):
    """Return the dataset of an entry in a folder, of the kind that the catalog has."""
    if entry in tracking.DOCUMENTS:
        return AtomicTextDataset(filepath=str(folder / f"{entry}.html"))
    if entry in tracking.PICTURES:
        return FigureDataset(filepath=str(folder / f"{entry}.png"))
    return AtomicJSONDataset(filepath=str(folder / f"{entry}.json"))


class Started:
    """A run of the project, as the hook is told of it."""

    def __init__(self, path, outputs, name="training", *, made_before=(), **options):
        self.hook = MLflowTracking()
        self.outputs = outputs
        parameters = {
            "training": Training(epochs=2, loss="tversky", loss_options={"alpha": 0.2}),
            "plots": {"cases": 3},
            "masks": "https://ann:s3cret@example.org/masks.zip?token=t0ken",
        }
        context = SimpleNamespace(project_path=path, env="tiny", params=parameters)
        self.hook.after_context_created(context)
        (path / "results").mkdir(exist_ok=True)
        self.told = {
            "run_params": {"pipeline_names": [name], "run_id": RUN, **options},
            "pipeline": Pipeline(
                [Node(nothing, "params:training", output, name=output) for output in outputs]
            ),
            "catalog": DataCatalog(
                {output: dataset_of(output, path / "results") for output in outputs}
            ),
        }
        self.make(made_before, "2001-01-01")
        self.hook.before_pipeline_run(**self.told)

    def make(self, entries, run=None):
        """Save entries with their records, as those of a run."""
        making = Making("node", run or RUN, "2026-01-02", "1.2", "c0de", **MADE_WITH)
        for entry in entries:
            dataset = self.told["catalog"].get(entry)
            dataset.save(ENTRIES[entry])
            write_records({entry: Path(dataset._filepath)}, making)

    def make_all(self):
        self.make(self.outputs)
        return self

    def finish(self):
        self.hook.after_pipeline_run(**self.told)

    def fail(self, error):
        try:
            raise error
        except Exception as raised:
            self.hook.on_pipeline_error(error=raised, **self.told)


def logged(path):
    return runs_in(store(path / "data" / "mlflow.db"), "tiny")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "data").mkdir()
    return tmp_path


@needs_mlflow
def test_parameters_scores_curves_and_report_are_logged(project):
    Started(
        project, ["scores", "training_history", "numbering_history", "report", "training_curves"]
    ).make_all().finish()
    client, (run,) = logged(project)
    assert (run.info.run_name, run.info.status) == ("training", "FINISHED")
    assert run.data.tags["kedro.run_id"] == "2026-01-02"
    assert run.data.params["training.loss"] == "tversky"
    assert run.data.params["training.loss_options.alpha"] == "0.2"
    assert run.data.params["scoring.seed"] == "3"
    assert run.data.tags["source.raw_xrays"] == "8 cases, PhantomDataset: cases=8"
    assert run.data.tags["teeth_unet.code"] == "c0de"
    assert run.data.metrics["dice.mean"] == 0.9
    assert run.data.metrics["native.dice.mean"] == 0.88
    curve = client.get_metric_history(run.info.run_id, "history.val_dice")
    assert [(point.step, point.value) for point in curve] == [(1, 0.7), (2, 0.8)]
    assert run.data.metrics["numbering_history.loss"] == 0.25
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert files == {"report.html", "scores.json", "training_curves.png"}


@needs_mlflow
def test_the_folds_of_a_cross_validation_are_logged(project):
    made = [
        *("cross_validation_scores", "cross_validation_report"),
        *("fold_01.training_history", "fold_01.numbering_history"),
    ]
    Started(project, made, "cross_validation").make_all().finish()
    client, (run,) = logged(project)
    assert run.data.metrics["cross_validation.dice.mean"] == 0.7
    folds = client.get_metric_history(run.info.run_id, "fold.dice")
    assert [(point.step, point.value) for point in folds] == [(1, 0.6), (2, 0.8)]
    assert run.data.metrics["fold_01.history.loss"] == 0.25
    assert not any("numbering" in name for name in run.data.metrics)  # nothing was learned
    files = {file.path for file in client.list_artifacts(run.info.run_id)}
    assert files == {"cross_validation_report.html", "cross_validation_scores.json"}


@needs_mlflow
def test_runs_of_an_environment_are_gathered_in_one_experiment(project):
    Started(project, ["scores"]).make_all().finish()
    Started(project, ["scores"]).make_all().finish()
    assert len(logged(project)[1]) == 2


@needs_mlflow
def test_the_users_own_store_and_experiment_are_honoured_and_told(
    project, tmp_path, monkeypatch, caplog
):
    uri = store(tmp_path / "own.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "molars")
    monkeypatch.chdir(tmp_path)  # MLflow's own place for files is below
    with caplog.at_level(logging.INFO):
        Started(project, ["scores"]).make_all().finish()
    assert len(runs_in(uri, "molars")[1]) == 1
    assert list((project / "data").iterdir()) == []
    assert f"Logged to MLflow ({uri}), in the experiment 'molars'" in caplog.text
    assert f"mlflow ui --backend-store-uri {uri}" in caplog.text


@needs_mlflow
def test_a_run_that_fails_is_logged_with_its_reason_and_its_parameters(project):
    reason = InputError("masks", "a mask", "none at https://ann:s3cret@host/m.zip", "Add it.")
    Started(project, ["scores"]).fail(reason)
    client, (run,) = logged(project)
    assert run.info.status == "FAILED"
    assert run.data.tags["failure"] == str(reason).replace("ann:s3cret@", "")
    assert run.data.params["training.loss"] == "tversky"
    assert "plots.cases" not in run.data.params  # no node of the run reads it
    assert run.data.metrics == {}
    text = client.download_artifacts(run.info.run_id, "failure.txt")
    with open(text) as file:
        told = file.read()
    assert "Traceback" in told
    assert "s3cret" not in told


@needs_mlflow
def test_a_fault_of_the_program_is_named(project):
    Started(project, ["scores"]).fail(ZeroDivisionError("division by zero"))
    _, (run,) = logged(project)
    assert run.data.tags["failure"] == "ZeroDivisionError: division by zero"


@needs_mlflow
def test_an_interrupted_run_ends_as_killed_when_the_next_begins(project):
    started = Started(project, ["scores"])  # in a notebook, say
    started.hook.before_pipeline_run(**started.told)
    started.make_all().finish()
    assert [run.info.status for run in logged(project)[1]] == ["FINISHED", "KILLED"]


@needs_mlflow
def test_results_that_cannot_be_logged_make_no_complete_run(project, caplog):
    started = Started(project, ["scores"])
    started.make(["scores"])
    (project / "results" / "scores.json").write_text("{")
    started.finish()
    _, (run,) = logged(project)
    assert run.info.status == "FAILED"
    assert "not all of them could be logged" in run.data.tags["failure"]
    assert "The run was not logged as a whole" in caplog.text


@needs_mlflow
def test_a_store_that_cannot_be_used_is_a_warning_before_the_first_node_and_no_more(
    project, caplog
):
    (project / "data" / "mlflow.db").write_text("no database")
    started = Started(project, ["scores"])
    assert "This run is not logged" in caplog.text
    assert f"{project}/data/mlflow.db" in caplog.text
    caplog.clear()
    started.finish()
    started.fail(ValueError())
    assert caplog.text == ""


@needs_mlflow
def test_only_missing_outputs_log_a_run_if_scores_are_missing(project):
    only_missing = {"made_before": ["scores"], "only_missing_outputs": True}
    Started(project, ["scores"], **only_missing).finish()
    assert not (project / "data" / "mlflow.db").exists()
    both = ["scores", "cross_validation_scores"]
    started = Started(project, both, **only_missing)
    started.make(["cross_validation_scores"])
    started.finish()
    _, (run,) = logged(project)
    assert run.info.status == "FINISHED"
    assert run.data.metrics["cross_validation.dice.mean"] == 0.7
    assert "dice.mean" not in run.data.metrics  # of an earlier run


@needs_mlflow
def test_what_an_earlier_run_has_made_is_not_logged(project):
    outputs = ["scores", "training_history", "report"]
    started = Started(project, outputs, made_before=["training_history", "report"])
    started.make(["scores"])
    started.finish()
    client, (run,) = logged(project)
    assert [name for name in run.data.metrics if name.startswith("history")] == []
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["scores.json"]


@needs_mlflow
def test_parameters_are_those_of_the_scores_and_not_of_the_command_line(project):
    Started(project, ["scores"]).make_all().finish()  # given are two epochs, plots and masks
    _, (run,) = logged(project)
    assert run.data.params == {
        "training.loss": "tversky",
        "training.loss_options.alpha": "0.2",
        "scoring.seed": "3",
    }


def test_runs_without_scores_are_not_logged(project, monkeypatch):
    monkeypatch.setattr(tracking, "find_spec", pytest.fail)
    Started(project, ["report"]).make_all().finish()


def test_without_mlflow_nothing_is_logged(project, monkeypatch):
    monkeypatch.setattr(tracking, "find_spec", lambda name: None)
    started = Started(project, ["scores"])
    started.finish()
    started.fail(ValueError())
    assert not list((project / "data").iterdir())


@pytest.mark.slow
def test_looking_for_mlflow_does_not_import_it():
    script = "import sys, teeth_unet.settings; print('imported:', 'mlflow' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "imported: False" in done.stdout, done.stderr
