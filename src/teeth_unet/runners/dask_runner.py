"""A runner of Kedro whose nodes run on the workers of a Dask cluster."""

import logging
import os
from collections.abc import Iterable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from kedro.io import CatalogProtocol, MemoryDataset, SharedMemoryDataset
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node
from kedro.runner import AbstractRunner, ParallelRunner
from pluggy import PluginManager

from teeth_unet.errors import InputError

if TYPE_CHECKING:
    from teeth_unet.runners.cluster import Cluster

Catalog = CatalogProtocol[Any, Any]


class DaskRunner(AbstractRunner):
    """Runs every node on a worker, as many at once as there are workers.

    Args:
        address: Of the scheduler: `tcp://HOST:8786`. Without one, workers of this machine are
            started, and ended with the run.
        workers: How many these are; by default as many as there are processors.
        threads: That each of them has.
        is_async: Kedro's option, which is refused.

    Raises:
        InputError: An option cannot be used, or Dask is not installed.
    """

    def __init__(
        self,
        address: str | None = None,
        workers: int | None = None,
        threads: int | None = None,
        is_async: bool = False,
    ) -> None:
        super().__init__(is_async=False)
        if find_spec("distributed") is None:
            raise InputError(
                "--runner teeth_unet.runners.DaskRunner",
                "the extra `cluster`",
                "no package distributed",
                'Install it: pip install -e ".[cluster]"',
            )
        if is_async:
            raise _refused("is_async", "nothing", True, "Leave it out.")
        if address is not None and (workers or threads):
            found = "address as well as workers or threads"
            raise _refused(
                "address", "one or the other", found, "Workers are as they were started."
            )
        for name, number in (("workers", workers), ("threads", threads)):
            if number is not None and (not isinstance(number, int) or number < 1):
                raise _refused(name, "a whole number from 1 on", number, "Correct it.")
        self._address, self._workers, self._threads = address, workers, threads

    @property
    def _logger(self) -> logging.Logger:
        """Kedro's own lines get a name of Kedro, so that they are shortened as those of others."""
        return logging.getLogger("kedro.runner.dask_runner")

    def _run(
        self,
        pipeline: Pipeline,
        catalog: Catalog,
        hook_manager: PluginManager | None = None,
        run_id: str | None = None,
    ) -> None:
        _refuse_memory(pipeline, catalog)
        super()._run(pipeline, catalog, hook_manager, run_id)

    def _validate_nodes(self, node: Iterable[Node]) -> None:
        ParallelRunner._validate_nodes(node)

    def _get_executor(self, max_workers: int) -> "Cluster":
        # What Dask tells of itself is for those who run it, on the terminals of its workers.
        os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "error")
        # Only here: the extra may be missing, and other commands are not to pay for it.
        from teeth_unet.runners.cluster import Cluster

        return Cluster(self._address, self._workers, self._threads)


def _refused(option: str, expected: str, found: object, remedy: str) -> InputError:
    return InputError(f"--runner-params {option}", expected, str(found), remedy)


def _refuse_memory(pipeline: Pipeline, catalog: Catalog) -> None:
    """Refuse entries that nodes make and that are in the memory of one process.

    Raises:
        InputError: With their names.
    """
    in_memory = sorted(
        name
        for name in pipeline.all_outputs()
        if isinstance(catalog.get(name), MemoryDataset | SharedMemoryDataset)
    )
    if in_memory:
        raise InputError(
            "--runner teeth_unet.runners.DaskRunner",
            "entries in files, which all workers see",
            f"entries that are kept in memory: {', '.join(in_memory)}",
            "Give each a file in the catalog (conf/base/catalog.yml shows how).",
        )
