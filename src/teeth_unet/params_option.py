"""What can be written after `--params`: more than Kedro reads of it."""

import copy
import re
from collections.abc import Callable
from typing import Any

import click
from omegaconf import OmegaConf

# A list in brackets, the whole value of a name: network.filters=[8,16]
_LIST = re.compile(r"(?:^|,)\s*([\w.]+=\[[^\[\]]*\])(?=\s*(?:,|$))")

_HINT = (
    "A comma ends a value. A list is written in brackets: --params 'network.filters=[8,16]'. "
    "A path with a comma goes into a file of conf/."
)


def joined(args: list[str]) -> list[str]:
    """Return arguments with one `--params` in the place of several.

    Of several, Kedro would take the last one, and forget the others.

    Example:
        >>> joined(["--params", "a=1", "-p", "x", "--params=b=2"])
        ['-p', 'x', '--params', 'a=1,b=2']
    """
    rest, params = [], []
    waiting = iter(args)
    for argument in waiting:
        if argument == "--params":
            params += [next(waiting, "")]
        elif argument.startswith("--params="):
            params += [argument.removeprefix("--params=")]
        else:
            rest += [argument]
    return [*rest, "--params", ",".join(params)] if params else rest


def with_lists(option: click.Parameter) -> click.Parameter:
    """Return Kedro's option `--params` as one that reads lists, too."""
    read_by_kedro = option.callback
    if option.name != "params" or read_by_kedro is None:
        return option
    option = copy.copy(option)
    option.callback = _reading_lists(read_by_kedro)
    return option


def _reading_lists(read_by_kedro: Callable[..., Any]) -> Callable[..., Any]:
    def read(context: click.Context, option: click.Parameter, value: object) -> object:
        if not isinstance(value, str):  # from a file given by --config
            return read_by_kedro(context, option, value)
        lists = OmegaConf.from_dotlist(_LIST.findall(value))
        try:
            others = read_by_kedro(context, option, _LIST.sub("", value).lstrip(","))
        except click.UsageError as error:
            raise click.UsageError(f"{error.message}\n{_HINT}", error.ctx) from error
        return OmegaConf.to_container(OmegaConf.merge(others, lists))

    return read
