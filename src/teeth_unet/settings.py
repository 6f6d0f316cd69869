"""Settings of the Kedro project."""

from collections.abc import Mapping
from typing import Any

from kedro.framework.project import LOGGING

from teeth_unet import native_messages
from teeth_unet.hooks import ParameterChecks
from teeth_unet.lineage_hooks import LineageRecords, RunClaims
from teeth_unet.tracking import MLflowTracking

# Of all modules of the project Kedro imports this one first, before it opens a file.
native_messages.open_closed_streams()


def _configure_logging(logging_config: Mapping[str, Any]) -> None:
    type(LOGGING).configure(LOGGING, dict(logging_config))


# In a process that ParallelRunner has started by spawn or forkserver, and that knows the project (a
# script calls `bootstrap_project` outside of `if __name__ == "__main__"`), Kedro 1.7.0 configures
# LOGGING with LOGGING itself: its second node ends with a RecursionError. A copy has no such end.
LOGGING.configure = _configure_logging  # type: ignore[method-assign]

# The last comes first: parameters are checked before a run claims its entries, and these are
# checked before the run is logged.
HOOKS = (MLflowTracking(), LineageRecords(), RunClaims(), ParameterChecks())

CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single values; by default it would replace whole blocks. Of the
    # catalog it replaces whole entries, as an entry of another type has other options.
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}
