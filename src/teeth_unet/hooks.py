"""Checks that Kedro leaves out, made before the first node runs."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.pipeline import Pipeline

from teeth_unet.configuration import nearest_name
from teeth_unet.errors import InputError
from teeth_unet.imaging import Preparation
from teeth_unet.pipeline_registry import number_of_folds
from teeth_unet.splits import PLACE_OF_FOLDS, CrossValidation
from teeth_unet.unet import Network, check_size

RUNTIME_PARAMETER = re.compile(r"runtime_params:\s*(\w+)")


class ParameterChecks:
    """Refuse parameters that nothing would read, and sizes that the network cannot take."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep what the checks need: the parameters, and where the configuration is."""
        self._context = context

    @hook_impl
    def before_pipeline_run(self, run_params: dict[str, Any], pipeline: Pipeline) -> None:
        """Check all parameters.

        Raises:
            InputError: A top-level parameter is unknown, a path is given that the environment
                does not use, or the size does not suit the network.
        """
        catalog_reads = _runtime_parameters(self._context)
        for name, place in (run_params["runtime_params"] or {}).items():
            if name in catalog_reads and place is None:
                raise InputError(
                    f"--params {name}", "a path or an address", "nothing", "Write it after the =."
                )
            if name in ("xrays", "masks") and name not in catalog_reads:
                raise InputError(
                    f"--params {name}",
                    "an environment that reads X-rays from a place of your choice",
                    f"environment {self._context.env or 'base'!r}, which does not",
                    "Add --env folder for a folder of pictures, or --env abdi for an archive.",
                )
        parameters = self._context.params
        _refuse_unknown(parameters, _read_by_nodes() | catalog_reads)
        if "baseline_case_scores" in pipeline.inputs():
            _refuse_no_baseline(run_params["runtime_params"] or {})
        if "cross_validation" in parameters:
            settings = CrossValidation.model_validate(parameters["cross_validation"])
            _refuse_other_folds(settings.folds)
        if {"params:network", "params:preparation"} & pipeline.inputs():
            network = Network.model_validate(parameters["network"])
            check_size(network, Preparation.model_validate(parameters["preparation"]).size)


def _refuse_no_baseline(given: dict[str, Any]) -> None:
    if "baseline" not in given:
        raise InputError(
            "--params baseline",
            "the table of case scores to compare with",
            "nothing",
            "Keep a copy of data/07_model_output/case_scores.csv of one run, and give its path "
            "after another one: --params baseline=PATH",
        )


def _refuse_other_folds(asked_for: int) -> None:
    built = number_of_folds()
    if asked_for != built:
        raise InputError(
            "cross_validation.folds",
            f"{built}, the number that the pipeline has been built with",
            f"{asked_for}",
            f"Change it in {PLACE_OF_FOLDS}: the pipeline is built from that file before --params "
            "and other environments are read.",
        )


def _refuse_unknown(names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known:
            raise InputError(
                "parameters",
                f"names that something reads: {', '.join(sorted(known))}",
                repr(name),
                f"Correct it: {nearest_name(name, sorted(known))}",
            )


def _read_by_nodes() -> set[str]:
    """Return the top-level parameters that any pipeline reads."""
    inputs = set().union(*(pipeline.inputs() for pipeline in pipelines.values()))
    return {name.removeprefix("params:") for name in inputs if name.startswith("params:")}


def _runtime_parameters(context: KedroContext) -> set[str]:
    """Return the names after `runtime_params:` in the catalog of the environment in use."""
    source = Path(context.config_loader.conf_source)
    names: set[str] = set()
    for environment in ("base", context.env or context.config_loader.default_run_env):
        for path in (source / environment).rglob("*.yml"):
            if "catalog" in str(path.relative_to(source)):
                names |= set(RUNTIME_PARAMETER.findall(path.read_text("utf-8")))
    return names
