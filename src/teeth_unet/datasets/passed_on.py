"""Errors of datasets, passed on from process to process with what they were made of.

Under ParallelRunner an error is pickled, which leaves its cause behind, and the traceback of the
other process takes the cause's place: whether it was the user's or the program's fault is lost.
"""

import copyreg
import pickle
from multiprocessing.reduction import ForkingPickler
from typing import Any

from kedro.io import DatasetError


def origin_of(error: BaseException) -> BaseException | None:
    """Return what an error was explicitly made of, in whichever process."""
    return getattr(error, "origin", None) or error.__cause__


def _parts(error: DatasetError) -> tuple[Any, ...]:
    return _put_together, (error.args, _that_can_be_pickled(origin_of(error)))


def _put_together(arguments: tuple[Any, ...], origin: BaseException | None) -> DatasetError:
    error = DatasetError(*arguments)
    error.origin = origin  # type: ignore[attr-defined]
    return error


def _that_can_be_pickled(cause: BaseException | None) -> BaseException | None:
    try:
        passed_on: BaseException | None = pickle.loads(pickle.dumps(cause))
    except Exception:  # an error of a library may take other arguments than it keeps
        return None
    return passed_on


copyreg.pickle(DatasetError, _parts)
# TensorFlow has tblib, where it is installed, take over all exceptions in copyreg. That keeps
# causes, but the one of the outermost error is replaced in the other process all the same.
ForkingPickler.register(DatasetError, _parts)
