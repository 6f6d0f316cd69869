"""All pipelines by name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from kedro.config import AbstractConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.pipeline import Pipeline
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from teeth_unet.configuration import Model, checked, without_templates
from teeth_unet.errors import InputError
from teeth_unet.inference import Inference
from teeth_unet.pipelines import (
    comparison,
    cross_validation,
    data_processing,
    data_science,
    export,
    inference,
    pretraining,
    reporting,
    teeth,
)
from teeth_unet.segmentation import packaged_segmenter
from teeth_unet.splits import PLACE_OF_FOLDS, CrossValidation
from teeth_unet.training_devices import FITTING, distribution_of
from teeth_unet.unet import meeting_of

PROJECT = Path(__file__).parents[2]

OF_TRAINING = ("data_processing", "data_science", "teeth", "reporting")


@dataclass(frozen=True)
class Shape:
    """What the settings of a run decide about which nodes there are.

    Attributes:
        folds: Of a cross-validation.
        shards: Of the X-rays in inference.
        lacks_cases: Whether the network of the package is at hand, and no case to compare its
            formats on.
        helps: Whether this process only helps another one with its training.
    """

    folds: int
    shards: int
    lacks_cases: bool
    helps: bool = False


def register_pipelines() -> dict[str, Pipeline]:
    """Return every pipeline that `kedro run --pipeline NAME` knows.

    Each is built here by name: Kedro's own search loads only the folder of the pipeline that is
    asked for, and `training` is made of four. The nodes of each are a group, which kedro-viz draws
    as one box that opens; `teeth_unet.node_names` lets users leave the group out of node names.

    Where nothing has been made yet, and the network of the package is to be exported,
    data_processing comes first: it makes the cases to compare on.
    """
    shape = current_shape()
    parts = {
        "data_processing": data_processing.create_pipeline(),
        "data_science": data_science.create_pipeline(),
        "teeth": teeth.create_pipeline(),
        "reporting": reporting.create_pipeline(),
        "comparison": comparison.create_pipeline(),
        "export": export.create_pipeline(),
        "inference": inference.create_pipeline(shape.shards),
    }
    groups = {
        name: Pipeline(part, namespace=name, prefix_datasets_with_namespace=False)
        for name, part in parts.items()
    }
    if shape.helps:
        helping = data_science.create_helping_pipeline()
        groups[FITTING] = Pipeline(helping, namespace=FITTING, prefix_datasets_with_namespace=False)
    training = sum((groups[name] for name in OF_TRAINING), Pipeline([]))
    if shape.lacks_cases:
        groups["export"] = groups["data_processing"] + groups["export"]
    return {
        **groups,
        "training": training,
        "cross_validation": cross_validation.create_pipeline(
            shape.folds, parts["data_processing"], parts["data_science"], parts["teeth"]
        ),
        "pretraining": pretraining.create_pipeline(parts["data_science"]),
        "__default__": training,
    }


class PipelinesOfConfiguration:
    """Let the pipelines be built from the configuration of the run."""

    @hook_impl(tryfirst=True)
    def after_context_created(self, context: KedroContext) -> None:
        """Have the pipelines built anew, with the numbers of folds and shards of its settings.

        The settings are those of the folder or archive, the environment and the `--params` of this
        run. Names of nodes on the command line have had the pipelines built before.
        """
        global _configuration, _project
        _configuration, _project = context.config_loader, Path(context.project_path)
        pipelines.configure(__name__)


_configuration: AbstractConfigLoader | None = None
_project = PROJECT
_shape: Shape | None = None


def current_shape() -> Shape:
    """Return what the pipelines are built by.

    Raises:
        InputError: The settings do not say.
    """
    return _shape or Shape(number_of_folds(), number_of_shards(), _lacks_cases(), _helps())


def take_shape(shape: Shape) -> None:
    """Have the pipelines built as another process has them, whose configuration is not here."""
    global _shape
    if shape != _shape:
        _shape = shape
        pipelines.configure(__name__)


def _helps() -> bool:
    """Tell whether the settings are those of a training's second, third or later process."""
    if _configuration is None:
        return False
    meeting = meeting_of(distribution_of(_configuration["parameters"]))
    return bool(meeting and meeting.process)


def _lacks_cases() -> bool:
    """Tell whether the network of the package is at hand, and no case to compare its formats on."""
    if _configuration is None or packaged_segmenter() is None:
        return False
    catalog = _configuration["catalog"]
    places = [catalog.get(name, {}).get("filepath") for name in ("segmenter", "cases")]
    # An entry without a file is kept elsewhere, and it is not known here whether it is there.
    return all(places) and not any((_project / place).exists() for place in places)


def number_of_folds() -> int:
    """Return how many folds to build.

    Commands that only describe pipelines have no configuration: then the project's own file counts,
    and where there is no project the default.

    Raises:
        InputError: The settings do not say.
    """
    if _configuration is None:
        return _folds_of_file()
    return _block(_configuration, CrossValidation, "cross_validation").folds


def number_of_shards() -> int:
    """Return into how many shards the X-rays of inference are dealt.

    Raises:
        InputError: The settings do not say.
    """
    if _configuration is None:
        return Inference().shards
    return _block(_configuration, Inference, "inference").shards


def _block(configuration: AbstractConfigLoader, settings: type[Model], name: str) -> Model:
    block = configuration["parameters"].get(name, {})
    values = without_templates(block) if isinstance(block, dict) else block
    return checked(settings, values, f"{name}.", "the parameters")


def _folds_of_file() -> int:
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
