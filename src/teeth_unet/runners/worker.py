"""What a worker of Dask does for a run.

Dask imports this module in the thread in which a worker answers its scheduler: what takes seconds
to import is imported with the first node only, in the thread of that.
"""

import os
import pickle

from distributed import Worker, WorkerPlugin, get_worker

from teeth_unet.errors import InputError
from teeth_unet.lineage.code import code_checksum, program_name
from teeth_unet.runners.orders import Order, Process, Stamps, this_process
from teeth_unet.version import VERSION

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
        from teeth_unet.runners.execution import execute

        return execute(pickle.loads(order.work)[0])
    _at_work = True
    try:
        from teeth_unet.runners.execution import execute_here

        return execute_here(order, worker)
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
