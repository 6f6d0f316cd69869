"""What a user gives after `--params`, and what of the configuration reads it."""

import contextlib
import re
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from kedro.config import OmegaConfigLoader
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from teeth_unet.configuration import is_template, nearest_name
from teeth_unet.errors import InputError

PATH_OPTIONS = {"filepath", "filename", "path", "addresses", "address"}
"""Options of catalog entries that say where something is: on this machine, or on a network."""

OF_PARAMETERS = "parameter"
"""Name of the resolver by which an entry reads a parameter: `${parameter:training.start}`."""

_STAND_IN = re.compile(r"<\?(\w+)[\w.]*\?>")
_STAND_IN_OF_PARAMETER = re.compile(r"<=([\w.]+)=>")
_READING = re.compile(r"\$\{\s*runtime_params\s*:\s*(\w+)")


class _StandIns(OmegaConfigLoader):
    """Puts in the place of every `${runtime_params:name}` a text that tells the name.

    Attributes:
        of_paths: The names whose text comes to be in an option that says where something is, of
            any entry or template: those of other sources than the environment's belong to them.
    """

    def __init__(self, **arguments: Any) -> None:  # noqa: ANN401 (whatever Kedro's loader takes)
        self.of_paths: set[str] = set()
        super().__init__(**arguments)

    @typing.no_type_check
    def _resolve_catalog_config(self, aggregate_config):  # noqa: ANN001, ANN202 (Kedro's own)
        OmegaConf.register_new_resolver(OF_PARAMETERS, "<={}=>".format, replace=True)
        raw = OmegaConf.to_container(OmegaConf.unsafe_merge(*aggregate_config))
        try:
            catalog = super()._resolve_catalog_config(aggregate_config)
        except OmegaConfBaseException:  # such a name chooses between templates
            self.of_paths |= set(_READING.findall(str(raw)))
            raise
        texts = "".join(_texts_of_paths(catalog))
        self.of_paths |= {*_STAND_IN.findall(texts), *_STAND_IN_OF_PARAMETER.findall(texts)}
        return catalog

    def _get_runtime_value(self, variable: str, default_value: Any = None) -> str:  # noqa: ANN401
        return f"<?{variable}?>"


def places_by_entry(loader: OmegaConfigLoader) -> dict[str, set[str]]:
    """Return, by catalog entry, the names after `runtime_params:` that it reads.

    The catalog is resolved as for the run, so that names count which an entry has by way of a
    template. Where such a name chooses between templates, nothing can replace it: every
    entry is then taken to read all that has been given.
    """
    try:
        catalog = _StandIns(**_arguments(loader))["catalog"]
    except OmegaConfBaseException:
        return {entry: set(loader.runtime_params or {}) for entry in loader["catalog"]}
    return {entry: set(_STAND_IN.findall(str(options))) for entry, options in catalog.items()}


def path_names(loader: OmegaConfigLoader) -> set[str]:
    """Return the names after `--params`, such as `training.start`, of paths and addresses.

    They are those that the catalog's files put into one of `PATH_OPTIONS`, and nothing else says
    so. Where such a name chooses between templates, all that the catalog reads count as paths.
    """
    stand_ins = _StandIns(**_arguments(loader))
    with contextlib.suppress(OmegaConfBaseException):
        stand_ins["catalog"]
    return stand_ins.of_paths


def _texts_of_paths(options: object, *, is_path: bool = False) -> Iterator[str]:
    """Yield all texts below the options that say where something is."""
    if isinstance(options, Mapping):
        for name, value in options.items():
            yield from _texts_of_paths(value, is_path=is_path or name in PATH_OPTIONS)
    elif isinstance(options, list):
        for value in options:
            yield from _texts_of_paths(value, is_path=is_path)
    elif is_path:
        yield str(options)


def put(values: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in blocks with others in them, which have names such as `training.start`.

    Example:
        >>> put({"training": {"epochs": 2}}, {"training.start": "x", "xrays": "y"})
        {'training': {'epochs': 2, 'start': 'x'}, 'xrays': 'y'}
    """
    found = dict(values)
    for name, value in others.items():
        block, _, rest = name.partition(".")
        within = found.get(block)
        found[block] = (
            put(within if isinstance(within, Mapping) else {}, {rest: value}) if rest else value
        )
    return found


def refuse_unread_templates(loader: OmegaConfigLoader) -> None:
    """Refuse a template that no file has: it would have no effect.

    Raises:
        InputError: With the nearest template that a file has.
    """
    given = [name for name in _names(loader.runtime_params or {}) if _ends_in_template(name)]
    if not given:
        return
    known = list(
        filter(_ends_in_template, _names(OmegaConfigLoader(**_arguments(loader))["parameters"]))
    )
    for name in given:
        if name not in known:
            raise InputError(
                f"--params {name}",
                "a template that a file in conf/ has, since its name begins with _",
                "none of that name",
                f"Correct it: {nearest_name(name, known)}" if known else "Leave it out.",
            )


def _arguments(loader: OmegaConfigLoader) -> dict[str, Any]:
    """Return what makes a loader of the same files, to which nothing is given after `--params`."""
    return {
        "conf_source": loader.conf_source,
        "env": loader.env,
        "config_patterns": loader.config_patterns,
        "base_env": loader.base_env,
        "default_run_env": loader.default_run_env,
        "merge_strategy": loader.merge_strategy,
    }


def _names(values: Mapping[str, Any], block: str = "") -> Iterator[str]:
    """Yield every name with those of its blocks: training, training.epochs, and so on."""
    for name, value in values.items():
        yield f"{block}{name}"
        if isinstance(value, Mapping):
            yield from _names(value, f"{block}{name}.")


def _ends_in_template(name: str) -> bool:
    return is_template(name.rpartition(".")[2])
