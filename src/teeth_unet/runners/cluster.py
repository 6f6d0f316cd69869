"""What hands nodes to the workers of a Dask cluster, and tells what they say."""

import logging
import pickle
import threading
import time
import uuid
from concurrent.futures import CancelledError, ThreadPoolExecutor
from concurrent.futures import Future as Promise
from contextlib import suppress
from pathlib import Path
from typing import Any

import dask
from distributed import Client, Future, KilledWorker, LocalCluster
from kedro.io import DataCatalog
from kedro.pipeline.node import Node
from kedro.runner import Task

from teeth_unet.errors import InputError, in_short
from teeth_unet.lineage.code import code_checksum, program_name
from teeth_unet.machine import available_processors
from teeth_unet.pipeline_registry import Shape, current_shape
from teeth_unet.run_log import shown_name
from teeth_unet.runners.orders import NODE, OF_DASK, TOPIC, Order, Stamps, stamp, this_process
from teeth_unet.runners.worker import EndWithNode, run_node
from teeth_unet.version import VERSION

log = logging.getLogger(__name__)

MOST = 1000
"""Threads that wait for nodes: more do not run at the same time."""

FIRST, AGAIN, STEP = 10.0, 600.0, 5.0
"""Seconds to wait for a scheduler and workers, at first and once they are lost, in steps."""

SEEN = 60.0
"""Seconds until what another machine has written is seen here; NFS may take as long."""

COUNTED_AGAIN = 1.0
"""Seconds after which the scheduler is asked again how many workers there are: hundreds of nodes
may wait for one, and they look whenever a node is done.
"""

HOW_TO_START = (
    "Start `dask scheduler` on one machine, and on each `dask worker tcp://HOST:8786 --nworkers 1 "
    f"--nthreads 8 --resources {NODE}=1`: src/teeth_unet/runners/README.md"
)


class Cluster(ThreadPoolExecutor):
    """Threads, each of which waits for the worker of one node.

    There are never more nodes with Dask than there are workers: when a worker is lost Dask blames
    all that it was to do, and gives up what was blamed four times. What a lost worker or a lost
    scheduler had is done again.

    Args:
        address: Of the scheduler, or None for workers of this machine.
        workers: How many of these.
        threads: Of each.

    Raises:
        InputError: No scheduler answers there, or it has no workers for nodes.
    """

    def __init__(self, address: str | None, workers: int | None, threads: int | None) -> None:
        super().__init__(MOST)
        self._run = uuid.uuid4().hex
        self._shape = current_shape()  # an archive of settings cannot be read by several threads
        self._local: Any = None
        if address is None:
            self._local = start_workers(workers or available_processors(), threads or 1)
        self._address = address or self._local.scheduler_address
        self._changed = threading.Condition()
        self._busy = self._workers = 0
        self._counted_at = -COUNTED_AGAIN
        self._futures: set[Future[Stamps]] = set()
        self._stopped = False
        self._client = self._connect(FIRST)

    def submit(self, task: Task) -> Promise[Node]:  # type: ignore[override]
        """Have a node run on a worker."""
        return super().submit(self._do, task)

    def __exit__(self, kind: type[BaseException] | None, *about: object) -> None:
        """End all; nodes at work are taken back if one has failed, or the run was stopped."""
        if kind is not None:
            self._stopped = True  # first of all: who waits for a lost scheduler looks at it
            with self._changed:
                self._changed.notify_all()
            with suppress(Exception):  # whatever is lost need not be cancelled
                self._client.cancel(list(self._futures), force=True)
        self.shutdown(cancel_futures=True)
        self._client.close()
        if self._local is not None:
            self._local.close()

    def _connect(self, patience: float) -> Client:
        try:
            client = Client(self._address, timeout=patience, set_as_default=False)
        except (OSError, ValueError) as failure:
            raise InputError(
                f"--runner-params address={self._address}",
                "a scheduler of Dask that answers",
                f"none ({in_short(failure)})",
                HOW_TO_START,
            ) from failure
        client.register_plugin(EndWithNode(this_process()))
        client.subscribe_topic(TOPIC, self._tell)
        self._await_workers(client, patience)
        return client

    def _await_workers(self, client: Client, patience: float) -> None:
        deadline = time.monotonic() + patience
        while not (count := _count_workers(client)):
            if time.monotonic() > deadline:
                others = len(client.nthreads())
                raise InputError(
                    f"--runner-params address={self._address}",
                    f"workers with the resource {NODE}",
                    f"{others} without it" if others else "no worker",
                    HOW_TO_START,
                )
            time.sleep(0.2)
        log.info("Workers at %s: %d", self._address, count)

    def _do(self, task: Task) -> Node:
        order = _order(task, self._run, self._shape)
        while True:
            client = self._take_turn()
            try:
                saved = self._on_a_worker(client, order)
            except CancelledError:
                if self._stopped:
                    raise
                self._reconnect(client)
            except KilledWorker as failure:
                raise _killed(task.node, failure) from failure
            else:
                _refuse_unseen(task, saved)
                return task.node

    def _take_turn(self) -> Client:
        """Wait until there are more workers than nodes at work."""
        with self._changed:
            while not self._stopped:
                if self._busy < self._count():
                    self._busy += 1
                    return self._client
                self._changed.wait(1.0)
        raise CancelledError

    def _count(self) -> int:
        """Return how many workers there are, or were up to a second ago."""
        if time.monotonic() - self._counted_at >= COUNTED_AGAIN:
            self._workers = _count_workers(self._client)
            self._counted_at = time.monotonic()
        return self._workers

    def _on_a_worker(self, client: Client, order: Order) -> Stamps:
        key = f"{order.node}-{uuid.uuid4().hex}"
        future = client.submit(run_node, order, key=key, pure=False, resources={NODE: 1})
        self._futures.add(future)
        try:
            if self._stopped:
                raise CancelledError
            saved: Stamps = future.result()
            return saved
        finally:
            self._futures.discard(future)
            with self._changed:
                self._busy -= 1
                self._changed.notify_all()

    def _reconnect(self, lost: Client) -> None:
        """Wait for the scheduler to be there again, once for all nodes."""
        with self._changed:
            if self._client is lost:
                log.warning("The scheduler at %s is lost; waiting for it", self._address)
                with suppress(Exception):
                    lost.close(timeout=1)
                self._client = self._connected_again()
                self._counted_at = -COUNTED_AGAIN

    def _connected_again(self) -> Client:
        deadline = time.monotonic() + AGAIN
        while not self._stopped:
            try:
                return self._connect(STEP)
            except InputError:
                if time.monotonic() > deadline:
                    raise
        raise CancelledError

    def _tell(self, event: tuple[float, dict[str, Any]]) -> None:
        """Log what a worker has logged, with the name of its node."""
        fields = event[1]
        if fields.get("of_run") == self._run:
            record = logging.makeLogRecord(fields)
            record.msg = f"{shown_name(fields['of_node'])}: {record.msg}"
            logging.getLogger(record.name).handle(record)


def start_workers(workers: int, threads: int) -> LocalCluster:
    """Start a scheduler and workers on this machine."""
    # A worker that is not there so long after it was lost is never started again: by default 15 s,
    # which a second loss, or a busy machine, makes of any.
    dask.config.set({"distributed.deploy.lost-worker-timeout": "1 day"})
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        resources={NODE: 1},
        dashboard_address=None,
        silence_logs=logging.ERROR,
    )


def _count_workers(client: Client) -> int:
    """Return how many workers take nodes."""
    try:
        workers = client.scheduler_info(n_workers=-1)["workers"].values()
    except (OSError, KeyError, ValueError):  # just lost
        return 0
    return sum(bool(worker["resources"].get(NODE)) for worker in workers)


def _order(task: Task, run: str, shape: Shape) -> Order:
    # Of the run's catalog only what the node needs travels; its hooks each worker makes itself.
    names = {*task.node.inputs, *task.node.outputs}
    datasets: dict[str, Any] = {name: task.catalog.get(name) for name in names}
    own = Task(task.node, DataCatalog(datasets), is_async=False, run_id=task.run_id)
    loggers = logging.root.manager.loggerDict.items()
    levels = {n: each.level for n, each in loggers if isinstance(each, logging.Logger)}
    return Order(
        node=task.node.name,
        run=run,
        work=pickle.dumps((own, shape)),
        program=program_name(VERSION, code_checksum()),
        levels={n: level for n, level in levels.items() if level and not n.startswith(OF_DASK)},
    )


def _killed(node: Node, failure: KilledWorker) -> InputError:
    return InputError(
        f"Node {shown_name(node.name)}",
        "a worker that lives until it is done",
        f"{failure.allowed_failures + 1} workers that ended over it, the last one "
        f"{getattr(failure.last_worker, 'address', failure.last_worker)}",
        "Most often it is memory: start workers with more (--memory-limit), or lower "
        "training.batch_size or preparation.size. What a worker prints tells why it ended.",
    )


def _refuse_unseen(task: Task, saved: Stamps) -> None:
    """Refuse outputs that only the worker's machine has.

    Raises:
        InputError: With the path of one.
    """
    for name in task.node.outputs:
        task.catalog.release(name)  # which version is the last one has changed
    deadline = time.monotonic() + SEEN
    for place, found in saved.items():
        while not Path(place).exists() or stamp(Path(place)) != found:
            if time.monotonic() > deadline:
                raise InputError(
                    place,
                    f"what a worker has saved there for {shown_name(task.node.name)}",
                    "something else, or nothing",
                    "All machines have to see the project's data in one shared folder, at the "
                    "same path.",
                )
            time.sleep(1)
