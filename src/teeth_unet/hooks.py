"""Checks that Kedro leaves out, made before the first node runs."""

import logging
from collections.abc import Iterable
from typing import Any, cast

from kedro.config import OmegaConfigLoader
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.framework.project import pipelines
from kedro.io import CatalogProtocol
from kedro.pipeline import Pipeline

from teeth_unet.configuration import (
    Model,
    Settings,
    checked,
    is_template,
    nearest_name,
    without_templates,
)
from teeth_unet.datasets import StartDataset
from teeth_unet.errors import InputError
from teeth_unet.lineage_hooks.entries import load_place, save_place
from teeth_unet.pipelines.pretraining.settings import Pretraining
from teeth_unet.preparation import Preparation
from teeth_unet.runtime_parameters import places_by_entry, refuse_unread_templates
from teeth_unet.segmentation import refuse_other_network
from teeth_unet.unet import Network, Training, check_size
from teeth_unet.unread_names import unread_names
from teeth_unet.unread_parameters import refuse_unread

log = logging.getLogger(__name__)

PLACES = {"xrays", "masks", "annotations", "set"}
"""Places of some environments, about which there is more to say where they are not read."""

OF_ONE_SET = {"raw_xrays", "raw_masks", "raw_tooth_labels"}
"""Entries whose places belong together: who reads one may be given all, as at the first run."""


FILES = {
    "segmenter": {"segmenter"},
    "baseline": {"baseline_case_scores"},
    "candidate": {"candidate_case_scores"},
}
"""Entries that read the file of a user, by the parameter that names it."""


class ParameterChecks:
    """Refuse parameters that nothing would read, and sizes that the network cannot take."""

    @hook_impl
    def after_context_created(self, context: KedroContext) -> None:
        """Keep what the checks need: the parameters, and where the configuration is."""
        self._context = context

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: CatalogProtocol[Any, Any]
    ) -> None:
        """Check all parameters.

        Raises:
            InputError: A top-level parameter or a template is unknown, a place is given that no
                entry of the pipeline reads, or a file that is not there, or the size does not suit
                the network.
        """
        loader = cast("OmegaConfigLoader", self._context.config_loader)
        entries = places_by_entry(loader)
        places = PLACES | set().union(*entries.values())
        known = _read_by_nodes()
        asked_for = run_params["pipeline_names"] or ["training"]
        for name, place in (run_params["runtime_params"] or {}).items():
            if name in places:
                _refuse_unread_place(name, place, asked_for, pipeline, entries)
                for entry in pipeline.inputs() & _readers(name, entries):
                    catalog.get(entry)  # which refuses an address that it cannot read
            elif name in known:
                refuse_unread(name, place, asked_for, pipeline)
            for entry in FILES.get(name, set()) & pipeline.inputs():
                _refuse_missing_file(name, place, catalog, entry)
        refuse_unread_templates(loader)
        every = set().union(*(each.datasets() for each in pipelines.values()))
        for warning in unread_names(loader, every):
            log.warning("%s", warning)
        parameters = self._context.params
        _refuse_unknown(parameters, known | places)
        if "baseline_case_scores" in pipeline.inputs():
            _refuse_no_baseline(run_params["runtime_params"] or {})
        for block in ("", "pretraining."):
            if {f"params:{block}network", f"params:{block}preparation"} & pipeline.inputs():
                network = _checked(Network, parameters, f"{block}network")
                size = _checked(Preparation, parameters, f"{block}preparation").size
                check_size(network, size, f"{block}preparation.size")
                _check_start(catalog, pipeline, network, size, block)
                if block:
                    numbering = _checked(Pretraining, parameters, "pretraining").numbering
                    check_size(numbering.network, size, "pretraining.preparation.size")


def _checked(settings: type[Model], parameters: dict[str, Any], name: str) -> Model:
    """Return a block of the parameters, which a pipeline without it has not checked."""
    block: Any = parameters
    for key in name.split("."):  # as a file has it, or already of its class
        block = block[key]
    values = without_templates(block) if isinstance(block, dict) else block
    return checked(settings, values, f"{name}.", "the parameters")


def _check_start(
    catalog: CatalogProtocol[Any, Any], pipeline: Pipeline, network: Network, size: int, block: str
) -> None:
    """Refuse a network to begin with that is not there, another one, or about to be replaced."""
    name = f"{block}start"
    dataset = catalog.get(name) if name in pipeline.inputs() else None
    if not isinstance(dataset, StartDataset):
        return
    settings = dataset.settings()
    if settings is None:
        return
    refuse_other_network(settings, network, size, block)
    place = load_place(catalog, name)
    if place in {save_place(catalog, each) for each in pipeline.all_outputs()}:
        raise InputError(
            f"{block}training.start",
            "a segmenter that this training leaves as it is",
            f"{place}, in whose place it puts its own",
            "Copy it to another place, and give that.",
        )


def _refuse_unread_place(
    name: str,
    place: object,
    asked_for: list[str],
    pipeline: Pipeline,
    entries: dict[str, set[str]],
) -> None:
    """Refuse a place that is empty, or that nothing the pipeline reads has to do with.

    Entries that the pipeline makes do not count: what lies at a place of the user's is not for
    overwriting.
    """
    if place is None:
        raise InputError(
            f"--params {name}", "a path or an address", "nothing", "Write it after the =."
        )
    readers = _readers(name, entries)
    if readers & OF_ONE_SET:
        readers |= OF_ONE_SET
    if pipeline.inputs() & readers:
        return
    able = {one for one, each in pipelines.items() if each.inputs() & readers} - {"__default__"}
    remedy = f"It is for {', '.join(sorted(able))}."
    if able & set(asked_for):
        remedy = "It is for other nodes than the chosen ones: leave it out, or run all of them."
    elif not readers & OF_ONE_SET and name in PLACES:
        remedy = "Add --env folder for folders of pictures, or --env abdi for archives."
    raise InputError(
        f"--params {name}",
        "a pipeline and an environment that read it",
        f"{', '.join(asked_for)}, none of whose catalog entries does",
        remedy,
    )


def _readers(name: str, entries: dict[str, set[str]]) -> set[str]:
    return {entry for entry, names in entries.items() if name in names}


def _refuse_missing_file(
    name: str, place: object, catalog: CatalogProtocol[Any, Any], entry: str
) -> None:
    # The word for the segmenter of the package names no file.
    if not catalog.exists(entry) and not getattr(catalog.get(entry), "stands_in", False):
        raise InputError(
            f"--params {name}",
            "the path of a file",
            f"{place}, where there is none",
            "Correct the path; it counts from the project's folder.",
        )


def _refuse_no_baseline(given: dict[str, Any]) -> None:
    if "baseline" not in given:
        raise InputError(
            "--params baseline",
            "the table of case scores to compare with",
            "nothing",
            "Keep a copy of data/07_model_output/case_scores.csv of one run, and give its path "
            "after another one: --params baseline=PATH",
        )


def _refuse_unknown(names: Iterable[str], known: set[str]) -> None:
    for name in names:
        if name not in known and not is_template(name):
            raise InputError(
                "parameters",
                "names that something reads",
                repr(name),
                f"Correct it: {_whole_name(name) or nearest_name(name, sorted(known))}",
            )


def _whole_name(name: str) -> str:
    """Return a hint for a name that is one within a block: `training.epochs` for `epochs`."""
    blocks: dict[str, type[Settings]] = {
        "network": Network,
        "preparation": Preparation,
        "training": Training,
    }
    found = [f"{block}.{name}" for block, each in blocks.items() if name in each.model_fields]
    return f"did you mean {found[0]!r}?" if found else ""


def _read_by_nodes() -> set[str]:
    """Return the top-level parameters that any pipeline reads, or values of which it does."""
    inputs = set().union(*(pipeline.inputs() for pipeline in pipelines.values()))
    names = (name.removeprefix("params:") for name in inputs if name.startswith("params:"))
    return {name.partition(".")[0] for name in names}
