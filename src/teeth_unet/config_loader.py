"""Kedro's loader of the configuration, to which a path is a text and nothing more."""

import os
from pathlib import PureWindowsPath
from typing import Any
from urllib.parse import urlsplit

from kedro.config import OmegaConfigLoader
from kedro.config.omegaconf_config import _NO_VALUE

from teeth_unet.runtime_parameters import PATH_OPTIONS, path_names
from teeth_unet.storage import expand_home

_OF_OMEGACONF = ("${", "???")
"""What OmegaConf would read as another value, or as one that is missing."""


class ConfigLoader(OmegaConfigLoader):
    """Gives the catalog a text of `--params` as it stands, and knows the user's home folder.

    Kedro's own reads `${…}` in it as another value, and `???` as none; and it puts the project's
    folder before "~/xrays" as before every path that is not absolute.
    """

    def __getitem__(self, key: str) -> dict[str, Any]:
        """Return the configuration of a kind: parameters, catalog and so on."""
        if key == "parameters":
            return self._parameters()
        found = super().__getitem__(key)
        return _local(found) if key == "catalog" else found

    def _parameters(self) -> dict[str, Any]:
        """Return all parameters; a path among them is for the catalog alone."""
        given = self.runtime_params or {}
        texts = {name: each for name, each in given.items() if isinstance(each, str)}
        misread = {name for name, each in texts.items() if any(of in each for of in _OF_OMEGACONF)}
        kept = {name: texts[name] for name in misread & path_names(self)} if misread else {}
        self.runtime_params = {name: each for name, each in given.items() if name not in kept}
        try:
            return {**super().__getitem__("parameters"), **kept}
        finally:
            self.runtime_params = given

    def _get_runtime_value(self, variable: str, default_value: Any = _NO_VALUE) -> Any:  # noqa: ANN401
        given = (self.runtime_params or {}).get(variable)
        if not isinstance(given, str):
            return super()._get_runtime_value(variable, default_value)
        self._runtime_params_hits.add(variable)
        return given


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
