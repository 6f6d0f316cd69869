"""Runs are logged to MLflow, where it is installed: `pip install -e ".[mlflow]"`."""

import logging
import os
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from teeth_unet.configuration import flatten

log = logging.getLogger(__name__)

HISTORY = "training_history"

STORE = "data/mlflow.db"
ARTIFACTS = "data/mlflow_artifacts"

SCORES = ("scores", "cross_validation_scores")
"""Entries whose making is worth a run in MLflow."""

DOCUMENTS = {
    "report": "report.html",
    "cross_validation_report": "cross_validation_report.html",
    "model_summary": "model_summary.txt",
}
PICTURES = {"training_curves": "training_curves.png"}


class MLflowTracking:
    """Log parameters, curves, scores and the report of every run that ends with scores.

    The store is one SQLite file in the project, for all environments; each has its experiment.
    Nothing of MLflow is imported where it is not installed.
    """

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep what is logged besides the results: the parameters and the environment."""
        self._context = context

    @hook_impl
    def after_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Log what the run has made. Results are safe by then: a failure is only a warning."""
        made = {name for name in SCORES if name in pipeline.all_outputs()}
        if not made or find_spec("mlflow") is None:
            return
        try:
            self._log_run(run_params, pipeline, catalog, made)
        except Exception as error:  # whatever a store or its migration may raise
            log.warning("The run was not logged to MLflow (%s): %s", STORE, error)

    def _log_run(
        self,
        run_params: dict[str, Any],
        pipeline: Pipeline,
        catalog: CatalogProtocol[Any, Any],
        made: set[str],
    ) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        import mlflow

        project = Path(self._context.project_path)
        mlflow.set_tracking_uri(f"sqlite:///{(project / STORE).as_posix()}")
        experiment = _experiment(self._context.env or "base", project / ARTIFACTS)
        name = (run_params.get("pipeline_names") or ["__default__"])[0]
        with mlflow.start_run(experiment_id=experiment, run_name=name):
            mlflow.log_params(_without_secrets(self._context.params))
            for entry in sorted(made):
                _log_scores(entry, catalog.load(entry))
            outputs = pipeline.all_outputs()
            for entry in outputs:  # of the folds too: fold_01.training_history
                if entry.endswith(HISTORY):
                    _log_history(catalog.load(entry), f"{entry.removesuffix(HISTORY)}history")
            for entry in outputs & DOCUMENTS.keys():
                mlflow.log_text(catalog.load(entry), DOCUMENTS[entry])
            for entry in outputs & PICTURES.keys():
                mlflow.log_image(catalog.load(entry), PICTURES[entry])
        log.info(
            "Logged to MLflow; look at it with: mlflow ui --backend-store-uri sqlite:///%s", STORE
        )


def _without_secrets(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters for all to see: a private address among them may hold a login."""
    from teeth_unet.acquisition import without_secrets

    return {name: without_secrets(str(value)) for name, value in flatten(parameters)}


def _experiment(name: str, artifacts: Path) -> str:
    import mlflow

    found = mlflow.get_experiment_by_name(name)
    if found is not None:
        return str(found.experiment_id)
    place = artifacts.resolve().as_uri()
    return str(mlflow.create_experiment(name, artifact_location=place))


def _log_scores(entry: str, scores: dict[str, Any]) -> None:
    import mlflow

    numbers = {
        name: value
        for name, value in flatten(scores)
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    prefix = "" if entry == "scores" else "cross_validation."
    mlflow.log_metrics({f"{prefix}{name}": float(value) for name, value in numbers.items()})
    mlflow.log_dict(scores, f"{entry}.json")
    for fold in scores.get("folds", ()):
        mlflow.log_metric("fold.dice", fold["dice"], step=fold["fold"])


def _log_history(history: dict[str, list[float]], prefix: str) -> None:
    import mlflow

    for name, values in history.items():
        if name != "epoch":
            for epoch, value in zip(history["epoch"], values, strict=True):
                mlflow.log_metric(f"{prefix}.{name}", value, step=epoch)
