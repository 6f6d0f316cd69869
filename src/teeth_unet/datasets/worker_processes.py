"""Processes of ParallelRunner that do not begin as a copy of the first one."""

import multiprocessing
import sys

PACKAGE = "teeth_unet"


def introduce_project() -> None:
    """Let Kedro know the project in a process of ParallelRunner by spawn or forkserver.

    There Kedro 1.7.0 knows of no project, and runs nodes without the project's hooks: nothing would
    tell what the entries were made from. The first of ours that such a process gets to see is the
    catalog. Other processes are left alone: what is imported here configures logging.
    """
    if multiprocessing.parent_process() is not None and "kedro.runner.task" in sys.modules:
        from kedro.framework import project

        if project.PACKAGE_NAME is None:
            project.configure_project(PACKAGE)
