"""A node on a worker of Dask. Each worker is a process, and runs one node at a time."""

import logging
import os
import pickle
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker
from distributed.diagnostics.plugin import ForwardLoggingPlugin
from kedro.framework import project
from kedro.io import AbstractVersionedDataset
from kedro.runner import Task

from teeth_unet import machine
from teeth_unet.datasets.worker_processes import PACKAGE
from teeth_unet.errors import InputError
from teeth_unet.lineage.code import code_checksum, program_name
from teeth_unet.runners.orders import TOPIC, Order, Process, Stamps, this_process
from teeth_unet.version import VERSION

OF_DASK = ("distributed", "tornado", "asyncio")
"""Loggers that stay as they are: what a worker tells of itself."""

_prepared = False
_at_work = False


def run_node(order: Order) -> Stamps:
    """Run a node as Kedro's runners do, with the project's hooks, and return what it saved.

    Raises:
        InputError: The worker has other code than the command.
        Exception: Whatever the node or its hooks raise.
    """
    global _at_work
    worker = get_worker()
    _refuse_other_code(order, worker)
    if order.sent_by == this_process():  # threads of the command, as in a test
        return _execute(pickle.loads(order.task))
    _prepare(worker)
    with _logs_forwarded(worker, order):
        from teeth_unet import pipeline_registry

        pipeline_registry.take_shape(order.shape)
        _at_work = True
        try:
            return _execute(pickle.loads(order.task))
        finally:
            _at_work = False


class EndWithNode(WorkerPlugin):
    """Ends the process of a worker that has lost its node, or its scheduler.

    The run was stopped, or another worker has the node by now. Python cannot stop the thread that
    is at work; it would write what others write. Dask's nanny starts the process again.
    """

    idempotent = True
    name = "teeth-unet-end-with-node"

    def __init__(self, registered_by: Process) -> None:
        self._registered_by = registered_by

    def transition(self, key: object, start: str, finish: str, **kwargs: object) -> None:
        """Notice that the scheduler takes back what is at work."""
        if start == "executing" and finish == "released":
            self._end()

    def teardown(self, worker: Worker) -> None:
        """Notice that the worker closes."""
        self._end()

    def _end(self) -> None:
        if _at_work and self._registered_by != this_process():
            os._exit(1)


def _refuse_other_code(order: Order, worker: Worker) -> None:
    own = program_name(VERSION, code_checksum())
    if own != order.program:
        raise InputError(
            f"the worker {worker.address}",
            f"the program of the command ({order.program})",
            own,
            "Install the same version there, and start the worker again.",
        )


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


def _execute(task: Task) -> Stamps:
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


def stamp(path: Path) -> tuple[int, int]:
    """Return size and time of the last change in whole seconds, as all machines see them."""
    state = path.stat()
    return state.st_size, int(state.st_mtime)
