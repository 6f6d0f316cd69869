"""A node in the process of a worker: with the project's hooks, its share, and its log."""

import logging
import os
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distributed import Worker
from distributed.diagnostics.plugin import ForwardLoggingPlugin
from kedro.framework import project
from kedro.io import AbstractVersionedDataset
from kedro.runner import Task

from teeth_unet import machine, pipeline_registry
from teeth_unet.datasets.worker_processes import PACKAGE
from teeth_unet.runners.orders import OF_DASK, TOPIC, Order, Stamps, stamp

_prepared = False


def execute_here(order: Order, worker: Worker) -> Stamps:
    """Run a node in a process that is a worker's own."""
    _prepare(worker)
    with _logs_forwarded(worker, order):
        task, shape = pickle.loads(order.work)
        pipeline_registry.take_shape(shape)
        return execute(task)


def _prepare(worker: Worker) -> None:
    """Let this process know the project, and take no more than the worker was given.

    Once for all nodes: the hooks stay the same.
    """
    global _prepared
    if _prepared:
        return
    _prepared = True
    memory = worker.memory_manager.memory_limit
    machine.take_share(worker.state.nthreads, memory or float("inf"))
    for pool in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(pool, str(worker.state.nthreads))  # before TensorFlow is imported
    # The datasets may have done so while these modules were imported: too early for the hooks.
    project.configure_project(PACKAGE)
    logging.captureWarnings(True)
    # Whatever file or terminal Kedro has found for its lines: the command has them all.
    for name in ("", *logging.root.manager.loggerDict):
        if not name.startswith(OF_DASK):
            logger = logging.getLogger(name)
            logger.handlers.clear()
            logger.propagate = True


@contextmanager
def _logs_forwarded(worker: Worker, order: Order) -> Iterator[None]:
    """Have what is logged meanwhile told by the command."""

    def mark(record: logging.LogRecord) -> bool:
        record.of_run, record.of_node = order.run, order.node
        return not record.name.startswith(OF_DASK)

    for name, level in order.levels.items():
        logging.getLogger(name).setLevel(level)
    forwarding: Any = ForwardLoggingPlugin(None, logging.NOTSET, TOPIC)
    forwarding.setup(worker)
    forwarding.handler.addFilter(mark)
    try:
        yield
    finally:
        forwarding.teardown(worker)


def execute(task: Task) -> Stamps:
    """Run a node in this process, which knows the project, and return what it saved."""
    outputs = [task.catalog.get(name) for name in task.node.outputs]
    for dataset in outputs:
        _forget_attempt(dataset)
    # Without the name of a package Kedro only registers the hooks that it finds in the settings.
    task.hook_manager = Task._run_node_synchronization()
    task.execute()
    places = [place for dataset in outputs if (place := _place(dataset)) and place.exists()]
    return {str(place): stamp(place) for place in places}


def _forget_attempt(dataset: object) -> None:
    """Remove the version of this run that a worker had saved before it was lost.

    Kedro writes no version twice.
    """
    place = _place(dataset)
    if place is None or not getattr(dataset, "_version", None):
        return
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _place(dataset: object) -> Path | None:
    """Return where this run saves an entry; None if it is no file or folder of this machine."""
    if not isinstance(dataset, AbstractVersionedDataset):
        return None
    if getattr(dataset, "_protocol", "file") != "file":
        return None
    version = dataset.resolve_save_version()
    return Path(dataset._get_versioned_path(version) if version else dataset._filepath)
