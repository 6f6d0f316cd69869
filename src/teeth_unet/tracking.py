"""Runs are logged to MLflow, where it is installed: `pip install -e ".[mlflow]"`."""

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline

from teeth_unet import experiments, lineage
from teeth_unet.configuration import flatten
from teeth_unet.datasets import SegmenterDataset
from teeth_unet.errors import without_secrets
from teeth_unet.experiments import Place, Run
from teeth_unet.lineage import Making, Record
from teeth_unet.lineage_hooks.entries import Catalog, load_place

log = logging.getLogger(__name__)

HISTORIES = {"training_history": "history.", "numbering_history": "numbering_history."}
"""Entries with a number an epoch, of folds too, and what the numbers' names begin with."""

SCORES = {"scores": "", "cross_validation_scores": "cross_validation."}
"""Entries whose making is worth a run in MLflow, and what their numbers' names begin with."""

DOCUMENTS = {
    "report": "report.html",
    "cross_validation_report": "cross_validation_report.html",
    "model_summary": "model_summary.txt",
}
PICTURES = {"training_curves": "training_curves.png"}


class MLflowTracking:
    """Log every run that makes scores: how it ended, with what settings, and what it made.

    Such a run begins before its first node, once nothing has refused it. Nothing of MLflow is
    imported where it is not installed, or where no scores are made.
    """

    def __init__(self) -> None:
        self._run: Run | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep what is logged besides the results: the parameters and the environment."""
        self._context = context

    @hook_impl(trylast=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: Catalog
    ) -> None:
        """Begin a run if there will be scores. A store that cannot be reached is a warning."""
        if self._run:  # of a session in this process that was interrupted
            self._end(self._run, "KILLED")
        wanted = SCORES.keys() & pipeline.all_outputs()
        if run_params.get("only_missing_outputs"):
            wanted = {entry for entry in wanted if not catalog.exists(entry)}
        if wanted and find_spec("mlflow"):
            self._begin(run_params)

    @hook_impl
    def on_pipeline_error(
        self, error: Exception, run_params: dict[str, Any], pipeline: Pipeline, catalog: Catalog
    ) -> None:
        """Log that the run has failed, and why."""
        if run := self._run:
            reason = _reason(error)
            with _warning("That the run failed was not logged as a whole", run.place):
                run.check()
                run.log_parameters(_parameters_of_nodes(pipeline, self._context.params))
                run.log_text(_traceback(error), "failure.txt")
            self._end(run, "FAILED", reason)

    @hook_impl
    def after_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: Catalog
    ) -> None:
        """Log what the run has made. Results are safe by then: a failure is only a warning."""
        if run := self._run:
            reason = "Its results are in the project; not all of them could be logged."
            with _warning("The run was not logged as a whole", run.place):
                run.check()
                records = _made_by(run_params["run_id"], pipeline, catalog)
                self._log_results(run, records, catalog)
                reason = ""
            self._end(run, "FAILED" if reason else "FINISHED", reason)

    def _begin(self, run_params: dict[str, Any]) -> None:
        environment = self._context.env or "base"
        place = experiments.find_place(Path(self._context.project_path), environment)
        name = "+".join(run_params.get("pipeline_names") or ["__default__"])
        tags = {"kedro.run_id": str(run_params["run_id"]), "kedro.environment": environment}
        with _warning("This run is not logged, its results are saved as always", place):
            self._run = experiments.begin_run(place, name, tags)

    def _end(self, run: Run, status: str, reason: str = "") -> None:
        self._run = None
        with _warning("The end of the run was not logged", run.place):
            run.end(status, reason)
            log.info(
                "Logged to MLflow (%s), in the experiment %r; look at it with: %s",
                run.place.shown,
                run.experiment_name,
                run.place.how_to_look(run.experiment, run.number),
            )

    def _log_results(self, run: Run, made: Mapping[str, Record], catalog: Catalog) -> None:
        """Log entries of this run, and what the records of its scores tell.

        Settings that the command line or the files give now are none of the scores' own where a run
        has made them of what was there before.
        """
        scored = [made[entry] for entry in sorted(SCORES.keys() & made.keys())]
        if not scored:
            raise LookupError("there are no scores that this run has made")
        for record in scored:
            run.log_parameters(dict(flatten(record.making.parameters)))
            run.log_tags(_origin(record.making))
        model = _log_model(catalog) if "segmenter" in made else None
        for entry in sorted(SCORES.keys() & made.keys()):
            scores = catalog.load(entry)
            numbers = {f"{SCORES[entry]}{name}": {0: n} for name, n in _numbers(scores)}
            run.log_numbers(numbers, model)
            folds = {fold["fold"]: fold["dice"] for fold in scores.get("folds", ())}
            run.log_numbers({"fold.dice": folds})
            run.log_dict(scores, f"{entry}.json")
        for entry in sorted(made):
            fold, _, name = entry.rpartition(".")
            # That of the numbers is empty where nothing was learned.
            if name in HISTORIES and (history := catalog.load(entry)):
                prefix = f"{fold}.{HISTORIES[name]}" if fold else HISTORIES[name]
                run.log_numbers(_by_epoch(history, prefix))
        for entry in sorted(made.keys() & DOCUMENTS.keys()):
            run.log_text(catalog.load(entry), DOCUMENTS[entry])
        for entry in sorted(made.keys() & PICTURES.keys()):
            run.log_picture(catalog.load(entry), PICTURES[entry])


@contextmanager
def _warning(message: str, place: Place) -> Iterator[None]:
    """Make a warning of whatever a store, its migration or its server may raise."""
    try:
        yield
    except Exception as error:
        log.warning("MLflow (%s): %s. %s", place.shown, experiments.cause_of(error), message)


def _made_by(run_id: str, pipeline: Pipeline, catalog: Catalog) -> dict[str, Record]:
    """Return the records of those entries that a run has made itself, by name."""
    places = {name: load_place(catalog, name) for name in pipeline.all_outputs()}
    records = {name: lineage.read_record(place) for name, place in places.items() if place}
    return {name: each for name, each in records.items() if each and each.making.run == run_id}


def _origin(making: Making) -> dict[str, str]:
    """Return which code has made an entry, and from which X-rays."""
    return {
        "teeth_unet.version": making.version,
        "teeth_unet.code": making.code,
        **{f"source.{name}": told for name, told in making.sources.items()},
    }


def _reason(error: Exception) -> str:
    # Only here: most runs do not fail, and all that import the settings would pay for it.
    from teeth_unet.cli import explain

    return explain(error) or f"{type(error).__name__}: {error}"


def _traceback(error: Exception) -> str:
    return without_secrets("".join(traceback.format_exception(error)))


def _log_model(catalog: Catalog) -> str | None:
    segmenter = catalog.get("segmenter")
    if isinstance(segmenter, SegmenterDataset):
        return experiments.log_segmenter(segmenter.file())
    return None


def _parameters_of_nodes(pipeline: Pipeline, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that the nodes of a run read."""
    read = {name.removeprefix("params:").partition(".")[0] for name in pipeline.inputs()}
    return dict(flatten({name: value for name, value in parameters.items() if name in read}))


def _numbers(scores: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in flatten(scores):
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, value


def _by_epoch(history: dict[str, list[float]], prefix: str) -> dict[str, dict[int, float]]:
    epochs = history["epoch"]
    return {
        f"{prefix}{name}": dict(zip((int(epoch) for epoch in epochs), values, strict=True))
        for name, values in history.items()
        if name != "epoch"
    }
