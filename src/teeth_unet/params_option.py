"""What can be written after `--params`: more than Kedro reads of it.

A text is `name=value`, or several with commas between them. A comma ends a value where another
`name=` follows it. Any other comma belongs to a path, which is taken as it stands; in what is no
path it is refused, since a list is written in brackets there.
"""

import copy
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click
import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from yaml import YAMLError

from teeth_unet.configuration import flatten
from teeth_unet.errors import InputError, in_short
from teeth_unet.runtime_parameters import put
from teeth_unet.storage import expand_home

SEPARATOR = "\0"
"""Between the texts of several `--params`: no argument of a command can hold it."""

CONFIG = f"{__name__}.config"
"""Of a context's `meta`: the file that `--config` gives."""

_NAME = re.compile(r"(?:^|,)\s*([^\W\d][\w.]*)\s*=")
_LIST = re.compile(r"\s*\[[^\[\]]*\]\s*")

_HINT = (
    "A comma ends a value. A list is written in brackets: --params 'network.filters=[8,16]'. "
    "Only a path may have a comma in it."
)
_FILE = (
    "Rename it, give a link to it that has another name, or write it into a file: "
    "kedro run --config FILE, with run: {params: {NAME: PATH}} in it."
)


def joined(args: list[str]) -> list[str]:
    r"""Return arguments with one `--params` in the place of several.

    Of several, Kedro would take the last one, and forget the others.

    Example:
        >>> joined(["--params", "a=1", "-p", "x", "--params=b=2"])
        ['-p', 'x', '--params', 'a=1\x00b=2']
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
    return [*rest, "--params", SEPARATOR.join(params)] if params else rest


def unread(option: click.Parameter) -> click.Parameter:
    """Return an option of Kedro's with what is given left as it is: `read` comes later.

    Which parameters are paths is known only with the environment, another option. The file of
    `--config` is kept under `CONFIG`, since Kedro forgets it.
    """
    option = copy.copy(option)
    if option.name == "params":
        option.callback = None
    elif option.name == "config" and option.callback:
        option.callback = partial(_keep_file, option.callback)
    return option


def _keep_file(
    read_by_kedro: Callable[..., Any], context: click.Context, option: click.Parameter, file: object
) -> object:
    context.meta[CONFIG] = file
    return read_by_kedro(context, option, file)


def read(
    given: object, paths: Collection[str], config: str | None = None, section: str = "run"
) -> dict[str, Any]:
    """Return what is given after `--params`, or under `params` in the file of `--config`.

    Args:
        given: The text, with `SEPARATOR` between those of several `--params`; of a file, what YAML
            makes of it.
        paths: Names of the parameters that are paths.
        config: The file, if there is one.
        section: Its part that counts.

    Returns:
        Values by name, in blocks; those of paths are the texts that were given.

    Raises:
        click.UsageError: The text has another form, or a path is none or ambiguous.
    """
    if isinstance(given, Mapping):
        texts = _texts_of_file(Path(config), section) if config else {}
        every = {**given, **dict(flatten(given))}
        told = {name: texts.get(name, value) for name, value in every.items() if name in paths}
        return put(given, {name: _checked(name, path) for name, path in told.items()})
    places: dict[str, str] = {}
    others: list[str] = []
    for text in str(given or "").split(SEPARATOR):
        for name, value in _named(text, paths):
            if name not in paths:
                others.append(f"{name}={value}")
            elif name in places:
                found = f"two: {places[name]!r} and {value!r}"
                _refuse(name, "one path or address", found, "Give one of them.")
            else:
                places[name] = _checked(name, value)
    return put(_read_by_yaml(others), places)


def _named(text: str, paths: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield every name of a text with what stands after its `=`."""
    names = list(_NAME.finditer(text))
    ends = [name.start() for name in names[1:]] + [len(text)]
    if before := text[: names[0].start() if names else None].strip(", "):
        _refuse("--params", "name=value", repr(before), _HINT)
    for place, name in enumerate(names):
        value = text[name.end() : ends[place]]
        if name[1] in paths:
            _refuse_longer(name[1], [text[name.end() : end] for end in ends[place + 1 :]])
            yield name[1], value
            continue
        value = value.rstrip(", ")
        if "," in value and not _LIST.fullmatch(value):
            item = value.partition(",")[2].strip()
            _refuse(f"--params {name[1]}", "name=value after a comma", repr(item), _HINT)
        yield name[1], value


def _refuse_longer(name: str, longer: Iterable[str]) -> None:
    """Refuse a path of which it is not certain where it ends: a longer one is there as well."""
    for path in longer:
        if _is_there(path):
            _refuse(
                f"--params {name}",
                "a path that ends before a comma and another name=",
                f"{path!r}, which is there, and has both in it",
                _FILE,
            )


def _is_there(path: str) -> bool:
    try:
        return expand_home(path).exists()
    except (OSError, ValueError):  # too long for a path, for example
        return False


def _checked(name: str, path: object) -> str:
    """Return a path that can be one."""
    expected = "a path or an address"
    if path is None or (isinstance(path, str) and not path.strip()):
        _refuse(f"--params {name}", expected, "nothing", "Write it after the =.")
    if not isinstance(path, str):
        _refuse(f"--params {name}", expected, repr(path), "Write it as one text.")
    if path[0].isspace():
        remedy = f"Leave it out; for a name that begins so, write {'./' + path!r}."
        _refuse(f"--params {name}", expected, "a space before it", remedy)
    if "\0" in path:
        _refuse(f"--params {name}", expected, f"{path!r}, with a character 0", "Correct it.")
    return path


def _read_by_yaml(items: list[str]) -> dict[str, Any]:
    """Read what is no path, as Kedro does: numbers, lists, texts and so on."""
    try:
        found = OmegaConf.to_container(OmegaConf.from_dotlist(items))
    except (YAMLError, OmegaConfBaseException) as failure:
        remedy = "Put it in quotes, those of the shell around all of it: --params 'name=\"text\"'."
        _refuse("--params", "values that YAML can read", f"{items}: {in_short(failure)}", remedy)
    assert isinstance(found, dict)
    return {str(name): value for name, value in found.items()}


def _texts_of_file(file: Path, section: str) -> dict[str, Any]:
    """Return parameters as the file has them: `007` and `yes` as texts, not as what YAML reads."""
    try:
        document = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
        return dict(flatten(document[section]["params"]))
    except (OSError, ValueError, LookupError, TypeError, YAMLError):  # Kedro has read it otherwise
        return {}


def _refuse(subject: str, expected: str, found: str, remedy: str) -> NoReturn:
    raise click.UsageError(str(InputError(subject, expected, found, remedy)))
