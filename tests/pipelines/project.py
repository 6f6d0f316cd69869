"""What the tests of this folder need to know of the project's configuration and pipelines."""

from copy import deepcopy
from functools import cache
from pathlib import Path

from teeth_unet.config_loader import ConfigLoader
from teeth_unet.pipeline_registry import register_pipelines
from teeth_unet.settings import CONFIG_LOADER_ARGS

CONF = Path(__file__).parents[2] / "conf"

ENVIRONMENTS = sorted(
    folder.name for folder in CONF.iterdir() if folder.is_dir() and folder.name != "local"
)

PIPELINES = register_pipelines()


def configuration(environment, given=None):
    """The configuration as `kedro run --env ENVIRONMENT` reads it, with what `--params` gives."""
    return ConfigLoader(
        conf_source=str(CONF), env=environment, runtime_params=given, **CONFIG_LOADER_ARGS
    )


def catalog_entries(environment):
    """The entries of a catalog by name, in order; without templates (`_…`).

    A copy for each caller: Kedro writes whole paths into what it is given.
    """
    entries = deepcopy(_catalog(environment))
    return {name: entries[name] for name in sorted(entries) if not name.startswith("_")}


@cache
def _catalog(environment):
    return configuration(environment)["catalog"]
