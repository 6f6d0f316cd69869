"""Every saved entry gets a record of what it was made from; nodes refuse what disagrees."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from kedro.framework.hooks import hook_impl
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from teeth_unet import lineage
from teeth_unet.lineage import Input, Making, Record
from teeth_unet.lineage.code import code_checksum, program_name
from teeth_unet.lineage_hooks.entries import (
    NOW,
    OF_DIFFERENT_RUNS,
    Catalog,
    content_of_input,
    described,
    entries_by_pipeline,
    is_of_another_run,
    is_of_package,
    is_parameter,
    is_store,
    load_place,
    made_entries,
    parameter_inputs,
    save_place,
    saved_at,
)
from teeth_unet.lineage_hooks.looking_ahead import look_ahead
from teeth_unet.lineage_hooks.refusals import refuse_disagreement
from teeth_unet.lineage_hooks.remaking import mark_outdated
from teeth_unet.pipeline_registry import OF_TRAINING
from teeth_unet.storage import one_listing
from teeth_unet.version import VERSION

log = logging.getLogger(__name__)


_PROGRAM = program_name(VERSION, code_checksum())


class _Given(NamedTuple):
    """An entry that a node has read: what is known of it, and what its record hands on."""

    known: Input
    sources: Mapping[str, str]
    unknown: list[str]
    programs: list[str]


@dataclass
class _NodeRun:
    """A node at work: what its outputs are made from, where they go, which are not saved yet."""

    making: Making
    places: dict[str, Path]
    unsaved: set[str] = field(default_factory=set)


class LineageRecords:
    """Keep, beside every entry that a node saves, what it was made from.

    Before a node runs, its inputs have to descend from the same version of every entry and every
    parameter. Each process has its own of this, and none needs what another one knows: what is
    known of an entry lies beside it.
    """

    def __init__(self) -> None:
        self._at_work: dict[str, _NodeRun] = {}
        self._in_memory: dict[str, Record] = {}

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: Catalog
    ) -> None:
        """Tell of entries without a record, and refuse early what cannot go together.

        Raises:
            InputError: Two inputs of a node do not belong together, or a killed run has left an
                entry without its record.
            DatasetError: An entry that the run begins with is not there.
        """
        self._at_work, self._in_memory = {}, {}
        with one_listing():
            self._look_ahead(run_params, pipeline, catalog)

    def _look_ahead(self, run_params: dict[str, Any], pipeline: Pipeline, catalog: Catalog) -> None:
        unknown = look_ahead(pipeline, catalog, self._record)
        if unknown:
            log.warning(
                "Taken as they are, since nothing tells what they were made from (they are your "
                "own, or of an earlier version): %s",
                ", ".join(unknown),
            )
        if run_params["only_missing_outputs"]:
            mark_outdated(pipeline, catalog)

    @hook_impl
    def before_node_run(
        self, node: Node, catalog: Catalog, inputs: dict[str, Any], run_id: str
    ) -> None:
        """Refuse inputs that do not belong together; keep what the outputs will be made from.

        Raises:
            InputError: Two of them descend from different versions of one thing.
        """
        alone = OF_DIFFERENT_RUNS in node.tags
        given = [
            self._given(name, data, catalog, alone=alone)
            for name, data in inputs.items()
            if not is_parameter(name) and not is_store(catalog, name)
        ]
        own = parameter_inputs(node, inputs)
        known = [*(each.known for each in given), *own]
        if not alone:
            refuse_disagreement(node, known)
        contents, parameters = lineage.together(
            [each.alone() for each in known] if alone else known
        )
        making = Making(
            node=node.name,
            run=run_id,
            made=datetime.now(UTC).isoformat(timespec="microseconds"),
            version=VERSION,
            code=code_checksum(),
            other_programs=sorted({each for one in given for each in one.programs} - {_PROGRAM}),
            read={each.name: each.contents[each.name] for each in known if each.contents},
            own_parameters=sorted(each.name.removeprefix("params:") for each in own),
            ancestors=contents,
            parameters=parameters,
            sources={} if alone else _joined(each.sources for each in given),
            unknown=sorted({name for each in given for name in each.unknown}),
        )
        places = {name: save_place(catalog, name) for name in node.outputs}
        on_disk = {name: place for name, place in places.items() if place is not None}
        self._at_work[node.name] = _NodeRun(making, on_disk, set(node.outputs))

    @hook_impl
    def before_dataset_saved(self, node: Node) -> None:
        """Note that a node begins to save, so that a kill before the records is noticed."""
        at_work = self._at_work.get(node.name)
        if at_work and at_work.unsaved == set(node.outputs):
            lineage.begin_records(at_work.places, at_work.making)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, node: Node) -> None:
        """Write the records once the last output of a node is saved."""
        at_work = self._at_work.get(node.name)
        if at_work is None:
            return
        at_work.unsaved.discard(dataset_name)
        if at_work.unsaved:
            return
        del self._at_work[node.name]
        records = lineage.write_records(at_work.places, at_work.making)
        for name in set(node.outputs) - records.keys():
            content = f"in memory, run {at_work.making.run}"
            self._in_memory[name] = Record(name, content, "", {}, at_work.making)

    @hook_impl
    def after_pipeline_run(self, run_params: dict[str, Any], catalog: Catalog) -> None:
        """Name the results of other pipelines that are now of earlier entries."""
        with one_listing():
            records = {
                name: record
                for name in made_entries()
                if (path := load_place(catalog, name)) and (record := lineage.read_record(path))
            }
        run = run_params["run_id"]
        made = {name: each for name, each in records.items() if each.making.run == run}
        earlier = {name: each for name, each in records.items() if name not in made}
        if told := _outdated(made, earlier):
            log.warning("%s", told)

    def _given(self, name: str, data: object, catalog: Catalog, *, alone: bool) -> _Given:
        """Return what is known of an entry that a node has read."""
        if record := self._record(catalog, name):
            unknown = [] if alone else record.making.unknown
            programs = [program_name(record.making.version, record.making.code)]
            programs += record.making.other_programs
            handed_on = [] if alone else programs
            return _Given(Input.of(record, name), record.making.sources, unknown, handed_on)
        content = content_of_input(catalog, name, None if alone else data)
        contents = {name: content} if content else {}
        if name in made_entries() and not is_of_package(catalog, name):
            return _Given(Input(name, saved_at(catalog, name), contents, {}), {}, [name], [])
        return _Given(
            Input(name, NOW, contents, {}), {name: described(catalog, name, data)}, [], []
        )

    def _record(self, catalog: Catalog, name: str) -> Record | None:
        if name in self._in_memory:
            return self._in_memory[name]
        path = None if is_of_another_run(catalog, name) else load_place(catalog, name)
        return lineage.known_record(path, name) if path else None


def _joined(mappings: Iterator[Mapping[str, str]]) -> dict[str, str]:
    return {name: told for each in mappings for name, told in each.items()}


def _outdated(made: Mapping[str, Record], earlier: Mapping[str, Record]) -> str:
    """Say which results of earlier runs are not of what this run has made."""
    parts: dict[str, str] = {}
    for part, entries in entries_by_pipeline():
        for entry in sorted(entries & earlier.keys()):
            contents = earlier[entry].contents
            other = [name for name in made if contents.get(name) not in (None, made[name].content)]
            if other:
                parts[part] = min(other, key=lambda name: made[name].making.made)
    if not parts:
        return ""
    told = ", ".join(f"{part} (of an earlier {entry})" for part, entry in parts.items())
    again = ",".join(part for part in parts if part in OF_TRAINING)
    like_this = " To make them again, with the --env and --params of this run: "
    remedy = f"{like_this}kedro run --pipelines {again}" if again else ""
    return f"These results are not of this run, but of one before it: {told}.{remedy}"
