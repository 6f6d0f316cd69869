"""Settings of the Kedro project."""

import os
from typing import Any

from kedro.framework.project import LOGGING

from teeth_unet import native_messages, run_log
from teeth_unet.config_loader import ConfigLoader
from teeth_unet.hooks import ParameterChecks
from teeth_unet.lineage_hooks import LineageRecords, RunClaims
from teeth_unet.pipeline_registry import PipelinesOfConfiguration
from teeth_unet.run_log import RunLog
from teeth_unet.tracking import MLflowTracking
from teeth_unet.training_devices import TrainingDevices

# Of all modules of the project Kedro imports this one first, before it opens a file.
native_messages.open_closed_streams()

# Nobody is asked for usage data, and none are sent: a wheel has no .telemetry beside it.
os.environ["KEDRO_DISABLE_TELEMETRY"] = "true"

run_log.take_over(LOGGING)

# The last comes first: parameters are checked before a run claims its entries, and these are
# checked before the run is logged. The first three say of themselves when they come.
HOOKS = (
    PipelinesOfConfiguration(),
    RunLog(),
    TrainingDevices(),
    MLflowTracking(),
    LineageRecords(),
    RunClaims(),
    ParameterChecks(),
)

CONFIG_LOADER_CLASS = ConfigLoader

CONFIG_LOADER_ARGS: dict[str, Any] = {
    "base_env": "base",
    "default_run_env": "local",
    # An environment changes single values; by default it would replace whole blocks. Of the
    # catalog it replaces whole entries, as an entry of another type has other options.
    "merge_strategy": {"parameters": "soft", "globals": "soft"},
}
