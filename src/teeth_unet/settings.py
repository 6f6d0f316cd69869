"""Settings of the Kedro project."""

from teeth_unet import native_messages
from teeth_unet.hooks import ParameterChecks
from teeth_unet.tracking import MLflowTracking

# Of all modules of the project Kedro imports this one first, before it opens a file.
native_messages.open_closed_streams()

HOOKS = (ParameterChecks(), MLflowTracking())

CONFIG_LOADER_ARGS = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single parameters; by default it would replace whole blocks.
    "merge_strategy": {"parameters": "soft"},
}
