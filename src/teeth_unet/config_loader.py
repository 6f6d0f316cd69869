"""Kedro's loader of the configuration, to which a path is a text and nothing more."""

import os
from functools import partial
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

from kedro.config import MissingConfigException, OmegaConfigLoader
from kedro.config.omegaconf_config import _NO_VALUE
from omegaconf import OmegaConf
from omegaconf.errors import InterpolationKeyError

from teeth_unet.configuration import flatten
from teeth_unet.runtime_parameters import OF_PARAMETERS, PATH_OPTIONS, path_names, put
from teeth_unet.storage import expand_home

_OF_OMEGACONF = ("${", "???")
"""What OmegaConf would read as another value, or as one that is missing."""


class ConfigLoader(OmegaConfigLoader):
    """Gives the catalog a text of `--params` as it stands, and knows the user's home folder.

    Kedro's own reads `${…}` in it as another value, and `???` as none; and it puts the project's
    folder before "~/xrays" as before every path that is not absolute.

    `${parameter:training.start}` in the catalog is the parameter of that name, wherever it is
    given: where an entry depends on what a node reads too, both have one place.
    """

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Return the configuration of a kind: parameters, catalog and so on."""
        if key == "parameters":
            return self._parameters()
        if key == "catalog":
            # Now: what reads them puts resolvers of its own in the place of those of the catalog.
            try:
                parameters = self["parameters"]
            except MissingConfigException:
                parameters = {}
            resolver = partial(_value_at, parameters)
            OmegaConf.register_new_resolver(OF_PARAMETERS, resolver, replace=True)
        found = super().__getitem__(key)
        return _local(found) if key == "catalog" else found

    def _parameters(self) -> dict[str, Any]:
        """Return all parameters; a path among them is for the catalog alone."""
        given = self.runtime_params or {}
        texts = {name: each for name, each in flatten(given) if isinstance(each, str)}
        misread = {name for name, each in texts.items() if any(of in each for of in _OF_OMEGACONF)}
        kept = {name: texts[name] for name in misread & path_names(self)} if misread else {}
        self.runtime_params = put(given, dict.fromkeys(kept, "")) if kept else given
        try:
            return put(super().__getitem__("parameters"), kept)
        finally:
            self.runtime_params = given

    def _get_runtime_value(self, variable: str, default_value: Any = _NO_VALUE) -> Any:  # noqa: ANN401
        given = (self.runtime_params or {}).get(variable)
        if not isinstance(given, str):
            return super()._get_runtime_value(variable, default_value)
        self._runtime_params_hits.add(variable)
        return given


def _value_at(parameters: dict[str, Any], name: str) -> Any:  # noqa: ANN401 (any parameter)
    found: Any = parameters
    for key in name.split("."):
        if not isinstance(found, dict) or key not in found:
            raise InterpolationKeyError(f"The catalog reads {name}: there is no such parameter.")
        found = found[key]
    return found


def _local(options: Any, *, is_path: bool = False) -> Any:  # noqa: ANN401 (any configuration)
    """Return options in which Kedro cannot take a path for anything else than it is.

    "~" at its beginning becomes the user's home folder. Where Windows does not run, Kedro would
    turn backslashes after "C:" around, leave out the project's folder before "a: b", and fail at
    some names that begin with "//".
    """
    if isinstance(options, dict):
        return {
            name: _local(value, is_path=name in PATH_OPTIONS) for name, value in options.items()
        }
    if not is_path or not isinstance(options, str):
        return options
    if options.startswith("~"):
        options = str(expand_home(options))
    if os.name == "nt" or "://" in options:
        return options
    if options.startswith("//"):
        return f"/{options.lstrip('/')}"
    return f"./{options}" if _is_special(options) else options


def _is_special(path: str) -> bool:
    return bool(PureWindowsPath(path).drive or urlsplit(path).scheme)
