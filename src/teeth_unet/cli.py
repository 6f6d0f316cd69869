"""`kedro run` with errors that a person can read, and `kedro review`."""

import functools
import logging
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePath
from tarfile import TarError
from typing import Any

import click
from kedro import KedroDeprecationWarning
from kedro.config import MissingConfigException
from kedro.framework.cli.project import run as kedro_run
from kedro.framework.cli.utils import CONTEXT_SETTINGS
from kedro.framework.session import KedroSession
from kedro.io import DatasetError
from kedro.io.core import DatasetNotFoundError, VersionNotFoundError
from kedro.validation import ParameterValidationError
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from teeth_unet import datasets, native_messages, params_option
from teeth_unet.command import review
from teeth_unet.configuration import nearest_name
from teeth_unet.datasets.passed_on import origin_of
from teeth_unet.errors import InputError, written
from teeth_unet.lineage_hooks.command import show_lineage
from teeth_unet.node_names import with_groups
from teeth_unet.runtime_parameters import path_names
from teeth_unet.storage import is_out_of_memory, remedy_of_machine, with_addresses

log = logging.getLogger(__name__)

# What Kedro says of names on the command line that do not exist, and where they can be found.
UNKNOWN_NAMES = {
    "Failed to find the pipeline": "All pipelines: kedro registry list",
    "Pipeline does not contain nodes named": (
        "All nodes: kedro registry describe, with the name of the pipeline"
    ),
    "Pipeline contains no nodes": "Look at --tags and the like: kedro registry describe training",
    "Pipeline does not contain datasets": "All entries: data/README.md",
}

# In what Kedro logs.
USELESS_ADVICE = "--async|No nodes ran"
RESUME_ADVICE = "--from-nodes"

STOPPED = (
    "Stopped. Nothing is half-written: the same command (without training.resume=false) continues, "
    "a training after its last whole epoch, inference with the X-rays that are not segmented yet."
)

# What pydantic adds to every message and only a programmer needs.
PYDANTIC_DETAILS = re.compile(r" \[type=.*\]$")


@click.group(context_settings=CONTEXT_SETTINGS, name=__file__)
def cli() -> None:
    """Commands of this project."""


def _with_short_errors(run_pipeline: Callable[..., object]) -> Callable[..., object]:
    """Turn errors that the user can put right into one message; the rest keep their traceback."""

    @functools.wraps(run_pipeline)
    def run_with_short_errors(**options: object) -> object:
        _silence_advice()
        try:
            options["params"] = _read_params(options)
            return run_pipeline(**with_groups(options))
        except KeyboardInterrupt:
            click.echo(STOPPED, err=True)
            raise
        except Exception as error:
            message = explain(error)
            if message is None:
                raise
            log.debug("The run failed", exc_info=error)
            raise click.ClickException(message) from error

    return run_with_short_errors


def _read_params(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is given after `--params`, which depends on other options."""
    given = options.get("params")
    if not given:
        return {}
    context = click.get_current_context()
    config, section = context.meta.get(params_option.CONFIG), context.info_name or "run"
    session: Any = KedroSession.create(env=options["env"], conf_source=options["conf_source"])
    return params_option.read(given, path_names(session._get_config_loader()), config, section)


def _silence_advice() -> None:
    """Leave out what Kedro advises and nobody should follow, and what hides the error itself."""
    # Where data/kedro.log cannot be written either, every line would print a traceback of its own.
    logging.raiseExceptions = False
    # Warnings of libraries are for programmers: conf/logging.yml sends them to data/kedro.log.
    logging.captureWarnings(True)
    native_messages.show_any_letter()
    # People type --pipeline, the documentation of years says --pipeline, and it works.
    warnings.filterwarnings("ignore", "Option '--pipeline' is deprecated", KedroDeprecationWarning)
    # --async is deprecated, and gains nothing where one node waits for the other.
    # "No nodes ran" and a node's error would only repeat the error that is printed last.
    for name in ("sequential_runner", "parallel_runner", "dask_runner"):
        logging.getLogger(f"kedro.runner.{name}").addFilter(is_useful_advice)
    logging.getLogger("kedro.pipeline.node").addFilter(
        lambda record: record.levelno < logging.ERROR
    )
    # Each training and each fold has a graph of its own, which TensorFlow takes for a mistake.
    logging.getLogger("tensorflow").addFilter(
        lambda record: "tf.function retracing" not in record.getMessage()
    )


def is_useful_advice(record: logging.LogRecord) -> bool:
    """Tell whether what a runner logs helps anybody.

    Where a node refuses its inputs, these have to be made again: continuing from that node, as
    Kedro advises, would only read them again. Kedro logs while it handles the error.
    """
    message = record.getMessage()
    refused = any(isinstance(cause, InputError) for cause in _causes(sys.exc_info()[1]))
    return not re.search(USELESS_ADVICE, message) and not (refused and RESUME_ADVICE in message)


def explain(error: BaseException) -> str | None:
    """Return what to tell the user about an error, or None where it is a fault of the program."""
    told = _explained(error)
    return None if told is None else with_addresses(told)


def _explained(error: BaseException) -> str | None:
    for cause in _causes(error):
        if isinstance(cause, InputError):
            return str(cause)
        if isinstance(cause, ParameterValidationError):
            return "\n".join(_wrong_parameters(str(cause)))
        if isinstance(cause, VersionNotFoundError | FileNotFoundError) and isinstance(
            error, DatasetError
        ):
            return (
                f"{_entry(error)}nothing has been saved {_place(cause)} yet, or not in the version "
                "asked for. Run the pipelines before this one: kedro run --pipeline training runs "
                "all, with the --env of this run if it has one."
            )
        if told := _outdated_or_unknown(str(cause)):
            return told
        if isinstance(cause, MissingConfigException | OmegaConfBaseException | YAMLError):
            return f"{cause}\n{_remedy_of_conf(str(cause))}"
        if isinstance(cause, TarError):
            return f"--conf-source: {cause}\nAn archive has a name that ends in .tar.gz or .zip."
        if remedy := _remedy_of_machine(cause):
            return f"{str(cause) or 'no memory'}\n{remedy}, and run the command again."
        if isinstance(cause, DatasetNotFoundError):
            return f"{cause}\nAll entries: data/README.md"
        for words, hint in UNKNOWN_NAMES.items():
            if isinstance(cause, ValueError) and words in str(cause):
                return f"{cause}\n{hint}"
    return _wrong_entry(str(error)) if isinstance(error, DatasetError) else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what it was explicitly made of.

    What was being handled while a fault of the program came up is nothing the user can mend.
    """
    while error is not None:
        yield error
        error = origin_of(error)


def _remedy_of_conf(message: str) -> str:
    """Say what to do where the configuration cannot be read, or a folder of it is not there."""
    missing = re.search(r"not a valid directory: (.*)", message)
    folder = Path(missing[1]) if missing else Path("conf", "base")
    if missing and folder.name == "base":
        return (
            "Run the command in the project's folder, or say where the configuration is: "
            "--conf-source=PATH, a folder or the archive that kedro package makes. X-rays are "
            "segmented without any: teeth-unet segment XRAY"
        )
    if missing and folder.name == "local":
        return "Make that folder, which may be empty, or add --env base."
    found = sorted(path.name for path in folder.parent.glob("[!.]*/") if path.is_dir())
    environments = f"Environments: {', '.join(found)}. " if found else ""
    return f"{environments}Look at the option --env, and at the files in conf/."


def _wrong_entry(message: str) -> str | None:
    """Shorten what Kedro says of an entry of the catalog that it cannot make."""
    if unknown := re.search(r"dataset '(.+?)':\nDataset '(\w+)' not found in '([\w.]+)'", message):
        entry, name, module = unknown.groups()
        hint = nearest_name(name, datasets.__all__) if module == datasets.__name__ else ""
        return f"{entry} in the catalog: {module} has no dataset {name!r}: {hint}"
    if wrong := re.search(r"\n(.*)\nDataset '(.+?)' must only contain arguments", message):
        option = re.search(r"unexpected keyword argument '(\w+)'", wrong[1])
        told = f"the dataset has no option {option[1]!r}" if option else wrong[1]
        return f"{wrong[2]} in the catalog: {told}. Its options: conf/README.md, or its docstring."
    return None


def _outdated_or_unknown(message: str) -> str:
    """Say what to write for a name in conf/ that is none; nothing for other messages."""
    if source := re.search(r"Interpolation key '_sources\.([^.']*)", message):
        return (
            f"source: expected one of the blocks of _sources in conf/base/catalog_sources.yml "
            f"(phantoms, published, public_set, folder), found {source[1]!r}. Correct it in the "
            "globals.yml of the environment."
        )
    if dataset := re.search(r"No module named 'teeth_unet.* for (teeth_unet\.[\w.]+)", message):
        return (
            f"{dataset[1]}: expected a dataset by its present name, found one by the file that it "
            f"was in. Write teeth_unet.datasets.{dataset[1].rpartition('.')[2]} in the catalog."
        )
    return ""


def _remedy_of_machine(failure: BaseException) -> str:
    """Return what helps a machine that lacks room, memory or reach; nothing for other errors."""
    if is_out_of_memory(failure):
        return (
            "There is not enough memory: lower training.batch_size, preparation.size or "
            "network.filters, or close other programs"
        )
    return remedy_of_machine(failure)


def _entry(error: BaseException) -> str:
    """Return the catalog entry that a DatasetError names at its beginning, if it does."""
    name = re.match(r"\w+: ", str(error))
    return name.group() if name else ""


def _place(missing: BaseException) -> str:
    """Return where a file is missing, if the error tells."""
    path = getattr(missing, "filename", None) or (missing.args[0] if missing.args else "")
    told = isinstance(missing, FileNotFoundError) and isinstance(path, str | PurePath)
    return f"at {path}" if told and str(path) else "there"


def _wrong_parameters(text: str) -> Iterator[str]:
    """Reduce Kedro's report of refused parameters to one line each.

    The report has a block for each parameter; under its head pydantic tells the place of a value
    in one line (none for the parameter as a whole) and what is wrong in an indented one.
    """
    for block in text.split("\n- Parameter ")[1:]:
        head, *lines = block.splitlines()
        name = place = head.split("'")[1]
        if not lines:
            yield head
        for line in lines:
            if not line.startswith(" "):
                place = f"{name}.{line}"
            elif "For further information" not in line:
                yield f"{place}: {_without_details(line.strip())}"


def _without_details(message: str) -> str:
    told = PYDANTIC_DETAILS.sub("", message).removeprefix("Value error, ")
    return told.replace("should be a valid tuple", "should be a list, such as [8, 16]")


class _Run(click.Command):
    """`kedro run`, which reads every `--params`, and refuses what YAML has no letters for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, with all that is given after `--params`.

        Raises:
            click.UsageError: The name of a file in them is no text.
        """
        args = params_option.joined(args)
        for argument in args:
            if written(argument) != argument:
                remedy = "Rename the folder or file, or give a link to it that has another name."
                expected = "names that are text (UTF-8)"
                raise click.UsageError(str(InputError("kedro run", expected, argument, remedy)))
        return super().parse_args(ctx, args)


run = _Run("run")
run.__dict__.update(vars(kedro_run))
run.params = [params_option.unread(option) for option in kedro_run.params]
run.callback = kedro_run.callback and _with_short_errors(kedro_run.callback)
cli.add_command(run)
cli.add_command(show_lineage)
cli.add_command(review)
