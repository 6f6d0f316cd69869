"""All pipelines by name."""

from pathlib import Path
from typing import Any

import yaml
from kedro.pipeline import Pipeline
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from teeth_unet.errors import InputError
from teeth_unet.pipelines import (
    comparison,
    cross_validation,
    data_processing,
    data_science,
    export,
    inference,
    reporting,
    teeth,
)
from teeth_unet.splits import PLACE_OF_FOLDS, CrossValidation

PROJECT = Path(__file__).parents[2]

OF_TRAINING = ("data_processing", "data_science", "teeth", "reporting")


def register_pipelines() -> dict[str, Pipeline]:
    """Return every pipeline that `kedro run --pipeline NAME` knows.

    Each is built here by name: Kedro's own search loads only the folder of the pipeline that is
    asked for, and `training` is made of four. The nodes of each are a group, which kedro-viz draws
    as one box that opens; `teeth_unet.node_names` lets users leave the group out of node names.
    """
    parts = {
        "data_processing": data_processing.create_pipeline(),
        "data_science": data_science.create_pipeline(),
        "teeth": teeth.create_pipeline(),
        "reporting": reporting.create_pipeline(),
        "comparison": comparison.create_pipeline(),
        "export": export.create_pipeline(),
        "inference": inference.create_pipeline(),
    }
    groups = {
        name: Pipeline(part, namespace=name, prefix_datasets_with_namespace=False)
        for name, part in parts.items()
    }
    training = sum((groups[name] for name in OF_TRAINING), Pipeline([]))
    return {
        **groups,
        "training": training,
        "cross_validation": cross_validation.create_pipeline(
            number_of_folds(), parts["data_processing"], parts["data_science"]
        ),
        "__default__": training,
    }


def number_of_folds() -> int:
    """Read how many folds to build: Kedro builds the pipelines before it knows any parameters.

    A package that is installed without its project has the default.

    Raises:
        InputError: The file does not say.
    """
    path = PROJECT / PLACE_OF_FOLDS
    if not path.exists():
        return CrossValidation().folds
    try:
        # That block alone: what else is in the file may refer to what only a run knows.
        content: Any = OmegaConf.load(path)
        block: Any = OmegaConf.to_container(content["cross_validation"], resolve=True)
        return CrossValidation.model_validate(block).folds
    except (yaml.YAMLError, OmegaConfBaseException, KeyError, TypeError, ValueError) as error:
        raise InputError(
            PLACE_OF_FOLDS,
            "cross_validation with folds, 2 to 99, and seed, without ${globals:…} in them",
            f"something else ({error})",
            "Put back: cross_validation: {folds: 10, seed: 1}",
        ) from error
