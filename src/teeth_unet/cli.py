"""`kedro run` with errors that a person can read."""

import copy
import functools
import logging
import warnings
from collections.abc import Callable, Iterator

import click
from kedro import KedroDeprecationWarning
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import CONTEXT_SETTINGS
from kedro.io import DatasetError
from kedro.io.core import VersionNotFoundError
from kedro.validation import ParameterValidationError
from pydantic import ValidationError

from teeth_unet.errors import InputError

log = logging.getLogger(__name__)


@click.group(context_settings=CONTEXT_SETTINGS, name=__file__)
def cli() -> None:
    """Commands of this project."""


def _with_short_errors(run_pipeline: Callable[..., object]) -> Callable[..., object]:
    """Turn errors that the user can put right into one message; the rest keep their traceback."""

    @functools.wraps(run_pipeline)
    def run_with_short_errors(**options: object) -> object:
        # People type --pipeline, the documentation of years says --pipeline, and it works.
        warnings.filterwarnings(
            "ignore", "Option '--pipeline' is deprecated", KedroDeprecationWarning
        )
        try:
            return run_pipeline(**options)
        except Exception as error:
            message = explain(error)
            if message is None:
                raise
            log.debug("The run failed", exc_info=error)
            raise click.ClickException(message) from error

    return run_with_short_errors


def explain(error: BaseException) -> str | None:
    """Return what to tell the user about an error, or None where it is a fault of the program."""
    for cause in _causes(error):
        if isinstance(cause, InputError | ParameterValidationError):
            return str(cause)
        if isinstance(cause, ValidationError):
            return "; ".join(problem["msg"] for problem in cause.errors())
        if isinstance(cause, FileNotFoundError | VersionNotFoundError) and isinstance(
            error, DatasetError
        ):
            return (
                f"{error}\nThis entry has not been made yet. Run the pipelines before this one, "
                "or all of them: kedro run --pipeline training"
            )
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


run = copy.copy(kedro_run)
run.callback = _with_short_errors(kedro_run.callback)
cli.add_command(run)
