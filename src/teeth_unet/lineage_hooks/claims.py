"""Two runs never read or write the same entries at the same time."""

import shlex
from datetime import datetime
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline

from teeth_unet.lineage import AtWork, Claim
from teeth_unet.lineage_hooks.entries import (
    OF_DIFFERENT_RUNS,
    Catalog,
    is_parameter,
    is_store,
    made_entries,
    whole_place,
)
from teeth_unet.storage import place_of


class RunClaims:
    """Claim what a run reads and writes before its first node, until it ends.

    Inputs of nodes that take them from different runs are not claimed: a segmenter is read whole
    and once, so that inference goes on while another one is trained.
    """

    def __init__(self) -> None:
        self._claim: Claim | None = None

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep what tells where results are."""
        self._context = context

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: Catalog
    ) -> None:
        """Claim all entries of the run.

        Raises:
            InputError: Another run is at work on one of them.
        """
        self._release()  # of a run in this process that was broken off, as in a notebook
        writes = _places(catalog, pipeline.all_outputs() | _stores(pipeline, catalog))
        run = AtWork(
            command=_command(run_params),
            reads=_places(catalog, _inputs(pipeline)),
            writes=writes,
            since=datetime.now().strftime("%H:%M on %Y-%m-%d"),
        )
        self._claim = Claim(run, {self._folder(Path(path)) for path in writes})

    @hook_impl(trylast=True)  # others read the results
    def after_pipeline_run(self) -> None:
        """Let others have the entries."""
        self._release()

    @hook_impl(trylast=True)
    def on_pipeline_error(self) -> None:
        """Let others have the entries."""
        self._release()

    def _release(self) -> None:
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def _folder(self, path: Path) -> Path:
        """Return where every run that has to do with an entry looks: in its data folder.

        For what is elsewhere it is the project's, which all environments share: nothing is put
        into a folder of the user's that may yet be refused.
        """
        loader: Any = self._context.config_loader
        project = Path(self._context.project_path).resolve()
        data = Path(project, place_of(loader["globals"].get("data", "data"))).resolve()
        return data if data in path.parents else project / "data"


def _stores(pipeline: Pipeline, catalog: Catalog) -> set[str]:
    return {
        name for name in pipeline.inputs() if not is_parameter(name) and is_store(catalog, name)
    }


def _inputs(pipeline: Pipeline) -> set[str]:
    nodes = (node for node in pipeline.nodes if OF_DIFFERENT_RUNS not in node.tags)
    return {name for node in nodes for name in node.inputs} & made_entries()


def _places(catalog: Catalog, names: set[str]) -> dict[str, str]:
    places = {name: whole_place(catalog, name) for name in names}
    return {str(place.resolve()): name for name, place in places.items() if place is not None}


def _command(run_params: dict[str, Any]) -> str:
    names = ",".join(run_params["pipeline_names"] or ["training"])
    env = f" --env {shlex.quote(run_params['env'])}" if run_params["env"] else ""
    return f"kedro run --pipeline {shlex.quote(names)}{env}"
