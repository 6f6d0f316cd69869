"""What can be told of a run before its first node: hours of training may come before the last."""

import errno
import os
from collections.abc import Callable, Iterator, Mapping

from kedro.io import DatasetError
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from teeth_unet import lineage
from teeth_unet.errors import InputError
from teeth_unet.lineage import Input, Record
from teeth_unet.lineage_hooks.entries import (
    NOW,
    OF_DIFFERENT_RUNS,
    Catalog,
    content_of_input,
    has_version,
    is_of_package,
    is_parameter,
    is_store,
    load_place,
    made_entries,
    parameter_inputs,
    whole_place,
)
from teeth_unet.lineage_hooks.refusals import refuse_disagreement

RecordOf = Callable[[Catalog, str], Record | None]


def look_ahead(pipeline: Pipeline, catalog: Catalog, record_of: RecordOf) -> list[str]:
    """Go through the nodes as the run will, with what is known before it.

    Args:
        pipeline: What will run.
        catalog: Of the run.
        record_of: Returns the record of an entry as it is now, if there is one.

    Returns:
        The entries that nobody knows anything of.

    Raises:
        InputError: Two inputs of a node do not belong together, a killed run has left an entry
            without its record, or a version was asked for of what the run makes.
        DatasetError: An entry that the run begins with, or a source that it reads, is not there.
    """
    _refuse_versions_of_outputs(pipeline, catalog)
    _refuse_missing(pipeline, catalog)
    records = {name: record_of(catalog, name) for name in _entries(pipeline, catalog)}
    known = {name: Input.of(record, name) for name, record in records.items() if record}
    known |= _sources(pipeline, catalog, known)
    to_make = pipeline.all_outputs()
    for node in _of_one_run(pipeline):
        inputs = {name: catalog.load(name) for name in filter(is_parameter, node.inputs)}
        given = [*parameter_inputs(node, inputs), *(known[n] for n in node.inputs if n in known)]
        refuse_disagreement(node, given, [n for n in node.inputs if has_version(catalog, n)])
        contents, parameters = lineage.together(given)
        kept = {name: each for name, each in contents.items() if name not in to_make}
        known |= {name: Input(name, NOW, kept, parameters) for name in node.outputs}
    return [
        name
        for name, record in records.items()
        if record is None and not is_of_package(catalog, name)
    ]


def _of_one_run(pipeline: Pipeline) -> Iterator[Node]:
    return (node for node in pipeline.nodes if OF_DIFFERENT_RUNS not in node.tags)


def _entries(pipeline: Pipeline, catalog: Catalog) -> list[str]:
    """Return the entries of other runs that nodes read whose inputs have to agree."""
    read = {name for node in _of_one_run(pipeline) for name in node.inputs}
    begun_with = read & pipeline.inputs() & made_entries()
    return sorted(name for name in begun_with if catalog.exists(name))


def _sources(pipeline: Pipeline, catalog: Catalog, known: Mapping[str, Input]) -> dict[str, Input]:
    """Return what is known of the sources that a run reads later than with its first nodes.

    Only those from which something that is there was made have to be read for it. The others are
    opened all the same: one that is not there is to be noticed now.
    """
    begin = {name for node in pipeline.nodes if _begins(node) for name in node.inputs}
    sources = {}
    for name in sorted(pipeline.inputs() - made_entries() - begin):
        if is_parameter(name) or is_store(catalog, name):
            continue
        data = catalog.load(name)
        if any(name in each.contents for each in known.values()):
            content = content_of_input(catalog, name, data)
            sources[name] = Input(name, NOW, {name: content} if content else {}, {})
    return sources


def _begins(node: Node) -> bool:
    """Tell whether a run may begin with a node, and with nothing that takes long before it."""
    return not made_entries() & set(node.inputs)


def _refuse_versions_of_outputs(pipeline: Pipeline, catalog: Catalog) -> None:
    """Refuse to load an earlier version of what the run makes: later nodes would get that one."""
    chosen = sorted(name for name in pipeline.all_outputs() if has_version(catalog, name))
    if chosen:
        raise InputError(
            "--load-versions",
            "entries that the run begins with",
            f"{', '.join(chosen)}, which it makes itself",
            "Leave it out; or choose the nodes that come after, such as --pipeline reporting.",
        )


def _refuse_missing(pipeline: Pipeline, catalog: Catalog) -> None:
    """Refuse to begin without an entry of another run, in the words of its dataset."""
    read = {name for node in _of_one_run(pipeline) for name in node.inputs}
    for name in sorted(read & pipeline.inputs() & made_entries()):
        place = whole_place(catalog, name)
        if place is not None and load_place(catalog, name) is None:
            missing = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
            raise DatasetError(f"{name}: nothing has been saved at {place}") from missing
