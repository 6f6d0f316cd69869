"""Settings of the Kedro project."""

from teeth_unet.hooks import ParameterChecks
from teeth_unet.tracking import MLflowTracking

HOOKS = (ParameterChecks(), MLflowTracking())

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single parameters; by default it would replace whole blocks.
    "merge_strategy": {"parameters": "soft"},
}
