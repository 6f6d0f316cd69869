"""What a run prints, and where it keeps the rest, wherever it was started.

What goes where is set in logging.yml of the configuration. Kedro reads that file only where a
command is started in the project's folder itself, and before it knows of any other configuration.
"""

import contextlib
import copy
import logging
import os
import re
import shlex
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml
from kedro.config import OmegaConfigLoader
from kedro.framework import project
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from teeth_unet.storage import address_of, place_of
from teeth_unet.text import duration

log = logging.getLogger(__name__)

NAME = "logging.yml"

OWN_FILE = "KEDRO_LOGGING_CONFIG"
"""Names, in the environment, a user's own file in the place of logging.yml."""

SHORT = "%(levelname)s: %(message)s"
"""What is in the format of lines that are shortened."""

PARALLEL = {
    "ParallelRunner": "kedro.runner.parallel_runner",
    "DaskRunner": "kedro.runner.dask_runner",
}
"""Runners whose nodes are in other processes, and the name that each logs under."""

OF_A_FOLD = re.compile(r"fold_\d+\.")

CHATTER = re.compile(
    r"Kedro project |Running node: |Completed node: |Completed \d+ out of \d+ tasks"
    r"|Pipeline execution completed"
)
"""Lines of Kedro in the place of which there is one line for a node, and one at the end."""

RESULTS = {
    "report": "Report, to open in a browser",
    "cross_validation_report": "Report, to open in a browser",
    "segmenter": "Segmenter, for kedro run --pipeline inference{environment} --params xrays=PATH",
    "inference_results": "Results",
    "comparison": "Comparison",
    "exported_models": "Network for other programs",
}
"""What people open after a run, by its entry in the catalog."""

STORE = "inference_results"
"""The one of them that is an input: nodes write into it while they run."""


class WithoutInfo(logging.Formatter):
    """Tells the level only of what is more than information."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line as it is formatted, without "INFO: "."""
        line = super().formatMessage(record)
        shown = record.levelno > logging.INFO
        return line if shown else line.replace(f"{record.levelname}: ", "", 1)


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """Tell whether a line is for a person: not if it is one of those that Kedro has for a node."""
    of_kedro = record.name.startswith("kedro.") and record.levelno <= logging.INFO
    return not (of_kedro and CHATTER.match(record.getMessage()))


def take_over(logging_of_kedro: project._ProjectLogging) -> None:
    """Shorten what is printed by all that Kedro configures from now on, and has configured.

    In a process that ParallelRunner has started by spawn or forkserver, and that knows the project
    (a script calls `bootstrap_project` outside of `if __name__ == "__main__"`), Kedro 1.7.0
    configures its logging with that itself: its second node ends with a RecursionError. A copy has
    no such end.
    """

    def configure(config: Mapping[str, Any]) -> None:
        type(logging_of_kedro).configure(logging_of_kedro, dict(config))
        _shorten()

    logging_of_kedro.configure = configure  # type: ignore[method-assign, assignment]
    _shorten()


def _shorten() -> None:
    """Change handlers that print; those with other formats than ours and Kedro's rich one stay."""
    loggers = [logging.getLogger(), *map(logging.getLogger, [*logging.root.manager.loggerDict])]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        whole = handler.formatter
        if type(handler) is logging.StreamHandler and whole and SHORT in str(whole._fmt):
            handler.setFormatter(WithoutInfo(whole._fmt, whole.datefmt))
            handler.addFilter(is_worth_a_line)
        elif type(handler).__module__ == "kedro.logging":
            handler.addFilter(is_worth_a_line)


def _logging_config(loader: OmegaConfigLoader) -> dict[str, Any] | None:
    """Return what logging.yml says in the folder or archive of the configuration."""
    place = Path(loader._get_conf_env_path(NAME)).as_posix()
    if not loader._fs.isfile(place):
        return None
    content = yaml.safe_load(loader._fs.cat_file(place))
    return content if isinstance(content, dict) else None


def _with_files_in(folder: Path, config: dict[str, Any]) -> dict[str, Any]:
    """Return the configuration with files of handlers in a folder, which is made."""
    handlers = copy.deepcopy(config.get("handlers", {}))
    for handler in handlers.values():
        if "filename" in handler:
            path = folder / handler["filename"]
            handler["filename"] = str(path)
            with contextlib.suppress(OSError):  # where nothing can be written results say so
                path.parent.mkdir(parents=True, exist_ok=True)
    return {**config, "handlers": handlers}


class RunLog:
    """Configure logging as the run's configuration says; tell of the run what a person needs.

    A line for every node, with its place in the pipeline, and at the end where the results are.
    A node is told of when it begins. In parallel processes, which may know nothing of the pipeline
    and of this class, it is told of by the first process, when it is done.
    """

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._told: set[str] = set()
        self._in_parallel = False
        self._done = ""

    @hook_impl(tryfirst=True)
    def after_context_created(self, context: KedroContext) -> None:
        """Configure logging; the log file is in the project's folder wherever a run starts."""
        self._context = context
        config = _logging_config(cast("OmegaConfigLoader", context.config_loader))
        if config and not os.environ.get(OWN_FILE):
            project.configure_logging(_with_files_in(Path(context.project_path), config))

    @hook_impl(tryfirst=True)
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline) -> None:
        """Say what begins."""
        self._began, self._told = time.monotonic(), set()
        runner = str(run_params.get("runner"))
        loggers = [logger for name, logger in PARALLEL.items() if name in runner]
        self._in_parallel = bool(loggers)
        for logger in loggers:
            logging.getLogger(logger).addFilter(self._tell_done)
        self._places = {node.name: place for place, node in enumerate(pipeline.nodes, 1)}
        names = [name for name in run_params["pipeline_names"] or () if name != "__default__"]
        log.info(
            "%s (%d steps), with the settings of %s",
            ", ".join(names) or "training",
            len(pipeline.nodes),
            self._context.env or "base",
        )

    @hook_impl(tryfirst=True)
    def before_dataset_loaded(self, node: Node) -> None:
        """Say which node begins, before it reads what may take long."""
        self._tell_node(node)

    @hook_impl(tryfirst=True)
    def before_node_run(self, node: Node) -> None:
        """Say which node begins, if it reads nothing."""
        self._tell_node(node)

    @hook_impl(trylast=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]) -> None:
        """Say how long it took, and where to find what was made."""
        log.info("Done in %s", duration(time.monotonic() - self._began))
        made = pipeline.all_outputs() | ({STORE} & pipeline.inputs())
        env = self._context.env
        environment = f" --env {shlex.quote(env)}" if env else ""
        for entry, words in RESULTS.items():
            dataset = catalog.get(entry) if entry in made else None
            place = dataset._describe().get("filepath") if dataset else None
            if place:
                told = words.format(environment=environment)
                log.info("%s: %s", told, _from_here(place_of(place)))

    def _tell_node(self, node: Node) -> None:
        place = self._places.get(node.name)  # unknown in a process that was begun by spawn
        if place and node.name not in self._told and not self._in_parallel:
            self._told.add(node.name)
            _tell(place, len(self._places), shown_name(node.name))

    def _tell_done(self, record: logging.LogRecord) -> bool:
        """Say the same when such a runner logs that a node is done; let all that it logs pass."""
        message = record.getMessage()
        if node := re.fullmatch(r"Completed node: (.+)", message):
            self._done = shown_name(node[1])
        elif count := re.fullmatch(r"Completed (\d+) out of (\d+) tasks", message):
            _tell(int(count[1]), int(count[2]), f"{self._done} done")
        return True


def _tell(number: int, steps: int, words: str) -> None:
    log.info("[%*d/%d] %s", len(str(steps)), number, steps, words)


def _from_here(path: Path) -> str:
    """Return a path as it is written where the command was started; with an address its copy."""
    if address := address_of(path):
        return f"{address} (here: {path})"
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def shown_name(name: str) -> str:
    """Return a node's name without its group, but for that of a fold.

    Example:
        >>> shown_name("data_science.fit_unet"), shown_name("fold_02.fit_unet")
        ('fit_unet', 'fold_02.fit_unet')
    """
    return name if OF_A_FOLD.match(name) else name.rpartition(".")[2]
