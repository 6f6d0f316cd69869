"""The devices and processes that a training runs on are made ready before the first node."""

from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline

from teeth_unet import unet
from teeth_unet.configuration import checked, without_templates
from teeth_unet.errors import InputError
from teeth_unet.unet import Distribution

SETTING = "training.distribution"

BLOCKS = ("training", "pretraining.training")
"""Blocks of parameters with the settings of a training."""

FITTING = "data_science"
"""The one pipeline that several processes run together."""


def distribution_of(parameters: dict[str, Any], block: str = "training") -> Distribution:
    """Return on which devices a training runs, by the parameters of a run.

    Args:
        parameters: All of them.
        block: The name of the training's, `pretraining.training` for example.

    Raises:
        InputError: They do not say.
    """
    training: Any = parameters
    for name in block.split("."):
        training = training.get(name) if isinstance(training, dict) else None
    if isinstance(training, unet.Training):  # checked already
        return training.distribution
    given = training.get("distribution", "none") if isinstance(training, dict) else "none"
    values = without_templates(given) if isinstance(given, dict) else {"kind": given}
    return checked(Distribution, values, f"{block}.distribution.", "the parameters")


class TrainingDevices:
    """Choose what Keras computes with, and meet the other processes of a training."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep what knows the parameters."""
        self._context = context

    @hook_impl(trylast=True)  # whatever is refused is refused before others are waited for
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline) -> None:
        """Make ready what the run's training needs, if it has one.

        Raises:
            InputError: JAX is not there, the other processes are not, or several processes cannot
                run this pipeline together.
        """
        blocks = [each for each in BLOCKS if f"params:{each}" in pipeline.inputs()]
        for block in blocks:
            self._make_ready(distribution_of(self._context.params, block), run_params, pipeline)

    def _make_ready(
        self, distribution: Distribution, run_params: dict[str, Any], pipeline: Pipeline
    ) -> None:
        meeting = unet.meeting_of(distribution)
        if meeting:
            _refuse_other_pipelines(run_params["pipeline_names"] or ["training"])
            _refuse_other_runners(str(run_params["runner"]))
        unet.choose_backend(distribution)
        if meeting and any(node.name.endswith("fit_unet") for node in pipeline.nodes):
            unet.join(distribution)


def _refuse_other_pipelines(names: list[str]) -> None:
    if names != [FITTING]:
        raise InputError(
            SETTING,
            f"--pipeline {FITTING}, which several processes can run together",
            ", ".join(names),
            "Run data_processing first, in one place, and the rest afterwards. All processes need "
            "the same prepared cases.",
        )


def _refuse_other_runners(runner: str) -> None:
    if "SequentialRunner" not in runner:  # its name, or what Python shows of it
        raise InputError(SETTING, "the SequentialRunner", runner, "Leave --runner out.")
