"""What a user gives after `--params`, and what of the configuration reads it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kedro.config import OmegaConfigLoader
from omegaconf.errors import OmegaConfBaseException

from teeth_unet.configuration import is_template, nearest_name
from teeth_unet.errors import InputError

_STAND_IN = re.compile(r"<\?(\w+)[\w.]*\?>")


class _StandIns(OmegaConfigLoader):
    """Puts in the place of every `${runtime_params:name}` a text that tells the name."""

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
