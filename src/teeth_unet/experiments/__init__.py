"""Runs and their models in MLflow. Only what a function needs of MLflow is imported, within it.

What MLflow itself reads from the environment counts: `MLFLOW_TRACKING_URI`,
`MLFLOW_EXPERIMENT_NAME`, `MLFLOW_EXPERIMENT_ID`, `MLFLOW_RUN_ID`, `MLFLOW_RUN_CONTEXT` and so on.
"""

from teeth_unet.experiments.models import log_segmenter, requirements
from teeth_unet.experiments.places import ARTIFACTS, STORE, Place, find_place
from teeth_unet.experiments.runs import Run, begin_run, cause_of

__all__ = [
    "ARTIFACTS",
    "STORE",
    "Place",
    "Run",
    "begin_run",
    "cause_of",
    "find_place",
    "log_segmenter",
    "requirements",
]
