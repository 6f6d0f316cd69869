"""Where the entries of the catalog are, and which nodes make and read them."""

import json
from collections.abc import Iterator, Mapping, Sized
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kedro.framework.project import pipelines
from kedro.io import (
    AbstractVersionedDataset,
    CachedDataset,
    CatalogProtocol,
    DatasetError,
)
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from teeth_unet import lineage
from teeth_unet.configuration import Settings
from teeth_unet.datasets.atomic import AtomicSave
from teeth_unet.datasets.stores.base import StoreDataset
from teeth_unet.errors import without_secrets
from teeth_unet.lineage import Input
from teeth_unet.storage import fetched, is_there

Catalog = CatalogProtocol[Any, Any]

OF_DIFFERENT_RUNS = "of_different_runs"
"""Tag of a node whose inputs may have nothing to do with each other, as in a comparison."""


NOW = "9999"
"""When something was made that this run has been given: after all that lies there."""


def is_parameter(name: str) -> bool:
    """Tell whether an input is a parameter and no entry."""
    return name == "parameters" or name.startswith("params:")


def made_entries() -> set[str]:
    """Return all entries that some pipeline makes; the others are sources and stores."""
    return set().union(*(pipeline.all_outputs() for pipeline in pipelines.values()))


def load_place(catalog: Catalog, name: str) -> Path | None:
    """Return the file or folder that an entry is read from, in the version that is asked for.

    What is on object storage is not fetched for it. None if it is kept in memory, or not there yet.
    """
    dataset = _on_disk(catalog, name)
    if dataset is None:
        return None
    try:
        path = dataset.place() if isinstance(dataset, AtomicSave) else dataset._get_load_path()
    except DatasetError:  # no version yet
        return None
    return Path(path) if is_there(Path(path)) else None


def save_place(catalog: Catalog, name: str) -> Path | None:
    """Return the file or folder that an entry will be written to; None as in `load_place`."""
    dataset = _on_disk(catalog, name)
    return None if dataset is None else Path(dataset._get_save_path())


def whole_place(catalog: Catalog, name: str) -> Path | None:
    """Return where an entry or a store lies, with all of its versions; None as in `load_place`."""
    dataset = catalog.get(name)
    if isinstance(dataset, StoreDataset):
        return dataset.path
    on_disk = _on_disk(catalog, name)
    return None if on_disk is None else Path(on_disk._filepath)


def is_store(catalog: Catalog, name: str) -> bool:
    """Tell whether a node writes into an entry that is its input."""
    return isinstance(catalog.get(name), StoreDataset)


def has_version(catalog: Catalog, name: str) -> bool:
    """Tell whether the run was told which version of an entry to load."""
    version = getattr(_on_disk(catalog, name), "_version", None)
    return bool(version and version.load)


def is_of_package(catalog: Catalog, name: str) -> bool:
    """Tell whether what comes with this package stands in for an entry that is not there."""
    return bool(getattr(_on_disk(catalog, name), "stands_in", False))


def is_of_another_run(catalog: Catalog, name: str) -> bool:
    """Tell whether an entry counts by its content alone, whatever its own record tells.

    So it is with the network that a training begins with: it was made from other X-rays, and with
    other settings.
    """
    return bool(getattr(_on_disk(catalog, name), "of_another_run", False))


def content_of_input(catalog: Catalog, name: str, data: object) -> str | None:
    """Return a checksum of an entry that has no record.

    Args:
        catalog: Of the run.
        name: The entry.
        data: What was loaded from it, if it may be looked at: pictures by case name count with all
            of their bytes.
    """
    if path := load_place(catalog, name):
        return lineage.content_of(path)
    if isinstance(data, Mapping) and all(map(callable, data.values())):
        return lineage.content_of_source(data)
    return None


def saved_at(catalog: Catalog, name: str) -> str:
    """Return when the file or folder of an entry was last changed, as a record would have it."""
    path = load_place(catalog, name)
    seconds = fetched(path).stat().st_mtime if path else 0
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def described(catalog: Catalog, name: str, data: object) -> str:
    """Say in a few words what a source is, without logins."""
    if is_of_package(catalog, name):
        return "the one that comes with this package"
    dataset: Any = catalog.get(name)
    if told := getattr(dataset, "in_words", None):
        return str(told)
    options = {key: each for key, each in dataset._describe().items() if each not in (None, "")}
    told = ", ".join(f"{key}={without_secrets(str(each))}" for key, each in options.items())
    cases = f"{len(data)} cases, " if isinstance(data, Sized) else ""
    return f"{cases}{type(dataset).__name__}: {told}"


def settled(value: object) -> Any:  # noqa: ANN401 (whatever a parameter may be)
    """Return a parameter as a record has it: all values that have an effect on results."""
    if isinstance(value, Settings):
        return value.model_dump(mode="json", exclude=set(value.without_effect))
    return json.loads(json.dumps(value, default=str))


def parameter_inputs(node: Node, inputs: Mapping[str, Any]) -> list[Input]:
    """Return the parameters that a node reads, as one input each.

    Args:
        node: The node.
        inputs: Values of its parameters, by name.
    """
    return [
        Input(name, NOW, {}, {name.removeprefix("params:"): settled(inputs[name])})
        for name in node.inputs
        if is_parameter(name)
    ]


def command_from(what: str, entry: str) -> str:
    """Return the command that makes an entry again, from the first nodes that read something.

    It begins with all of them, those on other ways than the entry's as well: what comes of them
    meets later on, as the probabilities of test and of validation cases do at the threshold.

    Args:
        what: What the entry was made from: an entry or a parameter (`params:training`).
        entry: The entry.
    """
    names = sorted(pipelines, key=lambda name: name != "training")
    # A process that ParallelRunner has started by spawn may know of fewer folds.
    makers = (name for name in names if entry in pipelines[name].all_outputs())
    name = next(makers, "cross_validation")
    if name == "cross_validation":
        return f"kedro run --pipeline {name}"
    before = pipelines[name].to_outputs(entry).nodes
    reads = any(_reads(node, what) for node in before)
    first = _first_readers(pipelines[name], what) if reads else before[-1:]
    nodes = ",".join(sorted(node.name.rpartition(".")[2] for node in first))
    return f"kedro run --pipeline {name} --from-nodes {nodes}"


def entries_by_pipeline() -> Iterator[tuple[str, set[str]]]:
    """Yield every pipeline that is not made of others, with the entries that it makes.

    Without those of nodes that take what is there: results of new X-rays are right, whichever
    segmenter they are of, and tell it.
    """
    for name, each in pipelines.items():
        if name not in ("training", "__default__"):
            nodes = (node for node in each.nodes if OF_DIFFERENT_RUNS not in node.tags)
            yield name, {output for node in nodes for output in node.outputs}


def _first_readers(pipeline: Pipeline, what: str) -> list[Node]:
    """Return the nodes that read something, without those that descend from another of them."""
    first: list[Node] = []
    later: set[Node] = set()
    for node in pipeline.nodes:
        if _reads(node, what) and node not in later:
            first.append(node)
            later |= {*pipeline.from_nodes(node.name).nodes}
    return first


def _reads(node: Node, what: str) -> bool:
    """Tell whether a node reads a thing, a value of it, or the block that it is a value of."""
    return any(
        f"{name}.".startswith(f"{what}.") or what.startswith(f"{name}.") for name in node.inputs
    )


def _on_disk(catalog: Catalog, name: str) -> AbstractVersionedDataset[Any, Any] | None:
    """Return the dataset of an entry that is one file or folder of this machine."""
    dataset = catalog.get(name)
    while isinstance(dataset, CachedDataset):  # it keeps in memory what it has read there
        dataset = dataset._dataset
    if not isinstance(dataset, AbstractVersionedDataset):
        return None
    return dataset if getattr(dataset, "_protocol", "file") == "file" else None
