"""Settings of the Kedro project."""

from typing import Any

from teeth_unet.hooks import ParameterChecks
from teeth_unet.tracking import MLflowTracking

HOOKS = (ParameterChecks(), MLflowTracking())

CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single values; by default it would replace whole blocks. Of the
    # catalog it replaces whole entries, as an entry of another type has other options.
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}
